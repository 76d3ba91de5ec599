"""A publisher's own affairs, by the services alone."""

import pytest

from accounts import publishers
from accounts.models import Invitation, Membership, PublisherEmail
from accounts.publishers import InvitationOver, LastOwner, LinkOver, NotAnAddress
from ground.refusals import NotAllowed
from outbox.letters import queue
from outbox.models import Message
from tests.world import NOW, member

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_letter_is_queued_with_the_address_or_not_at_all(gil, grove):
    def broken(**_):
        raise RuntimeError("the outbox is broken")

    with pytest.raises(RuntimeError):
        publishers.add_address(publisher=grove, address="press@grove.example", by=gil, now=NOW, post=broken)
    assert not PublisherEmail.objects.filter(address="press@grove.example").exists()
    publishers.add_address(publisher=grove, address="press@grove.example", by=gil, now=NOW, post=queue)
    assert Message.objects.get().to == "press@grove.example"


@pytest.mark.parametrize("address", ["", "grove", "a@b", "a@b.example\nBcc: c@d.example", "\0@grove.example"])
def test_what_is_no_address_gets_no_letter(gil, grove, address):
    with pytest.raises(NotAnAddress):
        publishers.invite(publisher=grove, email=address, role="member", by=gil, now=NOW, post=queue)
    assert not Message.objects.exists()


def test_a_stranger_may_do_nothing(ada, gil, grove):
    for act in (
        lambda: publishers.rename(publisher=grove, name="Ada's", by=ada, now=NOW),
        lambda: publishers.add_address(publisher=grove, address="a@b.example", by=ada, now=NOW, post=queue),
        lambda: publishers.remove_member(membership=Membership.objects.get(user=gil), by=ada, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert grove.memberships.count() == 1


def test_a_deactivated_owner_owns_nothing_any_more(gil, grove):
    nell = member("Nell", grove)
    gil.is_active = False
    gil.save()
    with pytest.raises(NotAllowed):
        publishers.rename(publisher=grove, name="Gil's", by=gil, now=NOW)
    with pytest.raises(LastOwner):
        publishers.remove_member(membership=Membership.objects.get(user=nell), by=nell, now=NOW)


def test_a_link_made_for_one_address_confirms_no_other(gil, grove, quarry):
    posted = []
    publishers.add_address(
        publisher=grove,
        address="press@grove.example",
        by=gil,
        now=NOW,
        post=lambda **letter: posted.append(letter),
    )
    token = posted[0]["data"]["path"].split("/")[3]
    PublisherEmail.objects.filter(address="press@grove.example").update(address="press@elsewhere.example")
    with pytest.raises(LinkOver):
        publishers.confirm_address(token=token, now=NOW)


def test_an_invitation_is_accepted_once(ada, ben, gil, grove):
    invitation = publishers.invite(
        publisher=grove, email="ada@example.com", role="member", by=gil, now=NOW, post=queue
    )
    with pytest.raises(InvitationOver):
        publishers.accept(invitation=invitation, by=ben, now=NOW)
    publishers.accept(invitation=invitation, by=ada, now=NOW)
    with pytest.raises(InvitationOver):
        publishers.accept(invitation=invitation, by=ada, now=NOW)
    assert Invitation.objects.get().accepted_at == NOW
    assert grove.memberships.count() == 2
