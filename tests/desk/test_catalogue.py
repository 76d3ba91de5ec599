"""The catalogue in the desk: leads keep it, agents read it, and no ring is tied."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from storefront.models import Asset, AssetFile, Bundle, BundlePart
from tests.world import bundle, buy

pytestmark = pytest.mark.django_db
ASSETS, BUNDLES = "/admin/storefront/asset/", "/admin/storefront/bundle/"


def as_lead(client, lea):
    client.force_login(lea)
    return client


def rows(prefix, lines=(), kept=0):
    """A form of several lines, as the admin's pages send it."""
    fields = {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": kept}
    for number, line in enumerate(lines):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in line.items()}
    return fields


def asset_fields(one, **changes):
    return {
        "slug": one.slug,
        "publisher": one.publisher_id,
        "title": one.title,
        "description": one.description,
        "category": one.category,
        "price": one.price,
        "requires": [other.pk for other in one.requires.all()],
        **rows("files", [{"id": file.pk, "asset": one.pk} for file in one.files.all()], one.files.count()),
        **changes,
    }


def bundle_fields(one, parts, **changes):
    return {
        "slug": one.slug,
        "publisher": one.publisher_id,
        "title": one.title,
        "description": one.description,
        "price": one.price,
        **rows("parts", parts, sum("id" in part for part in parts)),
        **changes,
    }


def lines_of(one):
    return [
        {"id": part.pk, "position": part.position, "asset": part.asset_id or "", "inner": part.inner_id or ""}
        for part in one.parts.all()
    ]


def said(response):
    return [error for form in [response.context["adminform"].form] for error in form.errors.values()] + [
        formset.formset.non_form_errors() for formset in response.context["inline_admin_formsets"]
    ]


def test_a_lead_changes_a_price_and_what_was_sold_stays(client, lea, ada, oak):
    purchase = buy(ada, oak)
    done = as_lead(client, lea).post(f"{ASSETS}{oak.pk}/change/", asset_fields(oak, price=60, title="Oaks"))
    assert (done.status_code, done["Location"]) == (302, ASSETS)
    oak.refresh_from_db()
    assert (oak.price, oak.title, oak.withdrawn_at) == (60, "Oaks", None)
    item = purchase.items.get()
    assert (item.original_price, item.title) == (40, "Oak trees")


def test_a_lead_adds_an_asset_with_a_file(client, lea, grove):
    fields = {
        "slug": "ash", "publisher": grove.pk, "title": "Ash", "description": "", "category": "models",
        "price": "25", "requires": [],
        **rows("files", [{"name": "ash.zip", "version": "1.0", "quality": "", "size_bytes": "0"}]),
        "files-0-content": SimpleUploadedFile("ash.zip", b"PK-ash"),
    }  # fmt: skip
    done = as_lead(client, lea).post(f"{ASSETS}add/", fields)
    assert done.status_code == 302, said(done)
    ash = Asset.objects.get(slug="ash")
    file = ash.files.get()
    assert (ash.price, file.size_bytes, file.content.read()) == (25, 6, b"PK-ash")
    file.content.close()
    assert ash.created_at <= timezone.now()


@pytest.mark.parametrize("price", ["-1", "1.5", "1e3", "9007199254740992", ""])
def test_a_price_is_whole_credits(client, lea, oak, price):
    answer = as_lead(client, lea).post(f"{ASSETS}{oak.pk}/change/", asset_fields(oak, price=price))
    assert answer.status_code == 200
    assert "price" in answer.context["adminform"].form.errors
    assert Asset.objects.get(pk=oak.pk).price == 40


def test_a_ring_of_requirements_is_refused_and_named(client, lea, oak, bark):
    answer = as_lead(client, lea).post(f"{ASSETS}{bark.pk}/change/", asset_fields(bark, requires=[oak.pk]))
    assert "Bark → Oak trees → Bark would be a ring" in str(said(answer))
    assert list(bark.requires.all()) == []
    answer = client.post(f"{ASSETS}{oak.pk}/change/", asset_fields(oak, requires=[oak.pk]))
    assert "Oak trees → Oak trees" in str(said(answer))


def test_a_bundle_cannot_hold_itself_through_others(client, lea, grove, forest):
    outer = bundle("outer", "Outer", by=grove, price=100, holds=[forest])
    lines = [*lines_of(forest), {"position": 9, "asset": "", "inner": outer.pk}]
    answer = as_lead(client, lea).post(f"{BUNDLES}{forest.pk}/change/", bundle_fields(forest, lines))
    assert "the bundle would hold itself" in str(said(answer))
    itself = [*lines_of(forest), {"position": 9, "asset": "", "inner": forest.pk}]
    answer = client.post(f"{BUNDLES}{forest.pk}/change/", bundle_fields(forest, itself))
    assert "the bundle would hold itself" in str(said(answer))
    assert forest.parts.count() == 4


def test_a_line_of_a_bundle_is_one_thing_and_stands_once(client, lea, forest, oak, moss, slate):
    lead = as_lead(client, lea)
    for line in ({"asset": "", "inner": ""}, {"asset": slate.pk, "inner": forest.pk}):
        fields = bundle_fields(forest, [*lines_of(forest), {"position": 9, **line}])
        assert "either an asset or a bundle" in str(said(lead.post(f"{BUNDLES}{forest.pk}/change/", fields)))
    fields = bundle_fields(forest, [*lines_of(forest), {"position": 9, "asset": oak.pk, "inner": ""}])
    assert lead.post(f"{BUNDLES}{forest.pk}/change/", fields).status_code == 200
    assert forest.parts.count() == 4


def test_a_lead_changes_what_a_bundle_holds(client, lea, forest, slate):
    first, *others = lines_of(forest)
    lines = [{**first, "DELETE": "on"}, *others, {"position": 9, "asset": slate.pk, "inner": ""}]
    done = as_lead(client, lea).post(f"{BUNDLES}{forest.pk}/change/", bundle_fields(forest, lines))
    assert done.status_code == 302, said(done)
    assert [part.asset.slug for part in forest.parts.all()] == ["fern", "moss", "bark", "slate"]


def test_withdrawing_and_putting_back(client, lea, forest):
    lead = as_lead(client, lea)
    fields = bundle_fields(forest, lines_of(forest))
    lead.post(f"{BUNDLES}{forest.pk}/change/", {**fields, "withdrawn": "on"})
    since = Bundle.objects.get(pk=forest.pk).withdrawn_at
    assert since
    lead.post(f"{BUNDLES}{forest.pk}/change/", {**fields, "withdrawn": "on", "title": "Old forest"})
    assert Bundle.objects.get(pk=forest.pk).withdrawn_at == since
    lead.post(f"{BUNDLES}{forest.pk}/change/", fields)
    assert Bundle.objects.get(pk=forest.pk).withdrawn_at is None


def test_a_file_is_added_beside_the_others_and_none_is_changed(client, lea, oak):
    page = as_lead(client, lea).get(f"{ASSETS}{oak.pk}/change/").content.decode()
    assert "files-0-name" not in page
    known = oak.files.get()
    lines = [
        {"id": known.pk, "name": "changed.zip"},
        {"name": "oak-2.zip", "version": "2.0", "size_bytes": "7"},
    ]
    fields = asset_fields(oak, **rows("files", lines, 1))
    assert client.post(f"{ASSETS}{oak.pk}/change/", fields).status_code == 302
    assert set(AssetFile.objects.filter(asset=oak).values_list("name", flat=True)) == {"oak.zip", "oak-2.zip"}


def test_agents_read_and_change_nothing(client, sam, oak, forest):
    client.force_login(sam)
    for address in (ASSETS, BUNDLES, f"{ASSETS}{oak.pk}/change/", f"{BUNDLES}{forest.pk}/change/"):
        assert client.get(address).status_code == 200
    assert client.post(f"{ASSETS}{oak.pk}/change/", asset_fields(oak, price=1)).status_code == 403
    assert client.post(f"{BUNDLES}{forest.pk}/change/", bundle_fields(forest, [], price=1)).status_code == 403
    assert client.get(f"{ASSETS}add/").status_code == 403
    assert (Asset.objects.get(pk=oak.pk).price, Bundle.objects.get(pk=forest.pk).price) == (40, 80)


def test_nobody_deletes_what_is_for_sale(client, lea, oak):
    lead = as_lead(client, lea)
    assert lead.post(f"{ASSETS}{oak.pk}/delete/", {"post": "yes"}).status_code == 403
    lead.post(ASSETS, {"action": "delete_selected", "_selected_action": [oak.pk], "post": "yes"})
    assert Asset.objects.filter(pk=oak.pk).exists()


def test_customers_and_publishers_are_sent_away(client, ada, gil, oak):
    for person in (ada, gil):
        client.force_login(person)
        assert client.get(f"{ASSETS}{oak.pk}/change/").status_code in {302, 403, 404}


def test_the_lists_are_searched(client, sam, forest, cliff):
    client.force_login(sam)
    found = client.get(f"{ASSETS}?q=quarry").content.decode()
    assert "Slate" in found
    assert "Oak trees" not in found
    assert client.get(f"{ASSETS}?q=%00").status_code in {200, 302}
    assert BundlePart.objects.count() == 6
