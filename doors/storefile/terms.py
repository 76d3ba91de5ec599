"""Lines about the policy's numbers, and which of them are in force when."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from doors.storefile.names import Names
from doors.storefile.people import People
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from refunds import policy
from storefront.models import Purchase, Terms


@dataclass(frozen=True, slots=True)
class Numbers:
    pk: int
    version: str
    in_force_from: datetime
    window_days: int
    bundle_percent: int

    def for_policy(self) -> policy.Terms:
        return policy.Terms(self.version, self.in_force_from, self.window_days, self.bundle_percent)


class TermsOfTheStore:
    def __init__(self, *, names: Names, people: People, now: datetime) -> None:
        self._names = names
        self._people = people
        self._now = now
        self._known = [_numbers(row) for row in Terms.objects.order_by("in_force_from")]
        self._last_completed: datetime | None = Purchase.objects.aggregate(last=Max("completed_at"))["last"]

    def terms(self, line: Line) -> None:
        start = parse_time(line["in_force_from"])
        content = (line["version"], start, line["window_days"], line["bundle_percent"])
        for known in self._known:
            if known.version == line["version"]:
                if content != (known.version, known.in_force_from, known.window_days, known.bundle_percent):
                    raise LineRefused(f"repeats the terms “{known.version}” with other content")
                self._names.keep("terms", known.version, known)
                return
            if known.in_force_from == start:
                raise LineRefused(f"starts at the same instant as the terms “{known.version}”")
        if self._last_completed and start <= self._last_completed:
            raise LineRefused(
                f"is in force from {line['in_force_from']} on, and a purchase above it was completed after that: "
                "terms stand above the purchases that they judge"
            )
        row = Terms.objects.create(
            version=line["version"],
            in_force_from=start,
            window_days=line["window_days"],
            bundle_percent=line["bundle_percent"],
            published_by_id=self._people.find(line["published_by"]).pk if "published_by" in line else None,
            created_at=parse_time(line.get("published_at")) or min(start, self._now),
        )
        self._known.append(_numbers(row))
        self._known.sort(key=lambda numbers: numbers.in_force_from)
        self._names.keep("terms", row.version, row)

    def in_force(self, at: datetime) -> Numbers:
        place = bisect_right(self._known, at, key=lambda numbers: numbers.in_force_from)
        if not place:
            raise LineRefused(f"is of {at.isoformat()}, and no terms were in force then")
        return self._known[place - 1]

    def of_version(self, version: str) -> Numbers:
        for known in self._known:
            if known.version == version:
                return known
        self._names.get("terms", version, object)  # A line that was refused is complained of once.
        raise LineRefused(f"names the terms “{version}”, and no line above it is about them")

    def note_completed(self, completed_at: datetime) -> None:
        """No terms that would judge a purchase may stand below it, unless it names its own."""
        if self._last_completed is None or completed_at > self._last_completed:
            self._last_completed = completed_at


def _numbers(row: Terms) -> Numbers:
    return Numbers(row.pk, row.version, row.in_force_from, row.window_days, row.bundle_percent)
