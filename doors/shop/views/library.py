"""The library: what is owned and through which purchases, and the page before a download."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from doors.forms import KeyOptionalForm, answered_once
from doors.reading import in_one_state
from doors.requests import PersonRequest, signed_in
from ground.refusals import Refusal
from refunds.costs import Cost, costs_of_whole_clicks, download_costs
from storefront import links as file_links
from storefront.dependencies import owned_dependencies
from storefront.files import file_name
from storefront.models import Asset, AssetFile, Download
from storefront.owned import holdings, live_items
from storefront.services import Wanted, request_download

NOT_SHOWN = "No page was shown before this download."  # English: stored


@signed_in
@require_safe
@in_one_state
def library(request: PersonRequest) -> HttpResponse:
    shelf = holdings(
        request.user, now=request.now, words=request.GET.get("q", ""), after=request.GET.get("after", "")
    )
    assets = [row.item.asset for row in shelf.rows]
    costs = costs_of_whole_clicks(customer=request.user, assets=assets, now=request.now)
    q = request.GET.get("q", "")
    kept = {"q": q} if q else {}
    context = {
        "shelf": shelf,
        "costs": costs,
        "q": q,
        "more": f"?{urlencode({**kept, 'after': shelf.after})}" if shelf.after else "",
        "first": f"?{urlencode(kept)}" if "after" in request.GET else "",
    }
    return render(request, "shop/library.html", context)


class DownloadForm(KeyOptionalForm):
    """Which file, and which of the dependencies that are owned come along; `told` is what this page says, signed."""

    file = forms.ModelChoiceField(
        AssetFile.objects.none(), required=False, widget=forms.RadioSelect, empty_label=None
    )
    along = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    told = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        files: Sequence[AssetFile],
        along: Sequence[Wanted],
        signer: Signer,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.signer = signer
        choice = cast("forms.ModelChoiceField[AssetFile]", self.fields["file"])
        choice.queryset = AssetFile.objects.filter(pk__in=[file.pk for file in files])
        ticks = cast(forms.MultipleChoiceField, self.fields["along"])
        ticks.choices = [(one.asset.slug, one.asset.title) for one in along]

    def clean_told(self) -> str:
        try:
            # A browser sends every line break as two characters.
            return self.signer.unsign(self.cleaned_data["told"].replace("\r\n", "\n"))
        except BadSignature:
            return NOT_SHOWN


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@answered_once
@in_one_state
def library_download(request: PersonRequest, slug: str) -> HttpResponse:
    """What a click will fetch, and the click."""
    asset = get_object_or_404(Asset.objects.select_related("publisher"), slug=slug)
    items = list(live_items(request.user, request.now).filter(asset=asset))
    if not items:
        raise Http404
    files = list(asset.files.all())
    along = owned_dependencies(request.user, asset, request.now)
    # What a page told holds for that page and its reader alone.
    signer = Signer(salt=f"shop.told.{asset.pk}.{request.user.pk}")
    form = DownloadForm(
        request.POST if request.method == "POST" else None, files=files, along=along, signer=signer
    )
    error_message, status = "", 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["along"]
        wanted = [Wanted(asset, file=form.cleaned_data["file"])]
        wanted += [one for one in along if one.asset.slug in chosen]
        told = form.cleaned_data["told"]
        try:
            answer = request_download(asking=form.asking(request, write=_where_to), wanted=wanted, told=told)
        except Refusal as refusal:
            error_message, status = str(refusal), 409
        else:
            return redirect(answer.body)
    lines = page_says(asset, along, costs_of_a_page(request, asset, along))
    context = {
        "asset": asset,
        "item": items[0],
        "items": items,
        "files": files,
        "along": along,
        "ticked": request.POST.getlist("along") if form.is_bound else [one.asset.slug for one in along],
        "lines": lines,
        "told": signer.sign("\n".join(lines)),
        "error_message": error_message,
        "form": form,
    }
    return render(request, "shop/download.html", context, status=status)


def _where_to(outcome: object) -> tuple[int, str]:
    first, *_along = cast("list[Download]", outcome)
    return 303, reverse("library_links", args=[first.pk])


WHOLE = "the whole click"


def costs_of_a_page(request: PersonRequest, asset: Asset, along: Sequence[Wanted]) -> dict[str, list[Cost]]:
    """For the click as it is ticked at first, and for the asset and each tick by itself."""
    clicks = {WHOLE: [asset, *(one.asset for one in along)], asset.slug: [asset]}
    clicks |= {one.asset.slug: [one.asset] for one in along}
    return download_costs(customer=request.user, clicks=clicks, now=request.now)


def page_says(asset: Asset, along: Sequence[Wanted], costs: Mapping[str, Sequence[Cost]]) -> list[str]:
    """What this page tells before the click: shown there, and kept with the downloads as it was told."""
    lines = [_("Downloading {title} counts from the moment you press the button.").format(title=asset.title)]
    lines += [_effect(cost) for cost in costs[WHOLE]]
    if not costs[WHOLE]:
        lines.append(_("It changes no refund that you could have now."))
    return lines + [_comes_along(one, costs[one.asset.slug]) for one in along]


def _effect(cost: Cost) -> str:
    if cost.eligible_after:
        sentence = ngettext(
            "This download lowers the refund of purchase {number} from {before} to {after} credit.",
            "This download lowers the refund of purchase {number} from {before} to {after} credits.",
            cost.credits_after,
        )
    else:
        sentence = ngettext(
            "This download makes purchase {number} no longer refundable ({before} credit now).",
            "This download makes purchase {number} no longer refundable ({before} credits now).",
            cost.credits_before,
        )
    return sentence.format(number=cost.purchase.number, before=cost.credits_before, after=cost.credits_after)


def _comes_along(one: Wanted, costs: Sequence[Cost]) -> str:
    """One asset by itself counts against one purchase at most."""
    words: dict[str, object] = {"title": one.asset.title, "other": one.via}
    if not costs:
        return _("{title} comes along because {other} requires it. You can untick it.").format(**words)
    cost = costs[0]
    words |= {"number": cost.purchase.number, "before": cost.credits_before, "after": cost.credits_after}
    if cost.eligible_after:
        sentence = ngettext(
            "{title} comes along because {other} requires it; by itself it lowers the refund of purchase {number} "
            "from {before} to {after} credit. You can untick it.",
            "{title} comes along because {other} requires it; by itself it lowers the refund of purchase {number} "
            "from {before} to {after} credits. You can untick it.",
            cost.credits_after,
        )
    else:
        sentence = ngettext(
            "{title} comes along because {other} requires it; by itself it makes purchase {number} no longer "
            "refundable ({before} credit now). You can untick it.",
            "{title} comes along because {other} requires it; by itself it makes purchase {number} no longer "
            "refundable ({before} credits now). You can untick it.",
            cost.credits_before,
        )
    return sentence.format(**words)


@signed_in
@require_safe
@in_one_state
def links(request: PersonRequest, pk: int) -> HttpResponse:
    """The links of one click: the download asked for, and what was recorded in the same instant with it."""
    first = get_object_or_404(Download, customer=request.user, pk=pk)
    made = Download.objects.filter(customer=request.user, at=first.at, door=first.door)
    downloads = list(made.select_related("asset", "file", "via", "purchase"))
    rows = [{"download": one, "name": file_name(one), "token": file_links.token(one)} for one in downloads]
    until = file_links.expires_at(first)
    context = {"rows": rows, "until": until, "over": request.now > until, "asset": downloads[0].asset}
    return render(request, "shop/links.html", context)
