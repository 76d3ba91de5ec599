"""Lines about credits: grants, codes, redemptions, expiry."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from credits import ledger, models
from credits.books import Books
from credits.codes import REDEMPTION, source_of
from credits.ledger import Lot
from credits.models import Code, Redemption, reading
from credits.refusals import TooManyCredits
from doors.storefile.names import Names
from doors.storefile.people import People, Person
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from ground import rows

SOURCES = {"paid": "Top-up", "promo": "Promotion", "compensation": "Compensation"}


@dataclass(kw_only=True, eq=False)
class Wallets:
    names: Names
    people: People
    books: Books
    now: datetime

    def __post_init__(self) -> None:
        self._redemptions: list[tuple[int, int, int | None, datetime]] = []

    def grant(self, line: Line) -> None:
        lot = self._give(
            self.people.find(line["user"]),
            credits=line["credits"],
            kind=line["kind"],
            source=line.get("source") or SOURCES[line["kind"]],
            memo=line.get("memo", ""),
            at=parse_time(line["at"]),
            expires_at=parse_time(line.get("expires_at")),
            made_by=self.people.find(line["by"]).pk if "by" in line else None,
        )
        self.names.keep("ref", line["ref"], lot)

    def code(self, line: Line) -> None:
        reads_as = reading(line["code"])
        user = self.people.find(line["user"]) if "user" in line else None
        values = {
            "credits": line["credits"],
            "kind": line.get("kind", "promo"),
            "uses": line.get("uses"),
            "per_user": line.get("per_user", 1),
            "user_id": user.pk if user else None,
            "expires_at": parse_time(line.get("expires_at")),
            "lot_days": line.get("lot_days"),
        }
        if not reads_as:
            raise LineRefused("has a code of nothing but spaces and dashes")
        known = Code.objects.filter(reads_as=reads_as).first()
        if known and (
            known.code != line["code"] or any(getattr(known, key) != value for key, value in values.items())
        ):
            raise LineRefused(f"has the code “{line['code']}”, which exists with other content")
        row = known or Code.objects.create(
            code=line["code"], created_at=parse_time(line.get("since")) or self.now, **values
        )
        self.names.keep("code", line["code"], row)

    def redemption(self, line: Line) -> None:
        person, code = self.people.find(line["user"]), self._code(line["code"])
        at = parse_time(line["at"])
        lives = at + timedelta(days=code.lot_days) if code.lot_days else None
        lot = self._give(
            person,
            credits=line.get("credits", code.credits),
            kind=line.get("kind", code.kind),
            source=source_of(code.code),
            memo=f"Code {code.code}",
            at=at,
            expires_at=parse_time(line["expires_at"]) if "expires_at" in line else lives,
            made_by=person.pk,
        )
        self._redemptions.append((code.pk, person.pk, lot.id, at))
        if "ref" in line:
            self.names.keep("ref", line["ref"], lot)

    def expiry(self, line: Line) -> None:
        lot = self.names.ref(line["grant"], Lot, "grant")
        at = parse_time(line["at"])
        if not lot.has_expired(at):
            raise LineRefused(f"lets the grant “{line['grant']}” expire before its time")
        if line["credits"] != lot.remaining:
            raise LineRefused(
                f"lets {line['credits']} credits expire, and {lot.remaining} are left of that grant"
            )
        ledger.expire(self.books.wallet(lot.customer), lot, at=at)

    def store(self) -> None:
        rows.write(Redemption, REDEMPTION, self._redemptions)
        self._redemptions = []

    def _give(
        self,
        person: Person,
        *,
        credits: int,
        kind: str,
        source: str,
        memo: str,
        at: datetime,
        expires_at: datetime | None,
        made_by: int | None,
    ) -> Lot:
        if expires_at is not None and expires_at <= at:
            raise LineRefused("gives credits that have expired before they came")
        if person.was_there:
            self._assert_new(person, credits=credits, kind=kind, source=source, at=at)
        try:
            return ledger.grant(
                self.books.wallet(person.pk),
                credits=credits,
                kind=kind,
                source=source,
                memo=memo,
                at=at,
                expires_at=expires_at,
                made_by=made_by,
            )
        except TooManyCredits:
            raise LineRefused(f"gives {person.email} more credits than a wallet can hold") from None

    def _assert_new(self, person: Person, *, credits: int, kind: str, source: str, at: datetime) -> None:
        """Lots of this load are written at its end, so a row of the same content was there before."""
        same = models.Lot.objects.filter(
            wallet=person.pk, created_at=at, issued=credits, kind=kind, source=source
        )
        if same.exists():
            raise LineRefused(
                f"gives {person.email} {credits} credits that this store has given at the very same instant: "
                "was the file loaded before?"
            )

    def _code(self, text: str) -> Code:
        code = self.names.get("code", text, Code)
        if code is None:
            code = Code.objects.filter(code=text).first()
            if code is None:
                raise LineRefused(f"names the code “{text}”, and no line above it is about it")
            self.names.keep("code", text, code)
        return code
