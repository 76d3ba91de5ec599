"""What a dump calls things: slugs and e-mails instead of ids, and refs for what has no name of its own."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime

from accounts.models import Publisher, User
from doors.storefile.reading import Line
from storefront.models import Asset, AssetFile, Bundle, Terms


class References:
    def __init__(self) -> None:
        self.publishers = dict(Publisher.objects.values_list("pk", "slug"))
        self.assets = dict(Asset.objects.values_list("pk", "slug"))
        self.bundles = dict(Bundle.objects.values_list("pk", "slug"))
        self._terms = list(
            Terms.objects.order_by("in_force_from").values_list("in_force_from", "pk", "version")
        )
        self._versions = {pk: version for _start, pk, version in self._terms}
        self._files: dict[int, Line] = {}
        self._emails: dict[int, str] = {}
        self._counts: dict[str, int] = {}
        self.lots: dict[int, str] = {}
        self.purchases: dict[int, str] = {}

    def email(self, pk: int) -> str:
        if pk not in self._emails:
            self.meet([pk])
        return self._emails[pk]

    def meet(self, people: Iterable[int]) -> None:
        """Looks many people up at once."""
        missing = [pk for pk in people if pk not in self._emails]
        self._emails.update(User.objects.filter(pk__in=missing).values_list("pk", "email"))

    def file(self, pk: int) -> Line:
        """How a download names the file that it handed out."""
        if pk not in self._files:
            file = AssetFile.objects.get(pk=pk)
            named = {"file": file.name, "version": file.version}
            self._files[pk] = {**named, "quality": file.quality} if file.quality else named
        return self._files[pk]

    def terms(self, pk: int, at: datetime) -> Line:
        """How a purchase names its terms: not at all where they are the ones in force at that instant."""
        place = bisect_right(self._terms, at, key=lambda terms: terms[0])
        in_force = self._terms[place - 1][1] if place else None
        return {} if pk == in_force else {"terms": self._versions[pk]}

    def new_ref(self, letter: str) -> str:
        self._counts[letter] = self._counts.get(letter, 0) + 1
        return f"{letter}{self._counts[letter]}"

    def forget(self) -> None:
        """No later customer's line names the lots and purchases of those so far."""
        self.lots, self.purchases = {}, {}
        if len(self._emails) > 100_000:
            self._emails = {}


def without_empty(**values: object) -> Line:
    """The keys that say something: what is empty is left out of a line."""
    return {key: value for key, value in values.items() if value not in (None, "", [], False)}
