"""What a publisher typed, pasted or dropped, as invoice numbers."""

import re

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from storefront.numbers import normalise, numbers_in
from storefront.reading import read_numbers

BETWEEN_NUMBERS = re.compile(r"[,;\n\r\t|]+")
MEGABYTE = 1_000_000


def numbers_and_rest(text: str) -> tuple[list[str], list[str]]:
    """The numbers of a pasted list, each once, and the pieces in which there is none."""
    numbers: dict[str, None] = {}
    rest = []
    for piece in filter(None, (piece.strip() for piece in BETWEEN_NUMBERS.split(text))):
        number = normalise(piece)
        found = [number] if number else numbers_in(piece)
        numbers.update(dict.fromkeys(found))
        if not found:
            rest.append(piece)
    return list(numbers), rest


def numbers_in_file(file: UploadedFile) -> list[str]:
    """Those that an invoice of ours names; none for any other file, or one too large to be ours."""
    if file.size is None or file.size > settings.ATTACHMENT_MEGABYTES * MEGABYTE:
        return []
    content = file.read()
    file.seek(0)
    return read_numbers(content)
