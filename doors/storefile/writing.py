"""Writes the purchases and downloads of a load. They are held back for a while, since the lines below may change them,
and written by the thousand; what changes after that is written once more, at the end."""

import base64
from datetime import datetime

from doors.storefile.numbering import Numbering
from doors.storefile.problems import Problems
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from ground import rows
from ground.laws import given
from refunds.models import ChargeBack
from refunds.record import write_charge_backs
from storefront.models import Document, Download
from storefront.record import write_downloads, write_moves, write_purchases
from storefront.sold import Handed, Sold, charge_back

HELD_BACK = 20_000


class SoldRows:
    def __init__(self, *, numbering: Numbering, problems: Problems) -> None:
        self._numbering = numbering
        self._problems = problems
        self._new: dict[Sold, int] = {}
        self._late: list[Handed] = []
        self._changed: dict[Sold, None] = {}
        self._documents: list[tuple[str, bytes, datetime]] = []
        self._charge_backs: list[ChargeBack] = []
        # Charged back by their status alone. No line says when, so it is the last instant that the file tells of them.
        self._last_told: dict[Sold, datetime] = {}
        self._in_vain = False

    def add(self, sold: Sold, *, line: int) -> None:
        if len(self._new) >= HELD_BACK:
            self.write()
        self._new[sold] = line

    def hand(self, handed: Handed) -> None:
        self.note_time(handed.sold, handed.at)
        if handed.sold.handed is not None:
            return  # It goes in with its purchase.
        self._late.append(handed)
        self.changed(handed.sold)
        if len(self._late) >= HELD_BACK:
            self.write_late()

    def strike(self, handed: Handed) -> None:
        """Changes the download's row if it is written already."""
        self.changed(handed.sold)
        if handed.sold.handed is None:
            Download.objects.filter(pk=given(handed.id, "a download has its id from its line on")).update(
                struck_at=handed.struck_at, struck_by=handed.struck_by_id, struck_why=handed.struck_why
            )

    def changed(self, sold: Sold) -> None:
        if sold.handed is None:
            self._changed[sold] = None

    def note_time(self, sold: Sold, at: datetime) -> None:
        """The file tells something of the purchase at this instant."""
        if sold in self._last_told:
            self._last_told[sold] = max(self._last_told[sold], at)

    def charged_back(self, sold: Sold, *, at: datetime, why: str, by: int | None) -> None:
        charge_back(sold, at=at)
        self._charge_backs.append(ChargeBack(purchase_id=sold.pk, by_id=by, why=why, at=at))
        self.changed(sold)

    def charged_back_some_time(self, sold: Sold, *, since: datetime) -> None:
        self._last_told[sold] = since

    def document(self, number: str, document: Line) -> None:
        """Keeps the bytes that were rendered before: a number means the same bytes wherever the store moves."""
        if "pdf" in document:
            rendered_at = parse_time(document.get("rendered_at") or document["issued_at"])
            self._documents.append((number, base64.b64decode(document["pdf"]), rendered_at))

    def write(self) -> None:
        """Writes what was held back. Foreign keys are checked at the commit, so lots and payments may follow."""
        new, self._new = self._new, {}
        taken = self._numbering.taken({sold.number: line for sold, line in new.items()})
        for line, reason in taken:
            self._problems.add(line, reason)
        # Once the database has refused a row it answers nothing more, so a load that is refused anyway writes none.
        self._in_vain = self._in_vain or bool(taken)
        if not self._in_vain:
            write_purchases(list(new))
            self._write_documents()
        for sold in new:
            sold.handed, sold.invoice = None, None

    def finish(self) -> None:
        self.write()
        for sold, at in self._last_told.items():
            why = "Charged back before the store moved in"
            self.charged_back(sold, at=at, why=why, by=None)
        self.write_late()
        self._write_documents()
        write_charge_backs(self._charge_backs)
        changed = list(self._changed)
        for start in range(0, len(changed), HELD_BACK):
            write_moves(changed[start : start + HELD_BACK])
        self._changed, self._charge_backs, self._last_told = {}, [], {}

    def write_late(self) -> None:
        """Writes downloads of purchases that are written already."""
        write_downloads(self._late)
        self._late = []

    def _write_documents(self) -> None:
        rows.copy(Document, ("number", "pdf", "rendered_at"), self._documents)
        self._documents = []
