"""The shapes of answers: of them the schema is made, and by them answers are drawn."""

import json
from collections.abc import Iterable
from functools import cache

from rest_framework import serializers as s

from credits.models import EntryKind, Kind
from doors.api.catalogue_shapes import File
from doors.api.decision import DecisionShape
from doors.api.drawing import Shape, instant, whole
from refunds.models import Basis, Refund
from storefront.models import AssetFile, Cause, Purchase, PurchaseItem, Status


class MeAnswer(Shape):
    email = s.EmailField()
    name = s.CharField()
    roles = s.ListField(child=s.ChoiceField(["agent", "lead"]))
    publishers = s.ListField(child=s.SlugField())
    balance = whole()


class RefundShape(Shape):
    credit_note = s.CharField(source="credit_note.number")
    credits = whole()
    basis = s.ChoiceField(Basis.values)
    refunded_at = instant(source="at")
    decision = DecisionShape(help_text="as it was stored")

    @staticmethod
    def draw_decision(refund: Refund) -> object:
        return json.loads(refund.decision)


class ItemShape(Shape):
    asset = s.SlugField(source="asset.slug")
    title = s.CharField()
    publisher = s.SlugField(source="publisher.slug")
    original_price = whole()
    share = whole(help_text="its part of the credits spent")
    downloaded = s.BooleanField()
    revoked = s.BooleanField()

    @staticmethod
    def draw_downloaded(item: PurchaseItem) -> bool:
        return item.first_downloaded_at is not None


class PurchaseAnswer(Shape):
    invoice = s.CharField(help_text="the purchase ID", source="number")
    status = s.ChoiceField(Status.values)
    kind = s.ChoiceField(["asset", "bundle"])
    title = s.CharField()
    credits_spent = whole()
    completed_at = instant(allow_null=True)
    refundable_until = instant(allow_null=True)
    items = ItemShape(many=True)
    refund = RefundShape(allow_null=True)

    @staticmethod
    def draw_kind(purchase: Purchase) -> str:
        return "bundle" if purchase.is_bundle else "asset"

    @staticmethod
    def draw_items(purchase: Purchase) -> list[dict[str, object]]:
        if purchase.just_bought is not None:
            new = {"downloaded": False, "revoked": False}
            return [
                ItemShape.draw(part, asset=part.slug, publisher=part.publisher_slug, **new)
                for part in purchase.just_bought
            ]
        ended = purchase.revoked_at is not None
        return [ItemShape.draw(item, revoked=ended or bool(item.revoked_at)) for item in purchase.items.all()]

    @staticmethod
    def draw_refund(purchase: Purchase) -> Refund | None:
        return getattr(purchase, "refund", None)


class Refunded(Shape):
    refund = RefundShape()
    balance = whole()


class CostOfPurchase(Shape):
    invoice = s.CharField(source="purchase.number")
    credits_before = whole()
    credits_after = whole()
    eligible_after = s.BooleanField()


class DownloadCost(Shape):
    purchases = CostOfPurchase(many=True, help_text="those whose refund the click would change")
    dependencies = s.ListField(child=s.SlugField(), help_text="what comes along unless it is left out")


class OwnedAsset(Shape):
    asset = s.SlugField(source="asset.slug")
    title = s.CharField()
    via = s.ListField(child=s.CharField(), help_text="invoices that give it, oldest first")
    files = File(many=True)
    download_cost = DownloadCost()

    @staticmethod
    def draw_files(item: PurchaseItem) -> Iterable[AssetFile]:
        return item.asset.files.all()


class HandedOut(Shape):
    asset = s.SlugField(source="asset.slug")
    file = whole(allow_null=True, source="file_id")
    cause = s.ChoiceField(Cause.values)
    via = s.SlugField(allow_null=True, source="via.slug")
    url = s.URLField(help_text="signed; needs no key, and ends at `expires_at`")
    expires_at = instant()
    invoice = s.CharField(help_text="the purchase that the download counts against", source="purchase.number")


class Downloads(Shape):
    downloads = HandedOut(many=True)


class LotShape(Shape):
    id = whole(source="pk")
    kind = s.ChoiceField(Kind.values)
    issued = whole()
    remaining = whole()
    expires_at = instant(allow_null=True)


class WalletAnswer(Shape):
    balance = whole()
    lots = LotShape(many=True, help_text="in the order in which they are spent")


class EntryShape(Shape):
    number = whole()
    at = instant()
    kind = s.ChoiceField(EntryKind.values)
    credits = whole(help_text="signed")
    balance_after = whole()
    invoice = s.CharField(allow_null=True)
    memo = s.CharField()


class Redeemed(Shape):
    credits = whole(source="lot.issued")
    balance = whole()


class VerifiedItemShape(Shape):
    package = s.CharField()
    asset = s.SlugField(source="item.asset.slug")
    quantity = whole()
    credits = whole(help_text="its part of what was spent")
    status = s.ChoiceField(["Not downloaded", "Downloaded", "Another license", "Refunded", "Charged back"])
    downloaded = s.BooleanField()
    refunded = s.BooleanField()
    other_license = s.BooleanField()
    reason = s.CharField(allow_null=True)


class VerifiedInvoiceAnswer(Shape):
    invoice = s.CharField()
    date = s.DateField(help_text="in UTC")
    items = VerifiedItemShape(many=True, help_text="this publisher's own ones")


class UserRegistered(Shape):
    email = s.EmailField()
    name = s.CharField()


class GrantRegistered(Shape):
    ref = s.CharField()
    lot = whole(source="lot.id")
    kind = s.ChoiceField(Kind.values, source="lot.kind")
    credits = whole(source="lot.issued")
    at = instant(source="lot.created_at")
    expires_at = instant(allow_null=True, source="lot.expires_at")
    balance = whole()


class PurchaseRegistered(PurchaseAnswer):
    ref = s.CharField()


class DownloadRegistered(Shape):
    ref = s.CharField()
    invoice = s.CharField(source="purchase.number")
    asset = s.SlugField(source="asset.slug")
    at = instant()
    cause = s.ChoiceField(Cause.values)
    via = s.SlugField(allow_null=True, source="via.slug")


class LineResult(Shape):
    ref = s.CharField(allow_null=True)
    status = whole(help_text="as if the line had come alone")
    body = s.DictField(help_text="the object, or a problem")


class LineResults(Shape):
    results = LineResult(many=True, help_text="in the order of the lines")


@cache
def a_page_of(shape: type[s.Serializer]) -> type[s.Serializer]:
    """A list, page by page."""
    name = f"PageOf{shape.__name__.removesuffix('Answer')}"
    fields = {
        "next": s.URLField(allow_null=True),
        "previous": s.URLField(allow_null=True),
        "results": shape(many=True),
    }
    return type(name, (Shape,), fields)
