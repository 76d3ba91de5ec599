"""A prepared query brings what its queryset brings, from a text that is built once."""

import threading
from datetime import timedelta, timezone

import pytest
from django.db import connection, transaction
from django.db.models import F, Q

from credits.models import Lot, Wallet
from ground import rows
from ground.prepared import Given, Prepared
from outbox.models import Message
from storefront.models import Asset, Purchase
from tests.ground.scratch import COLUMNS, HARD, statements
from tests.world import NOW, buy, days_before

pytestmark = pytest.mark.django_db
LOT = ("id", "wallet_id", "kind", "remaining", "expires_at", "source", "reborn_from_id", "created_at")


def texts(act):
    with statements() as seen:
        act()
    return seen


# --- The same rows -------------------------------------------------------------------------------------------------


def test_it_brings_the_rows_of_its_queryset_in_its_order(ada, ben, lots):
    query = Prepared(
        lambda: Lot.objects.filter(wallet__among=Given("wallets")).in_spending_order().values_list(*LOT)
    )
    for wallets in ([ada.pk], [ben.pk], [ada.pk, ben.pk]):
        wanted = Lot.objects.filter(wallet__in=wallets).in_spending_order().values_list(*LOT)
        assert query(wallets=wallets) == list(wanted)
    assert [row[4] for row in query(wallets=[ada.pk])] == [NOW + timedelta(days=5), None]


def test_rows_are_tuples_with_the_types_of_the_models(scratch):
    """Times with their zone, booleans, plain data, ids, nothing: as the ORM reads them."""
    scratch.objects.bulk_create(scratch(**dict(zip(COLUMNS, row, strict=True))) for row in HARD)
    query = Prepared(lambda: scratch.objects.filter(pk__gt=Given("pk")).order_by("pk").values_list(*COLUMNS))
    wanted = list(scratch.objects.order_by("pk").values_list(*COLUMNS))
    found = query(pk=0)
    assert found == wanted
    assert [[type(value) for value in row] for row in found] == [
        [type(value) for value in row] for row in wanted
    ]
    assert {type(row) for row in found} == {tuple}


def test_a_query_without_values_is_a_query_too(lots):
    query = Prepared(lambda: Lot.objects.filter(remaining=30).order_by("id").values_list("id"))
    assert query() == [(lots[0].pk,), (lots[2].pk,)]


@pytest.mark.parametrize("moment", [NOW + timedelta(days=5), days_before(1.000001), NOW])
@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=-9, minutes=-30))])
def test_a_time_is_compared_to_the_microsecond_in_whatever_zone_it_is_told(lots, moment, zone):
    query = Prepared(
        lambda: (
            Lot.objects.filter(Q(expires_at=Given("at")) | Q(created_at__lt=Given("at")))
            .order_by("id")
            .values_list("id")
        )
    )
    for at in (moment - timedelta(microseconds=1), moment, moment + timedelta(microseconds=1)):
        wanted = Lot.objects.filter(Q(expires_at=at) | Q(created_at__lt=at)).order_by("id").values_list("id")
        assert query(at=at.astimezone(zone)) == list(wanted)


def test_true_and_false_and_nothing_are_values(ada, oak):
    buy(ada, oak)
    buy(ada, oak, again=True)
    logged = Prepared(lambda: Purchase.objects.filter(download_log=Given("yes")).values_list("download_log"))
    again = Prepared(lambda: Purchase.objects.filter(allowed_duplicate=Given("yes")).values_list("number"))
    revoked = Prepared(lambda: Purchase.objects.filter(revoked_at=Given("at")).values_list("id"))
    assert (logged(yes=True), logged(yes=False)) == ([(True,), (True,)], [])
    assert (again(yes=True), again(yes=False)) == ([("IN010000000002",)], [("IN010000000001",)])
    assert revoked(at=None) == [], "nothing is equal to nothing"


def test_texts_are_values_and_never_part_of_the_statement(oak, fern):
    for text in ("it's", 'say "oak"', "%s", "; DROP TABLE x --", "Bäume \U0001f333"):
        Asset.objects.filter(pk=oak.pk).update(title=text)
        query = Prepared(lambda: Asset.objects.filter(title=Given("title")).values_list("slug", "title"))
        among = Prepared(lambda: Asset.objects.filter(title__among=Given("titles")).values_list("slug"))
        assert query(title=text) == [("oak", text)]
        assert sorted(among(titles=[text, "Ferns"])) == [("fern",), ("oak",)]


def test_letters_come_with_their_data(ada):
    columns_ = ("id", "data", "to", "sent_at")
    kept = [
        Message.objects.create(template="x", data={"n": [n, None]}, to="a@b.c", queued_at=NOW, due_at=NOW)
        for n in range(2)
    ]
    query = Prepared(
        lambda: (
            Message.objects.filter(template=Given("template")).order_by("data__n__0").values_list(*columns_)
        )
    )
    assert query(template="x") == [(one.pk, {"n": [n, None]}, "a@b.c", None) for n, one in enumerate(kept)]


def test_one_value_may_stand_in_two_places(ada, ben, lots):
    query = Prepared(
        lambda: (
            Lot.objects.filter(Q(wallet=Given("who")) | Q(remaining__lt=F("issued"), wallet=Given("who")))
            .filter(kind=Given("kind"))
            .values_list("id")
        )
    )
    assert query(who=ben.pk, kind="promo") == [(lots[2].pk,)]
    assert query(kind="paid", who=ada.pk) == [(lots[1].pk,)]


def test_a_value_that_is_not_given_is_missed(ada):
    query = Prepared(lambda: Wallet.objects.filter(pk=Given("pk")).values_list("balance"))
    with pytest.raises(KeyError, match="pk"):
        query(wallet=ada.pk)


# --- Many values ---------------------------------------------------------------------------------------------------


def test_however_many_values_it_is_one_statement_of_one_text(scratch):
    ids = rows.insert(scratch, ("big",), [(n,) for n in range(3_000)])
    query = Prepared(
        lambda: scratch.objects.filter(pk__among=Given("ids")).order_by("big").values_list("id", "big")
    )
    said = []
    for count in (0, 1, 300, 3_000):
        said += texts(lambda count=count: query(ids=ids[:count]))
        assert query(ids=ids[:count]) == [(pk, n) for n, pk in enumerate(ids[:count])]
    assert len(said) == 4
    assert len(set(said)) == 1


@pytest.mark.parametrize(
    "collection", [list, tuple, set, frozenset, dict.fromkeys, lambda ids: dict.fromkeys(ids).keys()]
)
def test_values_come_in_any_collection(ada, ben, lots, collection):
    query = Prepared(
        lambda: Lot.objects.filter(wallet__among=Given("wallets")).order_by("id").values_list("id")
    )
    assert query(wallets=collection([ada.pk, ben.pk])) == [(lot.pk,) for lot in lots]
    assert query(wallets=collection([])) == []


def test_a_value_that_is_named_twice_brings_its_row_once(ada, lots):
    query = Prepared(lambda: Wallet.objects.filter(pk__among=Given("pks")).values_list("pk"))
    assert query(pks=[ada.pk, ada.pk, -1]) == [(ada.pk,)]


def test_texts_and_big_numbers_may_be_many_too(scratch):
    rows.insert(scratch, ("big", "chars"), [(2**62, "a"), (1, "b'"), (2**31, None)])
    numbers = Prepared(
        lambda: scratch.objects.filter(big__among=Given("n")).order_by("id").values_list("big")
    )
    words = Prepared(
        lambda: scratch.objects.filter(chars__among=Given("w")).order_by("id").values_list("chars")
    )
    assert numbers(n=[1, 2**62]) == [(2**62,), (1,)]
    assert numbers(n=[2**31]) == [(2**31,)]
    assert words(w=["b'", "a", ""]) == [("a",), ("b'",)]
    assert words(w=[]) == numbers(n=[]) == []


# --- The text ------------------------------------------------------------------------------------------------------


def test_the_text_is_built_once(ada, ben, lots):
    built = []

    def build():
        built.append(True)
        return Lot.objects.filter(wallet=Given("wallet")).order_by("id").values_list("id")

    query = Prepared(build)
    assert built == [], "not before somebody asks"
    said = [texts(lambda who=who: query(wallet=who.pk)) for who in (ada, ben, ada)]
    assert built == [True]
    assert said == [said[0]] * 3
    assert [len(each) for each in said] == [1, 1, 1]


@pytest.mark.postgres
def test_the_server_prepares_it_once_however_wide_its_numbers_are(scratch):
    query = Prepared(
        lambda: scratch.objects.filter(big=Given("n"), pk__among=Given("ids")).values_list("id", "chars")
    )
    for n in (1, 2**20, 2**40, 2**62, 3, 2**17):
        query(n=n, ids=[n])
        query(n=n, ids=[1, n, 2**40])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%ground_scratch%%'"
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_whoever_runs_it_reads_through_their_own_connection(ada):
    """It was built by somebody else, who does not see what is not committed yet."""
    query = Prepared(lambda: Wallet.objects.filter(pk=Given("pk")).values_list("balance"))
    assert query(pk=ada.pk) == [(0,)]
    seen = []

    def other():
        with transaction.atomic():
            Wallet.objects.filter(pk=ada.pk).update(balance=7)
            seen.append(query(pk=ada.pk))
            held.set()
            go_on.wait(10)
            transaction.set_rollback(True)
        connection.close()

    held, go_on = threading.Event(), threading.Event()
    thread = threading.Thread(target=other)
    thread.start()
    assert held.wait(10)
    seen.append(query(pk=ada.pk))
    go_on.set()
    thread.join()
    assert seen == [[(7,)], [(0,)]]
