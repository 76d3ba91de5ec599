"""What a shop in front of this store registers as it happens: people, credits, purchases and downloads.

Each line is one transaction and one answer. Its reference is kept for good, so that a line that is sent again is
answered as before, and other lines may name it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError

from accounts.models import User
from accounts.people import register_person
from credits import ledger
from credits.books import open_books
from credits.ledger import Lot
from ground.receipts import Answer, Asking, idempotently
from ground.refusals import Busy
from refunds.services import charge_back_within
from storefront.models import Asset, Bundle, Download, Purchase, ShopReference, Status
from storefront.recording import ToldItem, record_download_of, record_purchase
from storefront.refusals import WrongLine


class Granted(NamedTuple):
    """A new lot, and the balance with it."""

    lot: Lot
    balance: int


SOURCES = {"paid": "Top-up", "promo": "Promotion", "compensation": "Compensation"}


def register_user(*, asking: Asking, email: str, **profile: Any) -> Answer:
    """The outcome is (the person, whether they are new). Somebody whom the store knows is not changed."""
    try:
        return idempotently(asking, lambda: register_person(email=email, now=asking.now, **profile))
    except IntegrityError as error:
        # Somebody of this address signed up in the same instant: asked again, they are known.
        raise Busy from error


def register_grant(
    *,
    asking: Asking,
    customer: User,
    credits: int,
    kind: str,
    at: datetime,
    expires_at: datetime | None = None,
    memo: str = "",
) -> Answer:
    """The outcome is Granted."""

    def act() -> Granted:
        if expires_at is not None and expires_at <= at:
            raise WrongLine("expires_at", "These credits would expire before they came.")
        with open_books([customer.pk], now=asking.now) as books:
            wallet = books.wallet(customer.pk)
            lot = ledger.grant(
                wallet,
                credits=credits,
                kind=kind,
                source=SOURCES[kind],
                memo=memo,
                expires_at=expires_at,
                made_by=asking.person.pk,
                at=at,
            )
        return Granted(lot, wallet.balance)

    return idempotently(asking, act)


def register_purchase(
    *,
    asking: Asking,
    customer: User,
    thing: Asset | Bundle,
    credits: int,
    at: datetime,
    status: str = Status.COMPLETED,
    items: Sequence[ToldItem] | None = None,
    invoice: str | None = None,
    download_log: bool = True,
    allow_duplicate: bool = False,
) -> Answer:
    """The outcome is the purchase."""

    def act() -> Purchase:
        purchase = record_purchase(
            customer=customer,
            thing=thing,
            spent=credits,
            at=at,
            status=status,
            items=items,
            number=invoice,
            download_log=download_log,
            allow_duplicate=allow_duplicate,
            by=asking.person,
            now=asking.now,
        )
        if status == Status.CHARGED_BACK:
            why = "Charged back when it was registered"  # English: stored
            charge_back_within(purchase=purchase, by=asking.person, why=why, now=asking.now)
        ShopReference.objects.create(name=asking.key, purchase=purchase)
        return purchase

    return idempotently(asking, act)


def register_download(
    *, asking: Asking, purchase: Purchase, asset: Asset, at: datetime, via: Asset | None = None
) -> Answer:
    """The outcome is the download."""

    def act() -> Download:
        return record_download_of(purchase=purchase, asset=asset, at=at, via=via)

    return idempotently(asking, act)
