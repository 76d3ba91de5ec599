"""A form that is sent twice, because the first answer was lost, leads to where it led, and nothing is done twice."""

import pytest
from django.utils import timezone

from refunds.models import Denial, Refund
from refunds.services import charge_back
from storefront.models import Download, Purchase
from tests.world import agent, balance, buy, give

pytestmark = pytest.mark.django_db(transaction=True)


def sent_twice(client, address: str, **fields: str):
    """The page's form, sent, and sent again as it was."""
    form = client.get(address).context["form"]
    fields = {"key": form["key"].value(), **fields}
    return client.post(address, fields), client.post(address, fields)


def test_a_refund(client, ada, oak):
    number = buy(ada, oak, now=timezone.now()).number
    client.force_login(ada)
    first, again = sent_twice(client, f"/purchases/{number}/refund/", expected_credits="40")
    assert (first.status_code, first["Location"]) == (302, f"/purchases/{number}/refund/done/")
    assert again["Location"] == first["Location"]
    assert (Refund.objects.count(), Denial.objects.count(), balance(ada)) == (1, 0, 40)


def test_a_purchase(client, ada, oak):
    give(ada, 100)
    client.force_login(ada)
    first, again = sent_twice(client, "/assets/oak/buy/", credits="40")
    assert again["Location"] == first["Location"]
    assert (Purchase.objects.count(), balance(ada)) == (1, 60)


def test_a_download(client, ada, oak):
    buy(ada, oak, now=timezone.now())
    client.force_login(ada)
    first, again = sent_twice(client, "/library/oak/download/")
    assert (first.status_code, again["Location"]) == (302, first["Location"])
    assert Download.objects.count() == 1


def a_download_whose_answer_was_lost(client, ada, oak):
    """Its page, the form sent once, and the purchase taken back before it is sent again."""
    purchase = buy(ada, oak, now=timezone.now())
    client.force_login(ada)
    form = {"key": client.get("/library/oak/download/").context["form"]["key"].value()}
    first = client.post("/library/oak/download/", form)
    charge_back(purchase=purchase, by=agent("Lea", lead=True), why="The bank said so", now=timezone.now())
    return first, client.post("/library/oak/download/", form)


def test_what_it_was_about_may_be_gone_by_then(client, ada, oak):
    first, again = a_download_whose_answer_was_lost(client, ada, oak)
    assert (again.status_code, again["Location"]) == (302, first["Location"])


def test_without_a_look_at_the_receipt_first_that_is_an_error(client, ada, oak, monkeypatch):
    monkeypatch.setattr("doors.forms.answer_given", lambda **_: None)
    _, again = a_download_whose_answer_was_lost(client, ada, oak)
    assert again.status_code == 404


def test_another_form_under_the_same_key_is_no_repetition(client, ada, oak, bark):
    for one in (oak, bark):
        buy(ada, one, now=timezone.now())
    client.force_login(ada)
    key = client.get("/library/oak/download/").context["form"]["key"].value()
    client.post("/library/oak/download/", {"key": key})
    refused = client.post("/library/bark/download/", {"key": key})
    assert refused.status_code == 409
    assert "already used for a different request" in refused.content.decode()
    assert Download.objects.count() == 1


def test_pages_of_a_person_are_kept_by_nobody_else(client, ada, oak):
    client.force_login(ada)
    assert client.get("/purchases/")["Cache-Control"] == "no-store"
    assert client.get("/")["Cache-Control"] == "no-store"
    client.logout()
    assert not client.get("/").has_header("Cache-Control")
