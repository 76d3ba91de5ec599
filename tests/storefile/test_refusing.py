"""What is wrong with a file is said by line, all of it at once, and nothing of the file is loaded."""

import json
from typing import Any

import pytest

from accounts.models import Publisher, User
from credits.models import Entry, Lot, Wallet
from doors.storefile import reading
from doors.storefile.problems import LISTED
from storefront.models import Asset, Purchase, Series
from tests.storefile.lines import (
    ADA,
    BARK,
    FOREST,
    GROVE,
    OAK,
    SHOP,
    TERMS,
    Line,
    as_bytes,
    download,
    grant,
    purchase,
    refund,
    why_lines_refused,
    why_refused,
)

pytestmark = pytest.mark.django_db
HERE = len(SHOP) + 1  # the first line after those of the shop


@pytest.fixture(autouse=True)
def nothing_changes() -> Any:
    """Holds for every test in this file, whatever else it shows."""
    before = _all_of_it()
    yield
    assert _all_of_it() == before


def _all_of_it() -> list[Any]:
    models = (User, Publisher, Asset, Wallet, Lot, Entry, Purchase)
    return [model.objects.count() for model in models] + [Series.objects.get(prefix="IN").last]


# --- What is no store file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty: a store file has at least one line."),
        (b"\n", "line 1: is empty; every line is one object"),
        (b"[1]\n", "line 1: is not an object, and every line is one"),
        (b"{]\n", "line 1: is not JSON: Expecting property name enclosed in double quotes at character 2"),
        (b'{"type":"user","email":"a', "line 1: is cut off: the file ends in the middle of it"),
        (
            b'\xef\xbb\xbf{"type":"x"}\n',
            "line 1: starts with a byte order mark; a store file is plain UTF-8 without one",
        ),
        (b'{"type":"x"}\r\n', "line 1: ends with CR LF; lines of a store file end with LF alone"),
        (b'{"type":"\xff"}\n', "line 1: is not UTF-8: the byte at position 10 belongs to no character"),
        (b'{"type":"user","type":"user"}\n', "line 1: has the key “type” twice"),
        (b'{"a":1.5}\n', "line 1: holds the number 1.5; every number in a store file is whole"),
        (b'{"a":1e400}\n', "line 1: holds the number 1e400; every number in a store file is whole"),
        (b'{"a":NaN}\n', "line 1: holds the number NaN; every number in a store file is whole"),
        (b'{"a":' + b"9" * 5000 + b"}\n", "line 1: holds a number with too many digits"),
        (b'{"a":' + b"[" * 100_000 + b"\n", "line 1: is nested too deeply"),
        (b'{"slug":"x"}\n', "line 1: has no “type”"),
        (b'{"type":"voucher"}\n', "line 1: is of the type “voucher”, which a store file does not know"),
    ],
)
def test_bytes_that_are_no_line_of_a_store_file(content: bytes, reason: str) -> None:
    assert why_refused(content) == [reason]


def test_a_line_of_fifty_megabytes_is_refused_without_being_kept() -> None:
    monster = b'{"type":"user","name":"' + b"x" * 50_000_000 + b'"}\n'
    reasons = why_refused(as_bytes(GROVE) + monster + as_bytes({**ADA, "email": "nobody"}))
    assert reasons == [
        f"line 2: is longer than {reading.LONGEST_LINE:,} bytes, the most that a line may have",
        "line 3: has “nobody” as “email”, which does not fit (pattern: ^[^@\\s]+@[^@\\s]+$)".replace(
            "“nobody”", '"nobody"'
        ),
    ]


@pytest.mark.parametrize("text", ["a\u0000b", "\ud800"])
def test_text_that_no_database_can_keep(text: str) -> None:
    line = json.dumps({**ADA, "name": text}).encode() + b"\n"
    assert why_refused(line) == ["line 1: holds a character that is no text (a NUL or half of a pair)"]


# --- What does not fit the format -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({**ADA, "phone": "1"}, "has the unknown key “phone”"),
        ({"type": "user"}, "has no “email”"),
        ({**BARK, "price": True}, "has true as “price”, which must be integer"),
        ({**BARK, "price": "15"}, 'has "15" as “price”, which must be integer'),
        ({**BARK, "price": -1}, "has -1 as “price”, and 0 is the least"),
        ({**BARK, "price": 2**53}, f"has {2**53} as “price”, and {2**53 - 1} is the most"),
        (grant(credits=0), "has 0 as “credits”, and 1 is the least"),
        (grant(kind="gold"), 'has "gold" as “kind”, which must be one of paid, promo, compensation'),
        (
            grant(at="2026-10-01T00:00:00"),
            'has "2026-10-01T00:00:00" as “at”, which is no RFC 3339 time with a zone, such as 2026-11-01T09:30:00Z',
        ),
        (grant(at="2026-02-30T00:00:00Z"), "has the time 2026-02-30T00:00:00Z, which no calendar knows"),
        (
            grant(at="0001-01-01T00:00:00+14:00"),
            "has the time 0001-01-01T00:00:00+14:00, which no calendar knows",
        ),
        (
            {**ADA, "email": "eve@example.com", "time_zone": "Mars/Olympus"},
            "has the time zone “Mars/Olympus”, and there is none of this name",
        ),
        (
            {**ADA, "email": "new@example.com", "password": "x"},
            "has a password; passwords are read with --allow-passwords only",
        ),
        (purchase(invoice="IN1"), 'has "IN1" as “invoice”, which does not fit (pattern: ^IN[0-9]{12}$)'),
        (
            purchase(status="refunded"),
            'has "refunded" as “status”, which must be one of pending, completed, cancelled, charged_back',
        ),
    ],
)
def test_lines_that_do_not_fit(line: Line, reason: str) -> None:
    assert why_lines_refused(*SHOP, line) == [f"line {HERE}: {reason}"]


# --- What refers to nothing, or to something else ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (grant(user="eve@example.com"), "names eve@example.com, and no line above it is about this user"),
        (
            {**BARK, "slug": "x", "publisher": "quarry"},
            "names the publisher “quarry”, and no line above it is about it",
        ),
        (
            {**BARK, "slug": "x", "requires": ["fir"]},
            "names the asset “fir”, and no line above it is about it",
        ),
        ({**BARK, "requires": ["oak"]}, "makes “bark” require itself"),
        ({**FOREST, "assets": ["oak", "oak"]}, "names the same asset twice"),
        ({**FOREST, "assets": ["forest"]}, "puts the bundle “forest” into itself"),
        ({**TERMS, "window_days": 14}, "repeats the terms “2025-08” with other content"),
        ({**TERMS, "version": "x"}, "starts at the same instant as the terms “2025-08”"),
        ({**ADA, "name": "Ada Lovelace"}, "repeats the user “ada@example.com” with other content"),
        ({**GROVE, "name": "Grove"}, "repeats the publisher “grove” with other content"),
        (download(), "names the purchase “p1”, and no line above it has this ref"),
        (purchase(asset="oak", bundle="forest"), "names one asset or one bundle, and not both"),
    ],
)
def test_lines_that_refer_to_nothing(line: Line, reason: str) -> None:
    assert why_lines_refused(*SHOP, line) == [f"line {HERE}: {reason}"]


def test_a_purchase_of_refused_terms_is_not_complained_of() -> None:
    wrong = {**TERMS, "version": "2026-01", "window_days": -1}
    (reason,) = why_lines_refused(*SHOP, wrong, grant(), purchase(terms="2026-01"))
    assert reason.startswith(f"line {HERE}: has -1 as “window_days”")


def test_a_line_refers_only_to_what_stands_above_it() -> None:
    assert why_lines_refused(*SHOP, purchase(draws=[{"grant": "g1", "credits": 60}]), grant()) == [
        f"line {HERE}: names the grant “g1”, and no line above it has this ref"
    ]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([grant(), grant(credits=1)], "repeats the ref “g1” with other content"),
        ([grant(), purchase("g1")], "repeats the ref “g1” with other content"),
        ([grant(), download(purchase="g1")], "names “g1” as a purchase, and it is none"),
        (
            [grant(credits=59), purchase()],
            "costs 60 credits, and the grants of ada@example.com above it held 59 at that time",
        ),
        (
            [grant(at="2026-11-01T09:30:00.000001Z"), purchase()],
            "costs 60 credits, and the grants of ada@example.com above it held 0 at that time",
        ),
        (
            [grant(expires_at="2026-11-01T09:30:00Z"), purchase()],
            "costs 60 credits, and the grants of ada@example.com above it held 0 at that time",
        ),
        (
            [grant(), purchase(draws=[{"grant": "g1", "credits": 59}])],
            "has draws that do not add up to its 60 credits",
        ),
        (
            [grant(user="ben@example.com"), purchase(draws=[{"grant": "g1", "credits": 60}])],
            "draws on the grant “g1”, which is not ada@example.com's",
        ),
        ([grant(), purchase(status="cancelled")], "is cancelled, so its credits are 0"),
        ([grant(), purchase(items=[{"asset": "oak"}, {"asset": "oak"}])], "has the same asset in two items"),
        (
            [grant(), purchase(items=[{"asset": "oak", "share": 59}])],
            "has shares that do not add up to its 60 credits",
        ),
        (
            [grant(), purchase(invoice="IN990000000001"), purchase("p2", invoice="IN990000000001")],
            "has the number IN990000000001, which a line above it has taken",
        ),
        (
            [grant(), purchase(), {**TERMS, "version": "new", "in_force_from": "2026-11-01T09:30:00Z"}],
            (
                "is in force from 2026-11-01T09:30:00Z on, and a purchase above it was completed after that: "
                "terms stand above the purchases that they judge"
            ),
        ),
        (
            [grant(), purchase(terms="2099-01")],
            "names the terms “2099-01”, and no line above it is about them",
        ),
        ([grant(), purchase(terms="")], 'has "" as “terms”, which does not fit (minLength: 1)'),
        (
            [grant(), purchase(invoice="IN010000000000")],
            "has the number IN010000000000, and every series starts with 1",
        ),
        ([grant(), purchase(), download("moss")], "is of “moss”, which is no item of the purchase “p1”"),
        (
            [grant(), purchase(download_log=False), download()],
            "is of the purchase “p1”, whose downloads nobody knows",
        ),
        (
            [grant(), purchase(), download(at="2026-11-01T09:29:59Z")],
            "is of a time before its purchase was completed",
        ),
        (
            [grant(), purchase(), download(via="oak")],
            "names the asset that required it (“via”) when its cause is dependency, and only then",
        ),
        (
            [grant(), purchase(), refund(60), download(at="2026-11-06T00:00:00Z")],
            "is of a time when this item had been revoked",
        ),
        (
            [grant(), purchase(), refund(59)],
            "refunds 59 credits on the basis of the policy, and the policy gives 60",
        ),
        (
            [grant(), purchase(), refund(60, at="2027-01-01T00:00:00Z")],
            "refunds 60 credits on the basis of the policy, and the policy says no (window_closed)",
        ),
        ([grant(), purchase(), refund(61, basis="goodwill")], "refunds 61 credits, and 60 were spent"),
        (
            [grant(), purchase(), refund(60), refund(60, at="2026-11-06T00:00:00Z")],
            "refunds a purchase that is refunded; a completed one is refunded, and only once",
        ),
        (
            [grant(), {"type": "expiry", "grant": "g1", "credits": 500, "at": "2026-11-01T00:00:00Z"}],
            "lets the grant “g1” expire before its time",
        ),
    ],
)
def test_lines_that_break_a_law(lines: list[Line], reason: str) -> None:
    assert why_lines_refused(*SHOP, *lines) == [f"line {len(SHOP) + len(lines)}: {reason}"]


def test_every_mistake_is_listed_up_to_a_hundred() -> None:
    wrong = [grant(f"g{n}", user="eve@example.com") for n in range(250)]

    reasons = why_lines_refused(*SHOP, *wrong)

    assert len(reasons) == LISTED + 1
    assert reasons[-1] == "and 150 more"


def test_lines_that_follow_from_a_refused_one_are_not_complained_of() -> None:
    """Nobody needs to hear a hundred times that one user was misspelt."""
    reasons = why_lines_refused(
        *SHOP,
        {**OAK, "slug": "elm", "price": -1},
        purchase("p1", 40, asset="elm"),
        download("elm"),
        grant("g9", 0),
    )
    assert reasons == [
        f"line {HERE}: has -1 as “price”, and 0 is the least",
        f"line {HERE + 3}: has 0 as “credits”, and 1 is the least",
    ]
