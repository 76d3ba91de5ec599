"""Loads a store file in one transaction, all of it or nothing. Each line goes to the module that its type is about."""

import contextlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.db import DatabaseError, IntegrityError, OperationalError

from credits.books import Books
from credits.proofs import Progress, findings
from doors.storefile import schema
from doors.storefile.audits import Audits
from doors.storefile.cases import Cases
from doors.storefile.catalogue import Catalogue
from doors.storefile.downloads import Downloads
from doors.storefile.names import Names
from doors.storefile.numbering import Numbering
from doors.storefile.people import People
from doors.storefile.problems import FileRefused, FollowsRefused, LineRefused, Problems
from doors.storefile.purchases import Purchases
from doors.storefile.reading import Line, Reader
from doors.storefile.settled import SettledLines
from doors.storefile.terms import TermsOfTheStore
from doors.storefile.wallets import Wallets
from doors.storefile.writing import SoldRows
from ground.refusals import Busy
from ground.transactions import in_transaction
from storefront.models import Purchase, Series
from storefront.refusals import WrongLine


@dataclass(frozen=True, kw_only=True)
class Options:
    now: datetime
    dry_run: bool = False
    allow_passwords: bool = False
    progress: Callable[[int], object] | None = None


@dataclass
class Loaded:
    """What a file held, by type of line."""

    counts: Counter[str] = field(default_factory=Counter)

    @property
    def lines(self) -> int:
        return self.counts.total()


class _OnlyLooked(Exception):
    """Ends the transaction of a dry run."""


def load(stream: BinaryIO, *, options: Options) -> Loaded:
    """Raises FileRefused with every reason, and then nothing has changed."""
    loaded = Loaded()

    def act() -> None:
        if loaded.lines:
            # The first try ended in a deadlock with the living store. What came through a pipe cannot be read again.
            if not stream.seekable():
                raise Busy
            stream.seek(0)
            loaded.counts.clear()
        Load(stream, options, loaded).run()
        if options.dry_run:
            raise _OnlyLooked

    with contextlib.suppress(_OnlyLooked):
        in_transaction(act)
    return loaded


class Load:
    """One file on its way in."""

    def __init__(self, stream: BinaryIO, options: Options, loaded: Loaded) -> None:
        now = options.now
        self.problems = Problems()
        self.loaded = loaded
        self.reader = Reader(stream, self.problems, progress=options.progress)
        self.names = names = Names()
        self.books = books = Books(now=now, of_a_load=True)
        self.numbering = Numbering(Series.INVOICE, model=Purchase)
        self.sold = sold = SoldRows(numbering=self.numbering, problems=self.problems)
        self.people = people = People(
            names=names, books=books, now=now, allow_passwords=options.allow_passwords
        )
        self.audits = audits = Audits(people=people)
        self.terms = terms = TermsOfTheStore(names=names, people=people, now=now)
        self.catalogue = catalogue = Catalogue(names=names, people=people, now=now)
        self.wallets = Wallets(names=names, people=people, books=books, now=now)
        self.purchases = Purchases(
            names=names,
            people=people,
            terms=terms,
            catalogue=catalogue,
            books=books,
            numbering=self.numbering,
            rows=sold,
        )
        self.downloads = Downloads(names=names, people=people, catalogue=catalogue, rows=sold, audits=audits)
        self.cases = cases = Cases(names=names, people=people, rows=sold)
        self.settled = SettledLines(
            names=names,
            people=people,
            books=books,
            rows=sold,
            asked_was_told=self.purchases.asked_was_told,
            cases=cases,
            audits=audits,
            problems=self.problems,
        )
        self.subjects = self._subjects()

    def _subjects(self) -> dict[str, Callable[[Line], None]]:
        """What takes a line, by its type."""
        return {
            "terms": self.terms.terms,
            "publisher": self.people.publisher,
            "user": self.people.user,
            "asset": self.catalogue.asset,
            "bundle": self.catalogue.bundle,
            "grant": self.wallets.grant,
            "code": self.wallets.code,
            "redemption": self.wallets.redemption,
            "expiry": self.wallets.expiry,
            "purchase": lambda line: self.purchases.purchase(line, self.reader.number),
            "download": self.downloads.download,
            "strike": self.downloads.strike,
            "refund": lambda line: self.settled.refund(line, self.reader.number),
            "denial": self.settled.denial,
            "charge_back": self.settled.charge_back,
            "case": self.cases.case,
            "attachment": self.cases.attachment,
            "audit": self.audits.audit,
        }

    def run(self) -> None:
        for number, line in self.reader:
            try:
                self._take(line)
            except (LineRefused, WrongLine) as reason:
                self.problems.add(number, reason.of_line if isinstance(reason, WrongLine) else str(reason))
                self.names.refuse(line)
            except FollowsRefused:
                self.names.refuse(line)
            except OperationalError:
                raise
            except DatabaseError as error:
                # After this the database answers no more questions, so no later line can be judged.
                self.problems.add(number, f"is refused by the database: {_first_line(error)}")
                raise FileRefused(self.problems) from None
        if not self.reader.number:
            self.problems.add(0, "The file is empty: a store file has at least one line.")
        self._assert_sound()
        self._store()
        self._assert_sound()
        self._prove()

    def _take(self, line: Line) -> None:
        schema.check(line)
        if not self.names.repeats(line):
            self.subjects[line["type"]](line)
        self.loaded.counts[line["type"]] += 1

    def _store(self) -> None:
        try:
            self.people.store()
            self.sold.finish()
            self.settled.store()
            self._assert_sound()
            self.wallets.store()
            self.audits.store()
            self.books.expire_due()
            self.books.close()
            self.numbering.store()
        except IntegrityError as error:
            self.problems.add(0, f"The database refuses the file as a whole: {_first_line(error)}")
            raise FileRefused(self.problems) from None

    def _prove(self) -> None:
        """The laws of the rulebook, for the store as it would be."""
        for finding in findings(Progress()):
            line = self.purchases.line_of(finding.row)
            self.problems.add(line, f"breaks a law ({finding.kind}): {finding.row}: {finding.sentence}")
        self._assert_sound()

    def _assert_sound(self) -> None:
        if self.problems.count:
            raise FileRefused(self.problems)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
