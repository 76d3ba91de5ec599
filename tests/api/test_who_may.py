"""Every route, every kind of key, and somebody else's object. A new route without a row fails."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.keys import revoke
from accounts.models import ApiKey, Publisher, User
from doors.api.schema import whole_schema
from refunds.models import Case
from storefront.models import Asset, Purchase
from tests.api.conftest import Machine
from tests.world import buy

WORDS = "The trees cast no shadow in my scene, whatever I try with them and the lights."
OPEN = ""
SCOPES = {
    "GET assets/": OPEN,
    "GET assets/{slug}/": OPEN,
    "GET bundles/": OPEN,
    "GET bundles/{slug}/": OPEN,
    "GET me/": "purchases:read",
    "GET purchases/": "purchases:read",
    "POST purchases/": "purchases:write",
    "GET purchases/{invoice}/": "purchases:read",
    "GET purchases/{invoice}/invoice.pdf": "purchases:read",
    "GET purchases/{invoice}/credit-note.pdf": "purchases:read",
    "GET purchases/{invoice}/refund-quote/": "purchases:read",
    "POST purchases/{invoice}/refund/": "refunds:write",
    "GET credits/": "credits:read",
    "GET credits/entries/": "credits:read",
    "POST credits/redeem/": "credits:write",
    "GET library/": "purchases:read",
    "POST library/{asset}/download/": "purchases:write",
    "GET cases/": "cases:write",
    "POST cases/": "cases:write",
    "GET cases/{number}/": "cases:write",
    "POST cases/{number}/messages/": "cases:write",
    "POST cases/{number}/answer/": "cases:write",
    "POST cases/{number}/withdraw/": "cases:write",
    "GET publisher/invoices/{number}/": "publisher:read",
    "GET publisher/refund-requests/": "publisher:read",
    "POST publisher/refund-requests/": "publisher:write",
    "GET publisher/refund-requests/{number}/": "publisher:read",
    "POST publisher/refund-requests/{number}/authorise/": "publisher:write",
    "POST publisher/refund-requests/{number}/decline/": "publisher:write",
    "POST publisher/refund-requests/{number}/offer-help/": "publisher:write",
    "POST store/users/": "store:write",
    "POST store/grants/": "store:write",
    "POST store/purchases/": "store:write",
    "POST store/downloads/": "store:write",
    "GET store/purchases/{invoice}/refund-quote/": "store:write",
    "POST store/purchases/{invoice}/refund/": "store:write",
}
# What each kind of key may do when it was made without naming scopes.
HOLDS = {
    "customer": {
        "purchases:read",
        "purchases:write",
        "refunds:write",
        "credits:read",
        "credits:write",
        "cases:write",
    },
    "publisher": {"publisher:read", "publisher:write"},
    "store": {"store:write"},
}
# A body that is understood, so that only who asks can be what is wrong.
BODIES: dict[str, dict[str, Any]] = {
    "refund/": {"expected_credits": 0},
    "messages/": {"message": "More."},
    "answer/": {"mine": True},
    "decline/": {"note": "No."},
    "offer-help/": {"note": "Help."},
}


@pytest.fixture
def bens_world(ben: User, fern: Asset, machine_of: Callable[..., Machine], gil: User) -> dict[str, str]:
    """Ben's purchase and Ben's case: somebody else's, to Ada and to Quarry."""
    number = buy(ben, fern, days_ago=40).number
    case = machine_of(ben).post("cases/", {"invoice": number, "grounds": "defective", "message": WORDS})
    return {"invoice": number, "number": case.body["number"], "asset": "fern", "slug": "fern"}


NOBODYS = {"invoice": "IN019999999999", "number": "C99999999", "asset": "fern", "slug": "elm"}


def address(row: str, things: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    method, path = row.split(" ")
    if path.startswith("publisher/invoices"):
        things = {**things, "number": things["invoice"]}
    body = next((body for end, body in BODIES.items() if path.endswith(end)), {})
    return method, path.format(**things), body


def ask(machine: Machine, row: str, things: dict[str, str], **headers: str) -> Any:
    method, path, body = address(row, things)
    if method == "GET":
        return machine.get(path, **headers)
    return machine.post(path, body, key="the-key", **headers)


def test_every_route_has_its_row() -> None:
    routes = {
        f"{method.upper()} {path.removeprefix('/api/v1/')}"
        for path, methods in whole_schema()["paths"].items()
        for method in methods
    }
    assert routes == SCOPES.keys()


def test_the_schema_tells_the_same_scopes() -> None:
    for row, scope in SCOPES.items():
        method, path = row.split(" ")
        told = whole_schema()["paths"][f"/api/v1/{path}"][method.lower()].get("security")
        assert (told[0] if told else None) == ({"key": [scope]} if scope else None), row


def test_each_kind_of_key_may_do_its_own_and_nothing_else(
    machine_of: Callable[..., Machine],
    stranger: Machine,
    ada: User,
    quinn: User,
    quarry: Publisher,
    lea: User,
    bens_world: dict[str, str],
) -> None:
    keys = {
        "customer": machine_of(ada),
        "publisher": machine_of(quinn, publisher=quarry),
        "store": machine_of(lea, store=True),
    }
    for row, scope in SCOPES.items():
        for kind, machine in keys.items():
            told = ask(machine, row, NOBODYS)
            refused = told.status == 403 and told.code == "permission_denied"
            assert refused == (scope not in HOLDS[kind] and scope != OPEN), (row, kind, told.status)
        told = ask(stranger, row, NOBODYS)
        assert (told.status == 401) == (scope != OPEN), row
    assert Purchase.objects.count() == 1


def test_one_scope_alone_opens_its_own_routes_alone(
    machine_of: Callable[..., Machine], ada: User, bens_world: dict[str, str]
) -> None:
    for scope in sorted(HOLDS["customer"]):
        machine = machine_of(ada, scopes=[scope])
        reads = {scope, scope.replace(":write", ":read")}
        for row, needed in SCOPES.items():
            told = ask(machine, row, NOBODYS)
            assert (told.status == 403) == (needed not in reads and needed != OPEN), (scope, row)


@pytest.mark.parametrize("row", [row for row in SCOPES if "{" in row and SCOPES[row] != OPEN])
def test_somebody_elses_is_the_same_bytes_as_nobodys(
    row: str,
    machine_of: Callable[..., Machine],
    ada: User,
    quinn: User,
    quarry: Publisher,
    lea: User,
    bens_world: dict[str, str],
) -> None:
    before = (
        list(Case.objects.values("state", "deadline")),
        list(Purchase.objects.values("status", "asked_at")),
    )
    headers = {}
    if row.split(" ")[1].startswith("publisher"):
        machine = machine_of(quinn, publisher=quarry)
    elif row.split(" ")[1].startswith("store"):
        machine, headers = machine_of(lea, store=True), {"X_Customer": ada.email}
    else:
        machine = machine_of(ada)
    theirs, nobodys = ask(machine, row, bens_world, **headers), ask(machine, row, NOBODYS, **headers)
    assert (theirs.status, theirs.bytes) == (404, nobodys.bytes)
    assert (
        list(Case.objects.values("state", "deadline")),
        list(Purchase.objects.values("status", "asked_at")),
    ) == before


def test_no_list_takes_a_filter_that_reaches_into_others(
    machine_of: Callable[..., Machine], ada: User, gil: User, grove: Publisher, lea: User
) -> None:
    machines = {"publisher": machine_of(gil, publisher=grove), "store": machine_of(lea, store=True)}
    adas = machine_of(ada)
    for row in SCOPES:
        method, path, body = address(row, NOBODYS)
        machine = machines.get(path.split("/")[0], adas)
        told = machine.send(method, f"{path}?customer__password__startswith=a", body)
        assert (told.status, told.body["errors"][0]["code"]) == (400, "unknown_filter"), row


def test_no_body_sets_what_is_not_asked(
    machine_of: Callable[..., Machine], ada: User, gil: User, grove: Publisher, lea: User
) -> None:
    machines = {"publisher": machine_of(gil, publisher=grove), "store": machine_of(lea, store=True)}
    adas = machine_of(ada)
    for row in SCOPES:
        method, path, body = address(row, NOBODYS)
        if method != "POST" or path.startswith("library"):
            continue
        machine = machines.get(path.split("/")[0], adas)
        for field in ("customer", "is_staff", "status_code", "balance", "door"):
            told = machine.post(path, {**body, field: 1}, key="k")
            wrong = {error["pointer"]: error["code"] for error in told.body["errors"]}
            assert (told.status, wrong[f"/{field}"]) == (400, "unknown_field"), row


@pytest.mark.parametrize(
    "wrong", ["", "Bearer", "Bearer nonsense", "Basic YWRhOng=", "Bearer rc0000000000_x"]
)
def test_a_bad_key_is_one_401_that_names_the_way_in(stranger: Machine, wrong: str) -> None:
    told = stranger.get("me/", Authorization=wrong) if wrong else stranger.get("me/")
    assert (told.status, told.code, told.headers["WWW-Authenticate"]) == (401, "not_authenticated", "Bearer")


def test_a_key_ends_with_its_owner_its_revocation_its_membership_and_its_role(
    machine_of: Callable[..., Machine], ada: User, ben: User, gil: User, grove: Publisher, lea: User
) -> None:
    adas, bens = machine_of(ada), machine_of(ben)
    gils, shop = machine_of(gil, publisher=grove), machine_of(lea, store=True)
    assert [adas.get("me/").status, gils.get("publisher/refund-requests/").status] == [200, 200]
    User.objects.filter(pk=ada.pk).update(is_active=False)
    revoke(key=ApiKey.objects.get(owner=ben), now=bens.now)
    gil.memberships.all().delete()
    lea.groups.clear()
    assert adas.get("me/").status == 401
    assert bens.get("me/").status == 401
    assert gils.get("publisher/refund-requests/").status == 401
    assert shop.post("store/users/", {"email": "x@example.com"}).status == 401


def test_a_deactivated_persons_living_session_is_nobodys(ada: User, stranger: Machine) -> None:
    stranger.client.force_login(ada)
    assert stranger.get("me/").status == 200
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert stranger.get("me/").status == 401


def test_a_session_may_what_the_person_may_and_never_the_stores(
    stranger: Machine, lea: User, gil: User, bens_world: dict[str, str]
) -> None:
    stranger.client.force_login(lea)
    assert stranger.get("me/").body["roles"] == ["lead"]
    assert stranger.post("store/users/", {"email": "x@example.com"}).status == 403
    assert stranger.get(f"purchases/{bens_world['invoice']}/").status == 404
    assert stranger.get("publisher/refund-requests/").status == 403
    stranger.client.force_login(gil)
    assert stranger.get("publisher/refund-requests/").status == 200


def test_strangers_who_knock_without_a_key_are_counted(stranger: Machine, settings: Any) -> None:
    settings.LIMIT_API_ADDRESS = "3/min"
    said = [stranger.get("me/", X_Forwarded_For=f"10.0.0.{n}").status for n in range(5)]
    assert said == [401, 401, 401, 429, 429]
