"""Every letter that any code queues has its words: a subject, a text and a page."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
LETTERS = ROOT / "templates" / "letters"
QUEUED = re.compile(r'template="([a-z_]+)"')
WRITTEN = {path.name.split(".")[0] for path in LETTERS.iterdir() if not path.name.startswith(("_", "base."))}
USED = {
    name
    for room in ("ground", "accounts", "outbox", "credits", "storefront", "refunds", "doors")
    for path in (ROOT / room).rglob("*.py")
    for name in QUEUED.findall(path.read_text())
}
# A library's letter brings its own subject and text; only the page around them is ours.
NAMES = sorted((WRITTEN | USED) - {"as_written"})


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_is_whole(name):
    for part in ("subject.txt", "txt", "html"):
        get_template(f"letters/{name}.{part}")


def test_there_are_letters():
    assert {"receipt", "refunded", "refunded_publisher", "credits_arrived", "credits_expire"} <= set(NAMES)
