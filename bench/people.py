"""The people of the scenes, as the measured acts need them: found, signed in, or with a key."""

import io
import uuid
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from ground.receipts import Answer, Asking
from ground.refusals import Refusal
from storefront.models import Purchase

Act = Callable[[], object]
VERIFY = "/publisher/v1/invoice/verify.json"


class WentWrong(Exception):
    """An act that is measured must do what it is measured for."""


def person(email: str) -> User:
    return User.objects.get(email=email)


def purchase(invoice: str) -> Purchase:
    """As every door loads it."""
    return Purchase.objects.to_judge().get(number=invoice)


def asking(who: User) -> Asking:
    key = uuid.uuid4().hex
    return Asking(person=who, key=key, what=key, now=timezone.now(), door="api", write=lambda _: (200, "{}"))


def done(answer: Answer) -> Answer:
    if isinstance(answer.outcome, Refusal) or type(answer.outcome).__name__ == "Denial":
        raise WentWrong(f"{answer.outcome!r}")
    return answer


def key_of(email: str) -> str:
    return _used(_made(email), "/api/v1/me/")


def publishers_key(email: str, publisher: str) -> str:
    return _used(_made(email, "--publisher", publisher), VERIFY)


def _made(email: str, *options: str) -> str:
    said = io.StringIO()
    call_command("create_api_key", email, *options, stdout=said)
    return said.getvalue().split()[-1]


def _used(key: str, path: str) -> str:
    """Once before: the first use of a minute is noted, and what is measured is any other."""
    get(Client(), path, key)()
    return key


def get(client: Client, path: str, key: str = "") -> Act:
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return lambda: answered(client.get(path, headers=headers))


def post(client: Client, path: str, key: str, body: dict[str, Any]) -> Act:
    headers = {"authorization": f"Bearer {key}", "idempotency-key": uuid.uuid4().hex}
    return lambda: answered(client.post(path, body, content_type="application/json", headers=headers))


def answered(response: Any) -> Any:
    if response.status_code >= 300:
        raise WentWrong(f"{response.status_code}: {response.content.decode()[:500]}")
    return response
