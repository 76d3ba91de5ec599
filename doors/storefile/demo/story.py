"""Telling what happened in a demo world: scenes in any order, dates counted back from today, lines in the order of
time."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import sin
from typing import Any

from doors.storefile.demo.catalogue import ASSETS, BUNDLES
from doors.storefile.moments import written

Line = dict[str, Any]
TOP_UPS = (50, 100, 200, 300)
PRICES = {"asset": {each[0]: each[3] for each in ASSETS}, "bundle": {each[0]: each[3] for each in BUNDLES}}


class Story:
    def __init__(self, now: datetime) -> None:
        self.now = now.replace(microsecond=0)
        self._told: list[tuple[datetime, int, Line]] = []
        self._topped_up: set[str] = set()
        self._counts: dict[str, int] = {}

    def lines(self) -> Iterator[Line]:
        """In the order of time. Whoever buys with too little in the purse tops it up first, by a round sum."""
        purses: dict[str, int] = defaultdict(int)
        for at, _, line in sorted(self._told, key=lambda told: told[:2]):
            if line.get("ref") in self._topped_up:
                who, missing = line["user"], line["credits"] - purses[line["user"]]
                if missing > 0:
                    size = next(size for size in TOP_UPS if size >= missing)
                    yield self._grant(who, size, at - timedelta(minutes=1))
                    purses[who] += size
                purses[who] -= line["credits"]
            yield line

    def bought(self, who: str) -> set[str]:
        """What somebody buys in the scenes told so far."""
        lines = (
            line for _, _, line in self._told if line["type"] == "purchase" and line["user"] == email(who)
        )
        return {line.get("asset") or line["bundle"] for line in lines}

    def before(self, days: float) -> datetime:
        """About so many days ago, on a whole second: people come at any hour, so the days are bent a little, and
        what was earlier stays earlier."""
        return self.now - timedelta(seconds=round((days + 0.3 * sin(2.6 * days)) * 86_400))

    def at(self, days: float) -> str:
        return written(self.before(days))

    def tell(self, when: datetime, /, **line: Any) -> None:
        self._told.append((when, len(self._told), line))

    def give(
        self,
        who: str,
        credits: int,
        *,
        ago: float,
        kind: str = "paid",
        lives: float | None = None,
        memo: str = "",
    ) -> str:
        """`lives` counts the days until the credits expire."""
        at = self.before(ago)
        line = self._grant(email(who), credits, at, kind=kind, lives=lives, memo=memo)
        self.tell(at, **line)
        return str(line["ref"])

    def redeem(self, who: str, code: str, *, ago: float) -> None:
        at = self.before(ago)
        self.tell(at, type="redemption", user=email(who), code=code, at=written(at))

    def buy(
        self, who: str, thing: str, *, ago: float, credits: int | None = None, paid: bool = True, **more: Any
    ) -> str:
        """`paid` sees to it that there is enough in the purse; else the story has."""
        ref, at = self.ref("p"), self.before(ago)
        kind = "bundle" if thing in PRICES["bundle"] else "asset"
        credits = PRICES[kind][thing] if credits is None else credits
        if paid and credits:
            self._topped_up.add(ref)
        self.tell(
            at,
            type="purchase",
            ref=ref,
            user=email(who),
            **{kind: thing},
            credits=credits,
            at=written(at),
            **more,
        )
        return ref

    def fetch(self, purchase: str, *assets: str, ago: float, via: str | None = None) -> str:
        """Downloads, a minute apart; gives the ref of the last. `via` is the asset that required them."""
        ref = ""
        for place, asset in enumerate(assets):
            ref, at = self.ref("d"), self.before(ago) + timedelta(minutes=place)
            because = {"cause": "dependency", "via": via} if via else {"cause": "direct"}
            self.tell(
                at,
                type="download",
                ref=ref,
                purchase=purchase,
                asset=asset,
                at=written(at),
                door="page",
                **because,
            )
        return ref

    def strike(self, download: str, *, by: str, why: str, ago: float) -> None:
        at = self.before(ago)
        self.tell(at, type="strike", download=download, by=email(by), why=why, at=written(at))

    def refund(self, purchase: str, credits: int, *, ago: float, basis: str = "policy", **more: Any) -> None:
        at = self.before(ago)
        told = {"door": "page", **more}
        self.tell(at, type="refund", purchase=purchase, credits=credits, basis=basis, at=written(at), **told)

    def deny(self, purchase: str, *, ago: float) -> None:
        at = self.before(ago)
        self.tell(at, type="denial", purchase=purchase, at=written(at), door="page")

    def change_price(self, asset: str, price: int, *, ago: float) -> None:
        told = next(each for each in ASSETS if each[0] == asset)
        self.tell(self.before(ago), type="asset", slug=asset, publisher=told[1], title=told[2], price=price)

    def _grant(
        self,
        who: str,
        credits: int,
        at: datetime,
        *,
        kind: str = "paid",
        lives: float | None = None,
        memo: str = "",
    ) -> Line:
        return {
            "type": "grant",
            "ref": self.ref("g"),
            "user": who,
            "credits": credits,
            "kind": kind,
            "at": written(at),
            "expires_at": written(at + timedelta(days=lives)) if lives else None,
            **({"memo": memo} if memo else {}),
        }

    def case_number(self) -> str:
        """Another one in every demo world, so that a second world fits into the same store."""
        self._counts["case"] = self._counts.get("case", 0) + 1
        return f"C{(int(self.now.timestamp()) * 31 + self._counts['case'] * 7919) % 10**8:08d}"

    def ref(self, letter: str) -> str:
        self._counts[letter] = self._counts.get(letter, 0) + 1
        return f"{letter}{self._counts[letter]}"


def email(who: str) -> str:
    return who if "@" in who else f"{who}@example.com"
