"""A shape of an answer is declared once: of its fields the schema is made, and functions that draw the JSON."""

from collections.abc import Callable
from functools import cache
from operator import attrgetter

from rest_framework import serializers

from ground.instants import rfc3339
from ground.laws import given as there

Read = Callable[[object], object]
Draw = Callable[[object, dict[str, object]], dict[str, object]]


class Shape(serializers.Serializer):
    # Without a docstring, which the published schema would show for every shape. A field is read from the attribute
    # that its `source` names, or by the shape's own `draw_<field>`. The framework's way, `data`, costs 2.7 ms an answer.
    @classmethod
    def draw(cls, value: object = None, /, **given: object) -> dict[str, object]:
        """What is given by name is not read from the value."""
        return _compiled(cls, tuple(given))(value, given)


@cache
def _compiled(shape: type[Shape], given: tuple[str, ...]) -> Draw:
    """Attributes are read all at once, then what a shape draws itself; then what is not JSON as it is becomes JSON."""
    fields: dict[str, serializers.Field] = shape._declared_fields  # noqa: SLF001 - DRF has no public name for them
    blank = dict.fromkeys(fields)
    plain: dict[str, str] = {}
    own: list[tuple[str, Read]] = []
    for name in [name for name in fields if name not in given]:
        reader = _reader(shape, name, fields[name])
        if isinstance(reader, str):
            plain[name] = reader
        else:
            own.append((name, reader))
    # Of one attribute alone it would give no tuple.
    read_plain = attrgetter(*plain.values(), "__class__") if plain else lambda value: ()
    converters = [
        (name, convert) for name in fields if (convert := _converter(fields[name])) is not _as_it_is
    ]

    def draw(value: object, more: dict[str, object]) -> dict[str, object]:
        drawn = {**blank, **dict(zip(plain, read_plain(value), strict=False)), **more}
        for name, read in own:
            drawn[name] = read(value)
        for name, convert in converters:
            drawn[name] = convert(drawn[name])
        return drawn

    return draw


def _reader(shape: type[Shape], name: str, field: serializers.Field) -> Read | str:
    """The name of an attribute, or a function."""
    own: Read | None = getattr(shape, f"draw_{name}", None)
    if own is not None:
        return own
    source = field.source or name
    first, _, rest = source.partition(".")
    if not rest or not field.allow_null:
        return str(source)
    of_it = attrgetter(rest)
    return lambda value: None if getattr(value, first) is None else of_it(getattr(value, first))


def _converter(field: serializers.Field) -> Read:
    if isinstance(field, serializers.ListSerializer):
        one = _converter(there(field.child, "a list of shapes names its shape"))
        return lambda rows: [one(row) for row in rows]  # type: ignore[attr-defined] # a list of the shape's rows
    if isinstance(field, Shape):
        draw = type(field).draw
        # What is JSON already stays as it is: a decision is stored as it was told.
        return lambda value: value if value is None or isinstance(value, dict) else draw(value)
    if isinstance(field, serializers.DateField):
        return str
    if isinstance(field, serializers.DateTimeField):
        return rfc3339  # type: ignore[return-value] # a column of times
    return _as_it_is


def _as_it_is(value: object) -> object:
    return value


def whole(**options: object) -> serializers.IntegerField:
    return serializers.IntegerField(**options)  # type: ignore[arg-type]


def instant(**options: object) -> serializers.DateTimeField:
    return serializers.DateTimeField(**options)  # type: ignore[arg-type]
