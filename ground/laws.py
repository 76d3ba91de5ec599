"""Laws of the code: what must hold whatever anybody asks for. Unlike an `assert`, they hold under `python -O` too."""

from typing import TypeVar

Thing = TypeVar("Thing")


class LawBroken(Exception):
    """The program itself is wrong, so it stops, and the transaction with it, before a credit is."""


def law(holds: object, sentence: str) -> None:
    """Stops where a law does not hold. `sentence` is the law, in words."""
    if not holds:
        raise LawBroken(sentence)


def given(thing: Thing | None, sentence: str) -> Thing:
    """The thing, which by this law is there."""
    if thing is None:
        raise LawBroken(sentence)
    return thing
