"""Hostile requests, figures and questions: each is answered, and none does or shows what it may not."""

import io

import pytest

from refunds.models import Case, Refund
from tests.adas_things import Browser, everything
from tests.addresses import ROWS, address

pytestmark = pytest.mark.django_db

# --- Requests --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--b\r\nnonsense", "multipart/form-data; boundary=b"),
        (b"--b", "multipart/form-data"),
        (b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nno end', "multipart/form-data; boundary=b"),
        (
            b"--b\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--",
            "multipart/form-data; boundary=b",
        ),
        (b"mess%ffage=%ff%fe", "application/x-www-form-urlencoded"),
        (b"message=x&" + b"&".join(b"f%d=1" % n for n in range(5_000)), "application/x-www-form-urlencoded"),
        (b"message=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"", "multipart/form-data; boundary=" + "b" * 10_000),
    ],
)  # fmt: skip
def test_a_broken_body_is_told_quickly_and_does_nothing(w, body, kind):
    people = {"/cases": Browser(w.ada), "/porta": Browser(w.gil), "/sign-": Browser()}
    before = everything()
    for path in (f"/cases/{w.open_case.number}/messages/", "/portal/refunds/new/", "/sign-in/"):
        response = people[path[:6]].client().generic("POST", path, body, kind)
        good = {200, 400, 413, 422} if path == "/sign-in/" else {400, 413, 422}
        assert response.status_code in good, (path, response.status_code)
    assert everything() == before


def test_a_length_that_lies_is_told_before_a_byte_is_read(w):
    class Endless(io.RawIOBase):
        read_bytes = 0

        def read(self, size: int = -1) -> bytes:
            Endless.read_bytes += max(size, 0)
            return b"x" * max(size, 0)

    browser = Browser(w.ada).client()
    response = browser.generic(
        "POST", "/credits/redeem/", b"", CONTENT_TYPE="application/x-www-form-urlencoded",
        CONTENT_LENGTH=str(100_000_000), **{"wsgi.input": Endless()},
    )  # fmt: skip
    assert response.status_code in {400, 413}
    assert Endless.read_bytes < 3_000_000


# --- Figures ---------------------------------------------------------------------------------------------------

FIGURES = [
    "", "0", "-1", str(2**53), str(2**63), "9" * 400, "1e400", "1e3", "NaN", "Infinity", "true", "1.5", "0x10",
    "1_000", "１", "七", "²", "1,000", "5\x00",
]  # fmt: skip
PAID_OUT = {
    "refund": ("ada", "/purchases/{w.bought.number}/refund/", {"key": "k"}, "expected_credits"),
    "purchase": ("ada", "/assets/oak/buy/", {"key": "k"}, "credits"),
    "approval": ("lea", "/admin/refunds/case/{w.open_case.number}/approve/", {"note": "Yes."}, "credits"),
    "compensation": ("lea", "/admin/refunds/case/{w.open_case.number}/answer/", {"note": "Sorry."}, "credits"),
    "gift": ("lea", "/admin/credits/wallet/{w.wallet.pk}/give/", {"kind": "promo", "why": "x"}, "credits"),
    "window": (
        "lea", "/admin/storefront/terms/publish/",
        {"version": "v", "in_force_from": "2030-01-01T00:00", "bundle_percent": "50", "why": "x"}, "window_days",
    ),
    "percent": (
        "lea", "/admin/storefront/terms/publish/",
        {"version": "v", "in_force_from": "2030-01-01T00:00", "window_days": "30", "why": "x"}, "bundle_percent",
    ),
}  # fmt: skip
# What these doors do take: a full-width one is a one, 1_000 is a thousand, and zero where zero means something.
TAKEN = {
    "compensation": {"", "0", "１", "1_000"}, "gift": {"１", "1_000"}, "window": {"0", "１", "1_000"},
    "percent": {"0", "１"}, "approval": {"１"},
}  # fmt: skip


@pytest.mark.parametrize("act", PAID_OUT)
def test_only_whole_credits_in_bounds_are_ever_taken(w, say, act):
    person, path, body, name = PAID_OUT[act]
    before = everything()
    for figure in FIGURES:
        if figure in TAKEN.get(act, ()):
            continue
        response = say(person, path, {**body, name: figure})
        assert response.status_code in {403, 409, 422}, (figure, response.status_code)
    # A price that is not the price is an answer, and kept with its key.
    assert {**everything(), "ground.Receipt": ""} == {**before, "ground.Receipt": ""}
    assert Refund.objects.count() == 1
    assert Case.objects.get().is_open


# --- Probing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["sam", "lea"])
def test_no_list_of_the_desk_answers_questions_about_what_it_does_not_show(w, person):
    lists = [name for name in ROWS if name.endswith("_changelist")]
    assert len(lists) > 15
    browser = Browser(getattr(w, person))
    probes = [
        "customer__password__startswith=argon2", "password__startswith=m", "customer__email__startswith=a",
        "by__password__startswith=m", "requested_by__password__startswith=m", "wallet__customer__password__gt=a",
        "groups__user__password__startswith=m", "o=password", "o=-customer__password", "data__contains=x",
    ]  # fmt: skip
    for name in lists:
        plain = browser.client().get(address(w, name)).content
        for probe in probes:
            response = browser.client().get(f"{address(w, name)}?{probe}")
            # Refused; the queue, which has its own few questions, and the order of rows do not look at it.
            if response.status_code == 200:
                assert probe.startswith("o=") or name == "admin:refunds_case_changelist", (name, probe)
                assert _rows(response.content) == _rows(plain), (name, probe)
            else:
                assert response.status_code == 400, (name, probe)


def _rows(page: bytes) -> int:
    return page.count(b"<tr")
