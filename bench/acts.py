"""The acts that are measured: each through its service, and through the API with a key and with limits."""

from collections.abc import Callable, Iterator
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import User
from bench.bars import API, SERVICE
from bench.people import Act, asking, done, get, key_of, person, post, purchase
from bench.rounds import Row, Slope
from bench.scenes import BUNDLES, KIT, SINGLE, SINGLE_PRICE
from bench.storefile import Manifest
from credits.codes import redeem_code
from refunds.services import quote, request_refund
from storefront.models import Asset, Bundle
from storefront.services import Wanted, download, request_purchase

V1 = "/api/v1"
FETCHED = f"{KIT}-05"
Someone = dict[str, Any]
Make = Callable[[Someone], Act]
REFUNDS = {
    "refund-full": "refund in full, 10 items, 2 lots",
    "refund-partial": "refund in part, 10 items, 2 lots",
    "refund-full-large": "refund in full, 200 items, 40 lots",
    "refund-partial-large": "refund in part, 200 items, 40 lots",
}
BOUGHT = {
    "buy-asset": (SINGLE, "buy an asset"),
    "buy-kit": (KIT, "buy a bundle of 10"),
    "buy-hundred": ("hundred", "buy a bundle of 100"),
    "buy-five-hundred": ("five-hundred", "buy a bundle of 500"),
}


class Acts:
    """One client for all of the API's acts, as it has no session."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._client = Client()

    def rows(self) -> list[Row]:
        refunds = [row for kind, title in REFUNDS.items() for row in self._refund(kind, title)]
        return [*refunds, *self._buying(), *self._others()]

    def _refund(self, kind: str, title: str) -> tuple[Row, Row]:
        large = kind.endswith("large")
        return self._both(kind, title, refund_by_service, self.refund_by_api, large=large)

    def _buying(self) -> list[Row]:
        made: list[Row] = []
        for kind, (thing, title) in BOUGHT.items():
            large = thing not in {SINGLE, KIT}
            made += self._both(kind, title, buys(thing), self._buys(thing), large=large)
        return made

    def _others(self) -> list[Row]:
        again = self._both("again", "download again", fetch, self._fetch, of="download")
        return [
            *self._both("quote", "quote of a refund, 10 items", quoted, self._quoted),
            *self._both("download", "first download", fetch, self._fetch),
            *again,
            *self._both("redeem", "redeem a code", redeem, self._redeem),
            Row("balance", "balance and lots", API, self._each("balance", self._balance)),
        ]

    def _both(
        self, key: str, title: str, service: Make, api: Make, *, of: str = "", large: bool = False
    ) -> tuple[Row, Row]:
        """The first half of the people through the service, the others through the API."""
        people = self._manifest[of or key]
        half = len(people) // 2
        return (
            Row(key, title, SERVICE, map(service, people[:half]), large=large),
            Row(key, title, API, map(api, people[half:]), large=large),
        )

    def _each(self, kind: str, make: Make) -> Iterator[Act]:
        return map(make, self._manifest[kind])

    def refund_by_api(self, who: Someone) -> Act:
        (bought,) = who["purchases"]
        path = f"{V1}/purchases/{bought['invoice']}/refund/"
        return post(self._client, path, key_of(who["email"]), {"expected_credits": bought["credits"]})

    def _quoted(self, who: Someone) -> Act:
        path = f"{V1}/purchases/{who['purchases'][0]['invoice']}/refund-quote/"
        return get(self._client, path, key_of(who["email"]))

    def _buys(self, thing: str) -> Make:
        kind = "asset" if thing == SINGLE else "bundle"
        body = {kind: thing, "expected_credits": price(thing)}
        return lambda who: post(self._client, f"{V1}/purchases/", key_of(who["email"]), body)

    def _fetch(self, who: Someone) -> Act:
        return post(self._client, f"{V1}/library/{FETCHED}/download/", key_of(who["email"]), {})

    def _redeem(self, who: Someone) -> Act:
        return post(self._client, f"{V1}/credits/redeem/", key_of(who["email"]), {"code": who["code"]})

    def _balance(self, who: Someone) -> Act:
        return get(self._client, f"{V1}/credits/", key_of(who["email"]))


def slopes(acts: list[Row]) -> list[Slope]:
    rows = {(row.key, row.way): row for row in acts}
    return [
        Slope(
            f"each further item, from 10 to {items}", way, rows["buy-kit", way], rows[many, way], items - 10
        )
        for many, items in (("buy-hundred", 100), ("buy-five-hundred", 500))
        for way in (SERVICE, API)
    ]


def refund_by_service(who: Someone) -> Act:
    customer, (bought,) = person(who["email"]), who["purchases"]
    asked, subject = asking(customer), purchase(bought["invoice"])
    return lambda: done(request_refund(asking=asked, purchase=subject, expected_credits=bought["credits"]))


def quoted(who: Someone) -> Act:
    customer, subject = person(who["email"]), purchase(who["purchases"][0]["invoice"])
    return lambda: quote(purchase=subject, requester=customer, now=timezone.now())


def buys(slug: str) -> Make:
    def make(who: Someone) -> Act:
        asked, thing = asking(person(who["email"])), _thing(slug)
        return lambda: done(request_purchase(asking=asked, thing=thing, expected_credits=price(slug)))

    return make


def fetch(who: Someone) -> Act:
    customer: User = person(who["email"])
    wanted = [Wanted(Asset.objects.get(slug=FETCHED))]
    return lambda: download(customer=customer, wanted=wanted, told="", door="api", now=timezone.now())


def redeem(who: Someone) -> Act:
    asked = asking(person(who["email"]))
    return lambda: done(redeem_code(asking=asked, text=who["code"]))


def price(thing: str) -> int:
    return SINGLE_PRICE if thing == SINGLE else BUNDLES[thing][1]


def _thing(slug: str) -> Asset | Bundle:
    return Asset.objects.get(slug=slug) if slug == SINGLE else Bundle.objects.get(slug=slug)
