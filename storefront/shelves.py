"""The shop window: assets and bundles for sale, side by side, searched, filtered, sorted and paged by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, F, Q, QuerySet, Value

from accounts.models import Publisher
from ground.instants import rfc3339
from storefront import places
from storefront.models import Asset, Bundle

SORTS = {
    "new": ("created_at", True),
    "title": ("title", False),
    "cheap": ("price", False),
    "dear": ("price", True),
}
MOST_WORDS = 8
# Where a row stands: the value that it is sorted by, what it is, and its id.
SortedBy = datetime | str | int
Key = tuple[SortedBy, str, int]


@dataclass(frozen=True, kw_only=True)
class Search:
    words: str = ""
    kind: str = ""
    category: str = ""
    publisher: Publisher | None = None
    at_most: int | None = None
    sort: str = "new"


@dataclass(frozen=True)
class Shelf:
    """One page of goods, and where the next one begins; empty when this is the last."""

    goods: Sequence[Asset | Bundle]
    after: str


def look_for(search: Search, *, after: str = "", size: int = 24) -> Shelf:
    """Three statements, however much is for sale and however far one has paged."""
    column, falling = SORTS[search.sort]
    place = _place(after, search.sort)
    # The two tables are sorted together by the database, so that a title stands where its collation says.
    queries = [_keys(model, search, column, falling, place) for model in _models(search)]
    if not queries:
        return Shelf([], "")
    rows = queries[0].union(*queries[1:], all=True)
    keys = list(rows.order_by(f"{'-' if falling else ''}key", "sort", "pk")[: size + 1])
    goods = _goods(keys[:size])
    return Shelf(goods, _token(keys[size - 1]) if len(keys) > size else "")


def categories() -> list[str]:
    named = Asset.objects.on_sale().exclude(category="")
    return list(named.order_by("category").values_list("category", flat=True).distinct())


def _models(search: Search) -> "list[type[Asset | Bundle]]":
    """Only assets have a category."""
    models = (Asset,) if search.category else (Asset, Bundle)
    return [model for model in models if search.kind in {"", model.kind}]


def _keys(
    model: "type[Asset | Bundle]",
    search: Search,
    column: str,
    falling: bool,
    place: Key | None,
) -> "QuerySet[Asset | Bundle, Key]":
    rows = model.objects.on_sale()
    for word in search.words.split()[:MOST_WORDS]:
        rows = rows.filter(
            Q(title__icontains=word) | Q(description__icontains=word) | Q(publisher__name__icontains=word)
        )
    if search.category:
        rows = rows.filter(Q(category=search.category))
    if search.publisher:
        rows = rows.filter(publisher=search.publisher)
    if search.at_most is not None:
        rows = rows.filter(price__lte=search.at_most)
    if place:
        value, kind, pk = place
        beyond = Q(**{f"{column}__{'lt' if falling else 'gt'}": value})
        level = {"pk__gt": pk} if model.kind == kind else {}
        rows = rows.filter(beyond | Q(**{column: value}, **level) if model.kind >= kind else beyond)
    named = rows.order_by().annotate(key=F(column), sort=Value(model.kind, output_field=CharField()))
    return named.values_list("key", "sort", "pk")


def _goods(keys: Sequence[Key]) -> list[Asset | Bundle]:
    rows: dict[tuple[str, int], Asset | Bundle] = {}
    for model in (Asset, Bundle):
        wanted = [pk for _, kind, pk in keys if kind == model.kind]
        if wanted:
            for row in model.objects.filter(pk__in=wanted).select_related("publisher"):
                rows[model.kind, row.pk] = row
    return [rows[kind, pk] for _, kind, pk in keys if (kind, pk) in rows]


def _token(key: Key) -> str:
    value, kind, pk = key
    return places.token(rfc3339(value) if isinstance(value, datetime) else value, kind, pk)


def _place(token: str, sort: str) -> Key | None:
    """Where a page begins. What is no token of ours, or one of another order, is the beginning."""
    key = places.place(token, str if sort in {"new", "title"} else int, str, int)
    if not key:
        return None
    value: SortedBy = key[0]
    if sort == "new":
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError:
            return None
        if value.tzinfo is None:
            return None
    return value, str(key[1]), int(key[2])
