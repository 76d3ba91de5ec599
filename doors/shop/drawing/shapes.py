"""The few shapes that every motif is put together from, as SVG."""

import math
from collections.abc import Sequence

from doors.shop.drawing.inks import HEIGHT, WIDTH, Dice


def disc(x: float, y: float, size: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{colour}"/>'


def path(edge: str, colour: str) -> str:
    return f'<path d="{edge}" fill="{colour}"/>'


def floor(top: float, colour: str) -> str:
    return path(f"M0 {top:g}H{WIDTH}V{HEIGHT}H0z", colour)


def sheet(colour: str) -> str:
    return f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colour}"/>'


def thread(points: Sequence[tuple[float, float]], colour: str, wide: float, end: str = "") -> str:
    cap = f' stroke-linecap="{end}"' if end else ""
    return f'<path d="{line(points)}" fill="none" stroke="{colour}" stroke-width="{wide}"{cap}/>'


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
