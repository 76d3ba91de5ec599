"""The desk over HTTP: what agents find, and what each page says before it does anything."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditLine
from refunds import cases
from refunds.models import Case, Grounds, Refund, State
from storefront.models import Status
from tests.refunds.test_cases import ask, no, request, unconfirmed, yes
from tests.world import balance, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client


def text(answer):
    return answer.content.decode()


def open_case(ada, thing, now, *, days_ago=45, grounds="out_of_window", **more):
    return ask(
        ada, buy(ada, thing, days_ago=days_ago, now=now, **more), grounds, now=now, key=f"k{thing.slug}"
    )


# --- The queue --------------------------------------------------------------------------------------------------


def test_the_oldest_deadline_stands_first_and_overdue_leads(as_sam, ada, ben, oak, fern, now):
    late = ask(ada, buy(ada, oak, now=now), "server_error", now=now - timedelta(days=10), key="a")
    soon = ask(ben, buy(ben, fern, now=now), "server_error", now=now, key="b")
    page = text(as_sam.get("/admin/refunds/case/"))
    assert page.index(late.number) < page.index(soon.number)
    assert "overdue" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=waiting_for_support", "store"),
        ("state=waiting_for_publisher", "window"),
        ("grounds=server_error", "store"),
        ("publisher=grove", "both"),
        ("publisher=quarry", "none"),
        ("whose=mine", "none"),
        ("whose=nobody", "both"),
        ("due=overdue", "none"),
        ("due=week", "store"),
        ("age=1", "both"),
        ("age=older", "none"),
        ("state=all", "both"),
        ("state=approved", "none"),
        ("decided=week", "none"),
        ("state=nonsense&after=nonsense&due=x", "both"),
    ],
)
def test_filters_say_what_they_mean(as_sam, ada, oak, fern, quarry, now, asked, found):
    store = open_case(ada, oak, now, days_ago=1, grounds="server_error")
    window = open_case(ada, fern, now)
    page = text(as_sam.get(f"/admin/refunds/case/?{asked}"))
    assert (store.number in page, window.number in page) == {
        "store": (True, False),
        "window": (False, True),
        "both": (True, True),
        "none": (False, False),
    }[found]


def test_a_case_is_found_by_number_invoice_in_any_spelling_and_address(as_sam, ada, ben, oak, fern, now):
    case, other = open_case(ada, oak, now), open_case(ben, fern, now)
    digits = case.purchase.number[2:]
    for words in (
        case.number,
        case.number.lower(),
        case.purchase.number,
        f"in {digits[:4]} {digits[4:8]}-{digits[8:]}",
        "ADA@example.com",
    ):
        page = text(as_sam.get("/admin/refunds/case/", {"q": words}))
        assert case.number in page, words
        assert other.number not in page, words


def test_lists_take_a_fixed_number_of_statements(as_sam, ada, oak, now, django_assert_max_num_queries):
    def count(address):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert as_sam.get(address).status_code == 200
        return len(asked)

    lists = ["/admin/refunds/case/", "/admin/storefront/purchase/", "/admin/refunds/refund/", "/admin/"]
    open_case(ada, oak, now)
    first = [count(address) for address in lists]
    for n in range(5):
        ask(ada, buy(ada, oak, days_ago=45, again=True, now=now), now=now, key=f"more{n}")
    assert [count(address) for address in lists] == first
    assert max(first) < 25


def test_no_list_is_counted(as_sam, ada, oak, now):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    open_case(ada, oak, now)
    for address in ("/admin/storefront/purchase/", "/admin/refunds/case/", "/admin/accounts/user/"):
        with CaptureQueriesContext(connection) as asked:
            as_sam.get(address)
        assert not [one["sql"] for one in asked if "COUNT(" in one["sql"]], address


def test_lists_are_paged_by_key(as_sam, ada, oak, now, monkeypatch):
    from doors.desk import rows

    monkeypatch.setattr(rows, "A_PAGE", 2)
    purchases = [buy(ada, oak, days_ago=5, again=True, now=now) for _ in range(5)]
    first = text(as_sam.get("/admin/storefront/purchase/"))
    assert [one.number in first for one in purchases] == [False, False, False, True, True]
    second = text(as_sam.get(f"/admin/storefront/purchase/?before={purchases[3].pk}"))
    assert [one.number in second for one in purchases] == [False, True, True, False, False]


# --- The case page and its acts ------------------------------------------------------------------------------------


def test_the_case_page_shows_all_an_agent_needs(as_sam, ada, oak, fern, bark, grove, gil, now):
    buy(ada, fern, days_ago=60, now=now)
    purchase = buy(ada, oak, days_ago=45, now=now)
    fetch(ada, oak, at=now - timedelta(days=44))
    case = ask(ada, purchase, now=now)
    yes(case, grove, gil, now=now)
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/"))
    for told in (
        "The time for a refund is over",
        "This asset was downloaded",
        "Said yes to a refund of its items",
        "Ferns",
        "nothing on record",
        "Strike",
        "Approve",
        "ada@example.com",
    ):
        assert told in page, told


def test_the_approval_says_exactly_what_will_happen_before_it_does(as_sam, ada, oak, grove, gil, now):
    case = open_case(ada, oak, now)
    yes(case, grove, gil, now=now)
    lot = ada.wallet.lots.get()
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/approve/"))
    assert 'name="credits" value="40"' in page
    assert f"back into paid lot {lot.pk}" in page
    assert "The publishers bear it" in page
    assert "From 1 to 40" in page or "from 1 to 40" in page
    assert Refund.objects.count() == 0
    beyond = text(as_sam.get(f"/admin/refunds/case/{case.number}/approve/?credits=41"))
    assert "Give whole credits from 1 to 40" in beyond


def test_two_clicks_decide(as_sam, ada, oak, grove, gil, now):
    case = open_case(ada, oak, now)
    yes(case, grove, gil, now=now)
    address = f"/admin/refunds/case/{case.number}/approve/"
    answer = as_sam.post(address, {"credits": "40", "note": "Gladly.", "private_note": ""})
    assert (answer.status_code, balance(ada)) == (302, 40)
    second = as_sam.post(address, {"credits": "40", "note": "Again."})
    assert second.status_code == 409
    assert "closed already" in text(second)
    assert "Again." in text(second)
    assert (balance(ada), Refund.objects.count()) == (40, 1)
    assert AuditLine.objects.filter(subject=case.number, act="approve").count() == 1


@pytest.mark.parametrize(
    ("act", "data", "state"),
    [
        ("reject", {"note": "It works."}, State.REJECTED),
        ("answer", {"note": "Look here."}, State.ANSWERED),
        ("assign", {}, State.WAITING_FOR_SUPPORT),
        ("hand-over", {"note": "Too much for me."}, State.WAITING_FOR_SUPPORT),
        ("note", {"note": "She called."}, State.WAITING_FOR_SUPPORT),
        ("message", {"note": "When was that?"}, State.WAITING_FOR_SUPPORT),
    ],
)
def test_each_act_is_a_page_that_tells_and_a_post_that_does(as_sam, sam, ada, oak, now, act, data, state):
    case = open_case(ada, oak, now, grounds="server_error")
    address = f"/admin/refunds/case/{case.number}/{act}/"
    assert "What will happen" in text(as_sam.get(address))
    assert as_sam.post(address, data).status_code == 302
    case.refresh_from_db()
    assert case.state == state
    assert (case.assigned_to == sam) == (act == "assign")
    assert case.with_lead == (act == "hand-over")
    assert (balance(ada), AuditLine.objects.filter(by=sam).count()) == (0, 1)


def test_a_note_is_required_where_somebody_reads_it(as_sam, ada, oak, now):
    case = open_case(ada, oak, now)
    for act in ("reject", "answer", "hand-over", "note"):
        assert as_sam.post(f"/admin/refunds/case/{case.number}/{act}/", {"note": "  "}).status_code == 422
    case.refresh_from_db()
    assert (case.is_open, AuditLine.objects.count()) == (True, 0)


def test_a_canned_answer_starts_the_note(as_sam, ada, oak, now):
    case = open_case(ada, oak, now)
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/reject/?canned=1"))
    assert "it did not agree to a refund" in page


def test_publishers_are_asked_again_after_a_silence(as_sam, ada, oak, grove, now):
    from refunds.cases import escalate_cases

    case = ask(ada, buy(ada, oak, days_ago=60, now=now), now=now - timedelta(days=15))
    escalate_cases(now)
    address = f"/admin/refunds/case/{case.number}/ask-publisher/"
    assert "Grove Studio gets a letter" in text(as_sam.get(address))
    as_sam.post(address, {"note": "Please look again."})
    case.refresh_from_db()
    assert case.state == State.WAITING_FOR_PUBLISHER
    assert case.deadline > now + timedelta(days=13)


def test_an_act_that_cannot_be_done_says_why_before_anybody_types(as_sam, sam, ada, oak, now):
    case = open_case(ada, oak, now, grounds="server_error")
    for act in ("confirm", "take-back"):
        page = text(as_sam.get(f"/admin/refunds/case/{case.number}/{act}/"))
        assert "This cannot be done now: the request is waiting for support." in page
        assert "<form" not in page.split("What will happen")[1]
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/ask-publisher/"))
    assert "There is no publisher left to ask." in page
    cases.reject(case=case, by=sam, note="It was no error of ours.", now=now)
    for act in ("assign", "answer", "reject", "hand-over", "message", "note", "confirm", "ask-publisher"):
        page = text(as_sam.get(f"/admin/refunds/case/{case.number}/{act}/"))
        assert "This request is closed already: rejected." in page
        assert "gets a letter" not in page


def test_the_second_agent_reads_what_the_yes_does_before_giving_it(as_sam, lea, ada, oak, now):
    case = open_case(ada, oak, now, grounds="server_error")
    lot = ada.wallet.lots.get()
    cases.approve(case=case, by=lea, credits=40, keep=frozenset(), note="Our log shows it.", now=now)
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/confirm/"))
    for told in (
        "40 credits",
        "Refunded after a server error.",
        f"back into paid lot {lot.pk}",
        "The publishers bear it",
        "“Our log shows it.”",
    ):
        assert told in page, told
    assert "a second person has to confirm" not in page
    as_sam.post(f"/admin/refunds/case/{case.number}/confirm/", {"note": ""})
    assert balance(ada) == 40


def test_wrong_credits_are_answered_and_never_rejected_nor_asked_of_a_publisher(as_sam, ada, oak, now):
    case = open_case(ada, oak, now, grounds="credits_wrong")
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/"))
    assert [act in page for act in (">Answer<", ">Reject<", ">Ask the publishers<", ">Approve<")] == [
        True,
        False,
        False,
        False,
    ]
    refused = as_sam.post(f"/admin/refunds/case/{case.number}/reject/", {"note": "No."})
    assert (refused.status_code, Case.objects.get().state) == (422, State.WAITING_FOR_SUPPORT)
    assert "A request about wrong credits is answered" in text(refused)


def test_a_free_purchase_is_approved_with_nothing(as_sam, ada, grove, gil, now):
    from storefront.models import Asset

    free = Asset.objects.create(publisher=grove, slug="free", title="Free", price=0, created_at=now)
    case = open_case(ada, free, now)
    yes(case, grove, gil, now=now)
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/approve/"))
    assert "You can approve 0 credits." in page
    assert as_sam.post(f"/admin/refunds/case/{case.number}/approve/", {"credits": "0"}).status_code == 302
    assert (Refund.objects.get().credits, balance(ada)) == (0, 0)


# --- Purchases --------------------------------------------------------------------------------------------------------


def test_the_list_action_opens_a_manual_refund_request(as_sam, ada, oak, now):
    purchase = buy(ada, oak, days_ago=45, now=now)
    action = {"action": "open_manual_refund_request", "_selected_action": [str(purchase.pk)]}
    page = as_sam.post("/admin/storefront/purchase/", action)
    assert "What will happen" in text(page)
    assert Case.objects.count() == 0
    done = as_sam.post(
        "/admin/storefront/purchase/", {**action, "grounds": "out_of_window", "note": "She called."}
    )
    case = Case.objects.get()
    assert done["Location"] == f"/admin/refunds/case/{case.number}/"
    assert (case.state, case.opened_side) == (State.WAITING_FOR_PUBLISHER, "support")
    again = as_sam.post("/admin/storefront/purchase/", {**action, "grounds": "other", "note": "Again."})
    assert again.status_code == 409
    assert case.number in text(again)


@pytest.mark.parametrize("key", ["abc", "-1", "9" * 30, "999999"])
@pytest.mark.parametrize("action", ["verify_invoice", "open_manual_refund_request"])
def test_an_action_on_no_purchase_does_nothing(as_sam, ada, oak, now, action, key):
    buy(ada, oak, days_ago=45, now=now)
    answer = as_sam.post(
        "/admin/storefront/purchase/", {"action": action, "_selected_action": key}, follow=True
    )
    assert answer.status_code == 200
    assert "these 0 purchases" not in text(answer)
    assert Case.objects.count() == 0


def test_verify_invoice_from_the_list_and_by_any_spelling(as_sam, ada, oak, now):
    purchase = buy(ada, oak, now=now)
    action = {"action": "verify_invoice", "_selected_action": [str(purchase.pk)]}
    there = as_sam.post("/admin/storefront/purchase/", action)
    assert there["Location"] == f"/admin/verify-invoice/?number={purchase.number}"
    digits = purchase.number[2:]
    page = text(as_sam.get("/admin/verify-invoice/", {"number": f"in {digits[:6]}-{digits[6:]}"}))
    assert "Not downloaded" in page
    assert "ada@example.com" in page
    assert "no purchase with the number" in text(as_sam.get("/admin/verify-invoice/?number=IN019999999999"))
    assert "is no invoice number" in text(as_sam.get("/admin/verify-invoice/?number=hello"))


def test_a_purchase_is_quoted_as_of_any_instant(as_sam, ada, oak, now):
    purchase = buy(ada, oak, days_ago=45, now=now)
    address = f"/admin/storefront/purchase/{purchase.number}/"
    assert "The time for a refund is over" in text(as_sam.get(address))
    then = (now - timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    assert "40 credits" in text(as_sam.get(address, {"at": then}))
    assert as_sam.get(address, {"at": "yesterday"}).status_code == 200


def test_a_charge_back_is_a_leads(client, as_sam, sam, lea, ada, oak, now):
    purchase = buy(ada, oak, now=now)
    address = f"/admin/storefront/purchase/{purchase.number}/charge-back/"
    assert as_sam.get(address).status_code == 403
    assert as_sam.post(address, {"why": "The bank says so."}).status_code == 403
    client.force_login(lea)
    assert "These licences end: Oak trees." in text(client.get(address))
    assert client.post(address, {"why": "The bank says so."}).status_code == 302
    purchase.refresh_from_db()
    assert (purchase.status, balance(ada)) == (Status.CHARGED_BACK, 0)
    assert client.post(address, {"why": "Again."}).status_code == 409


def test_duplicates_that_nobody_asked_about_are_listed_until_somebody_does(as_sam, ada, oak, fern, now):
    first = buy(ada, oak, days_ago=5, now=now)
    second = buy(ada, oak, days_ago=4, again=True, now=now)
    unconfirmed(second)
    knowingly = buy(ada, oak, days_ago=3, again=True, now=now)
    page = text(as_sam.get("/admin/duplicates/"))
    assert (first.number in page, second.number in page, knowingly.number in page) == (True, True, False)
    action = {"action": "open_manual_refund_request", "_selected_action": [str(second.pk)]}
    as_sam.post(
        "/admin/storefront/purchase/", {**action, "grounds": "duplicate_charge", "note": "Charged twice."}
    )
    assert Case.objects.get().state == State.WAITING_FOR_SUPPORT
    assert second.number not in text(as_sam.get("/admin/duplicates/"))
    case_page = text(as_sam.get(f"/admin/refunds/case/{Case.objects.get().number}/"))
    assert "duplicate charge" in case_page
    assert "overlap" in case_page


# --- Strikes -----------------------------------------------------------------------------------------------------------


def test_the_strike_page_says_what_it_settles_and_the_post_settles_it(as_sam, sam, ada, oak, now):
    purchase = buy(ada, oak, days_ago=10, now=now)
    download = fetch(ada, oak, at=now - timedelta(days=9))
    case = ask(ada, purchase, "never_downloaded", now=now)
    address = f"/admin/storefront/download/{download.pk}/strike/"
    page = text(as_sam.get(address))
    assert "40 credits go back at once" in page
    assert case.number in page
    assert as_sam.post(address, {"why": ""}).status_code == 422
    done = as_sam.post(address, {"why": "The transfer broke off."})
    assert done["Location"] == f"/admin/refunds/case/{case.number}/"
    case.refresh_from_db()
    assert (case.state, balance(ada), Refund.objects.get().basis) == (State.APPROVED, 40, "policy")
    again = as_sam.post(address, {"why": "Once more."})
    assert again.status_code == 409
    assert "struck before" in text(again)


def test_several_downloads_are_struck_together(as_sam, ada, forest, oak, fern, moss, now):
    """Three of four downloaded: one strike alone would settle 55 too early; two together give what is right."""
    purchase = buy(ada, forest, days_ago=10, now=now)
    rows = [fetch(ada, asset, at=now - timedelta(days=9)) for asset in (oak, fern, moss)]
    case = ask(ada, purchase, "never_downloaded", now=now)
    address = f"/admin/storefront/download/{rows[0].pk}/strike/"
    assert "50 credits" not in text(as_sam.get(address, {"also": rows[1].pk})).split("Strike together")[0]
    as_sam.post(address, {"why": "Never asked for.", "also": [str(rows[1].pk)]})
    case.refresh_from_db()
    assert (case.state, balance(ada)) == (State.APPROVED, 60)


def test_a_download_of_a_refunded_purchase_is_not_struck(as_sam, ada, sam, gil, grove, oak, now):
    purchase = buy(ada, oak, days_ago=45, now=now)
    download = fetch(ada, oak, at=now - timedelta(days=44))
    case = ask(ada, purchase, now=now)
    yes(case, grove, gil, now=now)
    as_sam.post(f"/admin/refunds/case/{case.number}/approve/", {"credits": "40", "note": ""})
    answer = as_sam.post(f"/admin/storefront/download/{download.pk}/strike/", {"why": "Too late."})
    assert answer.status_code == 409
    assert "compensation" in text(answer)


# --- Who may ---------------------------------------------------------------------------------------------------------


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
