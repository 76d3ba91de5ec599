"""Lines about downloads and strikes. A download belongs to the purchase that its line names."""

from collections.abc import Callable
from typing import Any

from credits.copying import fresh_ids
from doors.storefile.catalogue import Catalogue, Good
from doors.storefile.moments import moment
from doors.storefile.names import Names
from doors.storefile.people import People
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.sold import Handed, Sold
from doors.storefile.writing import SoldRows
from storefront.models import Cause, Download, Status


class Downloads:
    def __init__(
        self,
        *,
        names: Names,
        people: People,
        catalogue: Catalogue,
        rows: SoldRows,
        audit: Callable[..., Any],
    ) -> None:
        self._names = names
        self._people = people
        self._catalogue = catalogue
        self._rows = rows
        self._audit = audit
        self._ids = fresh_ids(Download)

    def download(self, line: Line) -> None:
        sold: Sold = self._names.ref(line["purchase"], Sold, "purchase")
        at, cause = moment(line["at"]), line.get("cause", Cause.DIRECT)
        place = _place_to_download(sold, line)
        via = self._catalogue.good(line["via"]) if line.get("via") else None
        if (cause == Cause.DEPENDENCY) != (via is not None):
            raise LineRefused(
                "names the asset that required it (“via”) when its cause is dependency, and only then"
            )
        if sold.completed_at is None or at < sold.completed_at:
            raise LineRefused("is of a time before its purchase was completed")
        revoked_at = sold.revoked(place)
        if revoked_at is not None and at > revoked_at:
            raise LineRefused("is of a time when this item had been revoked")
        file, version = _file(sold.parts[place].asset, line)
        handed = Handed(
            pk=next(self._ids),
            sold=sold,
            place=place,
            at=at,
            cause=str(cause),
            via=via,
            file=file,
            version=version,
            told=line.get("told", ""),
            door=line.get("door", "file"),
        )
        if place not in sold.firsts or at < sold.firsts[place]:
            sold.firsts[place] = at
        self._rows.hand(handed)
        if "ref" in line:
            self._names.keep("ref", line["ref"], handed)

    def strike(self, line: Line) -> None:
        handed: Handed = self._names.ref(line["download"], Handed, "download")
        by, at, sold = self._people.find(line["by"]), moment(line["at"]), handed.sold
        if handed.struck_at:
            raise LineRefused("strikes a download that was struck before")
        if sold.status == Status.REFUNDED and sold.settled and at > sold.settled.at:
            raise LineRefused("strikes a download of a purchase that was refunded by then")
        handed.struck_at, handed.struck_by, handed.struck_why = at, by.pk, line["why"]
        if sold.stored:
            self._strike_written(handed)
        counted = self._counted(handed)
        sold.firsts.pop(handed.place, None)
        if counted:
            sold.firsts[handed.place] = min(counted)
        self._rows.changed(sold)
        title = sold.parts[handed.place].title
        self._audit(by=by.pk, act="strike", subject=sold.number, why=f"{title}: {line['why']}", at=at)

    def _strike_written(self, handed: Handed) -> None:
        self._rows.write_late()
        Download.objects.filter(pk=handed.pk).update(
            struck_at=handed.struck_at, struck_by=handed.struck_by, struck_why=handed.struck_why
        )

    def _counted(self, handed: Handed) -> list[Any]:
        sold = handed.sold
        if sold.handed is not None:
            return [each.at for each in sold.handed if each.place == handed.place and not each.struck_at]
        rows = Download.objects.filter(item=sold.item_ids[handed.place], struck_at=None)
        return list(rows.values_list("at", flat=True))


def _place_to_download(sold: Sold, line: Line) -> int:
    place = sold.place_of(line["asset"])
    if place is None:
        raise LineRefused(f"is of “{line['asset']}”, which is no item of the purchase “{line['purchase']}”")
    # What this store handed out itself, after such a purchase moved in, is known, and a dump of it names the door.
    if not sold.download_log and line.get("door", "file") == "file":
        raise LineRefused(f"is of the purchase “{line['purchase']}”, whose downloads nobody knows")
    return place


def _file(good: Good, line: Line) -> tuple[int | None, str]:
    """The file that was handed out; without a name the newest, as it stands at this line."""
    if "file" in line:
        key = (line["file"], line.get("version", "1.0"), line.get("quality", ""))
        if key not in good.files:
            raise LineRefused(f"hands out “{key[0]}” {key[1]}, and the asset “{good.slug}” has no such file")
        return good.files[key], key[1]
    if "version" in line:
        return None, line["version"]
    return (good.files[good.newest], good.newest[1]) if good.newest else (None, "")
