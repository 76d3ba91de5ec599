"""What the motifs of covers are drawn with: a palette, dice that always fall alike, and a few shapes."""

import hashlib
import math
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


def disc(x: float, y: float, size: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{colour}"/>'


def blob(dice: Dice, middle: tuple[float, float], size: tuple[float, float], colour: str) -> str:
    """A pebble: an ellipse that nobody has measured."""
    (x, y), (half, high) = middle, size
    lean = dice.between(-0.14, 0.14) * half
    edge = (
        f"M{numbers(x - half, y)}"
        f"C{numbers(x - half, y - high * 1.25, x - half * 0.5 + lean, y - high, x + lean, y - high)}"
        f"S{numbers(x + half, y - high * 1.1, x + half, y)}"
        f"S{numbers(x + half * 0.5, y + high, x, y + high)}"
        f"S{numbers(x - half, y + high * 1.1, x - half, y)}z"
    )
    return f'<path fill="{colour}" d="{edge}"/>'


def line(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(numbers(x, y) for x, y in points)


def numbers(*values: float) -> str:
    return " ".join(f"{value:.1f}" for value in values)


def steps(first: float, last: float, step: float) -> list[float]:
    return [first + step * number for number in range(max(0, math.ceil((last - first) / step)))]
