"""Documents cannot lie: every link leads somewhere, every picture is there, every file they name exists."""

import re
from pathlib import Path

import pytest

from accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text()
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text) + re.findall(r'(?:src|srcset)="([^"]+)"', text)
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md"])
def test_every_file_that_is_named_exists(document: str) -> None:
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)+\.(?:py|md))`", (ROOT / document).read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_shows_the_demos_people() -> None:
    text = (ROOT / "README.md").read_text()
    for role, email in DEMO_PEOPLE:
        assert f"| {role} | {email} | {DEMO_PASSWORD} |" in text


def test_every_room_and_door_is_on_the_map() -> None:
    text = (ROOT / "README.md").read_text()
    for name in ("ground", "accounts", "outbox", "credits", "storefront", "refunds", "config"):
        assert f"| `{name}` |" in text
    for door in sorted(path.name for path in (ROOT / "doors").iterdir() if (path / "__init__.py").exists()):
        assert f"| `doors/{door}` |" in text


def test_every_decision_is_short_and_says_why() -> None:
    for decision in (ROOT / "docs/decisions").glob("*.md"):
        if decision.name != "README.md":
            text = decision.read_text()
            assert "**Why.**" in text, decision.name
            assert len(text.splitlines()) <= 30, decision.name
