"""What people do in the store, each through the service or the address that does it for them."""

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client

from accounts.durable import Asking, digest_of
from accounts.keys import make_key
from accounts.models import Publisher, User
from accounts.refusals import Refusal
from credits.codes import redeem_code
from credits.giving import give_credits
from credits.models import Lot
from doors.shop.views.library import costs_of_a_page, page_says
from doors.storefile.moments import written
from refunds.models import Denial, Refund
from refunds.services import quote, request_refund
from storefront.dependencies import owned_dependencies
from storefront.models import Asset, Bundle, Download, Purchase
from storefront.refusals import AlreadyOwned
from storefront.services import Wanted, download, request_purchase
from tests.data.store_before.story import Story

Thing = Asset | Bundle


class World(SimpleNamespace):
    """The store: its people, things and publishers by name, and what is done with them now."""

    def __init__(self, story: Story, chance: random.Random) -> None:
        super().__init__(people={}, publishers={}, assets={}, bundles={}, keys={})
        self.story, self.chance = story, chance
        self._count = 0

    @property
    def now(self) -> datetime:
        return self.story.clock()

    def asking(self, person: User, door: str = "page") -> Asking:
        self._count += 1
        key = f"form-{self._count:06d}"
        return Asking(
            person=person, key=key, what=digest_of(key), now=self.now, door=door, write=lambda _: (303, "/")
        )

    # --- Machines -------------------------------------------------------------------------------------------------

    def key(self, owner: User, *, publisher: Publisher | None = None, store: bool = False) -> str:
        """The secret of a key; one for each owner and purpose."""
        called = (owner.pk, publisher and publisher.pk, store)
        if called not in self.keys:
            name = "Shop server" if store else "Invoice bot" if publisher else "Desktop client"
            _, self.keys[called] = make_key(
                owner=owner, publisher=publisher, store=store, name=name, now=self.now
            )
        return str(self.keys[called])

    def post(
        self, key: str, path: str, body: Any, *, expect: int | tuple[int, ...] = 201, **headers: str
    ) -> Any:
        self._count += 1
        told = {
            "Authorization": f"Bearer {key}",
            "Idempotency-Key": f"machine-{self._count:06d}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        answer = Client().post(f"/api/v1/{path}", body, content_type="application/json", headers=told)
        expected = expect if isinstance(expect, tuple) else (expect,)
        assert answer.status_code in expected, (path, body, answer.status_code, answer.content)
        return json.loads(answer.content)

    def shop_says(self, subject: str, *, expect: int | tuple[int, ...] = 201, **line: Any) -> Any:
        """The other shop's server reports a line of its own; Lea answers for its key."""
        self._count += 1
        told = {"ref": f"{subject[0]}-{self._count:06d}"} if subject != "users" else {}
        said = {name: written(part) if isinstance(part, datetime) else part for name, part in line.items()}
        return self.post(
            self.key(self.people["lea"], store=True), f"store/{subject}/", {**told, **said}, expect=expect
        )

    # --- Credits --------------------------------------------------------------------------------------------------

    def top_up(
        self, who: User, credits: int, *, kind: str = "paid", lives: float | None = None, memo: str = ""
    ) -> Lot:
        """Recorded by the shop's payment system, some seconds after it happened. `lives` counts days."""
        at = self.now - timedelta(seconds=self.chance.randint(0, 40))
        ends = at + timedelta(days=lives) if lives else None
        told = {"user": who.email, "credits": credits, "kind": kind, "at": at, "expires_at": ends}
        line = self.shop_says("grants", **told, **({"memo": memo} if memo else {}))
        return Lot.objects.get(pk=line["lot"])

    def gift(
        self, who: User, credits: int, *, kind: str, why: str, lives: float | None = None, by: str = "lea"
    ) -> Lot:
        answer = give_credits(
            asking=self.asking(self.people[by], "desk"),
            customer=who,
            credits=credits,
            kind=kind,
            expires_at=self.now + timedelta(days=lives) if lives else None,
            why=why,
        )
        return answer.outcome

    def redeem(self, who: User, text: str) -> Any:
        return redeem_code(asking=self.asking(who), text=text).outcome

    def balance(self, who: User) -> int:
        """What can be spent now: what has expired may not be written yet."""
        lots = Lot.objects.open().filter(wallet=who.pk).exclude(expires_at__lte=self.now)
        return sum(lots.values_list("remaining", flat=True))

    # --- Purchases ------------------------------------------------------------------------------------------------

    def buy(
        self, who: User, thing: Thing, *, again: bool = False, fill: bool = True, api: bool = False
    ) -> Purchase:
        """`fill` tops the wallet up with just what is missing."""
        thing.refresh_from_db()
        missing = thing.price - self.balance(who)
        if fill and missing > 0:
            self.top_up(who, missing)
        if api:
            asked = {thing.kind: thing.slug, "expected_credits": thing.price, "allow_duplicate": again}
            told = self.post(self.key(who), "purchases/", asked, expect=(201, 409))
            if told.get("code") == AlreadyOwned.code:
                raise AlreadyOwned(title=thing.title)
            return Purchase.objects.get(number=told["invoice"])
        outcome = request_purchase(
            asking=self.asking(who), thing=thing, expected_credits=thing.price, allow_duplicate=again
        ).outcome
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    def fetch(
        self, who: User, asset: Asset, *, along: bool = True, api: bool = False, file: Any = None
    ) -> list[Download]:
        """One click. `along` takes the dependencies that are owned; the page keeps what it told before the click."""
        if api:
            asked = {"dependencies": along, "file": file and file.pk}
            self.post(self.key(who), f"library/{asset.slug}/download/", asked)
            return list(Download.objects.filter(customer=who, at=self.now).order_by("pk"))
        others = owned_dependencies(who, asset, self.now)
        costs = costs_of_a_page(SimpleNamespace(user=who, now=self.now), asset, others)
        wanted = [Wanted(asset, file=file), *(others if along else ())]
        told = "\n".join(page_says(asset, others, costs))
        return download(customer=who, wanted=wanted, told=told, door="page", now=self.now)

    def ask_back(self, purchase: Purchase, *, door: str = "page") -> Refund | Denial:
        """The customer looks at the quote and confirms it, whatever it says."""
        who = purchase.customer
        expected = quote(purchase=purchase, requester=who, now=self.now).decision.credits
        if door == "page":
            return request_refund(
                asking=self.asking(who), purchase=purchase, expected_credits=expected
            ).outcome
        eligible = quote(purchase=purchase, requester=who, now=self.now).decision.eligible
        path, key, more = f"purchases/{purchase.number}/refund/", self.key(who), {}
        if door == "store":
            path, key = f"store/{path}", self.key(self.people["lea"], store=True)
            more = {"X_Customer": who.email}
        self.post(key, path, {"expected_credits": expected}, expect=201 if eligible else 422, **more)
        model = Refund if eligible else Denial
        return model.objects.filter(purchase=purchase).latest("pk")


def fresh(purchase: Purchase) -> Purchase:
    return Purchase.objects.select_related("customer", "terms", "payment").get(pk=purchase.pk)


def downloads_of(purchase: Purchase, *assets: Asset) -> Sequence[Download]:
    rows = Download.objects.filter(purchase=purchase, struck_at=None).order_by("pk")
    return list(rows.filter(asset__in=assets) if assets else rows)
