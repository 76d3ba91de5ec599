"""API keys: made once, shown once, kept as a digest, found by their prefix, compared in constant time."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import audit
from accounts.models import ApiKey, Publisher, User
from ground import limits, rows
from ground.refusals import Refusal
from ground.transactions import in_transaction

CUSTOMER_SCOPES = (
    "purchases:read",
    "purchases:write",
    "refunds:write",
    "credits:read",
    "credits:write",
    "cases:write",
)
PUBLISHER_SCOPES = ("publisher:read", "publisher:write")
STORE_SCOPES = ("store:write",)
SHAPE = re.compile(r"rc[0-9a-f]{10}_[A-Za-z0-9_-]{1,100}")


MOST_KEYS = 20


class TooManyKeys(Refusal):
    code = "too_many_keys"
    sentence = _lazy(
        "{publisher} has {count} living keys already. No key was made; revoke one that is not used any more."
    )


class ScopeNotGiven(Refusal):
    code = "scope_not_given"
    sentence = _lazy("A key of this kind cannot have the scope {scope}. No key was made.")


def make_key(
    *,
    owner: User,
    now: datetime,
    publisher: Publisher | None = None,
    store: bool = False,
    name: str = "",
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Returns the row and the secret, which is shown this once and then known to nobody but its holder."""
    if store and not owner.is_lead:
        raise Refusal(
            _("A store key belongs to a lead, and {email} is none. No key was made."), email=owner.email
        )
    if publisher and not owner.memberships.filter(publisher=publisher).exists():
        raise Refusal(
            _("{email} is no member of {publisher}. No key was made."), email=owner.email, publisher=publisher
        )
    allowed = STORE_SCOPES if store else PUBLISHER_SCOPES if publisher else CUSTOMER_SCOPES
    for scope in scopes:
        if scope not in allowed:
            raise ScopeNotGiven(scope=scope)
    prefix, secret = f"rc{secrets.token_hex(5)}", secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        prefix=prefix,
        digest=_digest(secret),
        name=name,
        owner=owner,
        publisher=publisher,
        scopes=list(scopes or allowed),
        created_at=now,
        expires_at=expires_at,
    )
    return row, f"{prefix}_{secret}"


def find_key(text: str, *, now: datetime) -> ApiKey | None:
    """The living key that this text is, or None: for an unknown, revoked or expired key and an inactive owner alike."""
    if not SHAPE.fullmatch(text):
        text = "_"  # What no key ever looked like is a miss; it goes the way of every other.
    prefix, _, secret = text.partition("_")
    row = ApiKey.objects.find(prefix[:12])
    # The digest is compared also when nothing was found, so that a miss takes the time of a hit.
    same = hmac.compare_digest(row.digest if row else "", _digest(secret))
    if row is None or not same or row.revoked_at or (row.expires_at and row.expires_at <= now):
        return None
    if not row.owner.is_active:
        return None
    if row.publisher_id and not row.owner_is_member:
        return None
    if "store:write" in row.scopes and not row.owner.is_lead:
        return None
    return row


def counted_as(key: ApiKey) -> str:
    """The key's name where requests are counted."""
    return f"key {key.pk}"


def with_last_use(keys: Iterable[ApiKey]) -> list[ApiKey]:
    """When a key was last used is known from its count, and written to its row when counts are forgotten."""
    keys = list(keys)
    for key, at in _later_uses(keys):
        key.last_used_at = at
    return keys


def keep_last_uses() -> None:
    uses = _later_uses(ApiKey.objects.all())
    rows.update(ApiKey, ["last_used_at"], [(key.pk, at) for key, at in uses])


def _later_uses(keys: Iterable[ApiKey]) -> list[tuple[ApiKey, datetime]]:
    """The keys that were used later than their rows say."""
    by_name = {counted_as(key): key for key in keys}
    uses = [(by_name[name], at) for name, at in limits.last_counted(by_name).items()]
    return [(key, at) for key, at in uses if key.last_used_at is None or key.last_used_at < at]


def make_publisher_key(
    *, publisher: Publisher, by: User, name: str, scopes: Sequence[str] = (), now: datetime
) -> tuple[ApiKey, str]:
    def act() -> tuple[ApiKey, str]:
        living = Publisher.objects.lock(publisher.pk).api_keys.filter(revoked_at=None).count()
        if living >= MOST_KEYS:
            raise TooManyKeys(publisher=publisher, count=living)
        row, secret = make_key(owner=by, publisher=publisher, name=name, scopes=scopes, now=now)
        audit.record(by=by, act="make_key", subject=publisher.slug, why=f"{row.prefix} {name}", now=now)
        return row, secret

    return in_transaction(act)


def rotate(*, key: ApiKey, by: User, now: datetime) -> tuple[ApiKey, str]:
    """A new secret under the old name; the old one stops in the same instant."""

    def act() -> tuple[ApiKey, str]:
        old = ApiKey.objects.lock(key.pk)
        if old.revoked_at is not None:
            raise Refusal(_("This key is revoked already, so it has no successor. Make a new one."))
        row, secret = make_key(
            owner=by,
            publisher=old.publisher,
            name=old.name,
            scopes=old.scopes,
            expires_at=old.expires_at,
            now=now,
        )
        revoke(key=old, now=now)
        audit.record(
            by=by, act="rotate_key", subject=str(old.publisher), why=f"{old.prefix} → {row.prefix}", now=now
        )
        return row, secret

    return in_transaction(act)


def revoke(*, key: ApiKey, now: datetime) -> None:
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)


def grants(scopes: Sequence[str], needed: str) -> bool:
    """Write includes read of the same subject."""
    return needed in scopes or (needed.endswith(":read") and needed.replace(":read", ":write") in scopes)


def _digest(secret: str) -> str:
    # A random secret of 256 bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()
