"""What covers are made from: the sheet's size, the five inks of a palette, and dice that always fall alike."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

WIDTH, HEIGHT = 400, 300
T = TypeVar("T")


@dataclass(frozen=True)
class Palette:
    ground: str
    far: str
    middle: str
    near: str
    bright: str


class Dice:
    """Numbers that follow from a seed and from nothing else, on every version of Python."""

    def __init__(self, seed: bytes) -> None:
        self._seed, self._rolls = seed, 0

    def roll(self) -> float:
        self._rolls += 1
        digest = hashlib.sha256(self._seed + self._rolls.to_bytes(4, "big")).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.roll()

    def one_of(self, things: Sequence[T]) -> T:
        return things[int(self.roll() * len(things))]
