"""The shape of a problem; `errors.py` words it."""

from rest_framework import serializers as s

from doors.api.decision import DecisionShape
from doors.api.drawing import whole
from doors.problems import PROBLEMS


class WrongField(s.Serializer):
    pointer = s.CharField(help_text="RFC 6901; empty for the whole body")
    code = s.CharField()
    detail = s.CharField()


class Problem(s.Serializer):
    """RFC 9457. `code` is stable; what it means stands at `type`."""

    type = s.URLField()
    title = s.CharField()
    status = whole()
    code = s.ChoiceField(sorted(PROBLEMS))
    detail = s.CharField()
    errors = WrongField(many=True, required=False)  # type: ignore[assignment] # a field; Serializer.errors is for input
    credits = whole(required=False)
    balance = whole(required=False)
    case = s.CharField(required=False)
    decision = DecisionShape(required=False)
