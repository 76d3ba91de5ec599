"""Signing in by e-mail, and the ways in which others tried to be somebody."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from accounts.adapter import PeopleAdapter
from accounts.models import User
from credits.models import Wallet
from doors.shop.views.profile import ProfileForm
from outbox.models import Message
from tests.world import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def letters_are_queued(settings):
    """Django's test runner swaps the backend; here letters go where they really go."""
    settings.EMAIL_BACKEND = "outbox.backend.QueueBackend"


@pytest.fixture
def eve(db):
    """Has signed up, and confirmed her address."""
    user = person("Eve")
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client, email="eve@example.com", password=PASSWORD, **more):
    return client.post("/sign-in/", {"login": email, "password": password, **more})


def test_eve_signs_in_whatever_the_case_of_her_address(client, eve):
    answer = sign_in(client, "EVE@Example.com")
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_signing_up_takes_a_letter_to_confirm_and_opens_a_wallet(client):
    client.post("/sign-up/", {"email": "New@example.com", "password1": PASSWORD, "password2": PASSWORD})
    user = User.objects.get(email="new@example.com")
    assert Wallet.objects.get(customer=user).balance == 0
    letter = Message.objects.get(to="new@example.com")
    assert sign_in(Client(), "new@example.com").status_code == 302
    assert "_auth_user_id" not in client.session
    link = re.search(r"http://127\.0\.0\.1:8000(/sign-up/confirm/[^\s]+)", letter.data["body"])[1]
    client.post(link)
    assert sign_in(Client(), "new@example.com")["Location"] == "/"


def test_two_presses_of_sign_up_at_one_instant_are_one_person(client, monkeypatch):
    """The other press saves the person after this one has looked whether the address is free."""
    new_user = PeopleAdapter.new_user

    def a_moment_later(self, request):
        User.objects.get_or_create(email="new@example.com")
        return new_user(self, request)

    monkeypatch.setattr(PeopleAdapter, "new_user", a_moment_later)
    form = {"email": "New@example.com", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post("/sign-up/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-up/confirm/")
    assert User.objects.filter(email="new@example.com").count() == 1
    assert "_auth_user_id" not in client.session


def test_a_forged_host_never_reaches_a_letters_link(eve, settings):
    client = Client(headers={"host": "testserver"})
    client.post("/password/", {"email": "eve@example.com"})
    body = Message.objects.get(to="eve@example.com").data["body"]
    assert f"{settings.PUBLIC_URL}/password/" in body
    assert "testserver" not in body
    assert Client(headers={"host": "evil.example"}).get("/sign-in/").status_code == 400


def test_the_session_changes_its_name_at_sign_in(client, eve):
    client.get("/sign-in/")
    client.session["basket"] = 1
    client.session.save()
    before = client.cookies.get("sessionid")
    sign_in(client)
    assert before is None or client.cookies["sessionid"].value != before.value


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_next_never_leads_out_of_the_store(client, eve, place):
    answer = sign_in(client, next=place)
    assert answer["Location"] == "/"


def test_guessing_passwords_is_stopped_and_forwarded_addresses_do_not_help(eve):
    cache.clear()
    for guess in range(5):
        headers = {"x-forwarded-for": f"10.0.0.{guess}"}
        assert sign_in(Client(headers=headers), password=f"wrong guess {guess}").status_code == 200
    answer = sign_in(Client(headers={"x-forwarded-for": "10.9.9.9"}))
    assert "_auth_user_id" not in answer.wsgi_request.session


def test_an_unsafe_request_without_its_token_is_refused(eve, ada, oak):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    for address in ("/profile/", "/sign-out/", "/purchases/IN010000000001/refund/", "/credits/"):
        assert client.post(address).status_code in {403, 404, 405}


def test_a_deactivated_person_is_out_at_once(client, eve):
    client.force_login(eve)
    assert client.get("/profile/").status_code == 200
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert client.get("/profile/").status_code == 302


def test_a_profile_keeps_its_zone_and_says_what_is_wrong(client, eve):
    client.force_login(eve)
    client.post("/profile/", {"name": "Eve Stone", "time_zone": "Europe/Berlin", "language": "en"})
    eve.refresh_from_db()
    assert (eve.name, eve.time_zone) == ("Eve Stone", "Europe/Berlin")
    answer = client.post("/profile/", {"name": "Eve Stone", "time_zone": "Moon/Base", "language": "en"})
    assert answer.status_code == 422
    eve.refresh_from_db()
    assert eve.time_zone == "Europe/Berlin"


def test_what_is_wrong_with_a_sign_in_is_said_in_the_stores_words(client, eve):
    wrong = client.post("/sign-in/", {"login": eve.email, "password": "not-hers"}).text
    assert "This e-mail and password do not belong together." in wrong
    stranger = client.post("/sign-in/", {"login": "who@example.com", "password": "not-hers"}).text
    assert "This e-mail and password do not belong together." in stranger
    signing_up = client.post("/sign-up/", {"email": "x@y", "password1": PASSWORD, "password2": ""}).text
    assert "E-mail: Enter a valid email address." in signing_up
    assert "The same password again: This field is required." in signing_up


def test_the_profile_says_whether_a_second_factor_is_on(client, eve):
    client.force_login(eve)
    assert 'Second factor</dt><dd class="row row--apart"><span>Off</span>' in client.get("/profile/").text
    Authenticator.objects.create(user=eve, type=Authenticator.Type.TOTP, data={})
    assert "<span>On: a code from your phone</span>" in client.get("/profile/").text


def test_a_profile_saved_while_its_person_is_deactivated_does_not_bring_them_back(client, eve, monkeypatch):
    is_valid = ProfileForm.is_valid

    def a_moment_later(form):
        User.objects.filter(pk=eve.pk).update(is_active=False)
        return is_valid(form)

    monkeypatch.setattr(ProfileForm, "is_valid", a_moment_later)
    client.force_login(eve)
    client.post("/profile/", {"name": "Eve Stone", "time_zone": "UTC", "language": "en"})
    eve.refresh_from_db()
    assert (eve.name, eve.is_active) == ("Eve Stone", False)


def test_mass_assignment_through_the_profile_changes_nothing_else(client, eve):
    client.force_login(eve)
    client.post(
        "/profile/",
        {"name": "E", "time_zone": "UTC", "language": "en", "is_staff": "on", "email": "x@y.example"},
    )
    eve.refresh_from_db()
    assert (eve.is_staff, eve.email) == (False, "eve@example.com")


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/policy/", "/admin/", "/purchases/"])
def test_the_policy_of_content_is_strict_on_every_page(client, eve, address):
    eve.is_staff = True
    eve.save()
    client.force_login(eve)
    policy = client.get(address).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
