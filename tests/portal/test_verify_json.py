"""What tools that verify invoices see on the wire, byte by byte."""

import json
import logging
import re
import runpy
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.keys import make_key, revoke
from accounts.models import Membership
from doors.portal import verify as wire
from refunds.models import LookUp, VerifiedInvoice
from refunds.services import charge_back
from tests import world
from tests.refunds.test_verification import refund
from tests.statements import asked_by
from tests.world import asset

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/publisher/v1/invoice/verify.json"
# The sample that the tools were written against, as it stands on the wire.
SAMPLE = (
    b'{"invoices":[{"price_exvat":"50.00","downloaded":"Yes","date":"2018-05-01","quantity":"5","reason":null,'
    b'"other_license":"Yes","package":"A Very Nice Asset","currency":"USD","refunded":"Yes",'
    b'"invoice":"IN010000222222"}]}'
)
FIELDS = [
    "price_exvat", "downloaded", "date", "quantity", "reason", "other_license", "package", "currency", "refunded",
    "invoice",
]  # fmt: skip
NOW = timezone.now()  # The pages read the true clock, so this world stands on it too.


def buy(customer, thing, *, now=NOW, **more):
    return world.buy(customer, thing, now=now, **more)


@pytest.fixture
def secret(gil, grove):
    return make_key(owner=gil, publisher=grove, name="Discord bot", now=NOW)[1]


def ask(secret, *numbers, **more):
    return Client().get(ADDRESS, {"key": secret, "invoice": ",".join(numbers), **more})


def test_an_answer_has_the_very_bytes_of_the_sample(ada, gil, grove, secret, settings):
    """The same world as the sample's, but for the quantity, which is 1 here, and the reason, which is given."""
    settings.CREDIT_VALUE, settings.CREDIT_VALUE_CURRENCY = "2.5", "USD"
    nice = asset("nice", "A Very Nice Asset", by=grove, price=20)
    bought = datetime(2018, 5, 1, 23, 59, tzinfo=UTC)
    first = buy(ada, nice, downloaded=[nice], now=bought)
    buy(ada, nice, again=True, now=bought)
    charge_back(purchase=first, by=None, why="The bank said so.", now=NOW)
    answer = ask(secret, first.number)
    expected = (
        SAMPLE.replace(b'"quantity":"5"', b'"quantity":"1"')
        .replace(b'"reason":null', b'"reason":"Charged back"')
        .replace(b"IN010000222222", b"IN010000000001")
    )
    assert answer.content == expected


def test_ten_fields_in_order_every_value_a_string(ada, forest, secret):
    buy(ada, forest)
    body = json.loads(ask(secret, "IN010000000001").content)
    assert list(body) == ["invoices"]
    assert (
        [list(row) for row in body["invoices"]]
        == [FIELDS] * 4
        == [list(json.loads(SAMPLE)["invoices"][0])] * 4
    )
    assert {type(value) for row in body["invoices"] for name, value in row.items() if name != "reason"} == {
        str
    }
    assert [row["reason"] for row in body["invoices"]] == [None] * 4


def test_the_head_of_an_answer(ada, moss, secret):
    answer = ask(secret, buy(ada, moss).number)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.streaming
    assert "Transfer-Encoding" not in answer
    assert not answer.cookies


def test_a_bundle_is_a_row_per_item_with_frozen_shares(ada, forest, oak, secret):
    purchase = buy(ada, forest, downloaded=[oak])
    rows = json.loads(ask(secret, purchase.number).content)["invoices"]
    assert [(row["package"], row["price_exvat"], row["downloaded"], row["currency"]) for row in rows] == [
        ("Oak trees", "31.00", "Yes", "CRD"),
        ("Ferns", "23.00", "No", "CRD"),
        ("Moss", "15.00", "No", "CRD"),
        ("Bark", "11.00", "No", "CRD"),
    ]


def test_after_a_partial_refund_shares_stay_and_only_what_was_revoked_is_refunded(ada, forest, oak, secret):
    purchase = buy(ada, forest, downloaded=[oak], now=NOW - timedelta(minutes=1))
    refund(ada, purchase, 40, now=NOW)
    rows = json.loads(ask(secret, purchase.number).content)["invoices"]
    policy = "Refunded under the refund policy"
    assert [(row["package"], row["price_exvat"], row["refunded"], row["reason"]) for row in rows] == [
        ("Oak trees", "31.00", "No", None),
        ("Ferns", "23.00", "Yes", policy),
        ("Moss", "15.00", "Yes", policy),
        ("Bark", "11.00", "Yes", policy),
    ]


def test_a_free_asset_costs_0_00(ada, grove, secret):
    rock = asset("pebble", "Pebble", by=grove, price=0)
    rows = json.loads(ask(secret, buy(ada, rock).number).content)["invoices"]
    assert [row["price_exvat"] for row in rows] == ["0.00"]


@pytest.mark.parametrize(
    ("value", "credits", "price"),
    [("0.015", 1, "0.02"), ("0.5", 3, "1.50"), ("1", 2**53 - 1, "9007199254740991.00"), ("0", 7, "0.00")],
)
def test_a_credit_value_makes_money_of_credits(settings, value, credits, price):
    settings.CREDIT_VALUE, settings.CREDIT_VALUE_CURRENCY = value, "EUR"
    assert wire.price_and_currency(credits) == (price, "EUR")


def test_other_scripts_and_quotes_in_a_title_stay_readable_json(ada, grove, secret):
    odd = asset("odd", 'Bäume "日本" </script>', by=grove, price=1)
    answer = ask(secret, buy(ada, odd).number)
    assert json.loads(answer.content)["invoices"][0]["package"] == 'Bäume "日本" </script>'
    assert answer.content.isascii()


@pytest.mark.parametrize(
    "numbers",
    [
        "IN999999999999", "", ",", "nonsense", "CN010000000001", "IN01000000000l", "IN010000000001\0", "\0", "\ud83d",
        "1", "-1", "IN0100000000011", "';DROP TABLE--", "x" * 3000, ",".join(["IN1"] * 900), "%00", "\u202e000010IN",
    ],
)  # fmt: skip
def test_unknown_and_unreadable_numbers_are_left_out(ada, moss, secret, numbers):
    buy(ada, moss)
    answer = Client().get(ADDRESS, {"key": secret, "invoice": numbers.encode("utf-8", "surrogatepass")})
    assert (answer.status_code, answer.content) == (200, b'{"invoices":[]}')


def test_no_number_at_all_is_an_empty_list(secret):
    answer = Client().get(ADDRESS, {"key": secret})
    assert (answer.status_code, answer.content) == (200, b'{"invoices":[]}')


def test_a_foreign_number_is_answered_as_one_that_never_was(ada, slate, secret):
    foreign = buy(ada, slate)
    ask(secret, "IN010000000777")
    answers = []
    for number in (foreign.number, "IN010000000999"):
        with CaptureQueriesContext(connection) as taken:
            answer = ask(secret, number)
        heads = {name: value for name, value in answer.items() if name != "X-Request-Id"}
        answers.append((answer.status_code, answer.content, heads, len(taken)))
    assert answers[0] == answers[1]
    assert not VerifiedInvoice.objects.exists()


def test_repeats_and_the_fifty_first_are_left_out(ada, moss, secret):
    numbers = [buy(ada, moss, again=True).number for _ in range(51)]
    rows = json.loads(ask(secret, numbers[0], *numbers).content)["invoices"]
    assert [row["invoice"] for row in rows] == numbers[:50]


def test_numbers_are_read_by_their_digits(ada, moss, secret):
    number = buy(ada, moss).number
    for spelling in (number[2:], number.lower(), f" {number[:6]} {number[6:]}", f"IN-{number[2:]}"):
        assert len(json.loads(ask(secret, spelling).content)["invoices"]) == 1, spelling


def test_a_list_of_addresses_parameters_is_one_list(ada, moss, secret):
    first, second = buy(ada, moss).number, buy(ada, moss, again=True).number
    answer = Client().get(f"{ADDRESS}?key={secret}&invoice={first}&invoice={second}")
    assert [row["invoice"] for row in json.loads(answer.content)["invoices"]] == [first, second]


@pytest.mark.parametrize(
    "text", ["", "nonsense", "rc0123456789_no", "\0", "é", "_", "rc0123456789_" + "a" * 5000]
)
def test_without_a_good_key_there_are_three_words_and_no_look_up(ada, moss, text):
    buy(ada, moss)
    answer = Client().get(ADDRESS, {"key": text, "invoice": "IN010000000001"})
    assert (answer.status_code, answer["Content-Type"], answer.content) == (
        403,
        "text/plain",
        b"403 Forbidden",
    )
    assert answer["Content-Length"] == "13"
    assert not LookUp.objects.exists()


def test_a_customers_key_opens_nothing(ada, moss):
    _, secret = make_key(owner=ada, now=NOW)
    assert ask(secret, buy(ada, moss).number).content == b"403 Forbidden"


def test_a_revoked_key_and_one_whose_owner_left_open_nothing(ada, gil, grove, moss):
    number = buy(ada, moss).number
    revoked, secret = make_key(owner=gil, publisher=grove, now=NOW)
    revoke(key=revoked, now=NOW)
    assert ask(secret, number).status_code == 403
    _, other = make_key(owner=gil, publisher=grove, now=NOW)
    assert ask(other, number).status_code == 200
    Membership.objects.filter(user=gil).delete()
    assert ask(other, number).status_code == 403


def test_a_bearer_header_is_accepted_too(ada, moss, secret):
    number = buy(ada, moss).number
    answer = Client().get(ADDRESS, {"invoice": number}, headers={"Authorization": f"Bearer {secret}"})
    assert [row["invoice"] for row in json.loads(answer.content)["invoices"]] == [number]
    answer = Client().get(ADDRESS, {"invoice": number}, headers={"Authorization": f"Basic {secret}"})
    assert answer.content == b"403 Forbidden"


def test_after_a_hundred_misses_hits_and_misses_are_429_alike(ada, moss, secret):
    number = buy(ada, moss).number
    for start in (0, 50):
        assert ask(secret, *[f"IN99{start + one:010d}" for one in range(50)]).content == b'{"invoices":[]}'
    for asked in (number, "IN980000000000"):
        answer = ask(secret, asked)
        assert (answer.status_code, answer["Content-Type"]) == (429, "text/plain")
        assert answer.content == b"429 Too Many Requests"
        assert 590 < int(answer["Retry-After"]) <= 600
    assert LookUp.objects.count() == 100


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused_in_one_line(method, secret):
    answer = getattr(Client(enforce_csrf_checks=True), method)(f"{ADDRESS}?key={secret}")
    assert (answer.status_code, answer.content) == (405, b"405 Method Not Allowed")


def test_trouble_with_the_database_is_never_a_500(secret, monkeypatch):
    def broken(**_):
        raise OperationalError("the database went away")

    monkeypatch.setattr(wire, "verify", broken)
    answer = ask(secret, "IN010000000001")
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer.content == b"503 Service Unavailable"


def test_plain_http_is_answered_and_not_redirected(ada, moss, secret, settings):
    settings.SECURE_SSL_REDIRECT = True
    number = buy(ada, moss).number
    assert Client().get("/policy/").status_code == 301
    answer = ask(secret, number)
    assert answer.status_code == 200
    assert len(json.loads(answer.content)["invoices"]) == 1


def test_the_key_stands_in_no_log_line_and_in_no_look_up(ada, moss, secret, caplog):
    with caplog.at_level(logging.DEBUG):
        ask(secret, buy(ada, moss).number)
        ask(secret + "x", "IN010000000001")
        Client().post(f"{ADDRESS}?key={secret}")
    hidden = secret.split("_", 1)[1]
    # SQL is logged at DEBUG only, by whoever asks for it; what it says of the key is its digest.
    assert not [line for line in caplog.records if hidden in line.getMessage()]
    assert not [row for row in LookUp.objects.values_list() if hidden in str(row)]


def test_the_web_servers_access_log_leaves_the_query_out():
    line = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))["access_log_format"]
    shown = set(re.findall(r"%\((\w)\)", line))
    # r is the whole request line, q its query, f the page before, which may carry one too.
    assert shown == {"h", "t", "m", "U", "s", "B", "M"}


def test_the_web_server_reads_an_address_of_five_hundred_numbers(secret):
    line = f"GET {ADDRESS}?key={secret}&invoice={','.join(['IN010000000001'] * 500)} HTTP/1.1\r\n"
    assert len(line) < runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))["limit_request_line"]


def test_a_look_up_notes_the_key_the_owner_and_the_door(ada, gil, grove, moss, secret):
    ask(secret, buy(ada, moss).number, "IN990000000001")
    assert list(
        LookUp.objects.order_by("id").values_list("number", "hit", "by", "api_key__name", "publisher", "door")
    ) == [
        ("IN010000000001", True, gil.pk, "Discord bot", grove.pk, "verify.json"),
        ("IN990000000001", False, gil.pk, "Discord bot", grove.pk, "verify.json"),
    ]


def test_the_statements_do_not_grow_with_the_store(ada, ben, moss, secret):
    number = buy(ada, moss).number
    ask(secret, number)
    counts = []
    for _ in range(2):
        counts.append(len(asked_by(lambda: ask(secret, number))))
        for _ in range(10):
            buy(ben, moss, again=True)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("many", [1, 50])
def test_one_number_takes_the_statements_of_fifty(ada, moss, slate, secret, many):
    """The key; its lock; what was asked lately; the items; the log; and, for a hit, the list of verified ones."""
    own = [buy(ada, moss, again=True).number for _ in range(many)]
    foreign = [buy(ada, slate, again=True).number for _ in range(many)]
    unknown = [f"IN99{number:010d}" for number in range(many)]
    taken = [asked_by(lambda asked=asked: ask(secret, *asked)) for asked in (own, foreign, unknown)]
    assert [len(texts) for texts in taken] == [6, 5, 5]


def test_hits_and_misses_in_one_list_are_six_statements_too(ada, moss, secret):
    own = [buy(ada, moss, again=True).number for _ in range(25)]
    asked = [*own, *[f"IN99{number:010d}" for number in range(25)]]
    assert len(asked_by(lambda: ask(secret, *asked))) == 6


def test_without_a_good_key_only_the_key_is_looked_for(secret):
    assert len(asked_by(lambda: ask("rc0123456789_no", "IN010000000001"))) == 1
