"""Requests that come in a file, with their steps, answers and files."""

import base64
import json
from datetime import timedelta

import pytest

from refunds.cases import clocks
from refunds.models import Attachment, Case
from storefront.models import Purchase, PurchaseItem
from tests.storefile.emptying import dumped
from tests.storefile.lines import (
    SHOP,
    Line,
    case,
    download,
    grant,
    is_sound,
    load_lines,
    purchase,
    refund,
    why_lines_refused,
)

pytestmark = pytest.mark.django_db
BOUGHT = (*SHOP, grant(), purchase())
HERE = len(BOUGHT) + 1


def test_a_case_stands_as_its_line_says() -> None:
    text = base64.b64encode(b"It crashes.").decode()
    load_lines(
        *BOUGHT,
        case(
            state="waiting_for_publisher",
            number="C00000042",
            items=["oak"],
            answers=[{"publisher": "grove", "asked_at": "2026-11-10T08:00:00Z"}],
            timeline=[
                {
                    "at": "2026-11-10T08:00:00Z",
                    "side": "customer",
                    "by": "ada@example.com",
                    "act": "opened",
                    "note": "Help",
                },
                {
                    "at": "2026-11-10T08:00:00Z",
                    "side": "store",
                    "publisher": "grove",
                    "act": "asked_publisher",
                },
            ],
            attachments=[
                {"name": "log.txt", "type": "text/plain", "base64": text, "step": 0, "shared": True}
            ],
        ),
    )
    opened = Case.objects.get()
    assert (opened.number, opened.state, opened.customer.email) == (
        "C00000042",
        "waiting_for_publisher",
        "ada@example.com",
    )
    assert opened.deadline == opened.opened_at + clocks.PUBLISHER_HAS
    assert opened.items.get().item.asset.slug == "oak"
    assert [event.act for event in opened.events.order_by("pk")] == ["opened", "asked_publisher"]
    assert bytes(Attachment.objects.get().content) == b"It crashes."
    assert opened.answers.get().deadline - opened.opened_at == timedelta(days=14)


def test_a_case_that_waits_for_publishers_has_asked_those_of_its_items() -> None:
    load_lines(*BOUGHT, case("waiting_for_publisher", items=["oak"]))

    [asked] = Case.objects.get().answers.all()
    assert (asked.publisher.slug, asked.authorised) == ("grove", None)
    assert asked.deadline == Case.objects.get().deadline


def test_an_approved_case_and_its_refund_belong_together() -> None:
    approved = case("approved", number="C00000007", state_since="2026-11-12T08:00:00Z")
    load_lines(
        *BOUGHT,
        download("oak"),
        approved,
        refund(
            33,
            at="2026-11-12T08:00:00Z",
            basis="publisher_authorised",
            case="C00000007",
            kept=["oak"],
            requested_by="sam@store.example",
        ),
    )
    assert Case.objects.get().refund.credits == 33
    assert list(PurchaseItem.objects.values_list("kept_share", flat=True)) == [27, 0, 0]
    assert Purchase.objects.get().asked_at is None
    assert is_sound()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([case(), case()], "is open, and so is {number} about the same purchase"),
        ([{**case(), "purchase": "p9"}], "names the purchase “p9”, and no line above it has this ref"),
        ([case(items=["moss"])], "names “moss”, which is no item of this purchase"),
        ([case(user="ben@example.com")], "names another user than the purchase's own"),
        (
            [case(attachments=[{"name": "a", "type": "text/plain", "base64": "YQ==", "step": 1}])],
            "says that a file came with step 1 of a time line of 1",
        ),
        (
            [
                case(compensation="g1", grounds="credits_wrong", state="answered", user="ada@example.com"),
                {"type": "attachment", "case": "C00000000", "file": {"name": "a", "type": "b", "base64": ""}},
            ],
            "names the case C00000000, and no line above it is about it",
        ),
    ],
)
def test_cases_that_cannot_be(lines: list[Line], reason: str) -> None:
    said = why_lines_refused(*BOUGHT, *lines)
    assert len(said) == 1
    assert said[0].startswith(f"line {HERE + len(lines) - 1}: {reason.partition('{')[0]}")


def test_a_case_about_no_purchase_is_about_credits() -> None:
    alone = {
        key: value
        for key, value in case(grounds="credits_wrong", user="ada@example.com").items()
        if key != "purchase"
    }
    load_lines(*BOUGHT, alone)
    assert Case.objects.get().purchase is None

    assert why_lines_refused(*SHOP, {**alone, "grounds": "other"}) == [
        f"line {len(SHOP) + 1}: names no purchase, and only a case about credits may do so"
    ]


def test_many_large_files_stand_on_lines_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doors.storefile.moving_out.cases.INLINE_BYTES", 10)
    files = [
        {"name": f"{n}.txt", "type": "text/plain", "base64": base64.b64encode(b"12345678").decode()}
        for n in range(3)
    ]
    load_lines(*BOUGHT, case(attachments=files))

    lines = [json.loads(line) for line in dumped().splitlines()]

    assert [len(line["attachments"]) for line in lines if line["type"] == "case"] == [1]
    assert [line["file"]["name"] for line in lines if line["type"] == "attachment"] == ["1.txt", "2.txt"]
