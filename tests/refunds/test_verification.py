"""What a publisher learns of an invoice number, and what nobody learns by guessing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.keys import make_key
from ground.receipts import Asking
from refunds.guesses import TooManyLookUps
from refunds.models import Basis, LookUp, VerifiedInvoice
from refunds.services import charge_back, request_refund
from refunds.verification import verifiable, verify, with_live_status
from storefront.models import Purchase, PurchaseItem, Status
from tests.world import NOW, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)


def in_digits_from(zero: int, digits: str) -> str:
    """The same digits in another script: from full-width 0, from Arabic 0."""
    return "".join(chr(zero + int(digit)) for digit in digits)


def look_up(person, publisher, *numbers, now=NOW, api_key=None):
    return verify(publisher=publisher, numbers=numbers, by=person, api_key=api_key, door="page", now=now)


def status_of(person, publisher, purchase):
    return {one.item.asset.slug: one.status for one in look_up(person, publisher, purchase.number)}


def refund(customer, purchase, credits, *, now=NOW):
    asking = Asking(
        person=customer, key="r", what="r", now=now, door="page", write=lambda outcome: (303, "/")
    )
    return request_refund(asking=asking, purchase=purchase, expected_credits=credits).outcome


def test_gil_sees_his_items_of_a_bundle_with_their_frozen_shares(ada, gil, grove, forest):
    purchase = buy(ada, forest, days_ago=3)
    found = look_up(gil, grove, purchase.number)
    assert [(one.package, one.quantity, one.credits, one.status) for one in found] == [
        ("Oak trees", 1, 31, "Not downloaded"),
        ("Ferns", 1, 23, "Not downloaded"),
        ("Moss", 1, 15, "Not downloaded"),
        ("Bark", 1, 11, "Not downloaded"),
    ]
    assert {one.invoice for one in found} == {"IN010000000001"}
    assert {one.date for one in found} == {date(2026, 11, 18)}
    assert all(one.reason is None for one in found)


def test_only_the_publishers_own_items_of_a_mixed_invoice_are_seen(ada, gil, grove, quinn, quarry, cliff):
    purchase = buy(ada, cliff)
    assert [one.package for one in look_up(gil, grove, purchase.number)] == ["Moss"]
    assert [one.package for one in look_up(quinn, quarry, purchase.number)] == ["Slate"]


def test_an_agent_sees_every_item(ada, sam, cliff):
    purchase = buy(ada, cliff)
    assert [one.package for one in look_up(sam, None, purchase.number)] == ["Slate", "Moss"]
    assert list(LookUp.objects.values_list("publisher", "by__name", "hit")) == [(None, "Sam", True)]
    assert not VerifiedInvoice.objects.exists()


def test_the_live_status_is_the_first_that_applies(ada, gil, grove, oak, bark, moss):
    single = buy(ada, moss)
    assert status_of(gil, grove, single) == {"moss": "Not downloaded"}
    fetch(ada, moss)
    assert status_of(gil, grove, single) == {"moss": "Downloaded"}
    second = buy(ada, moss, again=True)
    assert status_of(gil, grove, single) == {"moss": "Another license"}
    assert status_of(gil, grove, second) == {"moss": "Another license"}
    refund(ada, second, 20)
    assert status_of(gil, grove, second) == {"moss": "Refunded"}
    assert status_of(gil, grove, single) == {"moss": "Downloaded"}
    charge_back(purchase=second, by=None, why="The bank said so.", now=NOW)
    assert status_of(gil, grove, second) == {"moss": "Charged back"}


def test_what_a_partial_refund_leaves_is_not_refunded(ada, gil, grove, oak, forest):
    purchase = buy(ada, forest, days_ago=2, downloaded=[oak])
    refund(ada, purchase, 40)
    assert status_of(gil, grove, purchase) == {
        "oak": "Downloaded", "fern": "Refunded", "moss": "Refunded", "bark": "Refunded",
    }  # fmt: skip
    reasons = {one.package: one.reason for one in look_up(gil, grove, purchase.number)}
    assert reasons == {"Oak trees": None} | dict.fromkeys(
        ("Ferns", "Moss", "Bark"), "Refunded under the refund policy"
    )


def test_every_basis_has_its_phrase():
    assert len({str(basis.label) for basis in Basis}) == len(Basis)


@pytest.mark.parametrize("status", [Status.PENDING, Status.CANCELLED])
def test_a_number_verifies_only_once_the_purchase_was_completed(ada, gil, grove, moss, status):
    purchase = buy(ada, moss)
    Purchase.objects.filter(pk=purchase.pk).update(status=status, completed_at=None)
    assert look_up(gil, grove, purchase.number) == []


def test_a_completion_that_is_yet_to_come_does_not_verify(ada, gil, grove, moss):
    purchase = buy(ada, moss, days_ago=-1)
    assert look_up(gil, grove, purchase.number) == []
    assert len(look_up(gil, grove, purchase.number, now=NOW + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    "spelling",
    [
        "010000000001",
        "in010000000001",
        " IN 0100-0000-0001 ",
        "In" + in_digits_from(0xFF10, "0100000000") + "\N{EM DASH}01",
    ],
)
def test_numbers_are_read_leniently(ada, gil, grove, moss, spelling):
    buy(ada, moss)
    assert [one.invoice for one in look_up(gil, grove, spelling)] == ["IN010000000001"]


@pytest.mark.parametrize(
    "spelling",
    [
        "CN010000000001",
        "IN01000000000l",
        "lN010000000001",
        "IN" + in_digits_from(0x0660, "010000000001"),
        "",
        "\0",
        "IN1",
        "x" * 9999,
    ],
)
def test_what_cannot_be_read_is_left_out_and_is_no_guess(ada, gil, grove, moss, spelling):
    buy(ada, moss)
    assert look_up(gil, grove, spelling) == []
    assert not LookUp.objects.exists()


def test_repeats_and_what_comes_after_the_fiftieth_are_left_out(ada, gil, grove, moss):
    first, last = buy(ada, moss), buy(ada, moss, again=True)
    guesses = [f"IN99{number:010d}" for number in range(49)]
    found = look_up(gil, grove, first.number, first.number, *guesses, last.number)
    assert [one.invoice for one in found] == [first.number]
    assert LookUp.objects.count() == 50


def test_invoices_come_in_the_order_in_which_they_were_asked(ada, gil, grove, moss, fern):
    first, second = buy(ada, moss), buy(ada, fern)
    found = look_up(gil, grove, second.number, first.number)
    assert [one.invoice for one in found] == [second.number, first.number]


def test_unknown_and_foreign_numbers_take_the_same_statements_and_get_the_same_answer(ada, gil, grove, slate):
    foreign = buy(ada, slate)
    seen = []
    for number in (foreign.number, "IN010000009999"):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            answer = look_up(gil, grove, number)
        seen.append((answer, [one["sql"].replace(number, "?") for one in statements]))
    assert seen[0][0] == seen[1][0] == []
    assert len(seen[0][1]) == len(seen[1][1])
    assert seen[0][1] == seen[1][1]


def test_one_statement_reads_one_item_or_fifty_invoices(ada, gil, grove, moss):
    numbers = [buy(ada, moss, again=True).number for _ in range(12)]
    counts = []
    for asked in (numbers[:1], numbers):
        with CaptureQueriesContext(connection) as statements:
            assert len(look_up(gil, grove, *asked)) == len(asked)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_look_up_reads_by_index_alone(ada, grove, moss):
    """On PostgreSQL a small table is read through; told not to, it must find an index for every step."""
    buy(ada, moss)
    items = PurchaseItem.objects.filter(purchase__number__in=["IN010000000001", "IN010000000002"])
    asked = with_live_status(verifiable(items, grove, NOW), NOW)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        plan = asked.explain()
    for whole in ("Seq Scan", "SCAN "):
        assert whole not in plan, plan


def test_verified_numbers_stay_in_the_list_and_remember_who_looked_last(ada, gil, grove, moss):
    purchase = buy(ada, moss)
    key, _ = make_key(owner=gil, publisher=grove, name="Bot", now=NOW)
    look_up(gil, grove, purchase.number)
    later = NOW + timedelta(hours=1)
    look_up(gil, grove, purchase.number, now=later, api_key=key)
    row = VerifiedInvoice.objects.get()
    assert (row.publisher, row.purchase, row.first_at, row.last_at, row.last_by, row.last_key) == (
        grove, purchase, NOW, later, gil, key,
    )  # fmt: skip
    assert LookUp.objects.filter(hit=True).count() == 2


def guess(person, publisher, count, *, now=NOW, api_key=None, start=0):
    for number in range(start, start + count):
        look_up(person, publisher, f"IN99{number:010d}", now=now, api_key=api_key)


def test_after_a_hundred_misses_hits_and_misses_are_refused_alike(ada, gil, grove, moss):
    purchase = buy(ada, moss)
    guess(gil, grove, 99)
    assert len(look_up(gil, grove, purchase.number)) == 1
    guess(gil, grove, 1, start=99, now=NOW + timedelta(minutes=3))
    said = set()
    for number in (purchase.number, "IN990000000999"):
        with pytest.raises(TooManyLookUps) as refused:
            look_up(gil, grove, number, now=NOW + timedelta(minutes=4))
        said.add((str(refused.value), refused.value.facts["seconds"]))
    sentence = (
        "More than 100 numbers that are not among your invoices were looked up within 10 minutes. Nothing was "
        "looked up now; please wait 6 minutes and try again."
    )
    assert said == {(sentence, 360)}
    assert LookUp.objects.filter(hit=False).count() == 100


def test_the_wait_ends_when_the_window_has_moved_on(ada, gil, grove, moss):
    purchase = buy(ada, moss)
    guess(gil, grove, 100)
    last = NOW + timedelta(minutes=10) - timedelta(microseconds=1)
    with pytest.raises(TooManyLookUps):
        look_up(gil, grove, purchase.number, now=last)
    assert len(look_up(gil, grove, purchase.number, now=last + timedelta(microseconds=1))) == 1


def test_a_list_counts_each_of_its_numbers(gil, grove):
    lists = [[f"IN99{start + number:010d}" for number in range(50)] for start in (0, 50)]
    for numbers in lists:
        assert look_up(gil, grove, *numbers) == []
    with pytest.raises(TooManyLookUps):
        look_up(gil, grove, "IN010000000001")


def test_each_key_and_each_person_has_a_count_of_their_own(ada, gil, grove, moss):
    purchase = buy(ada, moss)
    bot, _ = make_key(owner=gil, publisher=grove, name="Bot", now=NOW)
    other, _ = make_key(owner=gil, publisher=grove, name="Another", now=NOW)
    guess(gil, grove, 100, api_key=bot)
    with pytest.raises(TooManyLookUps):
        look_up(gil, grove, purchase.number, api_key=bot)
    assert len(look_up(gil, grove, purchase.number, api_key=other)) == 1
    assert len(look_up(gil, grove, purchase.number)) == 1


def test_fresh_keys_do_not_start_the_count_anew_for_ever(
    ada, gil, grove, quinn, quarry, moss, slate, settings
):
    settings.LIMIT_INVOICE_MISSES = 2
    purchase, other = buy(ada, moss), buy(ada, slate)
    for number in range(10):
        key, _ = make_key(owner=gil, publisher=grove, now=NOW)
        guess(gil, grove, 2, api_key=key, start=2 * number)
    fresh, _ = make_key(owner=gil, publisher=grove, now=NOW)
    with pytest.raises(TooManyLookUps, match="More than 20 numbers that are not among your invoices"):
        look_up(gil, grove, purchase.number, api_key=fresh)
    assert len(look_up(quinn, quarry, other.number)) == 1


def test_six_hundred_look_ups_a_minute_are_enough_for_anybody(ada, gil, grove, moss, settings):
    settings.LIMIT_INVOICE_LOOKUPS = 3
    purchase = buy(ada, moss)
    for _ in range(3):
        look_up(gil, grove, purchase.number)
    with pytest.raises(TooManyLookUps, match="More than 3 numbers were looked up within 1 minute"):
        look_up(gil, grove, purchase.number)
    assert len(look_up(gil, grove, purchase.number, now=NOW + timedelta(minutes=1))) == 1


def test_the_date_is_that_of_utc(ada, gil, grove, moss):
    purchase = buy(ada, moss, now=datetime(2026, 11, 1, 23, 59, 59, 999999, tzinfo=UTC))
    assert look_up(gil, grove, purchase.number)[0].date == date(2026, 11, 1)
