"""Strict input: a whole number is a whole number, a text is a text, and an unknown field is an error."""

from typing import Any

from rest_framework import serializers

from credits.models import MOST


class Credits(serializers.IntegerField):
    """10 is credits; 10.0, "10" and true are not."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 0)
        super().__init__(max_value=MOST, **options)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Text(serializers.CharField):
    """Numbers are not quietly turned into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Tick(serializers.BooleanField):
    """true and false, and nothing that only looks like them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Strict(serializers.Serializer):  # type: ignore[type-arg] # has no instance type: it reads input only
    """Refuses what it does not know: `status`, `customer` or `is_staff` in a body is a mistake, and hears of it."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {
                        name: [serializers.ErrorDetail("There is no such field.", code="unknown_field")]
                        for name in unknown
                    }
                )
        return super().to_internal_value(data)


def read(form: type[Strict], request: Any) -> dict[str, Any]:
    """The body of a request, checked."""
    reader = form(data=request.data)
    reader.is_valid(raise_exception=True)
    return dict(reader.validated_data)
