"""The whole demo world as lines of a store file."""

import json
from collections.abc import Container, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from doors.storefile.demo import history, refunded, requests, scenes
from doors.storefile.demo.catalogue import ASSETS, BUNDLES, PUBLISHERS
from doors.storefile.demo.people import CUSTOMERS, MEMBERS, PASSWORD, SIGN_INS, STAFF
from doors.storefile.demo.story import Line, Story
from doors.storefile.moments import written

OPENED = 760  # days ago


def world(now: datetime) -> Iterator[Line]:
    story = Story(now)
    opened = written(story.before(OPENED))
    yield from _terms(story)
    for publisher in PUBLISHERS:
        yield {"type": "publisher", **publisher, "since": opened}
    sign_ins = {email for _, email in SIGN_INS}
    for person in (*STAFF, *MEMBERS, *CUSTOMERS):
        password = {"password": PASSWORD} if person["email"] in sign_ins else {}
        yield {"type": "user", **person, **password, "since": opened}
    yield from _catalogue(story)
    yield from _codes(story)
    scenes.tell(story)
    refunded.tell(story)
    requests.tell(story)
    history.tell(story)
    yield from story.lines()


def as_file(now: datetime, *, without: Container[str] = (), terms: bool = True) -> BytesIO:
    """`without` names codes and terms that the store has already, with dates of an earlier day; a store that has sold
    something takes no terms of an earlier day at all."""
    lines = (
        line
        for line in world(now)
        if (line["type"] not in {"code", "terms"} or line.get("code", line.get("version")) not in without)
        and (terms or line["type"] != "terms")
    )
    return BytesIO(b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines))


def _terms(story: Story) -> Iterator[Line]:
    """Stricter ones that the store opened with, and today's."""
    for ago, days, percent in ((OPENED + 1, 14, 50), (460, 30, 50)):
        start = (story.now - timedelta(days=ago)).replace(hour=0, minute=0, second=0)
        yield {
            "type": "terms",
            "version": f"{start:%Y-%m}",
            "in_force_from": written(start),
            "window_days": days,
            "bundle_percent": percent,
        }


def _catalogue(story: Story) -> Iterator[Line]:
    """New things came week by week, now from one publisher and now from another."""
    for place, (slug, publisher, title, price, category, requires, description) in enumerate(ASSETS):
        since = story.before(OPENED - place * 11 % len(ASSETS))
        yield {
            "type": "asset",
            "slug": slug,
            "publisher": publisher,
            "title": title,
            "price": price,
            "category": category,
            "requires": requires,
            "description": description,
            "since": written(since),
            "files": list(_files(slug, category, since)),
        }
    for place, (slug, publisher, title, price, assets, description) in enumerate(BUNDLES):
        yield {
            "type": "bundle",
            "slug": slug,
            "publisher": publisher,
            "title": title,
            "price": price,
            "assets": assets,
            "description": description,
            "since": written(story.before(OPENED - 40 - place)),
        }


def _files(slug: str, category: str, since: datetime) -> Iterator[dict[str, Any]]:
    megabytes = 20 + len(slug) * 17
    yield {"name": f"{slug}.zip", "version": "1.0", "bytes": megabytes * 1_000_000, "since": written(since)}
    if category in {"models", "textures"}:
        later = written(since + timedelta(days=200))
        yield {
            "name": f"{slug}-4k.zip",
            "version": "1.1",
            "quality": "4K",
            "bytes": megabytes * 6_000_000,
            "since": later,
        }


def _codes(story: Story) -> Iterator[Line]:
    next_year = written(story.now + timedelta(days=365))
    yield {
        "type": "code",
        "code": "WELCOME50",
        "credits": 50,
        "uses": 1000,
        "per_user": 1,
        "expires_at": next_year,
    }
    yield {
        "type": "code",
        "code": "MOSSY",
        "credits": 20,
        "lot_days": 60,
        "uses": 100,
        "expires_at": next_year,
    }
    yield {"type": "code", "code": "FOR-ADA", "credits": 25, "user": "ada@example.com", "uses": 1}
    gone = written(story.before(30))
    yield {"type": "code", "code": "SUMMER", "credits": 30, "uses": 500, "expires_at": gone}
