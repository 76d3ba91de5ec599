from http import HTTPStatus

import pytest
from django.test import Client

from doors.shop.drawing.covers import cover_svg
from tests import world

pytestmark = pytest.mark.django_db


def test_a_cover_is_served_to_keep(client: Client) -> None:
    answer = client.get("/covers/asset/oak-trees.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert answer.text == cover_svg("oak-trees")


def test_a_bundles_cover_shows_what_it_holds_and_changes_with_it(client: Client) -> None:
    grove = world.publisher("grove", "Grove Studio")
    oak, fern, moss = (world.asset(slug, slug, by=grove, price=10) for slug in ("oak", "fern", "moss"))
    forest = world.bundle("forest", "Forest", by=grove, price=15, holds=[oak, fern])
    before = client.get("/covers/bundle/forest.svg")
    assert before.text == cover_svg("forest", "bundle", ("oak", "fern"))

    assert client.get(
        "/covers/bundle/forest.svg", headers={"If-None-Match": before.headers["ETag"]}
    ).status_code == (HTTPStatus.NOT_MODIFIED)
    forest.parts.create(position=2, asset=moss)
    after = client.get("/covers/bundle/forest.svg", headers={"If-None-Match": before.headers["ETag"]})
    assert after.text == cover_svg("forest", "bundle", ("oak", "fern", "moss"))


def test_asking_for_a_cover_does_not_tell_what_is_for_sale(client: Client) -> None:
    assert client.get("/covers/asset/never-was.svg").status_code == HTTPStatus.OK
    assert client.get("/covers/wallet/ada.svg").status_code == HTTPStatus.NOT_FOUND
