"""The shape of a decision. It makes the schema only: `refunds/serial.py` tells a decision, to every door and for good."""

from rest_framework import serializers as s

from credits.models import Kind
from doors.api.drawing import Shape, instant, whole
from refunds.policy import Fate, ReasonCode
from storefront.models import Cause


class ReasonShape(Shape):
    code = s.ChoiceField([code.value for code in ReasonCode if code != ReasonCode.NOT_YOURS])
    message = s.CharField()
    evidence = s.DictField(help_text="what the reason rests on; its keys depend on the code")


class DownloadShape(Shape):
    at = instant()
    cause = s.ChoiceField(Cause.values)
    via = s.SlugField(allow_null=True, help_text="the asset that required it")
    struck = s.BooleanField(help_text="struck by support: seen, and not counted")


class JudgedItemShape(Shape):
    asset = s.SlugField()
    title = s.CharField()
    original_price = whole()
    downloaded = s.BooleanField()
    downloads = DownloadShape(many=True)
    after_refund = s.ChoiceField([fate.value for fate in Fate], allow_null=True)


class DeductionShape(Shape):
    asset = s.SlugField()
    credits = whole()


class RestoreShape(Shape):
    lot = whole(allow_null=True, help_text="the lot that the credits came from")
    kind = s.ChoiceField(Kind.values)
    credits = whole()
    expires_at = instant(allow_null=True)


class TermsShape(Shape):
    version = s.CharField()
    window_days = whole()
    bundle_percent = whole()


class DecisionShape(Shape):
    """What the policy says of one purchase at one instant. The same object on every door, and in what is stored."""

    eligible = s.BooleanField()
    credits = whole(help_text="what a refund gives back; 0 when denied")
    credits_spent = whole()
    reasons = ReasonShape(many=True, help_text="every one, in the rulebook's order; none when eligible")
    items = JudgedItemShape(many=True)
    deductions = DeductionShape(many=True)
    restores = RestoreShape(many=True, help_text="which lots get credits back")
    refundable_until = instant(allow_null=True)
    decided_at = instant()
    terms = TermsShape()
