"""Lines about purchases: what was bought, frozen as the file says or as its catalogue stands at that line."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from credits.bulk import BulkLedger
from credits.bulk_rows import BulkLot, BulkPayment
from credits.copying import fresh_ids
from credits.refusals import InsufficientCredits
from doors.storefile.catalogue import Catalogue, Good, Set
from doors.storefile.moments import moment
from doors.storefile.names import Names
from doors.storefile.numbering import Numbering
from doors.storefile.people import People, Person
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.sold import Asked, Part, Sold
from doors.storefile.terms import TermsOfTheStore
from doors.storefile.writing import SoldRows
from storefront.models import Purchase, PurchaseItem, Status
from storefront.shares import allocate


class Purchases:
    def __init__(
        self,
        *,
        names: Names,
        people: People,
        terms: TermsOfTheStore,
        catalogue: Catalogue,
        ledger: BulkLedger,
        numbering: Numbering,
        rows: SoldRows,
    ) -> None:
        self._names = names
        self._people = people
        self._terms = terms
        self._catalogue = catalogue
        self._ledger = ledger
        self._numbering = numbering
        self._rows = rows
        self._ids, self._item_ids = fresh_ids(Purchase), fresh_ids(PurchaseItem)
        self._first = next(self._ids)
        self._usual: dict[tuple[str, str, int, int], tuple[Part, ...]] = {}

    def purchase(self, line: Line, number: int) -> None:
        person, thing = self._people.find(line["user"]), self._thing(line)
        status, credits, at = line.get("status", Status.COMPLETED), line["credits"], moment(line["at"])
        if status == Status.CANCELLED and credits:
            raise LineRefused("is cancelled, so its credits are 0")
        completed_at = self._completed_at(line, status, at)
        if person.was_there and "invoice" not in line:
            self._assert_new(person, thing, credits, at)
        parts = self._parts(line, thing, credits)
        title = line.get("title", thing.title)
        sold = Sold(
            pk=next(self._ids),
            line=number,
            number="",
            customer=person,
            thing=thing,
            publisher=self._people.seller(line["publisher"]) if "publisher" in line else thing.seller,
            title=title,
            credits_spent=credits,
            status=status,
            created_at=at,
            completed_at=completed_at,
            terms=self._terms.in_force(completed_at or at),
            payment=self._pay(line, person, title, at) if credits else None,
            parts=parts,
            item_ids=tuple(next(self._item_ids) for _ in parts),
            download_log=line.get("download_log", True),
            allowed_duplicate=line.get("allow_duplicate", False),
            document=line.get("document"),
            asked=_asked(line),
            asked_was_told="asked" in line,
        )
        sold.number = self._numbering.claim(line["invoice"]) if "invoice" in line else self._numbering.next()
        if completed_at:
            self._terms.judged(completed_at)
        if status == Status.CHARGED_BACK:
            sold.revoked_at = completed_at
            self._rows.charge_back(sold, at=at, why="Charged back before the store moved in", by=None)
        self._names.keep("ref", line["ref"], sold)
        self._rows.add(sold)

    def line_of(self, row: str) -> int:
        """The line of the purchase that a proof names, or 0."""
        sold = (thing for thing in self._names.all("ref") if isinstance(thing, Sold))
        return next((each.line for each in sold if each.number in row), 0)

    def _assert_new(self, person: Person, thing: Good | Set, credits: int, at: datetime) -> None:
        bought = {"bundle": thing.pk} if isinstance(thing, Set) else {"asset": thing.pk}
        before = Purchase.objects.filter(
            customer=person.pk, created_at=at, credits_spent=credits, pk__lt=self._first
        )
        if before.filter(**bought).exists():
            raise LineRefused(
                f"is a purchase that {person.email} made in this store at the very same instant: "
                "was the file loaded before?"
            )

    def _thing(self, line: Line) -> Good | Set:
        if ("asset" in line) == ("bundle" in line):
            raise LineRefused("names one asset or one bundle, and not both")
        return self._catalogue.good(line["asset"]) if "asset" in line else self._catalogue.set(line["bundle"])

    def _completed_at(self, line: Line, status: str, at: datetime) -> datetime | None:
        if status in {Status.PENDING, Status.CANCELLED}:
            if "completed_at" in line:
                raise LineRefused(f"is {status}, so it was never completed")
            return None
        completed_at = moment(line["completed_at"]) if "completed_at" in line else at
        if completed_at < at:
            raise LineRefused("was completed before it was made")
        return completed_at

    def _parts(self, line: Line, thing: Good | Set, credits: int) -> tuple[Part, ...]:
        if "items" in line:
            return self._given_parts(line["items"], thing, credits)
        key = ("bundle" if isinstance(thing, Set) else "asset", thing.slug, credits, self._catalogue.edition)
        if key not in self._usual:
            if len(self._usual) > 10_000:
                self._usual.clear()
            goods = self._catalogue.contents(thing) if isinstance(thing, Set) else [thing]
            shares = allocate(credits, [good.price for good in goods])
            self._usual[key] = tuple(
                Part(good, good.slug, good.seller, good.title, good.price, share)
                for good, share in zip(goods, shares, strict=True)
            )
        return self._usual[key]

    def _given_parts(
        self, items: Sequence[dict[str, Any]], thing: Good | Set, credits: int
    ) -> tuple[Part, ...]:
        goods = [self._catalogue.good(item["asset"]) for item in items]
        if len({good.slug for good in goods}) < len(goods):
            raise LineRefused("has the same asset in two items")
        if isinstance(thing, Good) and goods != [thing]:
            raise LineRefused(f"is of the asset “{thing.slug}”, so this is its one item")
        prices = [item.get("original_price", good.price) for item, good in zip(items, goods, strict=True)]
        given = [item["share"] for item in items if "share" in item]
        if given and (len(given) < len(items) or sum(given) != credits):
            raise LineRefused(f"has shares that do not add up to its {credits} credits")
        shares = given or allocate(credits, prices)
        return tuple(
            Part(
                asset=good,
                slug=good.slug,
                publisher=self._people.seller(item["publisher"]) if "publisher" in item else good.seller,
                title=item.get("title", good.title),
                original_price=price,
                share=share,
            )
            for item, good, price, share in zip(items, goods, prices, shares, strict=True)
        )

    def _pay(self, line: Line, person: Person, title: str, at: datetime) -> BulkPayment:
        try:
            return self._ledger.pay(
                customer=person.pk,
                credits=line["credits"],
                purpose=title,
                at=at,
                memo=line.get("memo", ""),
                made_by=self._people.find(line["by"]).pk if "by" in line else person.pk,
                draws=self._draws(line["draws"], line["credits"], person, at) if "draws" in line else None,
            )
        except InsufficientCredits as refusal:
            there = refusal.facts["balance"]
            raise LineRefused(
                f"costs {line['credits']} credits, and the grants of {person.email} above it held {there} at that time"
            ) from None

    def _draws(
        self, told: Sequence[dict[str, Any]], credits: int, person: Person, at: datetime
    ) -> list[tuple[BulkLot, int]]:
        draws: dict[str, tuple[BulkLot, int]] = {}
        for each in told:
            name, lot = each["grant"], self._names.ref(each["grant"], BulkLot, "grant")
            if lot.wallet != person.pk:
                raise LineRefused(f"draws on the grant “{name}”, which is not {person.email}'s")
            if name in draws:
                raise LineRefused(f"draws on the grant “{name}” twice")
            if lot.remaining < each["credits"]:
                raise LineRefused(
                    f"draws {each['credits']} credits on “{name}”, and {lot.remaining} are left of it"
                )
            if lot.expires_at is not None and lot.expires_at <= at:
                raise LineRefused(f"draws on the grant “{name}”, which had expired by then")
            draws[name] = (lot, each["credits"])
        if sum(part for _, part in draws.values()) != credits:
            raise LineRefused(f"has draws that do not add up to its {credits} credits")
        return list(draws.values())


def _asked(line: Line) -> Asked | None:
    asked = line.get("asked")
    return Asked(moment(asked["at"]), asked["count"], asked["price"]) if asked else None
