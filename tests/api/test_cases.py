"""Requests to support, as a customer's machine makes them; and a publisher's."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Publisher, User
from refunds.models import Attachment, Case
from storefront.models import Asset, Bundle
from tests.api.conftest import Machine
from tests.world import buy

WORDS = "The trees cast no shadow in my scene, whatever I try with them and the lights."


@pytest.fixture
def gils(gil: User, grove: Publisher, machine_of: Callable[..., Machine]) -> Machine:
    """Grove's server."""
    return machine_of(gil, publisher=grove)


@pytest.fixture
def quinns(quinn: User, quarry: Publisher, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(quinn, publisher=quarry)


def test_ada_opens_a_case_and_follows_it(adas: Machine, ada: User, fern: Asset, gil: User) -> None:
    number = buy(ada, fern, days_ago=40, downloaded=[fern]).number
    told = adas.post("cases/", {"invoice": number, "grounds": "defective", "message": WORDS}, key="k1")
    assert told.status == 201
    case = told.body["number"]
    assert told.body == {
        "number": case,
        "state": "waiting_for_publisher",
        "invoice": number,
        "grounds": "defective",
        "opened_at": "2026-11-21T12:00:00Z",
        "deadline": "2026-12-05T12:00:00Z",
        "timeline": [
            {"at": "2026-11-21T12:00:00Z", "actor": "You", "act": "opened", "note": WORDS},
            {"at": "2026-11-21T12:00:00Z", "actor": "The store", "act": "asked_publisher", "note": ""},
        ],
    }
    assert adas.get(f"cases/{case}/").body == told.body
    brief = {name: value for name, value in told.body.items() if name != "timeline"}
    assert adas.get("cases/").body["results"] == [brief]
    again = adas.post("cases/", {"invoice": number, "grounds": "defective", "message": WORDS}, key="k1")
    assert (again.bytes, again.headers["Idempotent-Replayed"]) == (told.bytes, "true")
    second = adas.post("cases/", {"invoice": number, "grounds": "other", "message": WORDS})
    assert (second.status, second.code, second.body["case"]) == (409, "case_open", case)
    assert Case.objects.count() == 1


def test_she_adds_to_it_and_withdraws_it(adas: Machine, ada: User, fern: Asset) -> None:
    number = buy(ada, fern, days_ago=40).number
    opened = adas.post("cases/", {"invoice": number, "grounds": "other", "message": WORDS, "items": ["fern"]})
    case = opened.body["number"]
    told = adas.post(f"cases/{case}/messages/", {"message": "It also flickers."})
    assert (told.status, told.body["timeline"][-1]["note"]) == (200, "It also flickers.")
    told = adas.post(f"cases/{case}/withdraw/")
    assert (told.status, told.body["state"], told.body["deadline"]) == (200, "withdrawn", None)
    told = adas.post(f"cases/{case}/messages/", {"message": "One more thing."})
    assert (told.status, told.code) == (409, "case_closed")


def test_files_come_as_a_form_and_a_changed_file_is_another_request(
    adas: Machine, ada: User, fern: Asset
) -> None:
    number = buy(ada, fern, days_ago=40).number

    def send(key: str, text: bytes, share: str = "true") -> object:
        fields = {
            "invoice": number,
            "grounds": "defective",
            "message": WORDS,
            "items": ["fern"],
            "share": share,
            "attachments": [SimpleUploadedFile("log.txt", text), SimpleUploadedFile("two.txt", b"two")],
        }
        return adas.form("cases/", fields, key=key)

    told = send("k1", b"one")
    assert told.status == 201, told.body
    assert list(Attachment.objects.values_list("name", "shared")) == [("log.txt", True), ("two.txt", True)]
    assert send("k1", b"one").bytes == told.bytes
    assert send("k1", b"other").code == "idempotency_key_reused"
    assert send("k2", b"<script>alert(1)</script>").code == "bad_attachment"
    assert send("k2", b"one", share="perhaps").code == "invalid"


def test_what_does_not_fit_is_told_by_its_field(adas: Machine, ada: User, ben: User, fern: Asset) -> None:
    number = buy(ada, fern).number
    for body, status, pointer in (
        ({"invoice": number, "grounds": "because", "message": WORDS}, 400, "/grounds"),
        ({"invoice": number, "grounds": "other", "message": "Too short."}, 400, "/message"),
        ({"invoice": number, "grounds": "other", "message": WORDS, "items": ["oak"]}, 400, "/items"),
        ({"invoice": None, "grounds": "other", "message": WORDS}, 409, "/invoice"),
        ({"invoice": number, "grounds": "other", "message": WORDS, "state": "approved"}, 400, "/state"),
    ):
        told = adas.post("cases/", body)
        assert (told.status, [error["pointer"] for error in told.body["errors"]]) == (status, [pointer])
    theirs = buy(ben, fern).number
    assert adas.post("cases/", {"invoice": theirs, "grounds": "other", "message": WORDS}).status == 404
    assert Case.objects.count() == 0


def test_credits_wrong_needs_no_purchase(adas: Machine) -> None:
    told = adas.post("cases/", {"grounds": "credits_wrong", "message": WORDS})
    assert (told.status, told.body["invoice"], told.body["state"]) == (201, None, "waiting_for_support")


def test_another_persons_case_never_was(adas: Machine, bens: Machine, ada: User, fern: Asset) -> None:
    number = buy(ada, fern).number
    case = adas.post("cases/", {"invoice": number, "grounds": "other", "message": WORDS}).body["number"]
    nothing = bens.get("cases/C00000000/").bytes
    assert bens.get(f"cases/{case}/").bytes == nothing
    for act, body in (("messages", {"message": "x"}), ("answer", {"mine": True}), ("withdraw", {})):
        assert bens.post(f"cases/{case}/{act}/", body).bytes == nothing
    assert bens.get("cases/").body["results"] == []


# --- The publisher's side ---------------------------------------------------------------------------------------


def test_grove_verifies_a_number_in_any_spelling_and_sees_only_its_own(
    gils: Machine, quinns: Machine, ada: User, cliff: Bundle, moss: Asset
) -> None:
    number = buy(ada, cliff, days_ago=3, downloaded=[moss]).number
    row = {
        "package": "Moss",
        "asset": "moss",
        "quantity": 1,
        "credits": 16,
        "status": "Downloaded",
        "downloaded": True,
        "refunded": False,
        "other_license": False,
        "reason": None,
    }
    assert gils.get(f"publisher/invoices/{number}/").body == {
        "invoice": number,
        "date": "2026-11-18",
        "items": [row],
    }
    assert gils.get(f"publisher/invoices/in%20{number[2:6]}-{number[6:]}/").body["items"] == [row]
    theirs = quinns.get(f"publisher/invoices/{number}/").body["items"]
    assert [(item["asset"], item["credits"], item["status"]) for item in theirs] == [
        ("slate", 20, "Not downloaded")
    ]


def test_unknown_numbers_and_others_numbers_are_answered_alike(
    gils: Machine, quinns: Machine, ada: User, fern: Asset, settings: object
) -> None:
    number = buy(ada, fern).number
    theirs = quinns.get(f"publisher/invoices/{number}/")
    assert (theirs.status, theirs.code) == (404, "unknown_invoice")
    assert quinns.get("publisher/invoices/IN990000000009/").bytes == theirs.bytes
    assert quinns.get("publisher/invoices/nonsense/").bytes == theirs.bytes
    settings.LIMIT_INVOICE_MISSES = 2  # type: ignore[attr-defined]
    told = quinns.get(f"publisher/invoices/{number}/")
    assert (told.status, told.code, told.headers["Retry-After"]) == (429, "too_many_look_ups", "600")
    assert gils.get(f"publisher/invoices/{number}/").status == 200


def test_a_request_on_a_customers_behalf_and_the_customers_yes(
    gils: Machine, adas: Machine, ada: User, fern: Asset
) -> None:
    number = buy(ada, fern, days_ago=40).number
    body = {
        "email": "hello@grove.example",
        "subject": "Please refund",
        "product": "Recredit",
        "description": f"Ferns on {number}: it does not work on this customer's machine.",
        "items": ["fern"],
    }
    told = gils.post("publisher/refund-requests/", body, key="k1")
    assert (told.status, told.body["state"], told.body["invoice"]) == (201, "waiting_for_customer", number)
    assert gils.post("publisher/refund-requests/", body, key="k1").bytes == told.bytes
    case = told.body["number"]
    assert gils.get("publisher/refund-requests/").body["results"][0]["number"] == case
    mine = adas.get(f"cases/{case}/").body
    assert mine["timeline"][0]["actor"] == "Grove Studio"
    told = adas.post(f"cases/{case}/answer/", {"mine": True})
    assert (told.status, told.body["state"]) == (200, "waiting_for_support")
    told = adas.post(f"cases/{case}/answer/", {"mine": False})
    assert (told.status, told.code) == (409, "already_answered")


def test_a_request_may_come_as_a_form_and_must_name_one_invoice(
    gils: Machine, ada: User, fern: Asset, slate: Asset
) -> None:
    number, other = buy(ada, fern).number, buy(ada, slate).number
    fields = {"email": "gil@grove.example", "description": f"Ferns on {number} please.", "items": ["fern"]}
    assert gils.form("publisher/refund-requests/", {**fields, "invoice": other}).code == "invalid"
    assert (
        gils.form("publisher/refund-requests/", {**fields, "description": f"On {other}."}).code == "invalid"
    )
    assert gils.form("publisher/refund-requests/", {**fields, "product": "Another"}).code == "invalid"
    assert gils.form("publisher/refund-requests/", {**fields, "email": "ada@example.com"}).code == "invalid"
    assert Case.objects.count() == 0
    told = gils.form(
        "publisher/refund-requests/", {**fields, "attachments": [SimpleUploadedFile("a.txt", b"a")]}
    )
    assert told.status == 201, told.body


def test_a_publisher_answers_once_for_its_own(
    gils: Machine, quinns: Machine, adas: Machine, ada: User, fern: Asset, slate: Asset
) -> None:
    number = buy(ada, fern, days_ago=40).number
    case = adas.post("cases/", {"invoice": number, "grounds": "defective", "message": WORDS}).body["number"]
    path = f"publisher/refund-requests/{case}/"
    told = gils.post(f"{path}offer-help/", {"note": "Turn the light on."})
    assert (told.status, told.body["timeline"][-1]["act"]) == (200, "help_offered")
    told = adas.post(f"cases/{case}/answer/", {"accept_help": True})
    assert (told.status, told.body["deadline"]) == (200, "2026-12-12T12:00:00Z")
    assert gils.post(f"{path}decline/", {}).code == "invalid"
    told = gils.post(f"{path}authorise/", {"note": "Fine with us."})
    assert (told.status, told.body["state"]) == (200, "waiting_for_support")
    told = gils.post(f"{path}decline/", {"note": "On second thoughts, no."})
    assert (told.status, told.code) == (409, "already_answered")
    nothing = quinns.get("publisher/refund-requests/C00000000/").bytes
    assert quinns.get(path).bytes == nothing
    assert quinns.post(f"{path}authorise/", {"note": "Yes"}).bytes == nothing
    assert "ada" not in gils.get(path).bytes.decode().lower()


def test_a_member_who_left_a_minute_ago_is_out(gils: Machine, gil: User, ada: User, fern: Asset) -> None:
    number = buy(ada, fern).number
    assert gils.get(f"publisher/invoices/{number}/").status == 200
    gil.memberships.all().delete()
    assert gils.get(f"publisher/invoices/{number}/").status == 401
