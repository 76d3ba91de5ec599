"""The audit lines of a load: those that the file tells, and those that its own lines bring with them."""

from datetime import datetime

from accounts.models import AuditLine
from doors.storefile.people import People
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from ground import rows


class Audits:
    def __init__(self, *, people: People) -> None:
        self._people = people
        self._rows: list[tuple[int, str, str, str, datetime]] = []

    def audit(self, line: Line) -> None:
        by, at = self._people.find(line["by"]), parse_time(line["at"])
        self.add(by=by.pk, act=line["act"], subject=line["subject"], why=line.get("why", ""), at=at)

    def add(self, *, by: int, act: str, subject: str, why: str, at: datetime) -> None:
        self._rows.append((by, act, subject, why, at))

    def store(self) -> None:
        in_time = sorted(self._rows, key=lambda row: row[-1])
        rows.write(AuditLine, ("by_id", "act", "subject", "why", "at"), in_time)
        self._rows = []
