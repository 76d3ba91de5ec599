"""How often a machine may ask: every request counts, also one that is turned away, and never inside an act."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.keys import keep_last_uses, make_key, with_last_use
from accounts.models import ApiKey, Publisher, User
from doors.api.throttling import forget_limits
from ground.models import Limit
from outbox import jobs
from storefront.models import Asset
from tests.api.conftest import Machine
from tests.statements import with_its_frame
from tests.world import NOW, buy, give


def counted() -> dict[str, int]:
    return dict(Limit.objects.values_list("who", "counted"))


def test_over_the_limit_is_429_with_the_seconds_to_wait(
    adas: Machine, settings: Any, the_clock: Callable[[datetime], None]
) -> None:
    settings.LIMIT_API_KEY = "2/min"
    assert [adas.get("me/").status for _ in range(2)] == [200, 200]
    the_clock(NOW + timedelta(seconds=20))
    told = adas.get("me/")
    assert (told.status, told.code, told.headers["Retry-After"]) == (429, "throttled", "40")
    the_clock(NOW + timedelta(seconds=60))
    assert adas.get("me/").status == 200


def test_each_key_is_counted_by_itself(
    ada: User, adas: Machine, machine_of: Callable[..., Machine], settings: Any
) -> None:
    settings.LIMIT_API_KEY = "1/min"
    other = machine_of(ada)
    assert [machine.get("me/").status for machine in (adas, other, adas)] == [200, 200, 429]


def test_a_session_is_counted_per_person(ada: User, settings: Any) -> None:
    settings.LIMIT_API_KEY = "1/min"
    told = []
    for _ in range(2):
        browser = Machine(None, NOW)
        browser.client.force_login(ada)
        told.append(browser.get("me/").status)
    assert told == [200, 429]
    assert counted() == {f"person {ada.pk}": 2}


def test_strangers_are_counted_per_address_and_leave_none_behind(stranger: Machine) -> None:
    assert [stranger.get("assets/").status, stranger.get("me/").status] == [200, 401]
    [(who, count)] = counted().items()
    assert (who[:8], "127.0.0.1" in who, count) == ("address ", False, 2)


@pytest.mark.parametrize(
    ("proxies", "said"), [(0, [200, 429, 429]), (1, [200, 200, 429]), (2, [200, 429, 429])]
)
def test_an_address_is_what_our_own_proxies_vouch_for(
    stranger: Machine, settings: Any, proxies: int, said: list[int]
) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    settings.LIMIT_API_ADDRESS = "1/min"
    through = ["8.8.8.8, 10.0.0.1", "8.8.8.8, 10.0.0.2", "8.8.8.8, 10.0.0.1"]
    assert [stranger.get("assets/", X_Forwarded_For=proxied).status for proxied in through] == said


def test_guesses_at_a_key_count_for_the_address(settings: Any, db: None) -> None:
    settings.LIMIT_API_ADDRESS = "3/min"
    said = [Machine(f"rc000000000{n}_guess", NOW).get("me/").status for n in range(5)]
    assert said == [401, 401, 401, 429, 429]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nothing/", None, 404),
        ("GET", "purchases/IN999999999999/", None, 404),
        ("GET", "publisher/refund-requests/", None, 403),
        ("PUT", "me/", None, 405),
        ("GET", "me/?filter=1", None, 400),
        ("POST", "purchases/", b"{", 400),
        ("POST", "purchases/", {"asset": "fern", "expected_credits": 30}, 402),
        ("POST", "credits/redeem/", {"code": "NONE"}, 422),
    ],
)
def test_what_fails_counts_too(
    ada: User, fern: Asset, adas: Machine, method: str, path: str, body: Any, status: int
) -> None:
    assert adas.send(method, path, body, Idempotency_Key="k").status == status
    assert list(counted().values()) == [1]


@pytest.mark.django_db(transaction=True)
def test_it_is_counted_before_the_act_begins_and_outside_of_it(ada: User, fern: Asset, adas: Machine) -> None:
    give(ada, 30)
    number = buy(ada, fern, with_credits=False).number
    acts: list[Callable[[], object]] = [
        lambda: adas.post(f"purchases/{number}/refund/", {"expected_credits": 30}, key="r"),
        lambda: adas.post("purchases/", {"asset": "fern", "expected_credits": 30}, key="b"),
        lambda: adas.post("library/fern/download/", {}),
        lambda: adas.post("credits/redeem/", {"code": "NONE"}, key="c"),
    ]
    for act in acts:
        texts = with_its_frame(act)
        begins = next(place for place, sql in enumerate(texts) if sql.startswith("BEGIN"))
        limits = [place for place, sql in enumerate(texts) if sql.startswith("INSERT INTO ground_limit")]
        assert limits == [1]  # right after the key was found
        assert begins > 1


def test_when_a_key_was_last_used_is_known_from_its_count(
    ada: User, adas: Machine, the_clock: Callable[[datetime], None]
) -> None:
    key = ApiKey.objects.get()
    assert [one.last_used_at for one in with_last_use([key])] == [None]
    the_clock(NOW + timedelta(minutes=5))
    adas.get("me/")
    assert [one.last_used_at for one in with_last_use([key])] == [NOW + timedelta(minutes=5)]


def test_it_stays_known_when_the_count_is_forgotten(
    ada: User, gil: User, grove: Publisher, adas: Machine, stranger: Machine
) -> None:
    later, _ = make_key(owner=gil, publisher=grove, now=NOW)
    ApiKey.objects.filter(pk=later.pk).update(last_used_at=NOW + timedelta(days=1))
    adas.get("me/")
    stranger.get("assets/")
    Limit.objects.create(who=f"key {later.pk}", began_at=NOW, counted=1, last_at=NOW)
    assert forget_limits(NOW + timedelta(days=2)) == 3
    assert not Limit.objects.exists()
    assert dict(ApiKey.objects.values_list("owner__name", "last_used_at")) == {
        "Ada": NOW,
        "Gil": NOW + timedelta(days=1),
    }
    keep_last_uses()
    assert jobs.registered["forget_limits"].interval == timedelta(days=1)
