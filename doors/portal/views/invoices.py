"""Verify invoice: one number or a pasted list, typed or read out of the customer's PDF; and the list of all verified."""

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from doors.paging import page_of
from doors.portal.gate import PortalRequest, for_publishers
from doors.portal.reading import numbers_and_rest, numbers_in_file
from doors.portal.refusals import ShownRefusals
from doors.spreadsheets import csv_file
from ground.doors import Door
from refunds.verification import MOST_NUMBERS, VerifiedItem, verify
from refunds.verified import as_of_today, verified_invoices, whole_list

ON_A_PAGE = 25
# The names of columns, which programs read: they stay as they are.
HEAD = (
    "Invoice", "Package", "Quantity", "Price in credits", "Purchased (UTC)", "Status", "Reason",  # English: see above
    "Refunded by the store", "Last verified (UTC)", "By",  # English: see above
)  # fmt: skip


class VerifyForm(forms.Form):
    number = forms.CharField(
        label=_lazy("Verify invoice"),
        required=False,
        help_text=_lazy(
            "Invoice No., as on the customer’s invoice. Several at once: one a line, or with commas between."
        ),
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": _lazy("Invoice No."), "class": "input--short"}
        ),
    )
    file = forms.FileField(
        label=_lazy("Or the customer’s invoice"),
        required=False,
        help_text=_lazy("A PDF from this store: its number is read and filled in. The file is not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean(self) -> dict[str, object]:
        """Finds the numbers, and says what is the matter with whatever is none."""
        self.numbers, self.rest = numbers_and_rest(self.cleaned_data.get("number", ""))
        file = self.cleaned_data.get("file")
        if file is not None:
            read = numbers_in_file(file)
            if not read:
                sentence = _("No invoice number could be read in {file}. Please type it above.")
                self.add_error("file", sentence.format(file=file.name))
            self.numbers += [number for number in read if number not in self.numbers]
        if len(self.numbers) > MOST_NUMBERS:
            sentence = _("At most {most} numbers at a time; these are {count}. Nothing was looked up.")
            self.add_error("number", sentence.format(most=MOST_NUMBERS, count=len(self.numbers)))
        if not self.numbers and not self.errors:
            self.add_error("number", _why_none(self.rest))
        return self.cleaned_data


@for_publishers
def invoices(request: PortalRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, VerifyForm(initial={"number": request.GET.get("number", "")}))
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    with ShownRefusals(request, form) as refused:
        items = verify(
            publisher=request.publisher,
            numbers=form.numbers,
            by=request.user,
            door=Door.PAGE,
            now=request.now,
        )
        shown = VerifyForm(initial={"number": "\n".join([*form.numbers, *form.rest])})
        hits = _by_invoice(items)
        misses = [number for number in form.numbers if number not in hits]
        return _page(request, shown, verified=True, hits=hits, misses=misses, rest=form.rest)
    response = _page(request, form, status=refused.status)
    for name, value in refused.headers.items():
        response[name] = value
    return response


@for_publishers
def invoices_csv(request: PortalRequest) -> StreamingHttpResponse:
    listed = whole_list(publisher=request.publisher, search=request.GET.get("q", ""), now=request.now)
    rows = (
        (
            one.invoice,
            one.package,
            one.quantity,
            one.credits,
            one.date.isoformat(),
            one.status,
            one.reason,
            "yes" if one.by_the_store else "",
            f"{line.row.last_at:%Y-%m-%d %H:%M:%S}",
            line.by,
        )
        for line in listed
        for one in line.items
    )
    return csv_file(f"invoices-{request.publisher.slug}.csv", HEAD, rows)


def _page(request: PortalRequest, form: VerifyForm, *, status: int = 200, **result: object) -> HttpResponse:
    search = request.GET.get("q", "")
    rows = verified_invoices(publisher=request.publisher, search=search)
    page = page_of(request, rows, by="last_at", size=ON_A_PAGE)
    context = {
        "form": form,
        "q": search,
        "listed": as_of_today(list(page.rows), publisher=request.publisher, now=request.now),
        "newer": page.newer,
        "older": page.older,
        **result,
    }
    return render(request, "portal/invoices.html", context, status=status)


def _by_invoice(items: list[VerifiedItem]) -> dict[str, list[VerifiedItem]]:
    groups: dict[str, list[VerifiedItem]] = {}
    for one in items:
        groups.setdefault(one.invoice, []).append(one)
    return groups


def _why_none(rest: list[str]) -> str:
    if not rest:
        return _("Type an invoice number, or choose the customer’s invoice. Nothing was looked up.")
    if any(piece.upper().startswith("CN") for piece in rest):
        return _(
            "A number that begins with CN is a credit note’s. The invoice number begins with IN and stands on the "
            "credit note too. Nothing was looked up."
        )
    return _(
        "“{text}” is no invoice number: that is IN and 12 digits, such as IN010000000001. Look out for letters that "
        "look like digits. Nothing was looked up."
    ).format(text=rest[0][:60])
