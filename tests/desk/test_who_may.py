"""Who may do what in the desk, what nobody may, and that everything said there is shown as text."""

from datetime import timedelta

import pytest

from accounts.models import AuditLine
from refunds.models import Case, Grounds, State
from tests.desk.opening import open_case, text
from tests.refunds.requests import ask, no, request
from tests.world import balance, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)


def addresses(case, purchase, download):
    base = f"/admin/refunds/case/{case.number}/"
    acts = [
        "assign",
        "ask-publisher",
        "approve",
        "confirm",
        "take-back",
        "reject",
        "answer",
        "hand-over",
        "message",
        "note",
    ]
    return [
        "/admin/",
        "/admin/refunds/case/",
        base,
        *(f"{base}{act}/" for act in acts),
        "/admin/verify-invoice/",
        "/admin/duplicates/",
        "/admin/storefront/purchase/",
        f"/admin/storefront/purchase/{purchase.number}/",
        f"/admin/storefront/download/{download.pk}/strike/",
        f"/admin/documents/{purchase.number}.pdf",
        "/admin/storefront/download/",
        "/admin/storefront/purchaseitem/",
        "/admin/refunds/refund/",
        "/admin/refunds/denial/",
        "/admin/refunds/creditnote/",
        "/admin/refunds/chargeback/",
        "/admin/refunds/lookup/",
        "/admin/accounts/user/",
        "/admin/accounts/publisher/",
        "/admin/accounts/auditline/",
    ]


LEADS_ONLY = ["/admin/storefront/purchase/{number}/charge-back/", "/admin/accounts/user/{customer}/roles/"]


def test_every_page_of_the_desk_is_for_agents_alone(client, ada, gil, sam, lea, oak, now):
    purchase = buy(ada, oak, days_ago=10, now=now)
    download = fetch(ada, oak, at=now - timedelta(days=9))
    case = ask(ada, purchase, now=now)
    pages = addresses(case, purchase, download)
    leads = [one.format(number=purchase.number, customer=ada.pk) for one in LEADS_ONLY]
    for address in (*pages, *leads):
        assert client.get(address, follow=True).redirect_chain[-1][0].startswith("/sign-in/"), address
    for person in (ada, gil):
        client.force_login(person)
        for address in (*pages, *leads):
            assert client.get(address).status_code in {302, 403}, (person, address)
            assert client.post(address, {"note": "x", "credits": "1"}).status_code in {302, 403}, address
    assert Case.objects.get().state == State.WAITING_FOR_PUBLISHER
    client.force_login(sam)
    assert {address: client.get(address).status_code for address in pages} == dict.fromkeys(pages, 200)
    assert {address: client.get(address).status_code for address in leads} == dict.fromkeys(leads, 403)
    client.force_login(lea)
    assert {address: client.get(address).status_code for address in leads} == dict.fromkeys(leads, 200)


def test_somebody_in_the_door_without_a_role_may_do_nothing(client, ben, ada, oak, now):
    ben.is_staff = True
    ben.save()
    case = open_case(ada, oak, now)
    client.force_login(ben)
    for act in ("approve", "reject", "assign", "note"):
        assert client.get(f"/admin/refunds/case/{case.number}/{act}/").status_code == 403
        assert client.post(f"/admin/refunds/case/{case.number}/{act}/", {"note": "x"}).status_code == 403
    assert client.get("/admin/refunds/case/").status_code == 403


def test_nobody_decides_their_own_by_posting_directly(client, sam, mia, grove, oak, ada, now):
    from accounts.people import join

    case = open_case(sam, oak, now)
    client.force_login(sam)
    page = text(client.get(f"/admin/refunds/case/{case.number}/"))
    assert "so somebody else decides it" in page
    assert "Approve" not in page
    join(user=mia, publisher=grove, now=now)
    for person in (sam, mia):
        client.force_login(person)
        for act, data in (
            ("approve", {"credits": "40"}),
            ("reject", {"note": "x"}),
            ("answer", {"note": "x"}),
        ):
            answer = client.post(f"/admin/refunds/case/{case.number}/{act}/", data)
            assert answer.status_code == 403, act
            assert "Nobody decides about their own" in text(answer)
    case.refresh_from_db()
    assert (case.state, balance(sam)) == (State.WAITING_FOR_PUBLISHER, 0)


@pytest.mark.parametrize(
    "model", ["refunds/refund", "refunds/denial", "storefront/purchase", "accounts/auditline"]
)
def test_no_screen_adds_edits_or_deletes_a_money_row(client, lea, ada, oak, now, model):
    buy(ada, oak, now=now)
    client.force_login(lea)
    assert client.get(f"/admin/{model}/add/").status_code == 403
    assert client.post(f"/admin/{model}/1/delete/", {"post": "yes"}).status_code in {302, 403, 404}
    assert client.post(f"/admin/{model}/1/change/", {"credits": "1"}).status_code in {302, 403, 404}


def test_relations_are_not_probed_through_filters(as_sam, ada, oak, now):
    buy(ada, oak, now=now)
    for probe in ("customer__password__startswith=a", "customer__email__startswith=a"):
        assert as_sam.get(f"/admin/storefront/purchase/?{probe}").status_code == 400


def test_scripts_in_every_field_are_shown_as_text(as_sam, ada, oak, grove, gil, now):
    bad = "<script>alert(1)</script>"
    case = ask(ada, buy(ada, oak, days_ago=45, now=now), message=f"{bad} {'x' * 50}", now=now)
    case_page = f"/admin/refunds/case/{case.number}/"
    as_sam.post(f"{case_page}note/", {"note": bad})
    assert bad not in text(as_sam.get(case_page))
    assert "&lt;script&gt;" in text(as_sam.get(case_page))


def test_leads_make_publishers_and_give_roles_and_it_is_on_record(client, lea, ada, now):
    client.force_login(lea)
    form = {
        "name": "Lantern Works",
        "slug": "lantern",
        "emails-TOTAL_FORMS": "1",
        "emails-INITIAL_FORMS": "0",
        "emails-0-address": "hello@lantern.example",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": str(ada.pk),
        "memberships-0-role": "owner",
    }
    assert client.post("/admin/accounts/publisher/add/", form).status_code == 302
    assert ada.memberships.get().publisher.slug == "lantern"
    client.post(f"/admin/accounts/user/{ada.pk}/roles/", {"role": "agent", "why": "She joins us."})
    ada.refresh_from_db()
    assert (ada.is_staff, list(ada.groups.values_list("name", flat=True))) == (True, ["agents"])
    assert set(AuditLine.objects.values_list("act", flat=True)) == {"make publisher", "change role"}
    assert client.post(f"/admin/accounts/user/{lea.pk}/roles/", {"role": "", "why": "x"}).status_code == 403


def test_every_ground_can_be_opened_from_the_desk(as_sam, ada, oak, now):
    for grounds in Grounds.values:
        purchase = buy(ada, oak, days_ago=45, again=True, now=now)
        as_sam.post(
            "/admin/storefront/purchase/",
            {
                "action": "open_manual_refund_request",
                "_selected_action": [str(purchase.pk)],
                "grounds": grounds,
                "note": "Called.",
            },
        )
        assert Case.objects.filter(purchase=purchase, grounds=grounds).exists(), grounds


def test_the_front_page_leads_to_its_rows(as_sam, ada, ben, oak, fern, grove, gil, now):
    case = open_case(ada, oak, now)
    no(case, grove, gil, now=now)
    open_case(ben, fern, now, grounds="server_error")
    as_sam.post(f"/admin/refunds/case/{case.number}/reject/", {"note": "The publisher said no."})
    page = text(as_sam.get("/admin/"))
    assert "decided in the last 7 days" in page
    assert case.number in text(as_sam.get("/admin/refunds/case/?state=all&decided=week"))
    request(gil, grove, buy(ada, fern, days_ago=45, now=now), now=now)
    assert text(as_sam.get("/admin/?x=1"))
