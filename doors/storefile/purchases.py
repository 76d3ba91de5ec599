"""Lines about purchases: what was bought, frozen as the file says or as its catalogue stands at that line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from credits import ledger
from credits.books import Books
from credits.chain import canonical
from credits.ledger import Lot, Payment
from credits.refusals import InsufficientCredits
from doors.storefile.catalogue import Catalogue, KnownAsset, KnownBundle
from doors.storefile.names import Names
from doors.storefile.numbering import Numbering
from doors.storefile.people import People, Person
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.terms import Numbers, TermsOfTheStore
from doors.storefile.times import parse_time
from doors.storefile.writing import SoldRows
from ground import rows as table
from storefront.models import Purchase, PurchaseItem, Status
from storefront.sold import Asked, Part, Sold, assert_made, assert_one_item, freeze


@dataclass(kw_only=True, eq=False)
class Purchases:
    names: Names
    people: People
    terms: TermsOfTheStore
    catalogue: Catalogue
    books: Books
    numbering: Numbering
    rows: SoldRows
    # Their own lines say when a refund was last asked for, and no line below knows it better.
    asked_was_told: set[Sold] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._ids, self._item_ids = table.fresh_ids(Purchase), table.fresh_ids(PurchaseItem)
        self._first = next(self._ids)
        self._lines: dict[str, int] = {}
        self._usual: dict[tuple[str, str, int, int], tuple[Part, ...]] = {}

    def purchase(self, line: Line, number: int) -> None:
        sold = self._sold(line)
        sold.number = self.numbering.claim(line["invoice"]) if "invoice" in line else self.numbering.next()
        self._lines[sold.number] = number
        if sold.completed_at and "terms" not in line:
            self.terms.note_completed(sold.completed_at)
        if "document" in line:
            self.rows.document(sold.number, line["document"])
        if sold.asked:
            self.asked_was_told.add(sold)
        self.names.keep("ref", line["ref"], sold)
        self.rows.add(sold, line=number)
        if sold.status == Status.CHARGED_BACK:
            times = (sold.created_at, sold.completed_at, sold.asked and sold.asked.at)
            self.rows.charged_back_some_time(sold, since=max(at for at in times if at))

    def _sold(self, line: Line) -> Sold:
        person, thing = self.people.find(line["user"]), self._thing(line)
        status, credits, at = line.get("status", Status.COMPLETED), line["credits"], parse_time(line["at"])
        assert_made(status=status, credits=credits)
        completed_at = self._completed_at(line, status, at)
        if person.was_there and "invoice" not in line:
            self._assert_new(person, thing, credits, at)
        parts = self._parts(line, thing, credits)
        title = line.get("title", thing.title)
        seller = self.people.seller(line["publisher"]) if "publisher" in line else thing.seller
        document = line.get("document")
        return Sold(
            id=next(self._ids),
            customer=person,
            asset_id=None if isinstance(thing, KnownBundle) else thing.pk,
            bundle_id=thing.pk if isinstance(thing, KnownBundle) else None,
            publisher_id=seller.pk,
            title=title,
            credits_spent=credits,
            status=str(status),
            created_at=at,
            completed_at=completed_at,
            terms=self._terms(line, completed_at or at),
            payment=self._pay(line, person, title, at) if credits else None,
            parts=parts,
            item_ids=tuple(next(self._item_ids) for _ in parts),
            download_log=line.get("download_log", True),
            allowed_duplicate=line.get("allow_duplicate", False),
            invoice=(canonical(document["facts"]), parse_time(document["issued_at"])) if document else None,
            asked=_asked(line),
        )

    def line_of(self, row: str) -> int:
        """The line of the purchase that a proof names, or 0."""
        return next((line for number, line in self._lines.items() if number in row), 0)

    def _assert_new(
        self, person: Person, thing: KnownAsset | KnownBundle, credits: int, at: datetime
    ) -> None:
        bought = {"bundle": thing.pk} if isinstance(thing, KnownBundle) else {"asset": thing.pk}
        before = Purchase.objects.filter(
            customer=person.pk, created_at=at, credits_spent=credits, pk__lt=self._first
        )
        if before.filter(**bought).exists():
            raise LineRefused(
                f"is a purchase that {person.email} made in this store at the very same instant: "
                "was the file loaded before?"
            )

    def _thing(self, line: Line) -> KnownAsset | KnownBundle:
        if ("asset" in line) == ("bundle" in line):
            raise LineRefused("names one asset or one bundle, and not both")
        return (
            self.catalogue.find_asset(line["asset"])
            if "asset" in line
            else self.catalogue.find_bundle(line["bundle"])
        )

    def _completed_at(self, line: Line, status: str, at: datetime) -> datetime | None:
        if status in {Status.PENDING, Status.CANCELLED}:
            if "completed_at" in line:
                raise LineRefused(f"is {status}, so it was never completed")
            return None
        completed_at = parse_time(line["completed_at"]) if "completed_at" in line else at
        if completed_at < at:
            raise LineRefused("was completed before it was made")
        return completed_at

    def _terms(self, line: Line, at: datetime) -> Numbers:
        return self.terms.of_version(line["terms"]) if "terms" in line else self.terms.in_force(at)

    def _parts(self, line: Line, thing: KnownAsset | KnownBundle, credits: int) -> tuple[Part, ...]:
        if "items" in line:
            return self._given_parts(line["items"], thing, credits)
        key = (
            "bundle" if isinstance(thing, KnownBundle) else "asset",
            thing.slug,
            credits,
            self.catalogue.edition,
        )
        if key not in self._usual:
            if len(self._usual) > 10_000:
                self._usual.clear()
            goods = self.catalogue.contents(thing) if isinstance(thing, KnownBundle) else [thing]
            self._usual[key] = freeze([good.on_sale for good in goods], spent=credits)
        return self._usual[key]

    def _given_parts(
        self, items: Sequence[Line], thing: KnownAsset | KnownBundle, credits: int
    ) -> tuple[Part, ...]:
        goods = []
        for item in items:
            good = self.catalogue.find_asset(item["asset"])
            seller = self.people.seller(item["publisher"]) if "publisher" in item else None
            goods.append(
                good.on_sale.as_sold(title=item.get("title"), price=item.get("original_price"), seller=seller)
            )
        given = [item["share"] for item in items if "share" in item]
        parts = freeze(goods, spent=credits, shares=given)
        if isinstance(thing, KnownAsset):
            assert_one_item(thing.slug, goods)
        return parts

    def _pay(self, line: Line, person: Person, title: str, at: datetime) -> Payment:
        wallet, credits = self.books.wallet(person.pk), line["credits"]
        try:
            if "draws" in line:
                draws = self._draws(line["draws"], credits, person, at)
            else:
                by_then = [lot for lot in wallet.lots if lot.created_at <= at]
                draws = ledger.draw(by_then, credits=credits, at=at)
            return ledger.pay(
                wallet,
                credits=credits,
                purpose=title,
                at=at,
                memo=line.get("memo", ""),
                made_by=self.people.find(line["by"]).pk if "by" in line else person.pk,
                draws=draws,
            )
        except InsufficientCredits as refusal:
            balance = refusal.facts["balance"]
            raise LineRefused(
                f"costs {line['credits']} credits, and the grants of {person.email} above it held {balance} at that time"
            ) from None

    def _draws(
        self, parts: Sequence[Line], credits: int, person: Person, at: datetime
    ) -> list[tuple[Lot, int]]:
        draws: dict[str, tuple[Lot, int]] = {}
        for each in parts:
            name, lot = each["grant"], self.names.ref(each["grant"], Lot, "grant")
            if lot.customer != person.pk:
                raise LineRefused(f"draws on the grant “{name}”, which is not {person.email}'s")
            if name in draws:
                raise LineRefused(f"draws on the grant “{name}” twice")
            if lot.remaining < each["credits"]:
                raise LineRefused(
                    f"draws {each['credits']} credits on “{name}”, and {lot.remaining} are left of it"
                )
            if lot.has_expired(at):
                raise LineRefused(f"draws on the grant “{name}”, which had expired by then")
            draws[name] = (lot, each["credits"])
        if sum(part for _, part in draws.values()) != credits:
            raise LineRefused(f"has draws that do not add up to its {credits} credits")
        return list(draws.values())


def _asked(line: Line) -> Asked | None:
    asked = line.get("asked")
    return Asked(parse_time(asked["at"]), asked["count"], asked["price"]) if asked else None
