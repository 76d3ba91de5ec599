"""The shapes of requests in answers."""

from rest_framework import serializers as s

from doors.api.drawing import Shape, instant
from refunds.models import Grounds, State


class CaseInList(Shape):
    number = s.CharField()
    state = s.ChoiceField(State.values)
    invoice = s.CharField(allow_null=True, source="purchase.number")
    grounds = s.ChoiceField(Grounds.values)
    opened_at = instant()
    deadline = instant(allow_null=True, help_text="of the current state")


class StepShape(Shape):
    at = instant()
    actor = s.CharField()
    act = s.CharField(source="code")
    note = s.CharField()


class CaseAnswer(CaseInList):
    timeline = StepShape(many=True, help_text="as this side sees it")
