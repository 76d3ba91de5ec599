"""The policy in force, written from the terms themselves, with a calculator; and the guides."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from credits.models import MOST
from doors.requests import StoreRequest
from refunds import policy as judge
from refunds.models import Grounds
from refunds.scenarios import EXAMPLES, Scenario
from storefront.models import Terms

MOST_ITEMS = 500


class TryForm(forms.Form):
    """What-if, by GET: nothing is stored, and an answer can be sent to somebody as a link."""

    kind = forms.ChoiceField(
        label=_lazy("I bought"), choices=[("bundle", _lazy("a bundle")), ("asset", _lazy("a single asset"))]
    )
    size = forms.IntegerField(label=_lazy("Items in it"), min_value=1, max_value=MOST_ITEMS, required=False)
    spent = forms.IntegerField(label=_lazy("Credits spent"), min_value=0, max_value=MOST)
    downloaded = forms.CharField(
        label=_lazy("Original prices of what was downloaded"),
        help_text=_lazy("One number an item, such as 10, 15, 5. Leave it empty if nothing was."),
        required=False,
        max_length=4000,
    )
    days = forms.IntegerField(label=_lazy("Days since the purchase"), min_value=0, max_value=36_500)

    def clean_downloaded(self) -> tuple[int, ...]:
        parts = re.split(r"[\s,;+]+", self.cleaned_data["downloaded"].strip())
        if any(part and not re.fullmatch("[0-9]{1,16}", part) for part in parts):
            raise forms.ValidationError(_("Write whole credits, such as 10, 15, 5."))
        return tuple(int(part) for part in parts if part)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors:
            size = 1 if data["kind"] == "asset" else data.get("size") or 1
            if len(data["downloaded"]) > size:
                self.add_error("downloaded", _("There are more prices here than items were bought."))
            elif any(price > MOST for price in data["downloaded"]):
                self.add_error("downloaded", _("A price here is larger than credits can be."))
            else:
                data["scenario"] = Scenario("", size, data["spent"], data["downloaded"], data["days"])
        return data


def policy(request: StoreRequest) -> HttpResponse:
    current = Terms.objects.in_force(request.now)
    terms = judge.Terms(current.version, current.in_force_from, current.window_days, current.bundle_percent)
    trying = (
        TryForm(request.GET)
        if "spent" in request.GET
        else TryForm(initial={"kind": "bundle", "size": 10, "days": 3})
    )
    answer = None
    if trying.is_bound and trying.is_valid():
        answer = trying.cleaned_data["scenario"].decide(terms, bundle=trying.cleaned_data["kind"] == "bundle")
    context = {
        "terms": current,
        "examples": [
            (scenario, bundle, scenario.decide(terms, bundle=bundle)) for scenario, bundle in EXAMPLES
        ],
        "versions": Terms.objects.all(),
        "form": trying,
        "answer": answer,
    }
    return render(request, "shop/policy.html", context)


def guide(request: StoreRequest, name: str) -> HttpResponse:
    context = {
        "terms": Terms.objects.in_force(request.now),
        "grounds": dict(Grounds.choices),
        "support_days": settings.SUPPORT_WORKING_DAYS,
        "second_agent_above": settings.SECOND_AGENT_ABOVE,
    }
    return render(request, f"shop/help/{name}.html", context)
