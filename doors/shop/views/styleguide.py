"""The design system on one page: every part, drawn by the very templates and classes that the store uses."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from doors.requests import StoreRequest

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PARTS = (
    ("ink", "Paper and ink"),
    ("type", "Type"),
    ("buttons", "Buttons"),
    ("decision", "Decision, yes"),
    ("denial", "Decision, no"),
    ("receipt", "Receipt"),
    ("deadline", "Deadlines"),
    ("timeline", "Time line"),
    ("forms", "Forms"),
    ("tables", "Tables"),
    ("facts", "Facts"),
    ("badges", "Status"),
    ("messages", "Messages"),
    ("empty", "Nothing here yet"),
    ("ways", "Finding the way"),
    ("goods", "Goods and covers"),
    ("charts", "Charts"),
    ("dialog", "Dialogs and copies"),
    ("icons", "Icons"),
)
ICONS = (
    *(
        "mark",
        "menu",
        "person",
        "yes",
        "no",
        "cross",
        "clock",
        "copy",
        "back",
        "download",
        "file",
        "receipt",
        "search",
    ),
    *(
        "letter",
        "key",
        "lock",
        "gift",
        "next",
        "previous",
        "plus",
        "warning",
        "bundle",
        "chat",
        "shelf",
        "gear",
        "link",
    ),
)
INKS = (
    ("paper", "the ground"),
    ("sheet", "what lies on it"),
    ("wash", "set back"),
    ("ink", "words and figures"),
    ("ink-soft", "what is said beside"),
    ("rule", "edges of things one can use"),
    ("hairline", "lines between"),
    ("act", "what one can do"),
    ("back", "credits that come back"),
    ("time", "time running out"),
    ("no", "no"),
)


class RequestForm(forms.Form):
    """A request to support, as the parts of a form show it."""

    subject = forms.CharField(label="What is it about?", help_text="A few words are enough.")
    message = forms.CharField(
        label="What happened?",
        widget=forms.Textarea,
        max_length=2000,
        help_text="Tell us what you tried, and when.",
    )
    credits = forms.IntegerField(label="Credits", required=False, help_text="Whole credits only.")
    grounds = forms.ChoiceField(
        label="Ground", choices=[("", "Choose one"), ("a", "Charged twice"), ("b", "Download failed")]
    )
    attachments = forms.FileField(label="Files", required=False, help_text="Up to 10 MB each.")
    share = forms.BooleanField(
        label="Show these files to the publisher",
        required=False,
        help_text="You can decide for each request.",
    )


def styleguide(request: StoreRequest) -> HttpResponse:
    parts = [
        {"name": name, "title": title, "template": f"styleguide/_{name}.html", "markup": _markup(name)}
        for name, title in PARTS
    ]
    return render(request, "styleguide/index.html", {"parts": parts, **_samples()})


def _markup(name: str) -> str:
    return str(get_template(f"styleguide/_{name}.html").template.source).strip()  # type: ignore[attr-defined] # Django's engine keeps it.


def _samples() -> dict[str, object]:
    bad = RequestForm(
        {"subject": "", "message": "The archive is broken.", "credits": "1.5", "grounds": "a"},
        auto_id="bad_%s",
    )
    return {
        "at": NOW,
        "form": RequestForm(),
        "bad_form": bad,
        "icons": ICONS,
        "inks": INKS,
        "since": NOW - timedelta(days=18),
        "until": NOW + timedelta(days=12, hours=3),
        "soon_since": NOW - timedelta(days=29),
        "soon_until": NOW + timedelta(hours=21),
        "crumbs": [
            ("Purchases", "/purchases/"),
            ("IN990000000001", "/purchases/IN990000000001/"),
            ("Refund", ""),
        ],
        "goods": [
            ("asset", "oak-trees", "Oak trees", "Grove Studio", 40),
            ("asset", "river-stones", "River stones", "Grove Studio", 15),
            ("bundle", "forest", "Forest", "Grove Studio", 60),
            ("asset", "old-town", "Old town", "Lantern Works", 120),
        ],
        "story": _story(),
        "balances": [(NOW - timedelta(days=60 - place * 6), value) for place, value in enumerate(BALANCES)],
        "months": [("Jun", 320), ("Jul", 410), ("Aug", 275), ("Sep", 530), ("Oct", 610), ("Nov", 240)],
        "sold": [
            ("Jul", (410, 30)),
            ("Aug", (275, 60)),
            ("Sep", (530, 0)),
            ("Oct", (610, 70)),
            ("Nov", (240, 15)),
        ],
        "notes": [
            SimpleNamespace(level_tag="success", text="70 credits are back in your wallet."),
            SimpleNamespace(level_tag="info", text="Your time zone is now Europe/Berlin."),
            SimpleNamespace(
                level_tag="warning", text="Your 50 promotional credits expire on Mon 30 Nov 2026."
            ),
            SimpleNamespace(level_tag="error", text="The price has changed. Nothing was bought."),
        ],
    }


BALANCES = (500, 500, 440, 440, 400, 450, 450, 330, 400, 400, 1470)


def _story() -> list[dict[str, object]]:
    return [
        {"at": NOW - timedelta(days=20), "actor": "You", "act": "Bought Forest", "credits": -100},
        {
            "at": NOW - timedelta(days=19),
            "actor": "You",
            "act": "Downloaded Bark",
            "note": "Because Oak trees requires it.",
        },
        {
            "at": NOW - timedelta(days=2),
            "actor": "Gil, Grove Studio",
            "act": "Refused the request",
            "tone": "no",
        },
        {"at": NOW, "actor": "You", "act": "Refunded", "credits": 70, "tone": "back"},
    ]
