"""What nobody would send by hand: requests made up from the schema, and around it, sent to a filled store."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from accounts.keys import make_key
from accounts.models import Membership, Publisher, User
from doors.api.schema import whole_schema
from refunds.models import Case, Refund
from storefront.models import Asset, Bundle, Purchase, PurchaseItem
from tests.api.conftest import Machine, Told
from tests.world import NOW

EXAMPLES = 12


@pytest.fixture
def demo_world(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("demo", verbosity=0)
    for limit in ("LIMIT_API_KEY", "LIMIT_API_ADDRESS"):
        monkeypatch.setattr(django_settings, limit, "1000000/min")


class Senders:
    """Who speaks at which part of the door: people of the demo world, with things of their own."""

    def __init__(self) -> None:
        self.customer = Refund.objects.order_by("pk").first().customer  # type: ignore[union-attr]
        member = Membership.objects.filter(publisher__verified_invoices__isnull=False).first()
        member = member or Membership.objects.first()
        assert member is not None
        self.publisher: Publisher = member.publisher
        self.member: User = member.user
        self.lead = User.objects.filter(groups__name="leads").first()
        self.machines = {
            "": self._key(self.customer),
            "publisher": self._key(self.member, publisher=self.publisher),
            "store": self._key(self.lead, store=True),
        }

    def _key(self, owner: Any, **more: Any) -> Machine:
        return Machine(make_key(owner=owner, now=NOW, **more)[1], NOW)

    def of(self, path: str) -> Machine:
        return self.machines.get(path.split("/")[3], self.machines[""])

    def known(self, path: str) -> dict[str, list[str]]:
        """Values of this world for the parameters of a path, so that requests get in."""
        mine = Purchase.objects.filter(customer=self.customer)
        slugs = Bundle if "bundles" in path else Asset
        cases = Case.objects.all() if "publisher" in path else Case.objects.filter(customer=self.customer)
        numbers = cases.values_list("number", flat=True)
        if "publisher/invoices" in path:
            items = PurchaseItem.objects.filter(publisher=self.publisher)
            numbers = items.values_list("purchase__number", flat=True)
        return {
            "invoice": list(mine.values_list("number", flat=True)[:20]),
            "slug": list(slugs.objects.values_list("slug", flat=True)[:20]),
            "asset": list(
                PurchaseItem.objects.live()
                .filter(customer=self.customer)
                .values_list("asset__slug", flat=True)
            ),
            "number": list(numbers[:20]),
        }


def operations() -> list[Any]:
    loaded = schemathesis.openapi.from_dict(whole_schema())
    return [one.ok() for one in loaded.get_all_operations()]


def send(senders: Senders, case: Any, place: dict[str, str]) -> Told:
    path = case.path
    for name, value in {**(case.path_parameters or {}), **place}.items():
        path = path.replace("{" + name + "}", str(value))
    headers = {name: str(value) for name, value in (case.headers or {}).items()}
    if "X-Customer" in headers and place:
        headers["X-Customer"] = senders.customer.email
    machine = senders.of(case.path)
    query = case.query or {}
    body = None if isinstance(case.body, schemathesis.core.NotSet) else case.body
    return fuzzed(machine, case.method, path, query, body, case.media_type, headers)


def fuzzed(
    machine: Machine, method: str, path: str, query: Any, body: Any, kind: str | None, headers: dict[str, str]
) -> Told:
    from urllib.parse import quote, urlencode

    where = quote(path) + (f"?{urlencode(query, doseq=True, errors='replace')}" if query else "")
    sendable = {name: value for name, value in headers.items() if value.isascii() and value.isprintable()}
    if kind == "multipart/form-data" and isinstance(body, dict):
        fields = {name: value for name, value in body.items() if value is not None}
        return machine.form(where, {name: _field(value) for name, value in fields.items()}, **sendable)
    return machine.send(method, where, body, **sendable)


def _field(value: Any) -> Any:
    if isinstance(value, list):
        return [_field(each) for each in value]
    return value if isinstance(value, bytes | str) else str(value)


def asked(senders: Senders, operation: Any, mode: GenerationMode, heard: Callable[[Told], None]) -> None:
    """Sends a dozen requests of one operation, half of them to things that this world has."""
    places = {name: values for name, values in senders.known(operation.path).items() if values}
    wanted = [name for name in places if "{" + name + "}" in operation.path]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), inside=st.booleans(), pick=st.integers(0, 1000))
    def once(case: Any, inside: bool, pick: int) -> None:
        place = {name: places[name][pick % len(places[name])] for name in wanted} if inside else {}
        told = send(senders, case, place)
        assert told.status < 500, (case.method, case.path, case.body, told.bytes)
        heard(told)

    # Some operations take nothing that could be wrong.
    with suppress(Unsatisfiable):
        once()


def test_nothing_that_is_sent_breaks_it(demo_world: None, figure: Callable[[str], None]) -> None:
    """No 5xx, no status that is not told of, no body of another shape: the machine asserts it of each answer."""
    senders, statuses = Senders(), Counter[int]()
    for operation in operations():
        before = sum(statuses.values())
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            asked(senders, operation, mode, lambda told: statuses.update([told.status]))
        assert sum(statuses.values()) > before, operation.path
    counts = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    figure(
        f"API fuzzing: {sum(statuses.values())} requests to {len(operations())} operations, 0 5xx; {counts}"
    )
