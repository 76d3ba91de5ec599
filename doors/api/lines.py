"""The lines that another shop sends: those of the store file, without `type`, checked field by field."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.models import known_time_zone
from credits.models import Kind
from doors.api import shapes
from doors.api.described import described
from doors.api.fields import Credits, Moment, Slug, Strict, Text, Tick
from storefront.models import Cause, Status

STORE = "store:write"
MOST_LINES = 1000
NUMBER = r"^IN[0-9]{12}$"


class UserLine(Strict):
    email = serializers.EmailField(max_length=254, help_text="also its reference")
    name = Text(required=False, default="", allow_blank=True, max_length=150)
    time_zone = Text(required=False, default="UTC", max_length=64)
    language = serializers.ChoiceField(["en"], required=False, default="en")
    confirmed = Tick(default=True, help_text="whether the shop knows that the address is theirs")

    def validate_time_zone(self, value: str) -> str:
        known_time_zone(value)
        return value


class GrantLine(Strict):
    ref = Text(max_length=200)
    user = serializers.EmailField(max_length=254)
    credits = Credits(min_value=1)
    kind = serializers.ChoiceField(Kind.values)
    at = Moment()
    expires_at = Moment(required=False, allow_null=True, default=None)
    memo = Text(required=False, default="", allow_blank=True, max_length=200)


class ItemOfLine(Strict):
    asset = Slug()
    original_price = Credits(required=False)
    title = Text(required=False, max_length=200)
    publisher = Slug(required=False)
    share = Credits(required=False)


class PurchaseLine(Strict):
    ref = Text(max_length=200)
    user = serializers.EmailField(max_length=254)
    asset = Slug(required=False)
    bundle = Slug(required=False)
    credits = Credits()
    at = Moment()
    status = serializers.ChoiceField(
        [Status.COMPLETED, Status.PENDING, Status.CANCELLED, Status.CHARGED_BACK], default=Status.COMPLETED
    )
    items = serializers.ListField(child=ItemOfLine(), required=False, allow_empty=False, max_length=500)
    invoice = serializers.RegexField(NUMBER, required=False)
    download_log = Tick(default=True)
    allow_duplicate = Tick(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("asset" in attrs) == ("bundle" in attrs):
            raise serializers.ValidationError("Name one asset or one bundle.", code="one_thing")
        return attrs


class DownloadLine(Strict):
    ref = Text(max_length=200)
    purchase = Text(max_length=200, help_text="the `ref` of a purchase that this key registered")
    asset = Slug()
    at = Moment()
    cause = serializers.ChoiceField(Cause.values, default=Cause.DIRECT)
    via = Slug(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["cause"] == Cause.DEPENDENCY) != (attrs["via"] is not None):
            raise serializers.ValidationError(
                {"via": [ErrorDetail("Name it when the cause is dependency, and only then.", code="invalid")]}
            )
        return attrs


def line_described(
    summary: str, line: type[Strict], shape: type[serializers.Serializer], *problems: str, known: bool = False
) -> Any:
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
    return described(
        summary,
        name=f"store_{line.__name__.removesuffix('Line').lower()}",
        scope=STORE,
        body=one_or_many,
        answers={200: result, 201: shape},
        problems=["not_found", "idempotency_key_reused", "in_progress", "busy", *problems],
        more="One line, or a list of up to 1,000: then each is answered by itself. A repeated `ref` is answered as before.",
    )
