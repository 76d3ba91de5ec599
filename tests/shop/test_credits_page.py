"""My credits: the balance and what it is made of, the statement, a code, and a file for the spreadsheet."""

import csv
import io
from datetime import timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credits import ledger
from credits.models import Code, Entry, WrongCode
from tests.world import balance, buy, give, wallet_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def today():
    return timezone.now()


@pytest.fixture
def as_ada(client, ada):
    client.force_login(ada)
    return client


def text(response):
    return " ".join(response.content.decode().split())


def redeem(client, code, *, key="k1"):
    return client.post("/credits/redeem/", {"key": key, "code": code})


def test_a_visitor_is_sent_to_sign_in_and_back(client):
    assert client.get("/credits/").url == "/sign-in/?next=/credits/"
    assert client.post("/credits/redeem/").status_code == 302
    assert client.get("/credits/statement.csv").status_code == 302


def test_the_page_shows_balance_lots_and_every_line(as_ada, ada, forest, today):
    give(ada, 30, kind="promo", days_ago=20, expires_in=12.5, now=today)
    give(ada, 100, days_ago=10, now=today)
    purchase = buy(ada, forest, days_ago=2, with_credits=False, now=today)
    page = text(as_ada.get("/credits/"))
    assert '<span class="balance__figure">50 <small>credits</small>' in page
    assert "they do not expire" in page
    assert "12 more days" not in page, "the promotional lot is spent"
    assert f'<a class="table__link" href="/purchases/{purchase.number}/">Forest</a>' in page
    assert (
        page.index("\N{MINUS SIGN}50")
        < page.index("\N{MINUS SIGN}30")
        < page.index("+100")
        < page.index("+30")
    ), "newest first"
    assert "Your balance over time" in page
    assert 'href="/cases/new/?grounds=credits_wrong"' in page


def test_a_lot_says_in_words_how_long_it_lasts(as_ada, ada, today):
    give(ada, 30, kind="promo", expires_in=12.5, now=today)
    page = text(as_ada.get("/credits/"))
    assert "<b>12 more days</b>" in page
    assert "Promotional" in page


def test_many_lots_that_last_alike_are_one_line(as_ada, ada, today):
    lived(ada, 40, today)
    page = text(as_ada.get("/credits/"))
    assert page.count("they do not expire") == 1
    assert "in 40 parts" in page


def test_what_has_expired_is_gone_from_page_and_header_at_once(as_ada, ada, today):
    give(ada, 30, kind="promo", expires_in=-0.001, now=today)
    give(ada, 5, now=today)
    page = text(as_ada.get("/credits/"))
    assert '<span class="balance__figure">5 <small>' in page
    assert "Expired" in page
    assert balance(ada) == 5


def test_an_empty_wallet_says_what_to_do(as_ada, settings):
    page = text(as_ada.get("/credits/"))
    assert "Redeem a code and the credits stand here." in page
    assert "Get credits" not in page
    settings.TOP_UP_URL = "https://pay.example/top-up"
    assert '<a class="button button--main" href="https://pay.example/top-up">Get credits</a>' in text(
        as_ada.get("/credits/")
    )


def test_a_code_adds_credits_once_however_often_the_form_is_sent(as_ada, ada, today):
    Code.objects.create(code="WELCOME50", credits=50, per_user=None, created_at=today)
    assert redeem(as_ada, "welcome50").url == "/credits/"
    assert redeem(as_ada, "welcome50").url == "/credits/"
    assert balance(ada) == 50
    assert "50 credits arrived in your wallet." in text(as_ada.get("/credits/"))


def test_a_wrong_code_is_refused_neutrally_and_what_was_typed_stays(as_ada, ada):
    response = redeem(as_ada, "NOPE")
    assert response.status_code == 422
    page = text(response)
    assert "This code does not work for your account." in page
    assert 'value="NOPE"' in page
    assert redeem(as_ada, "NOPE").status_code == 422
    assert WrongCode.objects.count() == 1, "the same form sent twice is one guess"


def test_every_form_carries_a_fresh_key(as_ada):
    def key(page):
        return page.split('name="key" value="')[1].split('"')[0]

    keys = {key(text(as_ada.get("/credits/"))) for _ in range(3)}
    keys.add(key(text(redeem(as_ada, "NOPE", key="k9"))))
    assert len(keys) == 4
    assert "k9" not in keys


def test_after_five_wrong_codes_the_page_says_how_long_to_wait(as_ada, ada, today):
    Code.objects.create(code="RIGHT", credits=50, created_at=today)
    for number in range(5):
        assert redeem(as_ada, f"no{number}", key=f"k{number}").status_code == 422
    response = redeem(as_ada, "RIGHT", key="k6")
    assert response.status_code == 429
    assert 590 <= int(response["Retry-After"]) <= 600
    assert "Please wait 10 minutes before you try another" in text(response)
    assert balance(ada) == 0


@pytest.mark.parametrize("code", ["", "   ", "x" * 201, "a\x00b"])
def test_what_is_no_code_at_all_is_not_counted(as_ada, code):
    assert redeem(as_ada, code).status_code == 422
    assert WrongCode.objects.count() == 0


def lived(ada, lines, today):
    with wallet_of(ada, now=today) as wallet:
        for number in range(lines):
            ledger.grant(wallet, credits=1, kind="paid", source=f"n{number + 1}", at=today)


def test_the_statement_is_paged_by_its_numbers(as_ada, ada, today):
    lived(ada, 60, today)
    first = text(as_ada.get("/credits/"))
    assert ("n60<" in first.replace(" ", ""), "n36<" in first.replace(" ", "")) == (True, True)
    assert 'href="?before=36#statement"' in first
    second = text(as_ada.get("/credits/?before=36")).replace(" ", "")
    assert ("n35<" in second, "n11<" in second, "n36<" in second) == (True, True, False)
    assert 'href="?before=11#statement"' in second
    assert 'rel="prev"href="/credits/#statement"' in second
    third = text(as_ada.get("/credits/?before=11"))
    assert 'href="?before=36#statement"' in third
    assert "Older" not in third
    for odd in ("abc", "-1", "0", "9" * 30, "٣", "61"):
        assert as_ada.get("/credits/", {"before": odd}).status_code == 200


def test_ten_lines_and_many_cost_the_same_number_of_statements(as_ada, ada, today):
    from django.db import connection

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            as_ada.get("/credits/")
        return len(seen)

    lived(ada, 10, today)
    few = cost()
    lived(ada, 200, today)
    assert cost() == few <= 12


def test_the_csv_has_every_line_and_runs_nothing(as_ada, ada, forest, today):
    with wallet_of(ada, now=today) as wallet:
        ledger.grant(wallet, credits=80, kind="paid", source="t", memo="=1+1", at=today)
    purchase = buy(ada, forest, with_credits=False, now=today)
    response = as_ada.get("/credits/statement.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert rows[0] == ["number", "at", "kind", "credits", "balance_after", "lot_kind", "what", "invoice"]
    assert [(row[0], *row[2:]) for row in rows[1:]] == [
        ("2", "spend", "-80", "0", "paid", "Forest", purchase.number),
        ("1", "grant", "80", "80", "paid", "'=1+1", ""),
    ]


def test_nobody_sees_another_s_credits(client, ada, ben, today):
    give(ada, 77, now=today)
    client.force_login(ben)
    assert "77" not in text(client.get("/credits/")).split("csrfmiddlewaretoken")[0]
    assert len(b"".join(client.get("/credits/statement.csv")).splitlines()) == 1
    assert Entry.objects.count() == 1


def test_lines_that_step_back_in_time_still_make_a_picture(as_ada, ada, today):
    give(ada, 10, days_ago=1, now=today)
    give(ada, 10, days_ago=30, now=today)
    assert as_ada.get("/credits/").status_code == 200


def test_a_title_with_markup_is_text(as_ada, ada, today):
    with wallet_of(ada, now=today) as wallet:
        ledger.grant(wallet, credits=1, kind="paid", source="x", memo="<script>alert(1)</script>", at=today)
    assert "<script>alert(1)" not in text(as_ada.get("/credits/"))


def test_credits_that_expire_later_today_are_still_there(as_ada, ada, today):
    give(ada, 3, expires_in=0.1, now=today)
    page = text(as_ada.get("/credits/"))
    assert "2 more hours" in page
    assert Entry.objects.filter(at__gt=today - timedelta(days=500)).count() == 1
