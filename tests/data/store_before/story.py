"""Scenes that run side by side: each is a generator that yields the time at which it goes on, and the story wakes
whoever comes next."""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.data.store_before.clock import Clock

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAYS = 500

# Days before NOW, or the very instant.
When = float | datetime
Scene = Iterator[When]


def before(days: float) -> datetime:
    return NOW - timedelta(days=days)


class Story:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._waiting: list[tuple[datetime, int, Scene]] = []
        self._count = 0

    def tell(self, *scenes: Scene) -> None:
        """They begin when their first yield says; a scene may tell others."""
        for scene in scenes:
            self._go_on(scene)

    def play(self) -> None:
        while self._waiting:
            self.clock.now, _, scene = heapq.heappop(self._waiting)
            self._go_on(scene)
        self.clock.now = NOW

    def _go_on(self, scene: Scene) -> None:
        when = next(scene, None)
        if when is None:
            return
        at = when if isinstance(when, datetime) else before(when)
        assert self.clock.now <= at <= NOW, f"{scene} goes back to {at}"
        self._count += 1
        heapq.heappush(self._waiting, (at, self._count, scene))
