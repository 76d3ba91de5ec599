"""The rows of some customers, fetched together: a store is walked through a few hundred customers at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts.models import User
from credits.models import Entry, Lot, Payment, Redemption, Usage
from refunds.models import Case, ChargeBack, Denial, Refund
from storefront.models import Document, Download, Invoice, Purchase, PurchaseItem

AT_ONCE = 200
Row = TypeVar("Row", bound=Model)


def chunks() -> Iterable[list[int]]:
    """Ids of customers, in the order in which they came."""
    some: list[int] = []
    for pk in User.objects.order_by("pk").values_list("pk", flat=True).iterator():
        some.append(pk)
        if len(some) == AT_ONCE:
            yield some
            some = []
    if some:
        yield some


class Rows:
    """Everything that belongs to these customers, by id, grouped by the row that it belongs to."""

    def __init__(self, people: Sequence[int]) -> None:
        self.lots = {row.pk: row for row in Lot.objects.filter(wallet__in=people).order_by("pk")}
        self.entries = _by("wallet_id", Entry.objects.filter(wallet__in=people).order_by("wallet", "number"))
        self.payments = {row.pk: row for row in Payment.objects.filter(wallet__in=people)}
        self.usages = _by("payment_id", Usage.objects.filter(payment__wallet__in=people).order_by("pk"))
        self.usage_by_id = {row.pk: row for rows in self.usages.values() for row in rows}
        redemptions = Redemption.objects.filter(wallet__in=people).select_related("code")
        self.redemptions = {row.lot_id: row for row in redemptions}
        self.purchases = _by("customer_id", Purchase.objects.filter(customer__in=people).order_by("pk"))
        self.paid = {
            row.payment_id: row for rows in self.purchases.values() for row in rows if row.payment_id
        }
        self.items = _by("purchase_id", PurchaseItem.objects.filter(customer__in=people).order_by("position"))
        self.downloads = _by("purchase_id", Download.objects.filter(customer__in=people).order_by("pk"))
        self.invoices = {row.purchase_id: row for row in Invoice.objects.filter(customer__in=people)}
        refunds = Refund.objects.filter(customer__in=people).select_related("credit_note")
        self.refunds = {row.purchase_id: row for row in refunds}
        self.denials = _by("purchase_id", Denial.objects.filter(customer__in=people).order_by("at", "pk"))
        charge_backs = ChargeBack.objects.filter(purchase__customer__in=people)
        self.charge_backs = {row.purchase_id: row for row in charge_backs}
        self.cases = _by("customer_id", Case.objects.filter(customer__in=people).order_by("pk"))

        numbers = [row.number for row in self.invoices.values()]
        numbers += [row.credit_note.number for row in self.refunds.values()]
        self._rendered = set(Document.objects.filter(pk__in=numbers).values_list("pk", flat=True))

    def document(self, number: str) -> Document | None:
        """Fetched when its line is written, for the bytes of many documents would fill the memory."""
        return Document.objects.get(pk=number) if number in self._rendered else None


def _by(key: str, rows: "QuerySet[Row]") -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return grouped
