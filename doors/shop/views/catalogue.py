"""The shop window: everything for sale, one publisher's, one asset, one bundle."""

from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from accounts.models import Publisher
from credits.models import MOST
from doors.requests import StoreRequest
from storefront.contents import contents
from storefront.dependencies import requirements
from storefront.models import Asset, Bundle
from storefront.owned import oldest_live_items, owned_ids
from storefront.shelves import Search, categories, look_for


class SearchForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=100,
        label=_lazy("Search"),
        widget=forms.TextInput({"type": "search", "placeholder": _lazy("Trees, stones, sounds…")}),
    )
    kind = forms.ChoiceField(
        required=False,
        label=_lazy("Show"),
        choices=[("", _lazy("Everything")), ("asset", _lazy("Assets")), ("bundle", _lazy("Bundles"))],
    )
    category = forms.ChoiceField(required=False, label=_lazy("Category"))
    publisher = forms.ModelChoiceField(
        Publisher.objects.all(),
        required=False,
        label=_lazy("Publisher"),
        empty_label=_lazy("All publishers"),
        to_field_name="slug",
    )
    price = forms.IntegerField(required=False, min_value=0, max_value=MOST, label=_lazy("Up to (credits)"))
    sort = forms.ChoiceField(
        required=False,
        label=_lazy("Sort by"),
        choices=[
            ("new", _lazy("Newest first")),
            ("title", _lazy("Title, A to Z")),
            ("cheap", _lazy("Lowest price")),
            ("dear", _lazy("Highest price")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All categories")), *((name, name.capitalize()) for name in categories())]
        cast(forms.ChoiceField, self.fields["category"]).choices = choices

    def search(self) -> Search:
        """What was asked for, as far as it can be understood."""
        data = self.cleaned_data
        return Search(
            words=data.get("q") or "",
            kind=data.get("kind") or "",
            category=data.get("category") or "",
            publisher=data.get("publisher"),
            at_most=data.get("price"),
            sort=data.get("sort") or "new",
        )


@require_safe
def shop(request: StoreRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    valid = form.is_valid()
    shelf = look_for(form.search(), after=request.GET.get("after", ""))
    filters = {name: value for name, value in request.GET.items() if name in form.fields and value}
    context = {
        "form": form,
        "shelf": shelf,
        "filters": filters,
        "free": f"?{urlencode({**filters, 'price': 0})}",
        "more": f"?{urlencode({**filters, 'after': shelf.after})}" if shelf.after else "",
        "first": f"?{urlencode(filters)}" if "after" in request.GET else "",
    }
    return render(request, "shop/shop.html", context, status=200 if valid else 422)


@require_safe
def publisher(request: StoreRequest, slug: str) -> HttpResponse:
    seller = get_object_or_404(Publisher, slug=slug)
    shelf = look_for(Search(publisher=seller), after=request.GET.get("after", ""))
    context = {
        "publisher": seller,
        "shelf": shelf,
        "more": f"?{urlencode({'after': shelf.after})}" if shelf.after else "",
        "first": request.path if "after" in request.GET else "",
    }
    return render(request, "shop/publisher.html", context)


@require_safe
def asset(request: StoreRequest, slug: str) -> HttpResponse:
    asset = get_object_or_404(Asset.objects.select_related("publisher"), slug=slug)
    needed = requirements(asset)
    mine = (
        oldest_live_items(request.user, [asset, *(one.asset for one in needed)], request.now)
        if request.user.is_authenticated
        else {}
    )
    context = {
        "asset": asset,
        "files": asset.files.all(),
        "needed": [(one, one.asset.pk in mine) for one in needed],
        "bundles": Bundle.objects.on_sale().filter(parts__asset=asset).select_related("publisher")[:6],
        "item": mine.get(asset.pk),
    }
    return render(request, "shop/asset.html", context)


@require_safe
def bundle(request: StoreRequest, slug: str) -> HttpResponse:
    bundle = get_object_or_404(Bundle.objects.select_related("publisher"), slug=slug)
    assets = contents(bundle)
    mine = owned_ids(request.user, assets, request.now) if request.user.is_authenticated else set()
    alone = sum(asset.price for asset in assets)
    context = {
        "bundle": bundle,
        "assets": [(asset, asset.pk in mine) for asset in assets],
        "alone": alone,
        "saved": alone - bundle.price,
        "owned_count": len(mine),
        "gone": [asset for asset in assets if asset.withdrawn_at],
    }
    return render(request, "shop/bundle.html", context)
