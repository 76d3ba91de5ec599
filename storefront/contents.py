"""What is in a bundle when it is bought: nested bundles opened, every asset once, in the order of first mention."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from ground.prepared import Given, Prepared
from storefront.models import Asset, Bundle, BundlePart
from storefront.sold import Good

_goods = Prepared(
    lambda: (
        BundlePart.objects.filter(bundle__among=Given("bundles"))
        .order_by("position", "id")
        .values_list(
            *("bundle_id", "inner_id", "asset__withdrawn_at", "asset_id", "asset__slug"),
            *("asset__publisher_id", "asset__publisher__slug", "asset__publisher__name"),
            *("asset__title", "asset__price"),
        )
    )
)


Thing = TypeVar("Thing")


class Piece(NamedTuple, Generic[Thing]):
    """One line of a bundle's content: what it holds of an asset, or the bundle inside it."""

    bundle: int
    inner: int | None
    asset: int | None
    thing: Thing | None


def contents(bundle: Bundle) -> list[Asset]:
    """As models with their publishers, for whoever shows them."""
    return _opened(
        bundle,
        lambda wanted: (
            Piece(part.bundle_id, part.inner_id, part.asset_id, part.asset)
            for part in BundlePart.objects.filter(bundle__in=wanted)
            .select_related("asset__publisher")
            .order_by("position", "id")
        ),
    )


def goods_in(bundle: Bundle) -> tuple[list[Good], bool]:
    """As plain values, for whoever buys them; and whether all of them are for sale."""
    things = _opened(
        bundle, lambda wanted: (Piece(row[0], row[1], row[3], row[2:]) for row in _goods(bundles=wanted))
    )
    return [Good(*good) for _, *good in things], not any(withdrawn for withdrawn, *_ in things)


def _opened(bundle: Bundle, read: Callable[[Collection[int]], Iterable[Piece[Thing]]]) -> list[Thing]:
    """One query a level of nesting, whatever the number of items."""
    pieces: dict[int, list[Piece[Thing]]] = {}
    wanted = {bundle.pk}
    while wanted:
        pieces |= {pk: [] for pk in wanted}
        for piece in read(wanted):
            pieces[piece.bundle].append(piece)
        wanted = {one.inner for line in pieces.values() for one in line if one.inner} - pieces.keys()
    things: dict[int | None, Thing] = {}
    for piece in _in_order(bundle.pk, pieces, set()):
        if piece.thing is not None:
            things.setdefault(piece.asset, piece.thing)
    return list(things.values())


def _in_order(pk: int, pieces: dict[int, list[Piece[Thing]]], opened: set[int]) -> Iterator[Piece[Thing]]:
    # A bundle that was opened before adds nothing, which also ends a ring that somebody managed to tie.
    if pk in opened:
        return
    opened.add(pk)
    for piece in pieces[pk]:
        if piece.inner:
            yield from _in_order(piece.inner, pieces, opened)
        else:
            yield piece


def holds_itself(bundle: Bundle, inner: Iterable[Bundle]) -> bool:
    """Whether the bundle would hold itself, through whichever others, if it held these."""
    seen: set[int] = set()
    level = {one.pk for one in inner}
    while level:
        if bundle.pk in level:
            return True
        seen |= level
        held = BundlePart.objects.filter(bundle__in=level, inner__isnull=False)
        level = set(held.values_list("inner_id", flat=True)) - seen
    return False
