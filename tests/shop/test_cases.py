"""My requests to support, as Ada sees them in her browser."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from refunds.models import Attachment, Case, State
from tests.refunds.requests import STORY, ask, request
from tests.world import NOW, buy

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def send(client, purchase=None, **more):
    data = {
        "key": "k1",
        "invoice": purchase.number if purchase else "",
        "grounds": "out_of_window",
        "message": STORY,
        **more,
    }
    return client.post("/cases/new/", data)


def test_a_denied_quote_leads_to_a_request_with_its_purchase_and_grounds(as_ada, ada, oak):
    purchase = buy(ada, oak, days_ago=45)
    page = as_ada.get(f"/cases/new/?invoice={purchase.number}&grounds=out_of_window").content.decode()
    assert f'value="{purchase.number}"' in page
    assert '<option value="out_of_window" selected>' in page
    answer = send(as_ada, purchase)
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.number}/")
    shown = as_ada.get(f"/cases/{case.number}/").content.decode()
    assert "We asked Grove Studio." in shown
    assert STORY in shown
    assert case.number in as_ada.get("/cases/").content.decode()


def test_items_named_where_none_were_offered_are_the_only_ones_asked_about(as_ada, ada, forest):
    """The form opened without a purchase, its number typed in, and the items sent along."""
    send(as_ada, buy(ada, forest, days_ago=45), items=["oak"])
    assert [line.item.asset.slug for line in Case.objects.get().items.all()] == ["oak"]


def test_an_item_of_another_purchase_is_refused_where_none_were_offered(as_ada, ada, oak, fern):
    buy(ada, fern, days_ago=45)
    answer = send(as_ada, buy(ada, oak, days_ago=45), items=["fern"])
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert "Choose from the items of this purchase" in answer.content.decode()


def test_sending_the_form_twice_opens_one_request(as_ada, ada, oak):
    purchase = buy(ada, oak, days_ago=45)
    first, second = send(as_ada, purchase), send(as_ada, purchase)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_a_second_request_leads_to_the_open_one(as_ada, ada, oak):
    purchase = buy(ada, oak, days_ago=45)
    send(as_ada, purchase)
    again = send(as_ada, purchase, key="k2")
    assert again["Location"] == f"/cases/{Case.objects.get().number}/"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"message": "Too short."}, "at least 50 characters"),
        ({"grounds": "boredom"}, "not one of the available choices"),
        ({"invoice": "IN019999999999"}, "No purchase of yours has this number"),
        ({"invoice": "", "grounds": "other"}, "Say which purchase this is about"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(as_ada, ada, oak, more, said):
    answer = send(as_ada, buy(ada, oak), **{"message": STORY, **more})
    page = answer.content.decode()
    assert (answer.status_code, Case.objects.count()) == (422, 0)
    assert said in page
    assert more.get("message", STORY) in page


def test_bens_purchase_looks_like_none(as_ada, ben, oak):
    theirs = send(as_ada, buy(ben, oak))
    never = send(as_ada, None, invoice="IN019999999999")
    told = "No purchase of yours has this number"
    assert told in theirs.content.decode()
    assert told in never.content.decode()
    assert as_ada.get("/cases/new/?invoice=IN010000000001").status_code == 404


def test_bens_request_is_the_page_of_one_that_never_was(as_ada, ben, oak):
    case = ask(ben, buy(ben, oak))
    theirs, never = as_ada.get(f"/cases/{case.number}/"), as_ada.get("/cases/C00000000/")
    assert (theirs.status_code, never.status_code) == (404, 404)
    for act in ("messages", "answer", "withdraw"):
        assert as_ada.post(f"/cases/{case.number}/{act}/", {"message": "x", "mine": "yes"}).status_code == 404


def test_files_are_downloads_in_a_sandbox_for_those_who_may(as_ada, client, ada, ben, oak):
    purchase = buy(ada, oak)
    send(as_ada, purchase, attachments=[SimpleUploadedFile("../../x<script>.png", PNG)])
    file = Attachment.objects.get()
    assert (file.name, file.content_type) == ("xscript.png", "image/png")
    address = f"/cases/{file.case.number}/files/{file.ref}/"
    answer = as_ada.get(address)
    assert answer.content == PNG
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    client.force_login(ben)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><p>hello",
        b"MZ\x90\x00" + b"\x00" * 60,
        b"",
        PNG[:8] + b"<script>alert(1)</script>",
    ],
    ids=["svg", "html", "program", "empty", "png with a script"],
)
def test_what_could_harm_is_refused_by_its_bytes(as_ada, ada, oak, content):
    answer = send(as_ada, buy(ada, oak), attachments=[SimpleUploadedFile("invoice.pdf", content)])
    assert (answer.status_code, Case.objects.count(), Attachment.objects.count()) == (422, 0, 0)
    assert STORY in answer.content.decode()


def test_too_many_and_too_large_files_are_refused(as_ada, ada, oak, settings):
    settings.ATTACHMENT_MEGABYTES = 1
    purchase = buy(ada, oak)
    six = [SimpleUploadedFile(f"{n}.txt", b"words") for n in range(6)]
    assert "At most 5 files" in send(as_ada, purchase, attachments=six).content.decode()
    large = [SimpleUploadedFile("large.txt", b"x" * 1_000_001)]
    assert "larger than 1 MB" in send(as_ada, purchase, attachments=large).content.decode()
    assert Case.objects.count() == 0


def test_ada_answers_a_publishers_request(as_ada, ada, oak, grove, gil):
    case = request(gil, grove, buy(ada, oak, days_ago=45))
    page = as_ada.get(f"/cases/{case.number}/").content.decode()
    assert "Yes, this was me" in page
    assert "Asked support for a refund for you" in page
    as_ada.post(f"/cases/{case.number}/answer/", {"mine": "yes"})
    case.refresh_from_db()
    assert (case.state, case.customer_agreed) == (State.WAITING_FOR_SUPPORT, True)
    again = as_ada.post(f"/cases/{case.number}/answer/", {"mine": "no"})
    assert again.status_code == 409
    assert "answered already" in again.content.decode()
    assert as_ada.post(f"/cases/{case.number}/answer/", {"mine": "perhaps"}).status_code == 422


def test_ada_adds_to_it_and_withdraws_it(as_ada, ada, oak):
    case = ask(ada, buy(ada, oak, days_ago=45), now=NOW)
    as_ada.post(f"/cases/{case.number}/messages/", {"message": "One <b>more</b> thing."})
    assert "One &lt;b&gt;more&lt;/b&gt; thing." in as_ada.get(f"/cases/{case.number}/").content.decode()
    assert "Withdraw this request?" in as_ada.get(f"/cases/{case.number}/withdraw/").content.decode()
    as_ada.post(f"/cases/{case.number}/withdraw/", {})
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN
    late = as_ada.post(f"/cases/{case.number}/messages/", {"message": "Too late?"})
    assert "closed already" in late.content.decode()
