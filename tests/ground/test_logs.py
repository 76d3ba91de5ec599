"""No e-mail address, key or token in a log line, and no line that somebody else wrote."""

import json
import logging
import runpy

import pytest
from django.conf import settings

from ground.logs import Lines, RequestId, redacted


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail to ada@example.com failed", "mail to [address] failed"),
        ("GET /verify.json?key=rc12_secret&invoice=IN1", "GET /verify.json?key=[redacted]&invoice=IN1"),
        ("Authorization: Bearer rc0123456789_abc", "Authorization: Bearer [redacted]"),
        ("sent bearer rc0123456789_abc twice", "sent bearer [redacted] twice"),
        ("?email=ada%40example.com&x=1", "?email=[address]&x=1"),
        ("{'password': 'sesame', 'x': 1}", "{'password': '[redacted]', 'x': 1}"),
        ("Gone: /downloads/7-3:kQ_x-9/", "Gone: /downloads/[redacted]/"),
        ("Not Found: /password/3-c1x-ab/", "Not Found: /password/[redacted]/"),
        ("Not Found: /sign-up/confirm/MQ:1a:b/", "Not Found: /sign-up/confirm/[redacted]/"),
        ("Gone: /portal/addresses/WzFd:1a:b/", "Gone: /portal/addresses/[redacted]/"),
        ("no such rc0123456789_a-b_c here", "no such [redacted] here"),
        ("an invoice IN010000000001 of 40 credits", "an invoice IN010000000001 of 40 credits"),
    ],
)
def test_what_must_not_be_read_is_not_written(said, kept):
    assert redacted(said) == kept


def test_a_line_is_one_json_object_whatever_is_in_it():
    record = logging.LogRecord("shop", logging.INFO, "x.py", 1, 'a\n{"forged": true}', (), None)
    line = Lines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == 'a\n{"forged": true}'


def test_every_answer_carries_its_request_id(client, db):
    one, other = client.get("/healthz"), client.get("/healthz")
    assert len(one["X-Request-Id"]) == 12
    assert one["X-Request-Id"] != other["X-Request-Id"]


def test_what_django_says_of_a_response_carries_the_id_too(client, db, caplog):
    with caplog.at_level("WARNING", logger="django.request"):
        answer = client.get("/nothing/")
    record = caplog.records[-1]
    RequestId().filter(record)
    assert record.request_id == answer["X-Request-Id"]


def test_django_says_nothing_past_our_lines():
    """Its own handlers write to the terminal of a development machine, and to admins, without our filter."""
    assert logging.getLogger("django").handlers == []


def test_the_web_servers_access_log_shows_no_link_that_is_a_key(monkeypatch):
    kept = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))["logger_class"]
    monkeypatch.setattr(kept.__mro__[1], "atoms", lambda self, *request: {"U": request[0], "s": 200})
    line = kept.__new__(kept).atoms("/downloads/7-3:kQ_x-9/")
    assert line == {"U": "/downloads/[redacted]/", "s": 200}
