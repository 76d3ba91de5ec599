"""The desk on credits: wallets are read and proved, codes made and limited, credits given by a lead and nobody else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditLine
from credits.models import Code, Entry, Lot
from outbox import letters, worker
from outbox.models import Message
from tests.world import balance, buy, give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_lea(client, lea):
    client.force_login(lea)
    return client


@pytest.fixture
def today():
    return timezone.now()


def text(response):
    return " ".join(response.content.decode().split())


def address(customer):
    return f"/admin/credits/wallet/{customer.pk}/"


GIFT = {"credits": "25", "kind": "compensation", "expires_at": "", "why": "For the broken download"}


def test_an_agent_reads_a_wallet_and_proves_it(as_sam, ada, forest, today):
    give(ada, 100, days_ago=3, now=today)
    purchase = buy(ada, forest, with_credits=False, now=today)
    page = text(as_sam.get(address(ada)))
    assert "ada@example.com · 2 lines" in page
    assert f'<a class="number" href="/admin/storefront/purchase/{purchase.number}/">' in page
    assert "prove themselves" not in page
    assert "Give credits" not in page
    assert "All 2 lines prove themselves" in text(as_sam.get(address(ada) + "?prove"))


def test_a_wallet_that_does_not_add_up_is_named(as_sam, ada, today):
    from credits.models import Wallet

    give(ada, 100, now=today)
    Wallet.objects.filter(pk=ada.pk).update(balance=99)
    page = text(as_sam.get(address(ada) + "?prove"))
    assert "The proof fails" in page
    assert "It says 99, its lines add up to 100." in page


def test_wallets_are_found_by_e_mail(as_sam, ada, ben, today):
    page = text(as_sam.get("/admin/credits/wallet/?q=Ada@example.com"))
    assert f'href="{address(ada)}?' in page
    assert f'href="{address(ben)}' not in page


def test_a_lead_reads_what_will_happen_and_then_gives(as_lea, lea, ada, today):
    page = text(as_lea.get(address(ada) + "give/"))
    assert "(ada@example.com), which holds 0 credits now." in page
    assert balance(ada) == 0
    assert as_lea.post(address(ada) + "give/", GIFT).url == address(ada)
    assert balance(ada) == 25
    assert Lot.objects.get().kind == "compensation"
    assert Entry.objects.get().memo == "For the broken download"
    assert AuditLine.objects.get().by == lea
    assert Message.objects.get().template == "credits_arrived"


def test_the_same_form_sent_twice_gives_once(as_lea, ada):
    for _ in range(2):
        assert as_lea.post(address(ada) + "give/", {**GIFT, "key": "k1"}).status_code == 302
    assert balance(ada) == 25


def test_the_until_is_kept(as_lea, ada, today):
    until = (today + timedelta(days=30)).replace(second=0, microsecond=0)
    as_lea.post(address(ada) + "give/", {**GIFT, "expires_at": until.strftime("%Y-%m-%dT%H:%M")})
    assert Lot.objects.get().expires_at == until


@pytest.mark.parametrize(
    "wrong",
    [
        {"credits": "0"},
        {"credits": "-5"},
        {"credits": "1.5"},
        {"credits": "9007199254740992"},
        {"credits": "\uff17x"},
        {"kind": "gold"},
        {"why": "  "},
        {"expires_at": "2020-01-01T00:00"},
        {"expires_at": "soon"},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_given(as_lea, ada, wrong):
    response = as_lea.post(address(ada) + "give/", {**GIFT, **wrong})
    assert response.status_code == 422
    assert not Entry.objects.exists()


def test_an_agent_cannot_give(as_sam, ada):
    assert as_sam.get(address(ada) + "give/").status_code == 403
    assert as_sam.post(address(ada) + "give/", GIFT).status_code == 403
    assert balance(ada) == 0


def test_a_lead_cannot_give_to_herself(as_lea, lea):
    response = as_lea.post(address(lea) + "give/", GIFT)
    assert response.status_code == 403
    assert "Nobody gives credits to themselves" in text(response)
    assert balance(lea) == 0


def test_customers_do_not_come_here(client, ada, ben):
    client.force_login(ben)
    for page in (address(ada), address(ada) + "give/"):
        assert client.get(page).status_code in {302, 403}
        assert client.post(page, GIFT).status_code in {302, 403}
    assert not Entry.objects.exists()


def test_a_wallet_that_never_was_is_not_found(as_lea):
    assert as_lea.get("/admin/credits/wallet/999999/").status_code == 404
    assert as_lea.get("/admin/credits/wallet/999999/give/").status_code == 404


def test_no_screen_edits_a_wallet(as_lea, ada):
    assert as_lea.get(f"/admin/credits/wallet/{ada.pk}/change/").status_code == 302
    assert as_lea.get("/admin/credits/wallet/add/").status_code == 403
    assert as_lea.post(f"/admin/credits/wallet/{ada.pk}/delete/", {"post": "yes"}).status_code == 403


NEW = {"code": "SUMMER-26", "credits": "50", "kind": "promo", "per_user": "1", "account": ""}


def test_a_lead_makes_a_code_and_changes_its_limits_only(as_lea, lea, ada):
    assert as_lea.post("/admin/credits/code/add/", NEW).status_code == 302
    code = Code.objects.get()
    assert (code.code, code.credits, code.reads_as, code.uses) == ("SUMMER-26", 50, "SUMMER26", None)
    change = {"code": "OTHER", "credits": "99", "kind": "paid", "uses": "3", "account": "Ada@example.com"}
    assert as_lea.post(f"/admin/credits/code/{code.pk}/change/", change).status_code == 302
    code.refresh_from_db()
    assert (code.code, code.credits, code.kind, code.uses, code.user) == ("SUMMER-26", 50, "promo", 3, ada)
    assert set(AuditLine.objects.values_list("act", "subject", "by__name")) == {
        ("add code", "SUMMER-26", "Lea"),
        ("change code", "SUMMER-26", "Lea"),
    }


def test_a_code_that_reads_like_another_is_refused(as_lea):
    as_lea.post("/admin/credits/code/add/", NEW)
    page = text(as_lea.post("/admin/credits/code/add/", {**NEW, "code": "summer 26"}))
    assert "There is a code that reads the same." in page
    page = text(as_lea.post("/admin/credits/code/add/", {**NEW, "code": "X", "account": "no@example.com"}))
    assert "Nobody has an account with this e-mail." in page
    assert Code.objects.count() == 1


def test_an_agent_reads_codes_and_changes_none(as_sam, today):
    code = Code.objects.create(code="SUMMER26", credits=5, created_at=today)
    assert "everybody" in text(as_sam.get(f"/admin/credits/code/{code.pk}/change/"))
    assert as_sam.post(f"/admin/credits/code/{code.pk}/change/", NEW).status_code == 403
    assert as_sam.post("/admin/credits/code/add/", NEW).status_code == 403
    assert as_sam.get("/admin/credits/code/?q=summer-26").status_code == 200
    assert as_sam.get("/admin/credits/redemption/?q=x").status_code == 200


def test_a_letter_that_was_given_up_is_seen_and_sent_again(as_sam, ada, today):
    letter = letters.queue(template="as_written", to=ada, data={"subject": "x"}, now=today)
    page = f"/admin/outbox/message/{letter.pk}/"
    assert "Send it again" not in text(as_sam.get(page))
    Message.objects.update(dead_at=today, attempts=worker.MOST_ATTEMPTS, last_error="Refused")
    assert f'href="{page}?' in text(as_sam.get(reverse("admin:outbox_message_changelist") + "?state=dead"))
    assert "Refused" in text(as_sam.get(page))
    assert as_sam.post(page).status_code == 302
    letter.refresh_from_db()
    assert (letter.dead_at, letter.attempts, letter.last_error) == (None, 0, "")
    Message.objects.update(sent_at=today)
    assert "Nothing was done" in text(as_sam.post(page, follow=True))
