"""Everything that a person may try to reach: Ada's things, Grove's things, the desk's rows; and browsers to try with.

The pages read the true clock, so this world stands on it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.keys import make_key
from accounts.models import AuditLine, Invitation, PublisherEmail, Role, User
from accounts.publishers import SALT
from credits.codes import redeem_code
from credits.models import Code, Redemption
from ground.models import Limit
from ground.receipts import Asking
from outbox.models import Job, Message
from refunds import cases
from refunds.cases.attachments import Upload
from refunds.models import LookUp, VerifiedInvoice
from refunds.services import charge_back, request_refund
from refunds.verification import verify
from storefront.documents import document_pdf
from storefront.links import token
from storefront.models import ShopReference, Terms
from tests import world

STORY = "The leaves flicker in the distance, in both of the versions that I tried."
FILE = Upload(name="flicker.txt", content=b"leaf 12 flickers")


def asking(person: User, key: str, now: Any) -> Asking:
    return Asking(person=person, key=key, what=key, now=now, door="page", write=lambda outcome: (303, "/"))


def things(*, grove: Any, quarry: Any) -> SimpleNamespace:
    """Ada bought, refunded, was denied, charged back, opened a request; Grove has keys, addresses and people."""
    w = SimpleNamespace(now=timezone.now(), grove=grove, quarry=quarry)
    w.ada, w.ben = world.person("Ada"), world.person("Ben")
    w.gil, w.quinn = world.member("Gil", grove), world.member("Quinn", quarry)
    w.nell = world.member("Nell", grove, role=Role.MEMBER)
    w.sam, w.lea = world.agent("Sam"), world.agent("Lea", lead=True)
    w.bark = world.asset("bark", "Bark", by=grove, price=15)
    w.oak = world.asset("oak", "Oak trees", by=grove, price=40, requires=[w.bark])
    w.fern = world.asset("fern", "Ferns", by=grove, price=30)
    w.moss = world.asset("moss", "Moss", by=grove, price=20)
    w.woods = world.bundle("woods", "Woods", by=grove, price=60, holds=[w.oak, w.moss, w.bark])
    _adas(w)
    _groves(w)
    _desks(w)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True)
        for person in User.objects.all()
    )
    return w


def _adas(w: SimpleNamespace) -> None:
    w.bought = world.buy(w.ada, w.woods, days_ago=10, downloaded=[w.moss], now=w.now)
    w.open_case = cases.open_by_customer(
        asking=asking(w.ada, "case", w.now),
        purchase=w.bought,
        grounds="defective",
        message=STORY,
        uploads=[FILE],
        share=True,
    ).outcome
    w.file = w.open_case.attachments.get()
    w.refunded = world.buy(w.ada, w.fern, days_ago=5, now=w.now)
    w.refund = request_refund(
        asking=asking(w.ada, "refund", w.now), purchase=w.refunded, expected_credits=30
    ).outcome
    w.too_old = world.buy(w.ada, w.fern, days_ago=45, now=w.now)
    w.denial = request_refund(
        asking=asking(w.ada, "denied", w.now), purchase=w.too_old, expected_credits=30
    ).outcome
    w.taken_back = world.buy(w.ada, w.bark, days_ago=20, again=True, now=w.now)
    w.download = w.bought.downloads.get()
    w.link = token(world.fetch(w.ada, w.moss, at=w.now))
    w.wallet = w.ada.wallet
    document_pdf(w.bought.number)
    document_pdf(w.refund.credit_note.number)
    w.factor = Authenticator.objects.create(user=w.ada, type="totp", data={"secret": "for-adas-eyes-alone"})


def _groves(w: SimpleNamespace) -> None:
    w.key, w.secret = make_key(owner=w.gil, publisher=w.grove, now=w.now)
    w.business = PublisherEmail.objects.create(publisher=w.grove, address="new@grove.example", added_at=w.now)
    w.business_link = signing.dumps([w.business.pk, w.business.address], salt=SALT)
    w.invitation = Invitation.objects.create(
        publisher=w.grove, email="nina@grove.example", invited_by=w.gil, invited_at=w.now
    )
    w.membership = w.nell.memberships.get()
    verify(publisher=w.grove, numbers=[w.bought.number], by=w.gil, door="page", now=w.now)
    w.look_up = LookUp.objects.get()


def _desks(w: SimpleNamespace) -> None:
    w.charge_back = charge_back(purchase=w.taken_back, by=w.lea, why="The card was stolen.", now=w.now)
    w.code = Code.objects.create(
        code="WELCOME50", credits=50, kind="promo", uses=9, per_user=1, created_at=w.now
    )
    redeem_code(asking=asking(w.ada, "code", w.now), text="WELCOME50")
    w.redemption = Redemption.objects.get(code=w.code)
    w.audit_line = AuditLine.objects.first()
    w.item = w.bought.items.first()
    world.write_letters()
    w.letter = Message.objects.filter(person=w.ada).order_by("pk").first()
    w.reference = ShopReference.objects.create(name="store:1:purchases:a", purchase=w.bought)
    w.job = Job.objects.create(name="sweep", due_at=w.now)
    w.terms = Terms.objects.get()


@contextmanager
def forgotten() -> Iterator[None]:
    """What happens inside is undone. Services may still open their own transaction, as they do in a request."""
    inside = transaction.atomic()
    inside._from_testcase = True  # type: ignore[attr-defined] # else a durable block inside it would be refused
    with inside:
        yield
        transaction.set_rollback(True)


# Rows that merely say that somebody came by.
TRACES = {Session, Limit, LookUp, VerifiedInvoice}


def everything() -> dict[str, str]:
    """A digest of each table's rows: the same before and after means that nothing happened."""
    return {
        model._meta.label: hashlib.sha256(
            repr(list(model._base_manager.order_by("pk").values_list())).encode()
        ).hexdigest()
        for model in apps.get_models()
        if model not in TRACES
    }


class Browser:
    """One person's sign-in, with which any number of fresh requests can be made."""

    def __init__(self, person: User | None = None) -> None:
        self.cookies = ""
        if person is not None:
            client = Client()
            client.force_login(person)
            self.cookies = client.cookies.output(header="")

    def client(self, **how: bool) -> Client:
        client = Client(raise_request_exception=False, **how)
        client.cookies = SimpleCookie(self.cookies)
        return client
