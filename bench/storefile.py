"""Writes a store of a given number of purchases as a store file: an ordinary past, and the people of the scenes."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TextIO

from bench.scenes import (
    BUNDLES,
    HOARD_ITEM_PRICE,
    HOARD_ITEMS,
    KIT,
    KIT_ITEM_PRICE,
    KIT_ITEMS,
    SINGLE,
    SINGLE_PRICE,
    Scene,
)

HISTORY = 10  # purchases of an ordinary customer
REFUNDED_ONE_IN = 10  # ordinary customers have had one refund
STUDIOS, LEAVES, TWIGS = 5, 40, 10
Manifest = dict[str, list[dict[str, Any]]]


@dataclass
class StoreFile:
    stream: TextIO
    now: datetime
    random: Random = field(default_factory=lambda: Random(12))
    counts: Counter[str] = field(default_factory=Counter)

    def line(self, type: str, **told: Any) -> None:  # noqa: A002 - the key is called so
        self.counts[type] += 1
        self.stream.write(json.dumps({"type": type, **told}, separators=(",", ":")) + "\n")

    def ref(self, kind: str) -> str:
        return f"{kind[0]}{self.counts[kind]}"


def write(stream: TextIO, *, purchases: int, scenes: dict[str, Scene], now: datetime) -> Manifest:
    """Gives, by kind of scene, whom to act for and on what."""
    file = StoreFile(stream, now)
    _shop(file)
    people = sum(scene.people for scene in scenes.values())
    planned = sum(scene.people * scene.purchases for scene in scenes.values())
    past = min(HISTORY, max(0, purchases - planned) // people)
    manifest = {
        kind: [_scene(file, kind, scene, number, past) for number in range(scene.people)]
        for kind, scene in scenes.items()
    }
    number = 0
    while file.counts["purchase"] < purchases:
        number += 1
        email = _person(file, "customer", number)
        history = min(HISTORY, purchases - file.counts["purchase"])
        _past(file, email, history, refunded=number % REFUNDED_ONE_IN == 0)
    return manifest


def _shop(file: StoreFile) -> None:
    since = _at(file.now - timedelta(days=800))
    file.line("terms", version="bench", in_force_from=since, window_days=30, bundle_percent=50)
    for slug in ("grove", *(f"studio-{number}" for number in range(STUDIOS))):
        file.line("publisher", slug=slug, name=slug.title(), emails=[f"hello@{slug}.example"])
    file.line("user", email="gil@grove.example", name="Gil", publishers=["grove"])
    file.line("user", email="sam@store.example", name="Sam", roles=["agent"])
    goods = [(SINGLE, "grove", SINGLE_PRICE)]
    goods += [(f"{KIT}-{number:02}", "grove", KIT_ITEM_PRICE) for number in range(KIT_ITEMS)]
    goods += [(f"hoard-{number:03}", "grove", HOARD_ITEM_PRICE) for number in range(HOARD_ITEMS)]
    goods += [(f"leaf-{number}", f"studio-{number % STUDIOS}", 5 + number) for number in range(LEAVES)]
    for slug, publisher, price in goods:
        file.line("asset", slug=slug, publisher=publisher, title=slug.title(), price=price, since=since)
    for slug, (items, price) in BUNDLES.items():
        file.line(
            "bundle",
            slug=slug,
            publisher="grove",
            title=slug.title(),
            price=price,
            since=since,
            assets=contents(slug)[:items],
        )
    for number in range(TWIGS):
        leaves = [f"leaf-{(number * 4 + each) % LEAVES}" for each in range(4)]
        file.line(
            "bundle",
            slug=f"twig-{number}",
            publisher="studio-0",
            title=f"Twig {number}",
            price=60,
            assets=leaves,
            since=since,
        )


def contents(bundle: str) -> list[str]:
    """The assets that a measured bundle is cut from, in order."""
    name, width, items = (KIT, 2, KIT_ITEMS) if bundle == KIT else ("hoard", 3, HOARD_ITEMS)
    return [f"{name}-{number:0{width}}" for number in range(items)]


def _person(file: StoreFile, kind: str, number: int) -> str:
    email = f"{kind}-{number}@shop.example"
    file.line("user", email=email, name=f"{kind} {number}".capitalize())
    return email


def _past(file: StoreFile, email: str, purchases: int, *, refunded: bool = False) -> None:
    """One grant, all of it spent on different things, a good half of them downloaded."""
    things = file.random.sample([*_leaves(), *_twigs()], purchases)
    began = file.now - timedelta(days=file.random.uniform(60, 700))
    _grant(file, email, sum(price for _, _, price, _ in things), began)
    for place, (kind, slug, price, assets) in enumerate(things):
        at = began + timedelta(days=1 + place, seconds=place)
        ref = file.ref("purchase")
        file.line("purchase", ref=ref, user=email, credits=price, at=_at(at), **{kind: slug})
        later = _at(at + timedelta(days=2))
        if refunded and place == 0:
            file.line("refund", purchase=ref, credits=price, basis="policy", at=later)
        elif file.random.random() < 0.57:
            asset = file.random.choice(assets)
            file.line("download", purchase=ref, asset=asset, at=later, cause="direct")


def _leaves() -> Iterator[tuple[str, str, int, list[str]]]:
    for number in range(LEAVES):
        yield "asset", f"leaf-{number}", 5 + number, [f"leaf-{number}"]


def _twigs() -> Iterator[tuple[str, str, int, list[str]]]:
    for number in range(TWIGS):
        yield "bundle", f"twig-{number}", 60, [f"leaf-{number * 4 % LEAVES}"]


def _scene(file: StoreFile, kind: str, scene: Scene, number: int, past: int) -> dict[str, Any]:
    email = _person(file, kind, number)
    if past:
        _past(file, email, past)
    at = file.now - timedelta(days=3)
    made = [_bought(file, email, scene, at + timedelta(hours=each)) for each in range(scene.purchases)]
    if scene.credits:
        for part in (0, 1):
            _grant(file, email, scene.credits // 2, at + timedelta(days=1, seconds=part))
    person: dict[str, Any] = {"email": email, "purchases": made}
    if scene.code:
        person["code"] = f"BENCH-{number:06}"
        file.line("code", code=person["code"], credits=50, uses=1000, per_user=1)
    return person


def _bought(file: StoreFile, email: str, scene: Scene, at: datetime) -> dict[str, Any]:
    """A purchase drawn from lots of its own, its number, and what a refund of it would give."""
    items, price = BUNDLES.get(scene.buys, (1, SINGLE_PRICE))
    kind, item_price = ("bundle", KIT_ITEM_PRICE if scene.buys == KIT else HOARD_ITEM_PRICE)
    if scene.buys == SINGLE:
        kind, item_price = "asset", SINGLE_PRICE
    for lot in range(scene.lots):
        _grant(file, email, price // scene.lots, at + timedelta(seconds=lot))
    ref = file.ref("purchase")
    invoice = f"IN98{file.counts['purchase'] + 1:010}"
    file.line(
        "purchase",
        ref=ref,
        user=email,
        credits=price,
        invoice=invoice,
        **{kind: scene.buys},
        at=_at(at + timedelta(minutes=5)),
    )
    for asset in contents(scene.buys)[: scene.downloaded]:
        file.line("download", purchase=ref, asset=asset, at=_at(at + timedelta(minutes=9)), cause="direct")
    if scene.case:
        file.line(
            "case",
            purchase=ref,
            grounds="other",
            state="waiting_for_support",
            opened_at=_at(at + timedelta(minutes=12)),
        )
    return {"invoice": invoice, "credits": price - scene.downloaded * item_price, "items": items}


def _grant(file: StoreFile, email: str, credits: int, at: datetime) -> None:
    file.line("grant", ref=file.ref("grant"), user=email, credits=credits, kind="paid", at=_at(at))


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
