"""Dividing whole credits over several things, so that the parts always add up to the whole."""

from __future__ import annotations

from collections.abc import Sequence


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Divide by largest remainder, so that nobody is a whole credit away from their due.

    Everybody gets the whole part of it, and what is left over goes, one by one, to the largest fractions; among
    equal ones to whoever stands first. Where nothing has a weight, all weigh the same.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("Only what is there can be divided, and nobody weighs less than nothing.")
    if not weights:
        if total:
            raise ValueError(f"There is nobody to give {total} credits to.")
        return []
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_fraction = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in by_fraction[: total - sum(parts)]:
        parts[place] += 1
    return parts
