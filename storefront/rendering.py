"""Facts to PDF. Nothing of this machine goes in: the same facts are the same bytes, wherever they are rendered."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("document.typ")


def render(facts: Mapping[str, object]) -> bytes:
    """A tagged PDF that screen readers can read (PDF/UA-1).

    The fonts that come with typst know Latin, Greek, Cyrillic, Hebrew and Arabic. A title in another script is tried
    with the machine's own fonts, and is at worst drawn as boxes: a document there must be.
    """
    given = json.dumps(_printable(facts), ensure_ascii=False)
    for system_fonts in (False, True):
        try:
            return _compile(given, system_fonts=system_fonts, tagged=True)
        except typst.TypstError:
            continue
    return _compile(given, system_fonts=True, tagged=False)


def _compile(facts: str, *, system_fonts: bool, tagged: bool) -> bytes:
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        sys_inputs={"facts": facts},
        ignore_system_fonts=not system_fonts,
        pdf_standards=["ua-1"] if tagged else [],
        format="pdf",
    )


def _printable(value: object) -> object:
    """Control characters and lone surrogates have no shape; a line break stays."""
    if isinstance(value, str):
        return "".join(sign for sign in value if sign == "\n" or sign.isprintable())
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_printable(part) for part in value]
    return value
