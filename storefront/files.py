"""The bytes of an asset's file, and the name under which they may leave."""

import io
import zipfile
from typing import IO
from unicodedata import category

from storefront.models import AssetFile, Download

# Names that one wide-spread system keeps for its devices, whatever their ending.
DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)),
}
LONGEST_NAME = 120


def open_file(download: Download) -> tuple[IO[bytes], int]:
    """The file that a download hands out, and its size. A file without content gets its few bytes made here."""
    if download.file and download.file.content:
        return download.file.content.open("rb"), download.file.content.size
    made = placeholder(file_name(download), download.version)
    return io.BytesIO(made), len(made)


def file_name(download: Download) -> str:
    return safe_name(download.file.name if download.file else f"{download.asset.slug}.txt")


def placeholder(name: str, version: str) -> bytes:
    """What stands in for a file: the same name and version, the same bytes; a .zip can be opened."""
    text = f"{name} {version}\nThis file stands in for the asset's own.\n"  # English: the same bytes for all
    words = text.encode()
    if not name.endswith(".zip"):
        return words
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("README.txt", date_time=(1980, 1, 1, 0, 0, 0)), words)
    return packed.getvalue()


def safe_name(name: str) -> str:
    """A name without folders, control characters or devices, short enough for every system."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in last if category(sign)[0] != "C" and sign not in '<>:"|?*').strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if (stem or ending).lower() in DEVICES:
        plain = f"_{plain}"
    return (plain if len(plain) <= LONGEST_NAME else f"{stem[:LONGEST_NAME]}{dot}{ending[:20]}") or "file"


def newest(files: list[AssetFile]) -> AssetFile | None:
    return max(files, key=lambda file: (file.added_at, file.pk), default=None)
