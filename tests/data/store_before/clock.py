"""A clock that only the story moves, and chance that comes out the same every time."""

import random
import secrets
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from types import SimpleNamespace
from unittest import mock

from django.apps import apps
from django.core import signing
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def held(clock: Clock, seed: int) -> Iterator[None]:
    """Whoever asks for the time is told the story's, and whoever draws lots draws the same ones in each run: from a
    source for each kind, because the databases' own drivers draw some too."""
    numbers, signs, texts, tokens, ids = (random.Random(f"{seed} {place}") for place in range(5))
    random.seed(seed)
    _hold_defaults(clock, ids)
    replaced: list[tuple[object, str, object]] = [
        (timezone, "now", clock),
        (signing, "time", SimpleNamespace(time=lambda: clock().timestamp())),
        (uuid, "uuid4", lambda: _uuid(ids)),
        (secrets, "randbelow", numbers.randrange),
        (secrets, "choice", signs.choice),
        (secrets, "token_hex", lambda count=32: tokens.randbytes(count).hex()),
        (secrets, "token_urlsafe", lambda count=32: "".join(texts.choices(LETTERS, k=count))),
    ]
    with ExitStack() as stack:
        for place, name, instead in replaced:
            stack.enter_context(mock.patch.object(place, name, instead))
        yield


def _hold_defaults(clock: Clock, chance: random.Random) -> None:
    """Models keep the function that their defaults were declared with, so it is changed where they keep it."""
    told: dict[Callable[..., object], Callable[[], object]] = {
        _real_now: clock,
        _real_uuid: lambda: _uuid(chance),
    }
    for model in (*apps.get_models(), MigrationRecorder.Migration):
        for field in model._meta.local_fields:
            if field.default in told:
                field.default = told[field.default]
                vars(field).pop("_get_default", None)


def _uuid(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)


_real_now, _real_uuid = timezone.now, uuid.uuid4
