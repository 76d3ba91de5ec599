"""People, terms, what is for sale, codes: the lines that all others refer to."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from allauth.account.models import EmailAddress
from django.db.models import Model, QuerySet

from accounts.models import Membership, Publisher, User
from accounts.people import ROLES
from credits.models import Code
from doors.storefile.moving_out.references import References, without_empty
from doors.storefile.reading import Line
from ground.instants import rfc3339
from ground.laws import given
from storefront.models import Asset, Bundle, Terms

CHUNK = 2_000
Row = TypeVar("Row", bound=Model)


def shop_lines(refs: References) -> Iterator[Line]:
    yield from _publishers()
    yield from _users(refs)
    yield from _terms(refs)
    yield from _assets(refs)
    yield from _bundles(refs)
    yield from _codes(refs)


def _publishers() -> Iterator[Line]:
    for row in Publisher.objects.order_by("pk"):
        emails = row.emails.filter(confirmed_at__isnull=False).order_by("pk")
        yield {
            "type": "publisher",
            "slug": row.slug,
            "name": row.name,
            "emails": list(emails.values_list("address", flat=True)),
            "since": rfc3339(row.created_at),
        }


def _users(refs: References) -> Iterator[Line]:
    unconfirmed = set(
        EmailAddress.objects.filter(primary=True, verified=False).values_list("user_id", flat=True)
    )
    roles = {group: role for role, group in ROLES.items()}
    placed: dict[int, list[Line]] = {}
    for membership in Membership.objects.order_by("pk"):
        placed.setdefault(membership.user_id, []).append(
            {
                "slug": refs.publishers[membership.publisher_id],
                "role": membership.role,
                "since": rfc3339(membership.since),
            }
        )
    staff = set(User.objects.filter(groups__isnull=False).values_list("pk", flat=True))
    for row in User.objects.order_by("pk").iterator(CHUNK):
        groups = row.groups.values_list("name", flat=True) if row.pk in staff else ()
        yield {
            "type": "user",
            "email": row.email,
            **without_empty(
                name=row.name,
                roles=sorted(roles[group] for group in groups if group in roles),
                publishers=placed.get(row.pk),
                time_zone=row.time_zone,
            ),
            "since": rfc3339(row.date_joined),
            **({} if row.is_active else {"active": False}),
            **({"confirmed": False} if row.pk in unconfirmed else {}),
        }


def _terms(refs: References) -> Iterator[Line]:
    for row in Terms.objects.order_by("in_force_from"):
        yield {
            "type": "terms",
            "version": row.version,
            "in_force_from": rfc3339(row.in_force_from),
            "window_days": row.window_days,
            "bundle_percent": row.bundle_percent,
            "published_at": rfc3339(row.created_at),
            **without_empty(published_by=row.published_by_id and refs.email(row.published_by_id)),
        }


def _assets(refs: References) -> Iterator[Line]:
    rows = Asset.objects.prefetch_related("files", "requires").order_by("pk")
    for row in _below_what_they_need(rows, lambda row: sorted(each.pk for each in row.requires.all())):
        yield _asset(row, refs)


def _asset(row: Asset, refs: References) -> Line:
    files = sorted(row.files.all(), key=lambda file: (file.added_at, file.pk))
    return {
        "type": "asset",
        "slug": row.slug,
        "publisher": refs.publishers[row.publisher_id],
        "title": row.title,
        "price": row.price,
        "requires": sorted(each.slug for each in row.requires.all()),
        "files": [
            {
                "name": file.name,
                "version": file.version,
                "bytes": file.size_bytes,
                "since": rfc3339(file.added_at),
                **without_empty(quality=file.quality, path=file.content.name),
            }
            for file in files
        ],
        **without_empty(description=row.description, category=row.category),
        "since": rfc3339(row.created_at),
        **without_empty(withdrawn_at=rfc3339(row.withdrawn_at)),
    }


def _bundles(refs: References) -> Iterator[Line]:
    rows = Bundle.objects.prefetch_related("parts").order_by("pk")
    for row in _below_what_they_need(
        rows, lambda row: [part.inner_id for part in row.parts.all() if part.inner_id]
    ):
        yield _bundle(row, refs)


def _below_what_they_need(rows: "QuerySet[Row]", needs: Callable[[Row], list[int]]) -> Iterator[Row]:
    """Each row once, and whatever it needs before it, since a line refers only to lines above it."""
    by_id = {row.pk: row for row in rows}
    done: set[int] = set()
    for pk in by_id:
        waiting = [pk]
        while waiting:
            row = by_id[waiting[-1]]
            missing = [each for each in needs(row) if each not in done and each not in waiting]
            if missing:
                waiting.append(missing[0])
                continue
            waiting.pop()
            if row.pk not in done:
                done.add(row.pk)
                yield row


def _bundle(row: Bundle, refs: References) -> Line:
    parts = sorted(row.parts.all(), key=lambda part: (part.position, part.pk))
    return {
        "type": "bundle",
        "slug": row.slug,
        "publisher": refs.publishers[row.publisher_id],
        "title": row.title,
        "price": row.price,
        "assets": [
            refs.assets[part.asset_id]
            if part.asset_id
            else refs.bundles[given(part.inner_id, "a bundle's part is an asset or a bundle")]
            for part in parts
        ],
        **without_empty(description=row.description),
        "since": rfc3339(row.created_at),
        **without_empty(withdrawn_at=rfc3339(row.withdrawn_at)),
    }


def _codes(refs: References) -> Iterator[Line]:
    for row in Code.objects.order_by("pk"):
        yield {
            "type": "code",
            "code": row.code,
            "credits": row.credits,
            "kind": row.kind,
            "uses": row.uses,
            "per_user": row.per_user,
            "expires_at": rfc3339(row.expires_at),
            "lot_days": row.lot_days,
            **without_empty(user=row.user_id and refs.email(row.user_id)),
            "since": rfc3339(row.created_at),
        }
