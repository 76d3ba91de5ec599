"""A publisher at the desk: leads say who acts for it and where it is reached, by the rules of its own portal."""

import pytest
from django.test import Client

from accounts.keys import find_key, make_key
from accounts.models import AuditLine, Membership
from accounts.people import join
from accounts.publishers_at_desk import ChangedMeanwhile, change_addresses_within, change_members_within
from ground.refusals import NotAllowed
from tests.desk.test_catalogue import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, lea) -> Client:
    client.force_login(lea)
    return client


@pytest.fixture
def nell(grove, ben, now):
    """A member of Grove Studio, and no owner."""
    join(user=ben, publisher=grove, now=now)
    return ben


def page(publisher):
    return f"/admin/accounts/publisher/{publisher.pk}/change/"


def members_of(publisher, **changes):
    """Its lines as they stand; `changes` are by the name of a person, and None ends a membership."""
    lines = []
    for row in publisher.memberships.order_by("pk"):
        line = {"id": row.pk, "publisher": publisher.pk, "user": row.user_id, "role": row.role}
        change = changes.get(row.user.name, {})
        lines.append({**line, **({"DELETE": "on"} if change is None else change)})
    return lines


def addresses_of(publisher, **changes):
    return [
        {
            "id": row.pk,
            "publisher": publisher.pk,
            "address": row.address,
            "confirmed_at_0": row.confirmed_at.date() if row.confirmed_at else "",
            "confirmed_at_1": row.confirmed_at.time() if row.confirmed_at else "",
            **changes,
        }
        for row in publisher.emails.order_by("pk")
    ]


def save(client, publisher, *, members=None, addresses=None):
    members = members_of(publisher) if members is None else members
    addresses = addresses_of(publisher) if addresses is None else addresses
    return client.post(
        page(publisher),
        {
            "name": publisher.name,
            "slug": publisher.slug,
            **rows("memberships", members, sum("id" in line for line in members)),
            **rows("emails", addresses, sum("id" in line for line in addresses)),
        },
    )


def roles(publisher):
    return dict(publisher.memberships.values_list("user__name", "role"))


def trail():
    lines = AuditLine.objects.exclude(act="change publisher").order_by("pk")
    return list(lines.values_list("act", "subject", "why"))


def test_a_removed_members_keys_end_at_once_and_for_good(desk, grove, gil, nell, now):
    _, secret = make_key(owner=nell, publisher=grove, now=now)
    assert find_key(secret, now=now) is not None
    assert save(desk, grove, members=members_of(grove, Ben=None)).status_code == 302
    assert roles(grove) == {"Gil": "owner"}
    assert find_key(secret, now=now) is None
    assert trail() == [("remove_member", "grove", "Ben")]
    again = [*members_of(grove), {"user": nell.pk, "role": "member"}]
    assert save(desk, grove, members=again).status_code == 302
    assert roles(grove) == {"Gil": "owner", "Ben": "member"}
    assert find_key(secret, now=now) is None
    assert trail()[1:] == [("add_member", "grove", "Ben as member")]


@pytest.mark.parametrize("change", [None, {"role": "member"}])
def test_the_last_owner_stays(desk, grove, gil, nell, change):
    refused = save(desk, grove, members=members_of(grove, Gil=change))
    assert refused.status_code == 409
    assert "Grove Studio needs at least one owner. Nothing was changed" in refused.content.decode()
    assert (roles(grove), trail()) == ({"Gil": "owner", "Ben": "member"}, [])
    assert not AuditLine.objects.exists()


def test_what_was_typed_stays_in_a_form_that_was_refused_and_none_of_it_is_saved(desk, grove, gil, nell, ada):
    typed = [*members_of(grove, Gil=None, Ben=None), {"user": ada.pk, "role": "member"}]
    grove.name = "Grove Works"
    refused = save(desk, grove, members=typed)
    assert refused.status_code == 409
    assert 'value="Grove Works"' in refused.content.decode()
    grove.refresh_from_db()
    assert (grove.name, roles(grove)) == ("Grove Studio", {"Gil": "owner", "Ben": "member"})


@pytest.mark.parametrize("change", [None, {"role": "member"}])
def test_an_owner_goes_where_another_comes_in_the_same_step(desk, grove, gil, nell, change):
    save(desk, grove, members=members_of(grove, Gil=change, Ben={"role": "owner"}))
    assert roles(grove)["Ben"] == "owner"
    assert roles(grove).get("Gil") == (None if change is None else "member")
    assert len(trail()) == 2


def test_another_person_on_an_old_line_starts_anew(desk, grove, gil, ada, now):
    _, secret = make_key(owner=gil, publisher=grove, now=now)
    save(desk, grove, members=members_of(grove, Gil={"user": ada.pk}))
    assert roles(grove) == {ada.name: "owner"}
    assert find_key(secret, now=now) is None
    assert [act for act, *_ in trail()] == ["add_member", "remove_member"]


def test_the_last_confirmed_address_stays_confirmed(desk, grove, gil):
    none = {"confirmed_at_0": "", "confirmed_at_1": ""}
    refused = save(desk, grove, addresses=addresses_of(grove, **none))
    assert refused.status_code == 409
    assert "Grove Studio needs at least one confirmed address" in refused.content.decode()
    assert (grove.emails.get().confirmed_at is not None, trail()) == (True, [])
    press = {"address": "press@grove.example", "confirmed_at_0": "2026-11-01", "confirmed_at_1": "10:00"}
    assert save(desk, grove, addresses=[*addresses_of(grove, **none), press]).status_code == 302
    assert grove.emails.get(confirmed_at__isnull=False).address == "press@grove.example"
    assert trail() == [
        ("add_address", "grove", "press@grove.example, confirmed"),
        ("change_address", "grove", "hello@grove.example, not confirmed"),
    ]


def test_bad_lines_change_nothing(desk, grove, gil, nell):
    for status, members in (
        (200, [*members_of(grove), {"user": 999_999, "role": "member"}]),
        (200, [*members_of(grove), {"user": "x", "role": "member"}]),
        (409, [*members_of(grove), {"user": nell.pk, "role": "member"}]),
        (200, members_of(grove, Gil={"role": "king"})),
        (409, members_of(grove, Gil={"user": nell.pk})),
    ):
        refused = save(desk, grove, members=members)
        assert refused.status_code == status
        assert "errornote" in refused.content.decode()
    for status, address in ((200, "nonsense"), (200, ""), (409, "HELLO@grove.example")):
        typed = {"address": address, "confirmed_at_0": "2026-11-01", "confirmed_at_1": "10:00"}
        assert save(desk, grove, addresses=[*addresses_of(grove), typed]).status_code == status
    assert roles(grove) == {"Gil": "owner", "Ben": "member"}
    assert grove.emails.count() == 1
    assert not AuditLine.objects.exists()


@pytest.mark.parametrize("change", [{"DELETE": "on"}, {"role": "member"}])
def test_a_line_of_another_publisher_is_not_changed_here(desk, grove, quarry, gil, quinn, change):
    save(desk, grove, members=members_of(grove, Gil={"id": quarry.memberships.get().pk, **change}))
    assert (roles(grove), roles(quarry)) == ({"Gil": "owner"}, {"Quinn": "owner"})
    assert trail() == []


def test_a_form_that_changes_nothing_says_nothing_of_members(desk, grove, gil, nell):
    assert save(desk, grove).status_code == 302
    assert trail() == []


def test_agents_read_and_change_nothing(as_sam, grove, gil, nell):
    assert as_sam.get(page(grove)).status_code == 200
    assert save(as_sam, grove, members=members_of(grove, Ben=None)).status_code == 403
    assert Membership.objects.count() == 2


def test_what_the_portal_removed_meanwhile_is_neither_changed_nor_told_of(lea, grove, gil, nell, now):
    """The page was read before the lock was had."""
    member, email = Membership.objects.get(user=nell), grove.emails.get()
    Membership.objects.filter(user=nell).delete()
    grove.emails.all().delete()
    for act in (
        lambda: change_members_within(publisher=grove, roles=[member], by=lea, now=now),
        lambda: change_members_within(publisher=grove, leaving=[member], by=lea, now=now),
        lambda: change_addresses_within(publisher=grove, addresses=[email], by=lea, now=now),
    ):
        with pytest.raises(ChangedMeanwhile):
            act()
    assert not grove.emails.exists()
    assert not AuditLine.objects.exists()


def test_only_a_lead_changes_a_publisher_at_the_desk(sam, gil, grove, now):
    for person in (sam, gil):
        with pytest.raises(NotAllowed):
            change_members_within(publisher=grove, leaving=[grove.memberships.get()], by=person, now=now)
