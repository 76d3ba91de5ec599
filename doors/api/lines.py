"""The lines that another shop sends: those of the store file, without `type`. Their fields are made of the shapes that
are declared for both, so that a key needs only to be named here."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.models import known_time_zone
from doors.api import shapes
from doors.api.drawing import Shape
from doors.api.fields import Checked, Credits, Moment, Slug, Strict, Text, Tick
from doors.api.routes import Function, route
from refunds.line_schema import DEFS
from refunds.line_schema import Shape as LineShape
from storefront.models import Cause

STORE = "store:write"
MOST_LINES = 1000
MOST_ITEMS = 500


class LineForm(Strict):
    # Without a docstring of its own, for the published schema shows that of Strict.
    line: ClassVar[str]
    keys: ClassVar[str]
    hints: ClassVar[dict[str, str]] = {}

    def get_fields(self) -> dict[str, serializers.Field]:
        shape = DEFS[self.line]
        needed = {*shape["required"], "ref"}
        return {
            key: field_of(shape["properties"][key], required=key in needed, help_text=self.hints.get(key))
            for key in self.keys.split()
        }


class UserLine(LineForm):
    line, keys = "user", "email name time_zone language confirmed"
    hints = {
        "email": "also its reference",
        "confirmed": "whether the shop knows that the address is theirs",
    }

    def validate_time_zone(self, value: str) -> str:
        known_time_zone(value)
        return value


class GrantLine(LineForm):
    line, keys = "grant", "ref user credits kind at expires_at memo"


class ItemOfLine(LineForm):
    line, keys = "item", "asset original_price title publisher share"


class PurchaseLine(LineForm):
    line = "purchase"
    keys = "ref user asset bundle credits at status items invoice download_log allow_duplicate"

    def validate(self, attrs: Checked) -> Checked:
        if ("asset" in attrs) == ("bundle" in attrs):
            raise serializers.ValidationError("Name one asset or one bundle.", code="one_thing")
        return attrs


class DownloadLine(LineForm):
    line, keys = "download", "ref purchase asset at cause via"
    hints = {"purchase": "the `ref` of a purchase that this key registered"}

    def validate(self, attrs: Checked) -> Checked:
        if (attrs["cause"] == Cause.DEPENDENCY) != (attrs["via"] is not None):
            raise serializers.ValidationError(
                {"via": [ErrorDetail("Name it when the cause is dependency, and only then.", code="invalid")]}
            )
        return attrs


FIELDS: dict[str, Callable[..., serializers.Field]] = {
    "slug": Slug,
    "maybe_slug": partial(Slug, allow_null=True),
    "email": partial(serializers.EmailField, max_length=254),
    "moment": Moment,
    "maybe_moment": partial(Moment, allow_null=True),
    "item": ItemOfLine,
}


def field_of(shape: LineShape, *, required: bool = True, **options: Any) -> serializers.Field:
    """The field for a value of this shape."""
    options |= {"default": shape["default"]} if "default" in shape else {"required": required}
    name = shape.get("$ref", "").rpartition("/")[2]
    if name in FIELDS:
        return FIELDS[name](**options)
    shape = DEFS.get(name, shape)
    if "enum" in shape:
        # What is meant when nothing is said stands first.
        choices = sorted(shape["enum"], key=lambda choice: choice != options.get("default"))
        return serializers.ChoiceField(choices, **options)
    if shape["type"] == "array":
        return serializers.ListField(
            child=field_of(shape["items"]),
            allow_empty="minItems" not in shape,
            max_length=MOST_ITEMS,
            **options,
        )
    if shape["type"] == "integer":
        return Credits(min_value=shape["minimum"], **options)
    if shape["type"] == "boolean":
        return Tick(**options)
    if "pattern" in shape:
        return serializers.RegexField(shape["pattern"], **options)
    return Text(max_length=shape["maxLength"], allow_blank="minLength" not in shape, **options)


def line_route(
    address: str, summary: str, line: type[Strict], shape: type[Shape], *problems: str, known: bool = False
) -> Callable[[Function[[]]], Function[[]]]:
    """A route for one kind of line, or a list of them. `known`: it may be there already, and is told as it is."""
    one_or_many = PolymorphicProxySerializer(
        component_name=f"{line.__name__}OrLines",
        serializers=[line, line(many=True)],
        resource_type_field_name=None,
        many=False,
    )
    result = PolymorphicProxySerializer(
        component_name=f"{shape.__name__}OrResults",
        serializers=[shape, shapes.LineResults] if known else [shapes.LineResults],
        resource_type_field_name=None,
        many=False,
    )
    return route(
        "post",
        address,
        summary,
        name=f"store_{line.__name__.removesuffix('Line').lower()}",
        scope=STORE,
        body=one_or_many,
        answers={200: result, 201: shape},
        problems=["not_found", "idempotency_key_reused", "in_progress", "busy", *problems],
        more="One line, or a list of up to 1,000: then each is answered by itself. A repeated `ref` is answered as before.",
    )
