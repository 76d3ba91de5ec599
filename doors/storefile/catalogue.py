"""Lines about what is for sale: assets with their files, bundles with their contents. Saying one again changes it
from there on; what was bought above stays as it was bought."""

from collections.abc import Iterator, MutableSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from doors.storefile.moments import moment
from doors.storefile.names import Names
from doors.storefile.people import People, Seller
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from storefront.models import Asset, AssetFile, Bundle, BundlePart
from storefront.sold import Good as OnSale

FileKey = tuple[str, str, str]


@dataclass(slots=True, eq=False)
class Good:
    """An asset as the file describes it at this line."""

    pk: int
    slug: str
    title: str
    price: int
    seller: Seller
    requires: tuple[str, ...] = ()
    # By name, version and quality; the newest is handed out when nobody says which.
    files: dict[FileKey, int] = field(default_factory=dict)
    newest: FileKey | None = None

    @property
    def on_sale(self) -> OnSale:
        seller = self.seller
        return OnSale(self.pk, self.slug, seller.pk, seller.slug, seller.name, self.title, self.price)


@dataclass(slots=True, eq=False)
class Set:
    """A bundle as the file describes it at this line."""

    pk: int
    slug: str
    title: str
    price: int
    seller: Seller
    parts: tuple[str, ...] = ()


class Catalogue:
    def __init__(self, *, names: Names, people: People, now: datetime) -> None:
        self._names = names
        self._people = people
        self._now = now
        self._some_before = Asset.objects.exists()
        # Counts the changes, so that whoever keeps what a bundle held knows when to look again.
        self.edition = 0

    def asset(self, line: Line) -> None:
        slug, seller = line["slug"], self._people.seller(line["publisher"])
        known = self._good(slug)
        needed = tuple(dict.fromkeys(line.get("requires", known.requires if known else ())))
        goods = [self.good(each) for each in needed]
        self._assert_no_ring(slug, needed)
        told: dict[str, Any] = {"publisher_id": seller.pk, "title": line["title"], "price": line["price"]}
        told |= {key: line[key] for key in ("description", "category") if key in line}
        if "withdrawn_at" in line:
            told["withdrawn_at"] = moment(line["withdrawn_at"])
        since = moment(line.get("since")) or self._now
        row, made = Asset.objects.update_or_create(
            slug=slug, defaults=told, create_defaults={**told, "created_at": since}
        )
        row.requires.set([good.pk for good in goods])
        good = known or Good(row.pk, slug, "", 0, seller)
        good.title, good.price, good.seller, good.requires = line["title"], line["price"], seller, needed
        self._files(good, line.get("files", [{"name": f"{slug}.zip"}] if made else []), since)
        self._keep("asset", good)

    def bundle(self, line: Line) -> None:
        slug, seller = line["slug"], self._people.seller(line["publisher"])
        parts = line["assets"]
        if len(set(parts)) < len(parts):
            raise LineRefused("names the same asset twice")
        things = [self._good(part) or self.set(part) for part in parts]
        known = self._set(slug)
        self._assert_not_in_itself(slug, things)
        told: dict[str, Any] = {"publisher_id": seller.pk, "title": line["title"], "price": line["price"]}
        if "description" in line:
            told["description"] = line["description"]
        if "withdrawn_at" in line:
            told["withdrawn_at"] = moment(line["withdrawn_at"])
        since = moment(line.get("since")) or self._now
        row, _ = Bundle.objects.update_or_create(
            slug=slug, defaults=told, create_defaults={**told, "created_at": since}
        )
        row.parts.all().delete()
        BundlePart.objects.bulk_create(
            BundlePart(
                bundle=row,
                position=position,
                asset_id=thing.pk if isinstance(thing, Good) else None,
                inner_id=thing.pk if isinstance(thing, Set) else None,
            )
            for position, thing in enumerate(things)
        )
        bundle = known or Set(row.pk, slug, "", 0, seller)
        bundle.title, bundle.price, bundle.seller, bundle.parts = (
            line["title"],
            line["price"],
            seller,
            tuple(parts),
        )
        self._keep("bundle", bundle)

    def good(self, slug: str) -> Good:
        good = self._good(slug)
        if good is None:
            raise LineRefused(f"names the asset “{slug}”, and no line above it is about it")
        return good

    def set(self, slug: str) -> Set:
        found = self._set(slug)
        if found is None:
            raise LineRefused(f"names “{slug}”, and no line above it is about it")
        return found

    def contents(self, bundle: Set) -> list[Good]:
        """Nested bundles opened, every asset once, in the order of first mention."""
        return list({good.slug: good for good in self._open(bundle, set())}.values())

    def _open(self, bundle: Set, opened: MutableSet[str]) -> Iterator[Good]:
        if bundle.slug in opened:
            return
        opened.add(bundle.slug)
        for part in bundle.parts:
            good = self._good(part)
            if good is not None:
                yield good
            else:
                yield from self._open(self.set(part), opened)

    def _keep(self, kind: str, thing: Good | Set) -> None:
        self._names.keep(kind, thing.slug, thing)
        self.edition += 1

    def _good(self, slug: str) -> Good | None:
        good: Good | None = self._names.get("asset", slug)
        if good is None and self._some_before:
            row = Asset.objects.select_related("publisher").filter(slug=slug).first()
            if row is not None:
                good = _good_of(row)
                self._names.keep("asset", slug, good)
        return good

    def _set(self, slug: str) -> Set | None:
        found: Set | None = self._names.get("bundle", slug)
        if found is None and self._some_before:
            row = Bundle.objects.select_related("publisher").filter(slug=slug).first()
            if row is not None:
                parts = row.parts.select_related("asset", "inner")
                found = Set(row.pk, slug, row.title, row.price, _seller_of(row))
                found.parts = tuple((part.asset or part.inner).slug for part in parts)  # type: ignore[union-attr] # one of them, by constraint
                self._names.keep("bundle", slug, found)
        return found

    def _files(self, good: Good, files: list[dict[str, Any]], since: datetime) -> None:
        for each in sorted(files, key=lambda each: moment(each.get("since")) or since):
            key = (each["name"], each.get("version", "1.0"), each.get("quality", ""))
            if key in good.files:
                continue
            row = AssetFile.objects.create(
                asset_id=good.pk,
                name=key[0],
                version=key[1],
                quality=key[2],
                size_bytes=each.get("bytes", 0),
                content=each.get("path", ""),
                added_at=moment(each.get("since")) or since,
            )
            good.files[key] = row.pk
            good.newest = key

    def _assert_no_ring(self, slug: str, needed: tuple[str, ...]) -> None:
        waiting, seen = list(needed), set()
        while waiting:
            name = waiting.pop()
            if name == slug:
                raise LineRefused(f"makes “{slug}” require itself")
            if name not in seen:
                seen.add(name)
                waiting.extend(self.good(name).requires)

    def _assert_not_in_itself(self, slug: str, things: list[Good | Set]) -> None:
        waiting, seen = [thing for thing in things if isinstance(thing, Set)], set()
        while waiting:
            inner = waiting.pop()
            if inner.slug == slug:
                raise LineRefused(f"puts the bundle “{slug}” into itself")
            if inner.slug not in seen:
                seen.add(inner.slug)
                waiting.extend(self.set(part) for part in inner.parts if self._good(part) is None)


def _good_of(row: Asset) -> Good:
    good = Good(row.pk, row.slug, row.title, row.price, _seller_of(row))
    good.requires = tuple(row.requires.values_list("slug", flat=True))
    for file in row.files.order_by("added_at", "id"):
        good.newest = (file.name, file.version, file.quality)
        good.files[good.newest] = file.pk
    return good


def _seller_of(row: Asset | Bundle) -> Seller:
    return Seller(row.publisher_id, row.publisher.slug, row.publisher.name)
