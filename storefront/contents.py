"""What is in a bundle when it is bought: nested bundles opened, every asset once, in the order of first mention."""

from collections.abc import Iterable

from storefront.models import Asset, Bundle, BundlePart


def contents(bundle: Bundle) -> list[Asset]:
    """One query a level of nesting, whatever the number of items."""
    parts: dict[int, list[BundlePart]] = {}
    wanted = {bundle.pk}
    while wanted:
        for pk in wanted:
            parts[pk] = []
        for part in (
            BundlePart.objects.filter(bundle__in=wanted)
            .select_related("asset__publisher")
            .order_by("position", "id")
        ):
            parts[part.bundle_id].append(part)
        wanted = {part.inner_id for found in parts.values() for part in found if part.inner_id} - parts.keys()
    found: dict[int, Asset] = {}
    _open(bundle.pk, parts, found, set())
    return list(found.values())


def _open(pk: int, parts: dict[int, list[BundlePart]], found: dict[int, Asset], opened: set[int]) -> None:
    # A bundle that was opened before adds nothing, which also ends a ring that somebody managed to tie.
    if pk in opened:
        return
    opened.add(pk)
    for part in parts[pk]:
        if part.asset:
            found.setdefault(part.asset.pk, part.asset)
        elif part.inner_id:
            _open(part.inner_id, parts, found, opened)


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
