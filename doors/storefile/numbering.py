"""Invoice and credit note numbers in a load. Those that the file gives are kept; else the store's next one is taken."""

from django.conf import settings
from django.db.models import Model

from doors.storefile.problems import LineRefused
from storefront.models import Series
from storefront.models.documents import SERIES_END


class Numbering:
    def __init__(self, prefix: str, *, model: type[Model]) -> None:
        self._prefix = prefix
        self._model = model
        self._own = int(settings.INVOICE_SERIES)
        self._series: Series | None = None
        self._given: set[int] = set()
        self._some_before = model._default_manager.exists()

    def next(self) -> str:
        series = self._locked()
        series.last += 1
        if series.last >= SERIES_END:
            raise LineRefused("needs a number, and the store's series is full")
        digits = self._own * SERIES_END + series.last
        self._given.add(digits)
        return f"{self._prefix}{digits:012d}"

    def claim(self, number: str) -> str:
        """A number that the file gives. In the store's own series it moves the series past it."""
        digits = int(number[2:])
        if digits in self._given:
            raise LineRefused(f"has the number {number}, which a line above it has taken")
        own, count = divmod(digits, SERIES_END)
        if not count:
            raise LineRefused(f"has the number {number}, and every series starts with 1")
        if own == self._own:
            self._locked().pass_by(count)
        self._given.add(digits)
        return number

    def taken(self, numbers: dict[str, int]) -> list[tuple[int, str]]:
        """Which of the numbers the store had before, as their lines and what is wrong with each."""
        if not self._some_before:
            return []
        rows = self._model._default_manager.filter(number__in=numbers).values_list("number", flat=True)
        return [
            (numbers[number], f"has the number {number}, which is taken in this store") for number in rows
        ]

    def store(self) -> None:
        if self._series is not None:
            self._series.save(update_fields=["last", "skipped"])

    def _locked(self) -> Series:
        if self._series is None:
            self._series = Series.objects.lock(self._prefix)
        return self._series
