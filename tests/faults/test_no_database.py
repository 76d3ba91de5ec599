"""The disk is full, the database read-only, the lock not to be had: an answer that can be retried, and nothing half done."""

import re

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InternalError, OperationalError, connection
from django.utils import timezone

from ground.refusals import Busy
from refunds.models import Denial, Refund
from tests.world import balance, buy

pytestmark = pytest.mark.django_db(transaction=True)
TROUBLES = [
    OperationalError("database or disk is full"),
    OperationalError("attempt to write a readonly database"),
    InternalError("cannot execute INSERT in a read-only transaction"),
]


@pytest.fixture
def writing_fails():
    """Every INSERT and UPDATE of money rows meets the trouble."""

    def meeting(trouble):
        def wrapper(execute, sql, params, many, context):
            if sql.startswith(("INSERT", "UPDATE")) and "session" not in sql:
                raise trouble
            return execute(sql, params, many, context)

        return connection.execute_wrapper(wrapper)

    return meeting


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_a_page_answers_503_and_the_same_form_works_later(client, ada, oak, writing_fails, trouble):
    purchase = buy(ada, oak, now=timezone.now())
    client.force_login(ada)
    address = f"/purchases/{purchase.number}/refund/"
    page = client.get(address).content.decode()
    form = dict(re.findall(r'type="hidden" name="(key|expected_credits)" value="([^"]*)"', page))
    with writing_fails(trouble):
        answer = client.post(address, form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "<html" in answer.content.decode()
    assert (Refund.objects.count(), Denial.objects.count(), balance(ada)) == (0, 0, 0)
    assert client.post(address, form).status_code == 302
    assert balance(ada) == 40


def test_a_page_whose_view_knows_no_better_says_busy_in_words(client, ada, oak, monkeypatch):
    def busy(**_):
        raise Busy

    purchase = buy(ada, oak, now=timezone.now())
    client.force_login(ada)
    address = f"/purchases/{purchase.number}/refund/"
    monkeypatch.setattr("doors.shop.views.refunds.opinion", busy)
    answer = client.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (409, "1")
    assert "please try again in a moment" in answer.content.decode()


def test_readyz_says_that_there_is_no_database(client):
    def gone(*_, **__):
        raise OperationalError("connection refused")

    with connection.execute_wrapper(gone):
        answer = client.get("/readyz")
        alive = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"], alive.status_code) == (503, False, 200)


def test_a_database_that_is_lost_when_the_session_is_kept_is_a_503_too(client, ada, monkeypatch):
    def gone(*_):
        raise OperationalError("server closed the connection unexpectedly")

    client.force_login(ada)
    monkeypatch.setattr(SessionMiddleware, "process_response", gone)
    answer = client.post("/profile/", {"name": "Ada", "time_zone": "UTC"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "may have happened" in answer.content.decode()
