"""The shapes of answers, as the schema tells them. They draw nothing: what a route says is held against them by tests."""

from functools import cache

from rest_framework import serializers as s

from credits.models import EntryKind, Kind
from doors.problems import PROBLEMS
from refunds.models import Basis, Grounds, State
from refunds.policy import Fate, ReasonCode
from storefront.models import Cause, Status


def whole(**options: object) -> s.IntegerField:
    return s.IntegerField(**options)  # type: ignore[arg-type]


def instant(**options: object) -> s.DateTimeField:
    return s.DateTimeField(**options)  # type: ignore[arg-type]


class File(s.Serializer):
    id = whole()
    name = s.CharField()
    version = s.CharField()
    quality = s.CharField()
    bytes = whole()


class AssetAnswer(s.Serializer):
    slug = s.SlugField()
    title = s.CharField()
    publisher = s.SlugField()
    price = whole(help_text="in whole credits; 0 only for a free asset")
    description = s.CharField()
    category = s.CharField()
    for_sale = s.BooleanField()
    requires = s.ListField(child=s.SlugField(), help_text="what it directly requires")
    files = File(many=True, help_text="newest first")


class BundleInList(s.Serializer):
    slug = s.SlugField()
    title = s.CharField()
    publisher = s.SlugField()
    price = whole()
    description = s.CharField()
    for_sale = s.BooleanField()


class AssetInBundle(s.Serializer):
    asset = s.SlugField()
    title = s.CharField()
    publisher = s.SlugField()
    price = whole(help_text="alone, today: what a refund would deduct once it is downloaded")


class BundleAnswer(BundleInList):
    assets = AssetInBundle(
        many=True, help_text="as they would be bought now: nested bundles opened, each once"
    )


class MeAnswer(s.Serializer):
    email = s.EmailField()
    name = s.CharField()
    roles = s.ListField(child=s.ChoiceField(["agent", "lead"]))
    publishers = s.ListField(child=s.SlugField())
    balance = whole()


class ReasonShape(s.Serializer):
    code = s.ChoiceField([code.value for code in ReasonCode if code != ReasonCode.NOT_YOURS])
    message = s.CharField()
    evidence = s.DictField(help_text="what the reason rests on; its keys depend on the code")


class DownloadShape(s.Serializer):
    at = instant()
    cause = s.ChoiceField(Cause.values)
    via = s.SlugField(allow_null=True, help_text="the asset that required it")
    struck = s.BooleanField(help_text="struck by support: seen, and not counted")


class JudgedItemShape(s.Serializer):
    asset = s.SlugField()
    title = s.CharField()
    original_price = whole()
    downloaded = s.BooleanField()
    downloads = DownloadShape(many=True)
    after_refund = s.ChoiceField([fate.value for fate in Fate], allow_null=True)


class DeductionShape(s.Serializer):
    asset = s.SlugField()
    credits = whole()


class RestoreShape(s.Serializer):
    lot = whole(allow_null=True, help_text="the lot that the credits came from")
    kind = s.ChoiceField(Kind.values)
    credits = whole()
    expires_at = instant(allow_null=True)


class TermsShape(s.Serializer):
    version = s.CharField()
    window_days = whole()
    bundle_percent = whole()


class DecisionShape(s.Serializer):
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


class RefundShape(s.Serializer):
    credit_note = s.CharField()
    credits = whole()
    basis = s.ChoiceField(Basis.values)
    refunded_at = instant()
    decision = DecisionShape(help_text="as it was stored")


class ItemShape(s.Serializer):
    asset = s.SlugField()
    title = s.CharField()
    publisher = s.SlugField()
    original_price = whole()
    share = whole(help_text="its part of the credits spent")
    downloaded = s.BooleanField()
    revoked = s.BooleanField()


class PurchaseAnswer(s.Serializer):
    invoice = s.CharField(help_text="the purchase ID")
    status = s.ChoiceField(Status.values)
    kind = s.ChoiceField(["asset", "bundle"])
    title = s.CharField()
    credits_spent = whole()
    completed_at = instant(allow_null=True)
    refundable_until = instant(allow_null=True)
    items = ItemShape(many=True)
    refund = RefundShape(allow_null=True)


class Refunded(s.Serializer):
    refund = RefundShape()
    balance = whole()


class CostOfPurchase(s.Serializer):
    invoice = s.CharField()
    credits_before = whole()
    credits_after = whole()
    eligible_after = s.BooleanField()


class DownloadCost(s.Serializer):
    purchases = CostOfPurchase(many=True, help_text="those whose refund the click would change")
    dependencies = s.ListField(child=s.SlugField(), help_text="what comes along unless it is left out")


class OwnedAsset(s.Serializer):
    asset = s.SlugField()
    title = s.CharField()
    via = s.ListField(child=s.CharField(), help_text="invoices that give it, oldest first")
    files = File(many=True)
    download_cost = DownloadCost()


class HandedOut(s.Serializer):
    asset = s.SlugField()
    file = whole(allow_null=True)
    cause = s.ChoiceField(Cause.values)
    via = s.SlugField(allow_null=True)
    url = s.URLField(help_text="signed; needs no key, and ends at `expires_at`")
    expires_at = instant()
    invoice = s.CharField(help_text="the purchase that the download counts against")


class Downloads(s.Serializer):
    downloads = HandedOut(many=True)


class LotShape(s.Serializer):
    id = whole()
    kind = s.ChoiceField(Kind.values)
    issued = whole()
    remaining = whole()
    expires_at = instant(allow_null=True)


class WalletAnswer(s.Serializer):
    balance = whole()
    lots = LotShape(many=True, help_text="in the order in which they are spent")


class EntryShape(s.Serializer):
    number = whole()
    at = instant()
    kind = s.ChoiceField(EntryKind.values)
    credits = whole(help_text="signed")
    balance_after = whole()
    invoice = s.CharField(allow_null=True)
    memo = s.CharField()


class Redeemed(s.Serializer):
    credits = whole()
    balance = whole()


class CaseInList(s.Serializer):
    number = s.CharField()
    state = s.ChoiceField(State.values)
    invoice = s.CharField(allow_null=True)
    grounds = s.ChoiceField(Grounds.values)
    opened_at = instant()
    deadline = instant(allow_null=True, help_text="of the current state")


class StepShape(s.Serializer):
    at = instant()
    actor = s.CharField()
    act = s.CharField()
    note = s.CharField()


class CaseAnswer(CaseInList):
    timeline = StepShape(many=True, help_text="as this side sees it")


class VerifiedItemShape(s.Serializer):
    package = s.CharField()
    asset = s.SlugField()
    quantity = whole()
    credits = whole(help_text="its part of what was spent")
    status = s.ChoiceField(["Not downloaded", "Downloaded", "Another license", "Refunded", "Charged back"])
    downloaded = s.BooleanField()
    refunded = s.BooleanField()
    other_license = s.BooleanField()
    reason = s.CharField(allow_null=True)


class VerifiedInvoiceAnswer(s.Serializer):
    invoice = s.CharField()
    date = s.DateField(help_text="in UTC")
    items = VerifiedItemShape(many=True, help_text="this publisher's own ones")


class UserRegistered(s.Serializer):
    email = s.EmailField()
    name = s.CharField()


class GrantRegistered(s.Serializer):
    ref = s.CharField()
    lot = whole()
    kind = s.ChoiceField(Kind.values)
    credits = whole()
    at = instant()
    expires_at = instant(allow_null=True)
    balance = whole()


class PurchaseRegistered(PurchaseAnswer):
    ref = s.CharField()


class DownloadRegistered(s.Serializer):
    ref = s.CharField()
    invoice = s.CharField()
    asset = s.SlugField()
    at = instant()
    cause = s.ChoiceField(Cause.values)
    via = s.SlugField(allow_null=True)


class LineResult(s.Serializer):
    ref = s.CharField(allow_null=True)
    status = whole(help_text="as if the line had come alone")
    body = s.DictField(help_text="the object, or a problem")


class LineResults(s.Serializer):
    results = LineResult(many=True, help_text="in the order of the lines")


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


@cache
def a_page_of(shape: type[s.Serializer]) -> type[s.Serializer]:
    """A list, page by page."""
    name = f"PageOf{shape.__name__.removesuffix('Answer')}"
    fields = {
        "next": s.URLField(allow_null=True),
        "previous": s.URLField(allow_null=True),
        "results": shape(many=True),
    }
    return type(name, (s.Serializer,), fields)
