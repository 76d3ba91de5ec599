"""Strict input: a whole number is a whole number, a text is a text, and an unknown field is an error."""

import re
from datetime import UTC, datetime
from typing import Any

from django.utils.datastructures import MultiValueDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from credits.models import MOST

Checked = dict[str, Any]  # each value is of the kind that its field makes
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


class Credits(serializers.IntegerField):
    """10 is credits; 10.0, "10" and true are not."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 0)
        super().__init__(max_value=MOST, **options)

    def to_internal_value(self, data: object) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Text(serializers.CharField):
    """Numbers are not quietly turned into text."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Slug(serializers.SlugField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, **options)

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Tick(serializers.BooleanField):
    """true and false, and nothing that only looks like them."""

    def to_internal_value(self, data: object) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Moment(serializers.DateTimeField):
    """RFC 3339 with a zone: a time without one is nobody's."""

    def to_internal_value(self, data: object) -> datetime:
        if not isinstance(data, str) or not MOMENT.fullmatch(data):
            self.fail("invalid", format="2026-11-21T12:00:00Z")
        try:
            # In UTC from here on: beyond the ends of the calendar there are times that no database can turn into it.
            return datetime.fromisoformat(data).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid", format="2026-11-21T12:00:00Z")


class Strict(serializers.Serializer):
    """Refuses what it does not know: `status`, `customer` or `is_staff` in a body is a mistake, and hears of it."""

    def to_internal_value(self, data: object) -> Checked:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {name: [ErrorDetail("There is no such field.", code="unknown_field")] for name in unknown}
                )
        return super().to_internal_value(data)


def read(form: type[Strict], request: Request) -> Checked:
    """The body of a request, checked."""
    data = request.data
    return checked_by(form, _of_a_form(form, data) if isinstance(data, MultiValueDict) else data)


def read_query(form: type[Strict], request: Request) -> Checked:
    """The filters of a list, checked; what is unknown was refused before."""
    known = form().fields
    return checked_by(form, {name: value for name, value in request.query_params.items() if name in known})


def checked_by(form: type[Strict], data: object) -> Checked:
    reader = form(data=data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)


def _of_a_form(form: type[Strict], data: "MultiValueDict[str, object]") -> Checked:
    """A form knows only texts and repetition: ticks and lists are read out of them, and nothing stands twice."""
    fields = form().fields
    plain: dict[str, object] = {}
    for name in data:
        values, field = data.getlist(name), fields.get(name)
        if isinstance(field, serializers.ListField):
            plain[name] = values
        elif len(values) > 1:
            raise serializers.ValidationError({name: ["This field stands more than once."]})
        elif isinstance(field, Tick) and values[0] in {"true", "false"}:
            plain[name] = values[0] == "true"
        elif field is not None and field.allow_null and values[0] == "":
            plain[name] = None
        else:
            plain[name] = values[0]
    return plain
