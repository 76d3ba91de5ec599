"""A publisher's list of verified invoices: what was looked up once stays, and shows how it stands today."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Publisher
from refunds.models import VerifiedInvoice
from refunds.verification import VerifiedItem, look, verifiable, with_live_status
from storefront.models import PurchaseItem, Status
from storefront.numbers import normalise

AT_ONCE = 200
DIGITS = re.compile(r"[0-9]{2,12}")


@dataclass(frozen=True)
class Verified:
    """One line of the list: the publisher's own items of an invoice, with today's status."""

    row: VerifiedInvoice
    items: list[VerifiedItem]

    @property
    def askable(self) -> bool:
        """Whether a refund can still be asked for."""
        return self.row.purchase.status == Status.COMPLETED

    @property
    def by(self) -> str:
        if self.row.last_key is not None:
            return f"the key {self.row.last_key.name or self.row.last_key.prefix}"
        return str(self.row.last_by or "")


def verified_invoices(*, publisher: Publisher, search: str = "") -> "QuerySet[VerifiedInvoice]":
    """All, or those whose number or package holds what is searched."""
    rows = VerifiedInvoice.objects.filter(publisher=publisher).select_related(
        "purchase", "last_by", "last_key"
    )
    search = search.replace("\x00", "").strip()[:200]
    if not search:
        return rows
    packages = PurchaseItem.objects.filter(
        purchase=OuterRef("purchase"), publisher=publisher, title__icontains=search
    )
    wanted = Q(Exists(packages))
    digits = DIGITS.search(search)
    part = normalise(search) or (digits and digits[0])
    if part:
        wanted |= Q(purchase__number__contains=part)
    return rows.filter(wanted)


def seen_before(*, publisher: Publisher, number: str, now: datetime) -> list[VerifiedItem]:
    """The items of an invoice that is in the list already: no look-up, and for any other number nothing."""
    if not VerifiedInvoice.objects.filter(publisher=publisher, purchase__number=number).exists():
        return []
    return look(publisher=publisher, numbers=[number], now=now)


def as_of_today(rows: Sequence[VerifiedInvoice], *, publisher: Publisher, now: datetime) -> list[Verified]:
    """In one statement, however many there are."""
    items = with_live_status(PurchaseItem.objects.filter(purchase__in=[row.purchase_id for row in rows]), now)
    by_purchase: dict[int, list[VerifiedItem]] = {}
    for item in verifiable(items, publisher, now).order_by("position"):
        by_purchase.setdefault(item.purchase_id, []).append(VerifiedItem(item, item.other_license))  # type: ignore[attr-defined]
    return [Verified(row, by_purchase.get(row.purchase_id, [])) for row in rows]


def whole_list(*, publisher: Publisher, search: str, now: datetime) -> Iterator[Verified]:
    """Newest first, some hundred at a time, so that a long list takes no more memory than a short one."""
    rows = verified_invoices(publisher=publisher, search=search).order_by("-last_at", "-id")
    place = Q()
    while part := list(rows.filter(place)[:AT_ONCE]):
        yield from as_of_today(part, publisher=publisher, now=now)
        last = part[-1]
        place = Q(last_at__lt=last.last_at) | Q(last_at=last.last_at, id__lt=last.pk)
