"""Codes: text that becomes a lot once. A wrong one gets one answer, whatever is wrong with it, and is counted."""

from datetime import datetime, timedelta

from django.conf import settings

from accounts.durable import Answer, Asking, once
from accounts.models import User
from credits.models import Code, Lot, Redemption, Wallet, WrongCode, reading
from credits.refusals import InvalidCode, TooManyGuesses
from credits.services import grant, lock_wallet


def redeem_code(*, asking: Asking, text: str) -> Answer:
    """Redeems once per key; the outcome is the new lot, or InvalidCode, which is kept with its count."""
    return once(asking, lambda: redeem(customer=asking.person, text=text, now=asking.now))


def redeem(*, customer: User, text: str, now: datetime) -> Lot:
    """Works in the caller's transaction: receipt, then wallet, then code. The refusal leaves a row behind, so whoever
    rolls back on it forgets the guess."""
    wallet = lock_wallet(customer=customer, now=now)
    _assert_may_guess(wallet, now)
    code = _found(text)
    if code is None or not _works(code, wallet, now):
        WrongCode.objects.create(wallet=wallet, at=now)
        raise InvalidCode
    lot = grant(
        wallet=wallet,
        credits=code.credits,
        kind=code.kind,
        source=source_of(code.code),
        expires_at=now + timedelta(days=code.lot_days) if code.lot_days else None,
        memo=f"Code {code.code}",
        made_by=customer,
        now=now,
    )
    Redemption.objects.create(code=code, wallet=wallet, lot=lot, at=now)
    return lot


def source_of(code: str) -> str:
    """What a redeemed lot's source says; the proof holds redemption and lot together by it."""
    return f"code {code}"


def _assert_may_guess(wallet: Wallet, now: datetime) -> None:
    """Counted under the wallet's lock, so that no two guesses at once are one."""
    window = timedelta(minutes=settings.LIMIT_CODE_MINUTES)
    most = settings.LIMIT_CODE_GUESSES
    latest = list(
        WrongCode.objects.filter(wallet=wallet, at__gt=now - window)
        .order_by("-at")
        .values_list("at", flat=True)[:most]
    )
    if len(latest) == most:
        wait = min(latest[-1] + window - now, window)
        raise TooManyGuesses(wait=in_words(wait), seconds=seconds_of(wait))


def _found(text: str) -> Code | None:
    """The code, locked: its uses are counted by whoever holds it."""
    pk = Code.objects.filter(reads_as=reading(text)).values_list("pk", flat=True).first()
    return Code.objects.lock(pk) if pk else None


def _works(code: Code, wallet: Wallet, now: datetime) -> bool:
    if code.expires_at is not None and code.expires_at <= now:
        return False
    if code.user_id is not None and code.user_id != wallet.pk:
        return False
    used = code.redemptions
    if code.uses is not None and used.count() >= code.uses:
        return False
    return code.per_user is None or used.filter(wallet=wallet).count() < code.per_user


def seconds_of(wait: timedelta) -> int:
    """Rounded up: whoever comes back after that long is not turned away again."""
    return -(-wait // timedelta(seconds=1))


def in_words(wait: timedelta) -> str:
    seconds = seconds_of(wait)
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
