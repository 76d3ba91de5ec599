"""A customer's refund, asked for by the publisher: the form of the store's documents, with its own items to tick."""

import hashlib
import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.models import Publisher
from doors.forms import FilesField, ManyFiles
from doors.portal.gate import PortalRequest, for_publishers
from doors.portal.opinions import policy_says
from ground.receipts import Answer, Asking, digest_of
from ground.refusals import Refusal
from refunds import cases
from refunds.cases.refusals import BadInput, CaseOpen
from refunds.meant import invoice_meant, not_yours
from refunds.models import Case
from refunds.verification import VerifiedItem, verify
from refunds.verified import seen_before
from storefront.models import Purchase
from storefront.numbers import normalise


class RequestForm(forms.Form):
    key = forms.CharField(max_length=255, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, max_length=14, widget=forms.HiddenInput)
    email = forms.EmailField(
        label="Your email address",
        help_text="A confirmed business address of your publisher account, or a member’s.",
        widget=forms.EmailInput(attrs={"list": "addresses", "autocomplete": "off"}),
    )
    subject = forms.CharField(label="Subject", max_length=200)
    product = forms.ChoiceField(label="Product")
    invoice = forms.CharField(
        label="Invoice No.",
        required=False,
        max_length=100,
        help_text="Not needed if the invoice is attached, or if the description names it.",
    )
    items = forms.MultipleChoiceField(
        label="What to refund",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one item. Nothing was sent."},
    )
    description = forms.CharField(
        label="Description",
        max_length=10_000,
        help_text="The name of the asset(s) to refund and the reason. The customer reads it too.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    attachments = FilesField(
        label="Attachments",
        required=False,
        help_text="",
        widget=ManyFiles(attrs={"multiple": True, "accept": ".pdf,.png,.jpg,.jpeg,.txt,.zip"}),
    )

    def __init__(
        self, *args: object, publisher: Publisher, found: list[VerifiedItem], **more: object
    ) -> None:
        super().__init__(*args, **more)
        self.found = found
        self.addresses = addresses(publisher)
        self.fields["product"].choices = [(settings.STORE_NAME, settings.STORE_NAME)]
        self.fields["attachments"].help_text = (
            f"The customer’s invoice. PDF, PNG, JPEG, plain text or ZIP; up to {settings.ATTACHMENTS_AT_ONCE} "
            f"files of {settings.ATTACHMENT_MEGABYTES} MB. Only support and the customer open them."
        )
        live = [one for one in found if not one.refunded]
        if live:
            self.fields["items"].choices = [(one.item.asset.slug, one.package) for one in live]
        else:
            del self.fields["items"]


@for_publishers
def new(request: PortalRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _begin(request)
    shown = request.POST.get("shown", "")
    found = seen_before(publisher=request.publisher, number=normalise(shown) or "", now=request.now)
    form = RequestForm(request.POST, request.FILES, publisher=request.publisher, found=found)
    if "look" in request.POST:
        return _fill_in(request)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        answer = _send(request, form)
    except Refusal as refusal:
        field = refusal.field if isinstance(refusal, BadInput) and refusal.field in form.fields else None
        form.add_error(field, str(refusal))
        return _show(request, form, status=422)
    if isinstance(answer.outcome, CaseOpen):
        form.add_error(None, str(answer.outcome))
        return _show(request, _with_fresh_key(request, form), status=409)
    if not answer.replayed:
        messages.success(request, "The request is sent. The customer is asked now whether it is theirs.")
    return redirect(answer.body)


def addresses(publisher: Publisher) -> list[str]:
    """What may stand in *Your email address*: confirmed business addresses first, then the members'."""
    business = publisher.emails.filter(confirmed_at__isnull=False).order_by("id")
    members = publisher.memberships.active().order_by("since", "id")
    return [
        *business.values_list("address", flat=True),
        *members.values_list("user__email", flat=True),
    ]


def _begin(request: PortalRequest) -> HttpResponse:
    """With what the list knows of the number in the address. Opening a page is no look-up: the button below it is."""
    number = request.GET.get("invoice", "")[:100]
    found = seen_before(publisher=request.publisher, number=normalise(number) or "", now=request.now)
    form = RequestForm(
        initial=_first_values(request, number, found), publisher=request.publisher, found=found
    )
    return _show(request, form)


def _fill_in(request: PortalRequest) -> HttpResponse:
    """The number is looked up; what was typed stays."""
    number = request.POST.get("invoice", "") or request.POST.get("description", "")
    try:
        meant = invoice_meant(
            field=request.POST.get("invoice", ""),
            text=request.POST.get("description", ""),
            files=cases.received(request.FILES.getlist("attachments")),
        )
        found = _items(request, meant)
        said = "" if found else str(not_yours(meant))
    except Refusal as refusal:
        meant, found, said = number, [], str(refusal)
    typed = {
        name: request.POST.get(name, "")
        for name in ("email", "subject", "description")
        if request.POST.get(name)
    }
    initial = {**_first_values(request, meant, found), **typed}
    form = RequestForm(initial=initial, publisher=request.publisher, found=found)
    return _show(request, form, said=said, status=200 if found else 422)


def _first_values(request: PortalRequest, number: str, found: list[VerifiedItem]) -> dict[str, object]:
    meant = found[0].invoice if found else number
    business = addresses(request.publisher)
    return {
        "key": uuid.uuid4().hex,
        "shown": found[0].invoice if found else "",
        "email": next(iter(business), ""),
        "subject": f"Request for a refund{f' of {meant}' if found else ''}",
        "product": settings.STORE_NAME,
        "invoice": meant,
        "items": [one.item.asset.slug for one in found if not one.refunded],
        "description": ", ".join(one.package for one in found if not one.refunded) + ": " if found else "",
    }


def _items(request: PortalRequest, number: str) -> list[VerifiedItem]:
    try:
        return verify(
            publisher=request.publisher, numbers=[number], by=request.user, door="page", now=request.now
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return []


def _send(request: PortalRequest, form: RequestForm) -> Answer:
    data, uploads = form.cleaned_data, cases.received(form.cleaned_data["attachments"])
    number = invoice_meant(field=data["invoice"], text=data["description"], files=uploads)
    if number != data["shown"]:
        # Other items were shown: all of this publisher's live ones are meant. Where none were shown, a script may name
        # some, and its yes is for no others.
        data["items"] = None if data["shown"] else request.POST.getlist("items") or None
    found = verify(
        publisher=request.publisher, numbers=[number], by=request.user, door="page", now=request.now
    )
    if not found:
        raise not_yours(number)
    asking = Asking(
        person=request.user,
        key=data["key"],
        what=digest_of(
            "refund request",
            request.publisher.slug,
            number,
            data["email"],
            data["subject"],
            data["description"],
            ",".join(data.get("items") or ()),
            *(hashlib.sha256(upload.content).hexdigest() for upload in uploads),
        ),
        now=request.now,
        door="page",
        write=_where_to,
    )
    return cases.open_publisher_request(
        asking=asking,
        publisher=request.publisher,
        purchase=found[0].item.purchase,
        email=data["email"],
        subject=data["subject"],
        description=data["description"],
        items=data.get("items"),
        uploads=uploads,
    )


def _where_to(outcome: object) -> tuple[int, str]:
    if isinstance(outcome, Case):
        return 303, reverse("portal_refund", args=[outcome.number])
    return 303, reverse("portal_refunds")


def _with_fresh_key(request: PortalRequest, form: RequestForm) -> RequestForm:
    data = request.POST.copy()
    data["key"] = uuid.uuid4().hex
    again = RequestForm(data, request.FILES, publisher=request.publisher, found=form.found)
    for error in form.non_field_errors():
        again.add_error(None, error)
    return again


def _show(request: PortalRequest, form: RequestForm, *, said: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, object] = {"form": form, "said": said, "purchase": None}
    if form.found:
        purchase = Purchase.objects.to_judge().get(pk=form.found[0].item.purchase_id)
        context |= {"purchase": purchase, **policy_says(purchase, at=request.now, now=request.now)}
    return render(request, "portal/refund_new.html", context, status=status)
