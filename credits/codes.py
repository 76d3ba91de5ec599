"""Codes: text that becomes a lot once. A wrong one gets one answer, whatever is wrong with it, and is counted."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Subquery

from accounts.models import User
from credits import ledger
from credits.books import open_books
from credits.ledger import Lot
from credits.models import Code, Redemption, Wallet, WrongCode, reading
from credits.refusals import InvalidCode, TooManyGuesses
from ground import rows
from ground.receipts import Answer, Asking, idempotently

REDEMPTION = ("code_id", "wallet_id", "lot_id", "at")


class Redeemed(NamedTuple):
    """The lot that a code became, and the balance with it."""

    lot: Lot
    balance: int


def redeem_code(*, asking: Asking, text: str) -> Answer:
    """Redeems once per key; the outcome is Redeemed, or InvalidCode, which is kept with its count."""
    return idempotently(asking, lambda: redeem(customer=asking.person, text=text, now=asking.now))


def redeem(*, customer: User, text: str, now: datetime) -> Redeemed:
    """Works in the caller's transaction: receipt, then wallet, then code. The refusal leaves a row behind, so whoever
    rolls back on it forgets the guess."""
    books = open_books([customer.pk], now=now)
    code = Code.objects.lock(reading(text))
    tried = _tried(customer, code, now)
    _assert_may_guess(tried, now)
    if code is None or not _works(code, customer, tried, now):
        WrongCode.objects.create(wallet_id=customer.pk, at=now)
        raise InvalidCode
    wallet = books.wallet(customer.pk)
    lot = ledger.grant(
        wallet,
        credits=code.credits,
        kind=code.kind,
        source=source_of(code.code),
        expires_at=now + timedelta(days=code.lot_days) if code.lot_days else None,
        memo=f"Code {code.code}",
        made_by=customer.pk,
        at=now,
    )
    books.close()
    rows.insert(Redemption, REDEMPTION, [(code.pk, customer.pk, lot.id, now)])
    return Redeemed(lot, wallet.balance)


def source_of(code: str) -> str:
    """What a redeemed lot's source says; the proof holds redemption and lot together by it."""
    return f"code {code}"


class Tried(NamedTuple):
    """The wrong code that fills the measure, if there is one, and how often the right one was used: in all, and by this
    customer."""

    wrong_at: datetime | None
    used: int | None
    mine: int | None


def _tried(customer: User, code: Code | None, now: datetime) -> Tried:
    """Counted under the locks of the wallet and of the code, so that no two guesses at once are one."""
    lately = WrongCode.objects.filter(wallet=customer.pk, at__gt=now - _window()).order_by("-at")
    most = settings.LIMIT_CODE_GUESSES
    used = Redemption.objects.filter(code=code.pk if code else 0).order_by().values("code")
    mine = used.filter(wallet=customer.pk)
    found = (
        Wallet.objects.filter(pk=customer.pk)
        .annotate(
            wrong_at=Subquery(lately.values("at")[most - 1 : most]),
            used=Subquery(used.annotate(count=Count("*")).values("count")),
            mine=Subquery(mine.annotate(count=Count("*")).values("count")),
        )
        .values_list("wrong_at", "used", "mine")
    )
    return Tried(*found.get())


def _window() -> timedelta:
    return timedelta(minutes=settings.LIMIT_CODE_MINUTES)


def _assert_may_guess(tried: Tried, now: datetime) -> None:
    if tried.wrong_at is not None:
        wait = min(tried.wrong_at + _window() - now, _window())
        raise TooManyGuesses(wait=in_words(wait), seconds=seconds_of(wait))


def _works(code: Code, customer: User, tried: Tried, now: datetime) -> bool:
    if code.expires_at is not None and code.expires_at <= now:
        return False
    if code.user_id is not None and code.user_id != customer.pk:
        return False
    if code.uses is not None and (tried.used or 0) >= code.uses:
        return False
    return code.per_user is None or (tried.mine or 0) < code.per_user


def seconds_of(wait: timedelta) -> int:
    """Rounded up: whoever comes back after that long is not turned away again."""
    return -(-wait // timedelta(seconds=1))


def in_words(wait: timedelta) -> str:
    seconds = seconds_of(wait)
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
