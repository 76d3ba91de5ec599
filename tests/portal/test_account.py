"""Name, business addresses and members of a publisher."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts import publishers
from accounts.keys import find_key, make_publisher_key
from accounts.models import AuditLine, Invitation, Membership, PublisherEmail, Role
from accounts.people import join
from outbox.models import Message
from outbox.rendering import render
from tests.portal.pages import NOW, browser, errors, text
from tests.world import member, person

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/portal/account/"


@pytest.fixture
def nell(grove):
    """A member of Grove Studio who does not own it."""
    return member("Nell", grove, role=Role.MEMBER)


def link_of(template):
    letter = render(Message.objects.get(template=template))
    return re.search(r"(/portal/[^\s]+)", letter.text)[1]


def test_a_new_business_address_counts_only_once_its_letter_was_answered(gil, grove):
    browser(gil).post(f"{PAGE}addresses/", {"address": "Press@Grove.example"})
    email = PublisherEmail.objects.get(address="press@grove.example")
    assert email.confirmed_at is None
    assert Message.objects.get(template="confirm_address").to == "press@grove.example"
    link = link_of("confirm_address")
    reader = Client()
    assert "Is this your address?" in text(reader.get(link))
    email.refresh_from_db()
    assert email.confirmed_at is None
    assert "press@grove.example is confirmed" in text(reader.post(link))
    email.refresh_from_db()
    assert email.confirmed_at is not None


def test_a_link_works_once_and_for_a_week(gil, grove, monkeypatch):
    browser(gil).post(f"{PAGE}addresses/", {"address": "press@grove.example"})
    link, reader = link_of("confirm_address"), Client()
    monkeypatch.setattr(publishers, "LINK_LIVES", timedelta(seconds=-1))
    assert reader.post(link).status_code == 410
    monkeypatch.undo()
    assert reader.post(link).status_code == 200
    again = reader.post(link)
    assert again.status_code == 410
    assert "This link does not work any more" in text(again)
    assert reader.get("/portal/addresses/nonsense/").status_code == 410
    assert reader.get(link[:-3] + "x/").status_code == 410


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "HELLO@grove.example",
            "hello@grove.example is already among your business addresses. Nothing was changed.",
        ),
        ("nonsense", "Enter a valid email address."),
    ],
)
def test_an_address_that_cannot_be_added_is_still_in_its_field(gil, grove, address, sentence):
    answer = browser(gil).post(f"{PAGE}addresses/", {"address": address})
    assert (answer.status_code, errors(answer, "address_form")) == (422, [sentence])
    assert address in answer.content.decode()
    assert grove.emails.count() == 1


def test_an_invited_person_acts_for_the_publisher_once_they_accept(ada, gil, grove):
    browser(gil).post(f"{PAGE}invitations/", {"email": "ADA@example.com", "role": "member"})
    invitation = Invitation.objects.get()
    assert Message.objects.get(template="invitation").to == "ada@example.com"
    page = browser(ada)
    waiting = page.get("/portal/")
    assert waiting.status_code == 403
    assert "But you are invited: Grove Studio , by Gil" in text(waiting)
    assert "Grove Studio invites you" in text(page.get(link_of("invitation")))
    assert not Membership.objects.filter(user=ada).exists()
    assert page.post(f"/portal/invitations/{invitation.pk}/")["Location"] == "/portal/"
    assert list(Membership.objects.filter(user=ada).values_list("publisher", "role")) == [
        (grove.pk, "member")
    ]
    assert page.get("/portal/").status_code == 200


def test_an_invitation_is_for_its_address_alone(ben, gil):
    browser(gil).post(f"{PAGE}invitations/", {"email": "ada@example.com", "role": "member"})
    address = f"/portal/invitations/{Invitation.objects.get().pk}/"
    page = browser(ben)
    nowhere = page.get("/portal/invitations/999999/")
    for answer in (page.get(address), page.post(address)):
        assert answer.status_code == 404
    assert page.get(address).content == nowhere.content
    assert not Membership.objects.filter(user=ben).exists()


@pytest.mark.parametrize("how", ["withdrawn", "old", "accepted"])
def test_an_invitation_that_is_over_opens_nothing(ada, gil, grove, how):
    page = browser(gil)
    page.post(f"{PAGE}invitations/", {"email": "ada@example.com", "role": "owner"})
    invitation = Invitation.objects.get()
    if how == "withdrawn":
        page.post(f"{PAGE}invitations/{invitation.pk}/withdraw/")
    elif how == "old":
        Invitation.objects.update(invited_at=NOW - timedelta(days=15))
    else:
        Invitation.objects.update(accepted_at=NOW)
    browser(ada).post(f"/portal/invitations/{invitation.pk}/")
    assert not Membership.objects.filter(user=ada).exists()
    assert "This invitation is not open any more" in text(
        browser(ada).get(f"/portal/invitations/{invitation.pk}/")
    )


def test_a_second_invitation_takes_the_place_of_the_first(ada, gil):
    page = browser(gil)
    for role in ("member", "owner"):
        page.post(f"{PAGE}invitations/", {"email": "ada@example.com", "role": role})
    first, second = Invitation.objects.order_by("id")
    assert first.withdrawn_at is not None
    browser(ada).post(f"/portal/invitations/{second.pk}/")
    assert Membership.objects.get(user=ada).role == "owner"


def test_removing_a_member_works_at_once_and_takes_their_keys(gil, grove, nell):
    _, secret = make_publisher_key(publisher=grove, by=nell, name="Nell's bot", now=NOW)
    hers = browser(nell)
    assert hers.get("/portal/").status_code == 200
    membership = Membership.objects.get(user=nell)
    browser(gil).post(f"{PAGE}members/{membership.pk}/remove/")
    assert hers.get("/portal/").status_code == 403
    assert hers.get("/portal/refunds/").status_code == 403
    join(user=nell, publisher=grove, now=NOW)
    assert find_key(secret, now=NOW) is None
    assert list(AuditLine.objects.filter(act="remove_member").values_list("by", "subject", "why")) == [
        (gil.pk, "grove", "Nell")
    ]


def test_the_last_owner_stays(gil, grove, nell):
    own = Membership.objects.get(user=gil)
    page = browser(gil)
    sentence = (
        "Grove Studio needs at least one owner. Nothing was changed; make somebody else an owner first."
    )
    for act, data in (("remove", {}), ("role", {"role": "member"})):
        answer = page.post(f"{PAGE}members/{own.pk}/{act}/", data)
        assert answer.status_code == 409
        assert sentence in text(answer)
    assert Membership.objects.get(user=gil).role == "owner"
    hers = Membership.objects.get(user=nell)
    page.post(f"{PAGE}members/{hers.pk}/role/", {"role": "owner"})
    page.post(f"{PAGE}members/{own.pk}/remove/")
    assert list(grove.memberships.values_list("user__name", "role")) == [("Nell", "owner")]


def test_a_member_reads_the_page_changes_nothing_and_may_leave(gil, grove, nell):
    page = browser(nell)
    said = text(page.get(PAGE))
    assert "You are a member." in said
    assert "Invite" not in said
    email, gils = grove.emails.get(), Membership.objects.get(user=gil)
    for address, data in (
        ("name/", {"name": "Nell's Studio"}),
        ("addresses/", {"address": "nell@grove.example"}),
        (f"addresses/{email.pk}/remove/", {}),
        ("invitations/", {"email": "ada@example.com", "role": "owner"}),
        (f"members/{gils.pk}/remove/", {}),
        (f"members/{gils.pk}/role/", {"role": "member"}),
    ):
        answer = page.post(f"{PAGE}{address}", data)
        assert "Only an owner of Grove Studio may do this. Nothing was changed." in text(answer), address
    grove.refresh_from_db()
    assert (grove.name, grove.emails.count(), grove.memberships.count()) == ("Grove Studio", 1, 2)
    assert not Message.objects.exists()
    page.post(f"{PAGE}members/{Membership.objects.get(user=nell).pk}/remove/")
    assert grove.memberships.count() == 1


def test_another_publishers_rows_never_were(gil, quinn, quarry):
    email, hers = quarry.emails.get(), Membership.objects.get(user=quinn)
    page = browser(gil)
    for address in (
        f"addresses/{email.pk}/remove/",
        f"addresses/{email.pk}/again/",
        f"members/{hers.pk}/remove/",
    ):
        there = page.post(f"{PAGE}{address}")
        nowhere = page.post(f"{PAGE}{re.sub('[0-9]+', '999999', address)}")
        assert (there.status_code, there.content) == (404, nowhere.content)
    assert quarry.emails.exists()
    assert quarry.memberships.exists()


def test_the_new_name_is_on_the_page_and_in_the_trail(gil, grove):
    said = text(browser(gil).post(f"{PAGE}name/", {"name": "<b>Grove</b> & Sons"}, follow=True))
    assert "<b>Grove</b> & Sons" in said
    assert AuditLine.objects.get().why == "Grove Studio → <b>Grove</b> & Sons"


def test_who_acts_for_several_chooses_and_every_page_is_the_chosen_ones(gil, grove, quarry):
    join(user=gil, publisher=quarry, now=NOW)
    page = browser(gil)
    assert page.get("/portal/sales/")["Location"] == "/portal/choose/?next=%2Fportal%2Fsales%2F"
    answer = page.post("/portal/choose/", {"publisher": "quarry", "next": "/portal/sales/"})
    assert answer["Location"] == "/portal/sales/"
    assert "Quarry Works · Switch publisher" in text(page.get("/portal/sales/"))
    page.post("/portal/choose/", {"publisher": "grove"})
    assert "Grove Studio · Switch publisher" in text(page.get("/portal/"))


@pytest.mark.parametrize("target", ["https://evil.example/portal/", "//evil.example/portal/", "/sign-out/"])
def test_choosing_leads_nowhere_else(gil, grove, quarry, target):
    join(user=gil, publisher=quarry, now=NOW)
    answer = browser(gil).post("/portal/choose/", {"publisher": "grove", "next": target})
    assert answer["Location"] == "/portal/"


def test_one_chooses_only_among_ones_own(gil, grove, quarry):
    page = browser(gil)
    assert page.post("/portal/choose/", {"publisher": "quarry"}).status_code == 200
    assert "Grove Studio" in text(page.get("/portal/"))


def test_a_form_of_another_tab_is_not_sent_for_the_wrong_publisher(gil, grove, quarry):
    join(user=gil, publisher=quarry, role="owner", now=NOW)
    page = browser(gil)
    page.post("/portal/choose/", {"publisher": "quarry"})
    answer = page.post(f"{PAGE}addresses/", {"address": "new@grove.example", "for": "grove"})
    assert answer["Location"] == "/portal/choose/"
    assert "You act for Quarry Works now, so nothing was sent." in text(page.get("/portal/choose/"))
    assert not PublisherEmail.objects.filter(address="new@grove.example").exists()


def test_a_deactivated_person_is_out(gil):
    page = browser(gil)
    gil.is_active = False
    gil.save()
    assert page.get("/portal/")["Location"].startswith("/sign-in/")


def test_twenty_unanswered_letters_are_enough(gil, grove):
    for number in range(20):
        publishers.add_address(
            publisher=grove, address=f"a{number}@grove.example", by=gil, now=NOW, post=lambda **_: None
        )
    answer = browser(gil).post(f"{PAGE}addresses/", {"address": "one.more@grove.example"})
    assert errors(answer, "address_form") == [
        "20 letters of yours are still unanswered. Nothing was sent; remove some of them from the list first."
    ]


def test_letters_do_not_trust_the_host_header(gil, settings):
    settings.ALLOWED_HOSTS = ["*"]
    browser(gil).post(
        f"{PAGE}addresses/", {"address": "press@grove.example"}, headers={"Host": "evil.example"}
    )
    letter = render(Message.objects.get(template="confirm_address"))
    assert "evil.example" not in letter.text + letter.html
    assert settings.PUBLIC_URL in letter.text


def test_whoever_is_no_member_reads_how_to_become_one(db):
    said = text(browser(person("Nora")).get("/portal/"))
    assert "You do not act for a publisher" in said
    assert "ask one of its owners to invite nora@example.com" in said
