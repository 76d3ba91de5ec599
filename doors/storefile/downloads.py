"""Lines about downloads and strikes. A download belongs to the purchase that its line names."""

from dataclasses import dataclass
from datetime import datetime

from doors.storefile.audits import Audits
from doors.storefile.catalogue import Catalogue, KnownAsset
from doors.storefile.names import Names
from doors.storefile.people import People
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from doors.storefile.writing import SoldRows
from ground import rows as table
from ground.doors import Door
from ground.laws import given
from storefront import sold as law
from storefront.models import Cause, Download
from storefront.refusals import StrikeTooLate
from storefront.sold import Handed, Sold


@dataclass(kw_only=True, eq=False)
class Downloads:
    names: Names
    people: People
    catalogue: Catalogue
    rows: SoldRows
    audits: Audits

    def __post_init__(self) -> None:
        self._ids = table.fresh_ids(Download)

    def download(self, line: Line) -> None:
        sold = self.names.ref(line["purchase"], Sold, "purchase")
        place = _place_to_download(sold, line)
        via = self.catalogue.find_asset(line["via"]) if line.get("via") else None
        cause = line.get("cause", Cause.DIRECT)
        if (cause == Cause.DEPENDENCY) != (via is not None):
            raise LineRefused(
                "names the asset that required it (“via”) when its cause is dependency, and only then"
            )
        file, version = _file(self.catalogue.find_asset(sold.parts[place].slug), line)
        handed = Handed(
            sold=sold,
            place=place,
            at=parse_time(line["at"]),
            cause=str(cause),
            via_id=via.pk if via else None,
            via_slug=via.slug if via else None,
            via_title=via.title if via else None,
            file_id=file,
            version=version,
            told=line.get("told", ""),
            door=line.get("door", Door.FILE),
            id=next(self._ids),
        )
        law.hand_out(sold, handed)
        self.rows.hand(handed)
        if "ref" in line:
            self.names.keep("ref", line["ref"], handed)

    def strike(self, line: Line) -> None:
        handed = self.names.ref(line["download"], Handed, "download")
        by, at, sold = self.people.find(line["by"]), parse_time(line["at"]), handed.sold
        if handed.struck_at:
            raise LineRefused("strikes a download that was struck before")
        self.rows.write_late()
        try:
            law.strike(handed, counted=_others_that_count(handed), at=at, by_id=by.pk, why=line["why"])
        except StrikeTooLate:
            raise LineRefused("strikes a download of a purchase that was refunded by then") from None
        self.rows.strike(handed)
        self.rows.note_time(sold, at)
        title = sold.parts[handed.place].title
        self.audits.add(by=by.pk, act="strike", subject=sold.number, why=f"{title}: {line['why']}", at=at)


def _others_that_count(handed: Handed) -> list[datetime]:
    sold = handed.sold
    if sold.handed is not None:
        return [
            one.at
            for one in sold.handed
            if one is not handed and one.place == handed.place and not one.struck_at
        ]
    rows = Download.objects.filter(item=sold.item_ids[handed.place], struck_at=None).exclude(
        pk=given(handed.id, "a download has its id from its line on")
    )
    return list(rows.values_list("at", flat=True))


def _place_to_download(sold: Sold, line: Line) -> int:
    place = sold.place_of(line["asset"])
    if place is None:
        raise LineRefused(f"is of “{line['asset']}”, which is no item of the purchase “{line['purchase']}”")
    # Only downloads that this store handed out after the purchase moved in are known; a dump names their door.
    if not sold.download_log and line.get("door", Door.FILE) == Door.FILE:
        raise LineRefused(f"is of the purchase “{line['purchase']}”, whose downloads nobody knows")
    return place


def _file(asset: KnownAsset, line: Line) -> tuple[int | None, str]:
    """The file that was handed out; without a name the newest, as it stands at this line."""
    if "file" in line:
        key = (line["file"], line.get("version", "1.0"), line.get("quality", ""))
        if key not in asset.files:
            raise LineRefused(f"hands out “{key[0]}” {key[1]}, and the asset “{asset.slug}” has no such file")
        return asset.files[key], key[1]
    if "version" in line:
        return None, line["version"]
    return (asset.files[asset.newest], asset.newest[1]) if asset.newest else (None, "")
