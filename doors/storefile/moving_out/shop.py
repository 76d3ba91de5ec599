"""People, terms, what is for sale, codes: the lines that all others refer to."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress

from accounts.models import Membership, Publisher, User
from accounts.people import ROLES
from credits.models import Code
from doors.storefile.moments import written
from doors.storefile.moving_out.called import Called, Line, some
from storefront.models import Asset, Bundle, Terms

CHUNK = 2_000


def shop_lines(called: Called) -> Iterator[Line]:
    yield from _publishers()
    yield from _users(called)
    yield from _terms(called)
    yield from _assets(called)
    yield from _bundles(called)
    yield from _codes(called)


def _publishers() -> Iterator[Line]:
    for row in Publisher.objects.order_by("pk"):
        emails = row.emails.filter(confirmed_at__isnull=False).order_by("pk")
        yield {
            "type": "publisher",
            "slug": row.slug,
            "name": row.name,
            "emails": list(emails.values_list("address", flat=True)),
            "since": written(row.created_at),
        }


def _users(called: Called) -> Iterator[Line]:
    unconfirmed = set(
        EmailAddress.objects.filter(primary=True, verified=False).values_list("user_id", flat=True)
    )
    roles = {group: role for role, group in ROLES.items()}
    placed: dict[int, list[Line]] = {}
    for membership in Membership.objects.order_by("pk"):
        placed.setdefault(membership.user_id, []).append(
            {
                "slug": called.publishers[membership.publisher_id],
                "role": membership.role,
                "since": written(membership.since),
            }
        )
    staff = set(User.objects.filter(groups__isnull=False).values_list("pk", flat=True))
    for row in User.objects.order_by("pk").iterator(CHUNK):
        groups = row.groups.values_list("name", flat=True) if row.pk in staff else ()
        yield {
            "type": "user",
            "email": row.email,
            **some(
                name=row.name,
                roles=sorted(roles[group] for group in groups if group in roles),
                publishers=placed.get(row.pk),
                time_zone=row.time_zone,
            ),
            "since": written(row.date_joined),
            **({} if row.is_active else {"active": False}),
            **({"confirmed": False} if row.pk in unconfirmed else {}),
        }


def _terms(called: Called) -> Iterator[Line]:
    for row in Terms.objects.order_by("in_force_from"):
        yield {
            "type": "terms",
            "version": row.version,
            "in_force_from": written(row.in_force_from),
            "window_days": row.window_days,
            "bundle_percent": row.bundle_percent,
            "published_at": written(row.created_at),
            **some(published_by=row.published_by_id and called.email(row.published_by_id)),
        }


def _assets(called: Called) -> Iterator[Line]:
    """What an asset requires stands above it."""
    rows = {row.pk: row for row in Asset.objects.prefetch_related("files", "requires").order_by("pk")}
    done: set[int] = set()
    for pk in rows:
        waiting = [pk]
        while waiting:
            row = rows[waiting[-1]]
            missing = [
                each.pk for each in row.requires.all() if each.pk not in done and each.pk not in waiting
            ]
            if missing:
                waiting.append(min(missing))
                continue
            waiting.pop()
            if row.pk not in done:
                done.add(row.pk)
                yield _asset(row, called)


def _asset(row: Asset, called: Called) -> Line:
    files = sorted(row.files.all(), key=lambda file: (file.added_at, file.pk))
    return {
        "type": "asset",
        "slug": row.slug,
        "publisher": called.publishers[row.publisher_id],
        "title": row.title,
        "price": row.price,
        "requires": sorted(each.slug for each in row.requires.all()),
        "files": [
            {
                "name": file.name,
                "version": file.version,
                "bytes": file.size_bytes,
                "since": written(file.added_at),
                **some(quality=file.quality, path=file.content.name),
            }
            for file in files
        ],
        **some(description=row.description, category=row.category),
        "since": written(row.created_at),
        **some(withdrawn_at=written(row.withdrawn_at)),
    }


def _bundles(called: Called) -> Iterator[Line]:
    """What a bundle holds stands above it."""
    rows = {row.pk: row for row in Bundle.objects.prefetch_related("parts").order_by("pk")}
    done: set[int] = set()
    for pk in rows:
        waiting = [pk]
        while waiting:
            row = rows[waiting[-1]]
            inner = [part.inner_id for part in row.parts.all() if part.inner_id]
            missing = [each for each in inner if each not in done and each not in waiting]
            if missing:
                waiting.append(missing[0])
                continue
            waiting.pop()
            if row.pk not in done:
                done.add(row.pk)
                yield _bundle(row, called)


def _bundle(row: Bundle, called: Called) -> Line:
    parts = sorted(row.parts.all(), key=lambda part: (part.position, part.pk))
    return {
        "type": "bundle",
        "slug": row.slug,
        "publisher": called.publishers[row.publisher_id],
        "title": row.title,
        "price": row.price,
        "assets": [
            called.assets[part.asset_id] if part.asset_id else called.bundles[part.inner_id] for part in parts
        ],
        **some(description=row.description),
        "since": written(row.created_at),
        **some(withdrawn_at=written(row.withdrawn_at)),
    }


def _codes(called: Called) -> Iterator[Line]:
    for row in Code.objects.order_by("pk"):
        yield {
            "type": "code",
            "code": row.code,
            "credits": row.credits,
            "kind": row.kind,
            "uses": row.uses,
            "per_user": row.per_user,
            "expires_at": written(row.expires_at),
            "lot_days": row.lot_days,
            **some(user=row.user_id and called.email(row.user_id)),
            "since": written(row.created_at),
        }
