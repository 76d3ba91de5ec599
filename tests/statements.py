"""What an act asks of the database: its statements, without the frame of transactions around them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Publisher
from storefront.models import Asset, AssetFile, Bundle, BundlePart
from tests.world import NOW

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements(act: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What the act made, and what it asked."""
    with CaptureQueriesContext(connection) as seen:
        made = act()
    return made, [one["sql"] for one in seen if not one["sql"].startswith(FRAME)]


def with_its_frame(act: Callable[[], object]) -> list[str]:
    """Every statement, those that only begin and end transactions included."""
    with CaptureQueriesContext(connection) as seen:
        act()
    return [one["sql"] for one in seen]


def asked_by(act: Callable[[], object]) -> list[str]:
    """What the act asked, whatever it made."""
    return statements(act)[1]


def constant(asked: Mapping[object, list[str]], *, most: int) -> int:
    """The number of statements, which is the same for every size, and within its budget. Where it is not, the
    statements tell why."""
    counts = {size: len(sql) for size, sql in asked.items()}
    dearest = max(asked.values(), key=len)
    told = "\n".join([f"{counts}, at most {most}:", *(sql[:200] for sql in dearest)])
    assert len(set(counts.values())) == 1, told
    assert len(dearest) <= most, told
    return len(dearest)


def stocked(publisher: Publisher, size: int, *, slug: str, price: int) -> tuple[Bundle, list[Asset]]:
    """A bundle of this many assets that cost 2 each, with a file in each of them, in four statements."""
    assets = Asset.objects.bulk_create(
        Asset(slug=f"{slug}-{n}", title=f"Asset {n}", publisher=publisher, price=2, created_at=NOW)
        for n in range(size)
    )
    AssetFile.objects.bulk_create(
        AssetFile(asset=one, name=f"{one.slug}.zip", added_at=NOW) for one in assets
    )
    bundle = Bundle.objects.create(
        slug=slug, title=f"Of {size}", publisher=publisher, price=price, created_at=NOW
    )
    BundlePart.objects.bulk_create(
        BundlePart(bundle=bundle, asset=one, position=place) for place, one in enumerate(assets)
    )
    return bundle, assets
