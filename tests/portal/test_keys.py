"""Keys for a publisher's tools: shown once, named, rotated, revoked; and the log of look-ups."""

import pytest

from accounts.keys import find_key, make_publisher_key
from accounts.models import ApiKey
from tests.portal.pages import NOW, browser, buy, errors, text

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/portal/keys/"
VERIFY = "/publisher/v1/invoice/verify.json"


def secret_on(answer):
    return answer.context["secret"]


def test_a_key_is_shown_once_and_verifies(ada, gil, moss):
    page = browser(gil)
    answer = page.post(PAGE, {"name": "Discord bot", "scope": "publisher:read"})
    secret = secret_on(answer)
    assert secret in text(answer)
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert secret not in text(page.get(PAGE))
    assert "Discord bot" in text(page.get(PAGE))
    assert secret.split("_", 1)[1] not in str(list(ApiKey.objects.values_list()))
    number = buy(ada, moss).number
    assert page.get(VERIFY, {"key": secret, "invoice": number}).json()["invoices"][0]["invoice"] == number
    assert "Last used never" not in text(page.get(PAGE))


@pytest.mark.parametrize(
    ("scope", "scopes"), [("publisher:read", ["publisher:read"]), ("publisher:write", ["publisher:write"])]
)
def test_a_key_may_what_it_was_made_for(gil, scope, scopes):
    browser(gil).post(PAGE, {"name": "Bot", "scope": scope})
    assert ApiKey.objects.get().scopes == scopes


@pytest.mark.parametrize(
    "data", [{"name": "", "scope": "publisher:read"}, {"name": "Bot", "scope": "store:write"}]
)
def test_a_key_without_a_name_or_with_another_scope_is_not_made(gil, data):
    assert browser(gil).post(PAGE, data).status_code == 422
    assert not ApiKey.objects.exists()


def test_rotating_gives_a_new_secret_and_ends_the_old_one_at_once(gil, grove):
    key, old = make_publisher_key(publisher=grove, by=gil, name="Bot", scopes=["publisher:read"], now=NOW)
    answer = browser(gil).post(f"{PAGE}{key.pk}/rotate/")
    new = secret_on(answer)
    assert find_key(old, now=NOW) is None
    row = find_key(new, now=NOW)
    assert (row.name, row.scopes, row.publisher) == ("Bot", ["publisher:read"], grove)


def test_a_revoked_key_opens_nothing_and_stays_to_be_seen(gil, grove):
    key, secret = make_publisher_key(publisher=grove, by=gil, name="Old bot", now=NOW)
    page = browser(gil)
    said = text(page.post(f"{PAGE}{key.pk}/revoke/", follow=True))
    assert "The key Old bot opens nothing any more." in said
    assert page.get(VERIFY, {"key": secret}).status_code == 403
    assert "Revoked keys Old bot" in said
    assert page.post(f"{PAGE}{key.pk}/rotate/").status_code == 404


def test_a_key_gets_another_name(gil, grove):
    key, _ = make_publisher_key(publisher=grove, by=gil, name="Bot", now=NOW)
    page = browser(gil)
    page.post(f"{PAGE}{key.pk}/rename/", {"name": "Forum bot"})
    assert "Forum bot" in text(page.get(PAGE))
    page.post(f"{PAGE}{key.pk}/rename/", {"name": ""})
    key.refresh_from_db()
    assert key.name == "Forum bot"


@pytest.mark.parametrize("act", ["rename", "rotate", "revoke"])
def test_another_publishers_key_never_was(quinn, gil, grove, act):
    key, secret = make_publisher_key(publisher=grove, by=gil, name="Bot", now=NOW)
    page = browser(quinn)
    there = page.post(f"{PAGE}{key.pk}/{act}/", {"name": "Mine"})
    nowhere = page.post(f"{PAGE}999999/{act}/", {"name": "Mine"})
    assert (there.status_code, there.content) == (404, nowhere.content)
    assert find_key(secret, now=NOW).name == "Bot"


def test_twenty_living_keys_are_enough(gil, grove):
    for _ in range(20):
        make_publisher_key(publisher=grove, by=gil, name="Bot", now=NOW)
    answer = browser(gil).post(PAGE, {"name": "One more", "scope": "publisher:read"})
    assert errors(answer) == [
        "Grove Studio has 20 living keys already. No key was made; revoke one that is not used any more."
    ]


def test_the_log_names_numbers_and_who_asked_and_no_secret(ada, gil, grove, moss):
    _, secret = make_publisher_key(publisher=grove, by=gil, name="Discord bot", now=NOW)
    page, number = browser(gil), buy(ada, moss).number
    page.get(VERIFY, {"key": secret, "invoice": f"{number},IN990000000001"})
    page.post("/portal/invoices/", {"number": number})
    answer = page.get(f"{PAGE}look-ups/")
    said = text(answer)
    assert f"{number} Yours Gil the portal" in said
    assert "IN990000000001 Not among your invoices Key Discord bot verify.json" in said
    assert secret.split("_", 1)[1] not in answer.content.decode()


def test_the_log_is_the_publishers_own(ada, gil, quinn, moss):
    number = buy(ada, moss).number
    browser(gil).post("/portal/invoices/", {"number": number})
    assert number not in text(browser(quinn).get(f"{PAGE}look-ups/"))


def test_forms_are_protected_against_other_sites(gil, grove):
    from django.test import Client

    key, _ = make_publisher_key(publisher=grove, by=gil, name="Bot", now=NOW)
    page = Client(enforce_csrf_checks=True)
    page.force_login(gil)
    for address in (PAGE, f"{PAGE}{key.pk}/revoke/", "/portal/invoices/", "/portal/account/name/"):
        assert page.post(address, {"name": "x"}).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None
