"""Looking at a page while something commits: between two of its statements, or at any time."""

import re
import threading
from collections.abc import Callable

from django.db import connection
from django.test import Client

# What is new each time a page is drawn: keys of forms, tokens, the instant.
NEW_EACH_TIME = re.compile(r'value="[0-9a-zA-Z]{32,64}"|"decided_at": "[^"]*"')


def seen(client: Client, address: str, **headers: str) -> tuple[int, str]:
    answer = client.get(address, headers=headers)
    return answer.status_code, NEW_EACH_TIME.sub("", answer.content.decode())


def elsewhere(act: Callable[[], object]) -> None:
    """Carries out the act on a connection of its own, to its end."""
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            trouble.append(error)
        finally:
            connection.close()

    actor = threading.Thread(target=run)
    actor.start()
    actor.join(30)
    if trouble:
        raise trouble[0]


class Between:
    """Carries out an act just before the statement of that number, once."""

    def __init__(self, number: int, act: Callable[[], object]) -> None:
        self.number, self.act, self.count = number, act, 0

    def __call__(
        self, execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        self.count += 1
        if self.count == self.number:
            elsewhere(self.act)
        return execute(sql, params, many, context)

    @property
    def happened(self) -> bool:
        return self.count >= self.number
