"""The history of purchases, and the page of one."""

import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from doors.paging import page_of
from refunds.counters import as_things_stand, refundable
from refunds.models import Case, Refund
from refunds.services import quote
from storefront.models import Download, Purchase, Status

DOWNLOADS_SHOWN = 200


@login_required
@require_safe
def purchases(request: HttpRequest) -> HttpResponse:
    rows = Purchase.objects.owned_by(request.user).select_related("asset", "bundle", "publisher", "terms")
    rows = rows.annotate(refundable=refundable(as_things_stand(request.now)))
    return render(request, "shop/purchases.html", {"page": page_of(request, rows, by="created_at")})


@login_required
@require_safe
def purchase(request: HttpRequest, number: str) -> HttpResponse:
    rows = Purchase.objects.owned_by(request.user).to_judge()
    shown = ("asset", "bundle", "publisher", "invoice", "refund__credit_note", "charge_back")
    found = get_object_or_404(rows.select_related(*shown), number=number)
    downloads = list(
        found.downloads.select_related("item", "file", "via").order_by("-at", "-id")[: DOWNLOADS_SHOWN + 1]
    )
    context = {
        "purchase": found,
        "items": found.items.select_related("asset", "publisher"),
        "downloads": downloads[:DOWNLOADS_SHOWN],
        "more_downloads": max(0, len(downloads) - DOWNLOADS_SHOWN),
        "story": story(found, downloads[:DOWNLOADS_SHOWN]),
        "decision": quote(purchase=found, requester=request.user, now=request.now).decision,
        "fresh_key": uuid.uuid4().hex,
        "case": Case.objects.open().filter(purchase=found).first(),
        "just_bought": "bought" in request.GET and found.status == Status.COMPLETED,
    }
    return render(request, "shop/purchase.html", context)


def story(purchase: Purchase, downloads: Sequence[Download]) -> list[dict[str, Any]]:
    """What happened to a purchase, oldest first; one line a click."""
    lines: list[dict[str, Any]] = [
        {
            "at": purchase.completed_at or purchase.created_at,
            "act": "Bought" if purchase.completed_at else "Ordered",
            "actor": "You",
            "credits": -purchase.credits_spent,
        }
    ]
    for at, click in groupby(downloads, key=lambda one: one.at):
        fetched = sorted(click, key=lambda one: (one.via_id is not None, one.pk))
        titles = [one.item.title for one in fetched]
        lines.append(
            {"at": at, "act": f"Downloaded {_some(titles)}", "actor": "You", "note": _along(fetched)}
        )
    lines += [
        {
            "at": one.struck_at,
            "act": f"Download of {one.item.title} struck",
            "actor": "Support",
            "note": f"It no longer counts: {one.struck_why}",
        }
        for one in downloads
        if one.struck_at
    ]
    if refund := getattr(purchase, "refund", None):
        lines.append(
            {
                "at": refund.at,
                "act": "Refunded",
                "actor": _who_asked(refund),
                "credits": refund.credits,
                "tone": "back",
            }
        )
    if charged_back := getattr(purchase, "charge_back", None):
        lines.append({"at": charged_back.at, "act": "Charged back", "actor": "Support", "tone": "no"})
    return sorted(lines, key=lambda line: line["at"])


def _who_asked(refund: Refund) -> str:
    if refund.requested_by_id == refund.customer_id:
        return "You"
    return "Support" if refund.case_id else "The store"


def _along(fetched: Sequence[Download]) -> str:
    """Nobody is held to have asked for what came along by itself."""
    said = [
        f"{one.item.title} came along, because {one.via.title} requires it." for one in fetched if one.via
    ]
    more = len(said) - 3
    return " ".join(said[:3] + ([f"So did {more} more."] if more > 0 else []))


def _some(titles: Sequence[str]) -> str:
    if len(titles) <= 3:
        return ", ".join(titles)
    return f"{', '.join(titles[:2])} and {len(titles) - 2} more"
