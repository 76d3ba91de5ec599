"""Is this invoice number real, and how do its items stand today? Asked by publishers about their own items, by their
tools, and by agents about any.

An unknown number and another publisher's are answered alike, with the same work. Every look-up is a row, from which
guesses are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Publisher, User
from ground.laws import given, law
from ground.transactions import in_transaction
from refunds.guesses import hold_back_guesses
from refunds.models import Basis, LookUp, VerifiedInvoice
from storefront.models import PurchaseItem, Status
from storefront.numbers import normalise

MOST_NUMBERS = 50
EVER_COMPLETED = (Status.COMPLETED, Status.REFUNDED, Status.CHARGED_BACK)


@dataclass(frozen=True)
class VerifiedItem:
    """One item of an invoice, as its publisher may see it."""

    item: PurchaseItem
    other_license: bool

    @property
    def invoice(self) -> str:
        return self.item.purchase.number

    @property
    def package(self) -> str:
        return self.item.title

    @property
    def quantity(self) -> int:
        return 1

    @property
    def credits(self) -> int:
        return self.item.share

    @property
    def date(self) -> date:
        """The day of the invoice, in UTC for everybody."""
        completed_at = given(self.item.purchase.completed_at, "only completed purchases are verified")
        return completed_at.astimezone(UTC).date()

    @property
    def downloaded(self) -> bool:
        return self.item.first_downloaded_at is not None

    @property
    def charged_back(self) -> bool:
        return self.item.purchase.status == Status.CHARGED_BACK

    @property
    def refunded(self) -> bool:
        """Its licence was ended. An item kept in a partial refund is not refunded."""
        return bool(self.charged_back or self.item.revoked_at or self.item.purchase.revoked_at)

    @property
    def reason(self) -> str | None:
        """A fixed phrase per basis, never a customer's words."""
        if not self.refunded:
            return None
        return (
            str(Status.CHARGED_BACK.label)
            if self.charged_back
            else str(Basis(self.item.purchase.refund.basis).label)
        )

    @property
    def by_the_store(self) -> bool:
        """Refunded as goodwill: the store bore it, the publisher keeps its share."""
        refund = getattr(self.item.purchase, "refund", None)
        return refund is not None and refund.basis == Basis.GOODWILL

    @property
    def status(self) -> str:
        """The first that applies."""
        if self.item.purchase.status not in EVER_COMPLETED:
            return self.item.purchase.get_status_display()
        if self.charged_back:
            return str(Status.CHARGED_BACK.label)
        if self.refunded:
            return str(Status.REFUNDED.label)
        if self.other_license:
            return _("Another license")
        return _("Downloaded") if self.downloaded else _("Not downloaded")


def verify(
    *,
    publisher: Publisher | None,
    numbers: Sequence[str],
    by: User | None,
    api_key: ApiKey | None = None,
    door: str,
    now: datetime,
) -> list[VerifiedItem]:
    """The items behind these numbers, in any spelling: the publisher's own ones, invoice by invoice as asked.

    An agent asks without a publisher and sees every item of any purchase. What cannot be read, is asked twice, or
    comes after the fiftieth number is left out.
    """
    meant = readable(numbers)
    if not meant:
        return []
    return in_transaction(
        lambda: verify_within(publisher=publisher, numbers=meant, by=by, api_key=api_key, door=door, now=now)
    )


def verify_within(
    *,
    publisher: Publisher | None,
    numbers: Sequence[str],
    by: User | None,
    api_key: ApiKey | None = None,
    door: str,
    now: datetime,
) -> list[VerifiedItem]:
    law(connection.in_atomic_block, "look-ups are counted inside a transaction")
    if publisher is not None:
        hold_back_guesses(publisher=publisher, by=by, api_key=api_key, now=now)
    items = look(publisher=publisher, numbers=numbers, now=now)
    _log(items, publisher=publisher, numbers=numbers, by=by, api_key=api_key, door=door, now=now)
    return items


def readable(numbers: Sequence[str]) -> list[str]:
    """The first fifty numbers that can be read, each once."""
    meant: dict[str, None] = {}
    for text in numbers:
        number = normalise(text)
        if number:
            meant[number] = None
        if len(meant) == MOST_NUMBERS:
            break
    return list(meant)


def look(*, publisher: Publisher | None, numbers: Sequence[str], now: datetime) -> list[VerifiedItem]:
    """One indexed query, whatever the store's size. Counts and logs nothing: for numbers that were verified before."""
    items = with_live_status(PurchaseItem.objects.filter(purchase__number__in=numbers), now)
    if publisher is not None:
        items = verifiable(items, publisher, now)
    place = {number: index for index, number in enumerate(numbers)}
    rows = sorted(items, key=lambda item: (place[item.purchase.number], item.position))
    return [VerifiedItem(item, item.other_license) for item in rows]  # type: ignore[attr-defined]  # annotated below


def verifiable(
    items: "QuerySet[PurchaseItem]", publisher: Publisher, now: datetime
) -> "QuerySet[PurchaseItem]":
    """A publisher's own items, of purchases that were completed."""
    return items.filter(
        publisher=publisher, purchase__status__in=EVER_COMPLETED, purchase__completed_at__lte=now
    )


def with_live_status(items: "QuerySet[PurchaseItem]", now: datetime) -> "QuerySet[PurchaseItem]":
    """Whether the customer owns the same asset through another live purchase is asked in the same statement."""
    other = (
        PurchaseItem.objects.live()
        .filter(customer=OuterRef("customer"), asset=OuterRef("asset"), purchase__completed_at__lte=now)
        .exclude(purchase=OuterRef("purchase"))
    )
    return items.select_related("purchase__refund", "asset", "publisher").annotate(
        other_license=Exists(other)
    )


def _log(
    items: Sequence[VerifiedItem],
    *,
    publisher: Publisher | None,
    numbers: Sequence[str],
    by: User | None,
    api_key: ApiKey | None,
    door: str,
    now: datetime,
) -> None:
    hits = {one.invoice: one.item.purchase_id for one in items}
    LookUp.objects.bulk_create(
        LookUp(
            publisher=publisher,
            by=by,
            api_key=api_key,
            number=number,
            hit=number in hits,
            door=door,
            at=now,
        )
        for number in numbers
    )
    if publisher is None or not hits:
        return
    # By purchase, so that two who verify the same ones never wait for each other in a ring.
    VerifiedInvoice.objects.bulk_create(
        [
            VerifiedInvoice(
                publisher=publisher, purchase_id=pk, first_at=now, last_at=now, last_by=by, last_key=api_key
            )
            for pk in sorted(hits.values())
        ],
        update_conflicts=True,
        unique_fields=["publisher", "purchase"],
        update_fields=["last_at", "last_by", "last_key"],
    )
