"""What a machine may fetch, and what it is told of the cost before it does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from accounts.models import User
from ground.instants import rfc3339
from storefront.models import Asset, Bundle, Download
from tests.api.conftest import Machine
from tests.world import NOW, asset, buy


def test_the_library_tells_what_a_click_costs_dependencies_included(
    adas: Machine, ada: User, forest: Bundle, bark: Asset, slate: Asset
) -> None:
    alone = buy(ada, bark, days_ago=9).number
    bundled = buy(ada, forest, days_ago=2).number
    stone = buy(ada, slate, days_ago=40).number
    rows = {row["asset"]: row for row in adas.get("library/").body["results"]}
    assert list(rows) == ["bark", "fern", "moss", "oak", "slate"]
    file = Asset.objects.get(slug="oak").files.get()
    assert rows["oak"] == {
        "asset": "oak",
        "title": "Oak trees",
        "via": [bundled],
        "files": [{"id": file.pk, "name": "oak.zip", "version": "1.0", "quality": "", "bytes": 64}],
        "download_cost": {
            "purchases": [
                {"invoice": alone, "credits_before": 15, "credits_after": 0, "eligible_after": False},
                {"invoice": bundled, "credits_before": 80, "credits_after": 40, "eligible_after": True},
            ],
            "dependencies": ["bark"],
        },
    }
    assert rows["bark"]["via"] == [alone, bundled]
    assert rows["slate"]["via"] == [stone]
    assert rows["slate"]["download_cost"] == {"purchases": [], "dependencies": []}


def test_a_shelf_takes_the_same_statements_for_one_asset_and_for_thirty(
    adas: Machine, ada: User, grove: object, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(30):
        buy(ada, asset(f"a{number}", f"Asset {number:02}", by=grove, price=2), days_ago=1)  # type: ignore[arg-type]
    with django_assert_max_num_queries(9):
        rows = adas.get("library/").body["results"]
    assert len(rows) == 30


def test_a_download_is_recorded_before_its_link_is_told(adas: Machine, ada: User, forest: Bundle) -> None:
    number = buy(ada, forest).number
    told = adas.post("library/oak/download/")
    assert told.status == 201
    oak, bark = told.body["downloads"]
    assert {key: oak[key] for key in ("asset", "cause", "via", "invoice", "expires_at")} == {
        "asset": "oak",
        "cause": "direct",
        "via": None,
        "invoice": number,
        "expires_at": "2026-11-21T12:10:00Z",
    }
    assert (bark["asset"], bark["cause"], bark["via"]) == ("bark", "dependency", "oak")
    assert oak["file"] == Asset.objects.get(slug="oak").files.get().pk
    assert [(row.asset.slug, row.door) for row in Download.objects.all()] == [("oak", "api"), ("bark", "api")]
    fetched = adas.client.get(oak["url"])
    assert (fetched.status_code, fetched["Content-Disposition"]) == (200, 'attachment; filename="oak.zip"')


def test_dependencies_come_along_as_wished(adas: Machine, ada: User, forest: Bundle) -> None:
    buy(ada, forest)
    for wish, fetched in (
        (False, ["oak"]),
        ([], ["oak"]),
        (["bark"], ["oak", "bark"]),
        (True, ["oak", "bark"]),
    ):
        told = adas.post("library/oak/download/", {"dependencies": wish})
        assert [one["asset"] for one in told.body["downloads"]] == fetched
    for body, pointer in (
        ({"dependencies": ["moss"]}, "/dependencies"),
        ({"dependencies": "all"}, "/dependencies"),
        ({"dependencies": None}, "/dependencies"),
        ({"dependencies": [7]}, "/dependencies"),
        ({"file": 0}, "/file"),
        ({"file": 2**70}, "/file"),
        ({"file": "1"}, "/file"),
        ({"file": Asset.objects.get(slug="moss").files.get().pk}, "/file"),
        ({"at": "2020-01-01T00:00:00Z"}, "/at"),
    ):
        told = adas.post("library/oak/download/", body)
        assert (told.status, [error["pointer"].split("/0")[0] for error in told.body["errors"]]) == (
            400,
            [pointer],
        )


def test_what_is_not_owned_is_not_there(adas: Machine, ada: User, ben: User, fern: Asset) -> None:
    buy(ben, fern)
    told = adas.post("library/fern/download/")
    assert (told.status, told.code) == (404, "not_owned")
    assert adas.post("library/elm/download/").bytes == told.bytes
    bought = buy(ada, fern)
    assert adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 30}, key="k").status == 201
    assert adas.post("library/fern/download/").bytes == told.bytes
    assert Download.objects.count() == 0


def test_a_download_asked_for_again_under_its_key_is_the_same_download_with_a_fresh_link(
    ada: User, oak: Asset, adas: Machine, the_clock: Callable[[datetime], None]
) -> None:
    buy(ada, oak, now=NOW)
    first = adas.post("library/oak/download/", {}, key="d")
    the_clock(NOW + timedelta(hours=2))
    again = adas.post("library/oak/download/", {}, key="d")
    assert (first.status, again.status, Download.objects.count()) == (201, 201, 1)
    assert again.headers["Idempotent-Replayed"] == "true"
    (old,), (fresh,) = first.body["downloads"], again.body["downloads"]
    assert {name: fresh[name] for name in ("asset", "file", "cause", "via", "invoice")} == {
        name: old[name] for name in ("asset", "file", "cause", "via", "invoice")
    }
    assert fresh["expires_at"] == rfc3339(NOW + timedelta(hours=2, minutes=10))
    assert adas.client.get(urlsplit(old["url"]).path).status_code == 410
    assert adas.client.get(urlsplit(fresh["url"]).path).status_code == 200


def test_another_download_under_the_same_key_is_refused(
    ada: User, oak: Asset, bark: Asset, adas: Machine
) -> None:
    buy(ada, oak, now=NOW)
    buy(ada, bark, now=NOW)
    adas.post("library/oak/download/", {"dependencies": False}, key="d")
    assert adas.post("library/bark/download/", {}, key="d").body["code"] == "idempotency_key_reused"
    assert Download.objects.count() == 1
