"""The proofs that every room adds to `check_ledger`, and the one snapshot that all of them look at.

A proof is a generator: it reads its rows as a stream and yields what it finds wrong, each finding with a kind, so that
a report can name the first bad row of each kind however many there are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

CHUNK = 5_000
Row = tuple[Any, ...]


class Finding(NamedTuple):
    """`kind` is the law that is broken, `row` names where, `sentence` says how."""

    kind: str
    row: str
    sentence: str


@dataclass
class Progress:
    """What the proofs have looked at so far; `step` hears now and then of rows that the report's total counts."""

    step: Callable[[int], None] = lambda rows: None
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, count: int, *, counted: bool = False) -> None:
        self.counts[what] = self.counts.get(what, 0) + count
        if counted:
            self.step(count)


Proof = Callable[[Progress], Iterator[Finding]]
registered: dict[str, Proof] = {}
counted: list[type[Model]] = []


def register(name: str, proof: Proof, *, over: type[Model] | None = None) -> None:
    """Rooms call this where they are started; proofs run in the order in which the rooms stand. `over` names the rows
    that it passes by, so that a progress bar knows how far there is to go."""
    registered[name] = proof
    if over is not None:
        counted.append(over)


def total() -> int:
    return sum(model._default_manager.count() for model in counted)


def findings(progress: Progress) -> Iterator[Finding]:
    for proof in registered.values():
        yield from proof(progress)


def stream(sql: str, parameters: Sequence[int | str] = ()) -> Iterator[Row]:
    """Rows as plain tuples, a chunk at a time, from a cursor that the server keeps."""
    with _cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


class Side:
    """One stream, ordered by its first column, that stands at its next key: so several are read side by side."""

    key: int | None
    _group: Iterator[Row]

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._step()

    def take(self, key: int) -> Iterator[Row]:
        """The key's rows, if the stream stands at them; whoever takes them takes them all."""
        if self.key == key:
            yield from self._group
            self._step()

    def pass_by(self, key: int) -> None:
        if self.key == key:
            self._step()

    def _step(self) -> None:
        self.key, self._group = next(self._groups, (None, iter(())))


def stamped(column: str) -> str:
    """SQL that spells an instant as the ledger does; the database is quicker at it than we are."""
    if connection.vendor == "postgresql":
        return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    return f"substr(replace({column}, ' ', 'T') || iif(instr({column}, '.'), '', '.000000'), 1, 26) || 'Z'"


def _cursor() -> CursorWrapper:
    # On PostgreSQL a plain cursor would fetch the whole table into memory.
    return connection.chunked_cursor()
