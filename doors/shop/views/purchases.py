"""The history of purchases, and the page of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from doors.forms import fresh_key
from doors.paging import page_of
from doors.reading import in_one_state
from doors.requests import PersonRequest, signed_in
from refunds.counters import as_things_stand, refundable
from refunds.models import Case, Refund
from refunds.services import quote
from storefront.models import Download, Purchase, Status

DOWNLOADS_SHOWN = 200


@signed_in
@require_safe
@in_one_state
def purchases(request: PersonRequest) -> HttpResponse:
    rows = Purchase.objects.owned_by(request.user).select_related("asset", "bundle", "publisher", "terms")
    rows = rows.annotate(refundable=refundable(as_things_stand(request.now)))
    return render(request, "shop/purchases.html", {"page": page_of(request, rows, by="created_at")})


@signed_in
@require_safe
@in_one_state
def purchase(request: PersonRequest, number: str) -> HttpResponse:
    rows = Purchase.objects.owned_by(request.user).to_judge()
    relations = ("asset", "bundle", "publisher", "invoice", "refund__credit_note", "charge_back")
    purchase = get_object_or_404(rows.select_related(*relations), number=number)
    downloads = list(
        purchase.downloads.select_related("item", "file", "via").order_by("-at", "-id")[: DOWNLOADS_SHOWN + 1]
    )
    context = {
        "purchase": purchase,
        "items": purchase.items.select_related("asset", "publisher"),
        "downloads": downloads[:DOWNLOADS_SHOWN],
        "more_downloads": max(0, len(downloads) - DOWNLOADS_SHOWN),
        "story": story(purchase, downloads[:DOWNLOADS_SHOWN]),
        "decision": quote(purchase=purchase, requester=request.user, now=request.now).decision,
        "fresh_key": fresh_key(),
        "case": Case.objects.open().filter(purchase=purchase).first(),
        "just_bought": "bought" in request.GET and purchase.status == Status.COMPLETED,
    }
    return render(request, "shop/purchase.html", context)


@dataclass(frozen=True)
class Event:
    """One line of what happened, as the time line draws it."""

    at: datetime
    act: str
    actor: str
    note: str = ""
    credits: int = 0
    tone: str = ""


def story(purchase: Purchase, downloads: Sequence[Download]) -> list[Event]:
    """What happened to a purchase, oldest first; one line a click."""
    first = _("Bought") if purchase.completed_at else _("Ordered")
    events = [
        Event(purchase.completed_at or purchase.created_at, first, _("You"), credits=-purchase.credits_spent)
    ]
    for at, click in groupby(downloads, key=lambda one: one.at):
        fetched = sorted(click, key=lambda one: (one.via_id is not None, one.pk))
        events.append(
            Event(at, _downloaded([one.item.title for one in fetched]), _("You"), note=_along(fetched))
        )
    struck, why = _("Download of {title} struck"), _("It no longer counts: {reason}")
    events += [
        Event(
            one.struck_at,
            struck.format(title=one.item.title),
            _("Support"),
            note=why.format(reason=one.struck_why),
        )
        for one in downloads
        if one.struck_at
    ]
    if refund := getattr(purchase, "refund", None):
        events.append(
            Event(refund.at, _("Refunded"), _who_asked(refund), credits=refund.credits, tone="back")
        )
    if charge_back := getattr(purchase, "charge_back", None):
        events.append(Event(charge_back.at, _("Charged back"), _("Support"), tone="no"))
    return sorted(events, key=lambda event: event.at)


def _who_asked(refund: Refund) -> str:
    if refund.requested_by_id == refund.customer_id:
        return _("You")
    return _("Support") if refund.case_id else _("The store")


def _along(fetched: Sequence[Download]) -> str:
    """Says which downloads another asset fetched, so that nobody is held to have asked for them."""
    sentence = _("{title} came along, because {other} requires it.")
    notes = [sentence.format(title=one.item.title, other=one.via.title) for one in fetched if one.via]
    more = len(notes) - 3
    if more > 0:
        notes[3:] = [ngettext("So did {count} more.", "So did {count} more.", more).format(count=more)]
    return " ".join(notes)


def _downloaded(titles: Sequence[str]) -> str:
    if len(titles) <= 3:
        return _("Downloaded {titles}").format(titles=", ".join(titles))
    more = len(titles) - 2
    act = ngettext("Downloaded {titles} and {count} more", "Downloaded {titles} and {count} more", more)
    return act.format(titles=", ".join(titles[:2]), count=more)
