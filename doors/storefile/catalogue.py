"""Lines about what is for sale: assets with their files, bundles with their contents. A second line about
one changes it from there on; what was bought above stays as it was bought."""

from collections.abc import Iterator, MutableSet
from dataclasses import dataclass, field
from datetime import datetime

from doors.storefile.names import Names
from doors.storefile.people import People, Seller
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from storefront.models import Asset, AssetFile, Bundle, BundlePart
from storefront.sold import Good

FileKey = tuple[str, str, str]


@dataclass(slots=True, eq=False)
class KnownAsset:
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
    def on_sale(self) -> Good:
        seller = self.seller
        return Good(self.pk, self.slug, seller.pk, seller.slug, seller.name, self.title, self.price)


@dataclass(slots=True, eq=False)
class KnownBundle:
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
        # Counts the changes, so that whoever remembers the contents of a bundle knows when to look again.
        self.edition = 0

    def asset(self, line: Line) -> None:
        slug, seller = line["slug"], self._people.seller(line["publisher"])
        known = self._asset_or_none(slug)
        needed = tuple(dict.fromkeys(line.get("requires", known.requires if known else ())))
        goods = [self.find_asset(each) for each in needed]
        self._assert_no_ring(slug, needed)
        values, since = _values(line, seller), parse_time(line.get("since")) or self._now
        row, made = Asset.objects.update_or_create(
            slug=slug, defaults=values, create_defaults={**values, "created_at": since}
        )
        row.requires.set([good.pk for good in goods])
        good = known or KnownAsset(row.pk, slug, "", 0, seller)
        good.title, good.price, good.seller, good.requires = line["title"], line["price"], seller, needed
        self._files(good, line.get("files", [{"name": f"{slug}.zip"}] if made else []), since)
        self._keep("asset", good)

    def bundle(self, line: Line) -> None:
        slug, seller = line["slug"], self._people.seller(line["publisher"])
        parts = line["assets"]
        if len(set(parts)) < len(parts):
            raise LineRefused("names the same asset twice")
        things = [self._asset_or_none(part) or self.find_bundle(part) for part in parts]
        known = self._bundle_or_none(slug)
        self._assert_not_in_itself(slug, things)
        values, since = _values(line, seller), parse_time(line.get("since")) or self._now
        row, _ = Bundle.objects.update_or_create(
            slug=slug, defaults=values, create_defaults={**values, "created_at": since}
        )
        row.parts.all().delete()
        BundlePart.objects.bulk_create(
            BundlePart(
                bundle=row,
                position=position,
                asset_id=thing.pk if isinstance(thing, KnownAsset) else None,
                inner_id=thing.pk if isinstance(thing, KnownBundle) else None,
            )
            for position, thing in enumerate(things)
        )
        bundle = known or KnownBundle(row.pk, slug, "", 0, seller)
        bundle.title, bundle.price = line["title"], line["price"]
        bundle.seller, bundle.parts = seller, tuple(parts)
        self._keep("bundle", bundle)

    def find_asset(self, slug: str) -> KnownAsset:
        good = self._asset_or_none(slug)
        if good is None:
            raise LineRefused(f"names the asset “{slug}”, and no line above it is about it")
        return good

    def find_bundle(self, slug: str) -> KnownBundle:
        bundle = self._bundle_or_none(slug)
        if bundle is None:
            raise LineRefused(f"names “{slug}”, and no line above it is about it")
        return bundle

    def contents(self, bundle: KnownBundle) -> list[KnownAsset]:
        """All assets, also those of bundles in it, each once and in the order of first mention."""
        return list({good.slug: good for good in self._open(bundle, set())}.values())

    def _open(self, bundle: KnownBundle, opened: MutableSet[str]) -> Iterator[KnownAsset]:
        if bundle.slug in opened:
            return
        opened.add(bundle.slug)
        for part in bundle.parts:
            good = self._asset_or_none(part)
            if good is not None:
                yield good
            else:
                yield from self._open(self.find_bundle(part), opened)

    def _keep(self, kind: str, thing: KnownAsset | KnownBundle) -> None:
        self._names.keep(kind, thing.slug, thing)
        self.edition += 1

    def _asset_or_none(self, slug: str) -> KnownAsset | None:
        good = self._names.get("asset", slug, KnownAsset)
        if good is None and self._some_before:
            row = Asset.objects.select_related("publisher").filter(slug=slug).first()
            if row is not None:
                good = _asset_of(row)
                self._names.keep("asset", slug, good)
        return good

    def _bundle_or_none(self, slug: str) -> KnownBundle | None:
        bundle = self._names.get("bundle", slug, KnownBundle)
        if bundle is None and self._some_before:
            row = Bundle.objects.select_related("publisher").filter(slug=slug).first()
            if row is not None:
                bundle = KnownBundle(row.pk, slug, row.title, row.price, _seller_of(row), _parts_of(row))
                self._names.keep("bundle", slug, bundle)
        return bundle

    def _files(self, good: KnownAsset, files: list[Line], since: datetime) -> None:
        for each in sorted(files, key=lambda each: parse_time(each.get("since")) or since):
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
                added_at=parse_time(each.get("since")) or since,
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
                waiting.extend(self.find_asset(name).requires)

    def _assert_not_in_itself(self, slug: str, things: list[KnownAsset | KnownBundle]) -> None:
        waiting, seen = [thing for thing in things if isinstance(thing, KnownBundle)], set()
        while waiting:
            inner = waiting.pop()
            if inner.slug == slug:
                raise LineRefused(f"puts the bundle “{slug}” into itself")
            if inner.slug not in seen:
                seen.add(inner.slug)
                waiting.extend(
                    self.find_bundle(part) for part in inner.parts if self._asset_or_none(part) is None
                )


def _values(line: Line, seller: Seller) -> Line:
    """Columns that the line gives; others stay as they were."""
    values = {"publisher_id": seller.pk, "title": line["title"], "price": line["price"]}
    values |= {key: line[key] for key in ("description", "category") if key in line}
    if "withdrawn_at" in line:
        values["withdrawn_at"] = parse_time(line["withdrawn_at"])
    return values


def _asset_of(row: Asset) -> KnownAsset:
    good = KnownAsset(row.pk, row.slug, row.title, row.price, _seller_of(row))
    good.requires = tuple(row.requires.values_list("slug", flat=True))
    for file in row.files.order_by("added_at", "id"):
        good.newest = (file.name, file.version, file.quality)
        good.files[good.newest] = file.pk
    return good


def _parts_of(row: Bundle) -> tuple[str, ...]:
    """By constraint each part is an asset or a bundle."""
    parts = row.parts.select_related("asset", "inner")
    return tuple(thing.slug for part in parts for thing in (part.asset, part.inner) if thing is not None)


def _seller_of(row: Asset | Bundle) -> Seller:
    return Seller(row.publisher_id, row.publisher.slug, row.publisher.name)
