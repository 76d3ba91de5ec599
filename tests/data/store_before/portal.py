"""Publishers see to their own affairs: names, addresses, members, keys, and invoices that they verify. Some documents
are asked for, and the store writes its letters."""

from threading import Event

from django.core import signing
from django.test import Client

from accounts import keys, publishers
from accounts.models import ApiKey, Membership, PublisherEmail
from outbox import letters, worker
from refunds.models import CreditNote, Refund
from refunds.verification import verify
from storefront.documents import document_pdf
from storefront.models import Document, Purchase, PurchaseItem, Status
from tests.data.store_before.acts import World
from tests.data.store_before.opening import person
from tests.data.store_before.story import Scene


def scenes(w: World) -> list[Scene]:
    return [
        _first_letters(w),
        _addresses(w),
        _members(w),
        _keys(w),
        *(_verified_by_people(w, ago) for ago in (300, 180, 90, 4)),
        *(_verified_by_bots(w, ago) for ago in (240, 100, 3)),
        _by_support(w),
        _documents(w),
    ]


def _first_letters(w: World) -> Scene:
    """The letters of the first days leave; later ones wait, and one cannot be written."""
    yield 498
    address = "obchod@kun.example"
    made = publishers.add_address(
        publisher=w.publishers["kun"], address=address, by=w.people["petr"], now=w.now, post=letters.queue
    )
    letters.queue(template="of_no_such_name", to=w.people["sam"], data={}, now=w.now)
    yield 497.9
    worker.empty(Event(), clock=w.story.clock)
    token = signing.dumps([made.pk, made.address], salt=publishers.SALT)
    publishers.confirm_address(token=token, now=w.now)


def _addresses(w: World) -> Scene:
    yield 320
    publishers.rename(
        publisher=w.publishers["quarry"], name="Quarry & Dcery, s. r. o.", by=w.people["quinn"], now=w.now
    )
    yield 319
    for address in ("late@quarry.example", "gone@quarry.example"):
        publishers.add_address(
            publisher=w.publishers["quarry"],
            address=address,
            by=w.people["quinn"],
            now=w.now,
            post=letters.queue,
        )
    yield 318
    gone = PublisherEmail.objects.get(address="gone@quarry.example")
    publishers.remove_address(email=gone, by=w.people["quinn"], now=w.now)


def _members(w: World) -> Scene:
    """Invited and come, invited in vain, invited and still waiting; made an owner; gone."""
    yield 310
    grove, gil = w.publishers["grove"], w.people["gil"]
    how = {"publisher": grove, "by": gil, "post": letters.queue}
    nina = person(w, "nina", "Niña", "nina@grove.example")
    came = publishers.invite(email="nina@grove.example", role="member", now=w.now, **how)
    vain = publishers.invite(email="vain@grove.example", role="owner", now=w.now, **how)
    yield 308
    joined = publishers.accept(invitation=came, by=nina, now=w.now)
    publishers.withdraw_invitation(invitation=vain, by=gil, now=w.now)
    publishers.set_role(membership=joined, role="owner", by=gil, now=w.now)
    yield 120.5
    publishers.remove_member(membership=Membership.objects.get(user=nina), by=gil, now=w.now)
    yield 6
    publishers.invite(email="brzy@grove.example", role="member", now=w.now, **how)


def _keys(w: World) -> Scene:
    yield 305
    made = [
        keys.make_publisher_key(
            publisher=w.publishers[slug], by=w.people[short], name=name, scopes=scopes, now=w.now
        )[0]
        for slug, short, name, scopes in (
            ("grove", "gil", "Bot č. 1", ("publisher:read",)),
            ("grove", "nell", "Discord 🤖", ()),
            ("quarry", "tove", "", ()),
        )
    ]
    yield 280
    keys.rotate(key=made[0], by=w.people["gil"], now=w.now)
    keys.revoke(key=made[1], now=w.now)
    assert ApiKey.objects.filter(publisher=w.publishers["grove"], revoked_at=None).count() == 1


def _lately_sold(w: World, slug: str, most: int) -> list[str]:
    sold = PurchaseItem.objects.filter(
        publisher=w.publishers[slug],
        purchase__completed_at__lte=w.now,
        purchase__status__in=[Status.COMPLETED, Status.REFUNDED, Status.CHARGED_BACK],
    )
    newest = sold.order_by("-purchase__completed_at", "purchase__number")
    return list(dict.fromkeys(newest.values_list("purchase__number", flat=True)))[:most]


def _verified_by_people(w: World, ago: float) -> Scene:
    yield ago
    for slug, short in (("grove", "gil"), ("quarry", "tove"), ("kun", "petr")):
        numbers = [*_lately_sold(w, slug, 8), "IN 9999-0000-0001", "nonsense"]
        verify(publisher=w.publishers[slug], numbers=numbers, by=w.people[short], door="portal", now=w.now)


def _verified_by_bots(w: World, ago: float) -> Scene:
    """As tools written for other stores ask."""
    yield ago
    for slug, short in (("grove", "gil"), ("kun", "petr")):
        key = w.key(w.people[short], publisher=w.publishers[slug])
        asked = {"key": key, "invoice": ",".join([*_lately_sold(w, slug, 20), "IN123456789012"])}
        answer = Client().get("/publisher/v1/invoice/verify.json", asked)
        assert answer.status_code == 200, answer.content


def _by_support(w: World) -> Scene:
    yield 2.5
    number = Purchase.objects.order_by("-pk").values_list("number", flat=True)[0]
    verify(publisher=None, numbers=[number], by=w.people["sam"], door="desk", now=w.now)


def _documents(w: World) -> Scene:
    """A void one, an invoice to somebody of another script, and a partial credit note."""
    yield 2
    void = Purchase.objects.filter(status=Status.CANCELLED).earliest("pk")
    greek = Purchase.objects.filter(customer__name="Σοφία Παπαδοπούλου").earliest("pk")
    partial = Refund.objects.filter(full=False, credits__gt=0).earliest("pk")
    for number in (void.number, greek.number, CreditNote.objects.get(refund=partial).number):
        document_pdf(number)
    assert Document.objects.count() == 3
