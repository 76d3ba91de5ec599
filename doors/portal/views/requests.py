"""A customer's refund, asked for by the publisher: the form of the store's documents, with its own items to tick."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Publisher
from doors.forms import FilesField, KeyedForm, ManyFiles, answered_once
from doors.kinds import page_status
from doors.portal.gate import PortalRequest, for_publishers
from doors.portal.opinions import policy_says
from doors.portal.refusals import ShownRefusals
from doors.reading import in_one_state
from ground.doors import Door
from ground.receipts import Answer
from ground.refusals import Refusal
from refunds import cases
from refunds.cases.refusals import CaseOpen
from refunds.meant import invoice_meant, not_yours
from refunds.models import Case
from refunds.verification import VerifiedItem, verify
from refunds.verified import seen_before
from storefront.models import Purchase
from storefront.numbers import normalise


class RequestForm(KeyedForm):
    shown = forms.CharField(required=False, max_length=14, widget=forms.HiddenInput)
    email = forms.EmailField(
        label=_lazy("Your email address"),
        help_text=_lazy("A confirmed business address of your publisher account, or a member’s."),
        widget=forms.EmailInput(attrs={"list": "addresses", "autocomplete": "off"}),
    )
    subject = forms.CharField(label=_lazy("Subject"), max_length=200)
    product = forms.ChoiceField(
        label=_lazy("Product"), choices=lambda: [(settings.STORE_NAME, settings.STORE_NAME)]
    )
    invoice = forms.CharField(
        label=_lazy("Invoice No."),
        required=False,
        max_length=100,
        help_text=_lazy("Not needed if the invoice is attached, or if the description names it."),
    )
    items = forms.MultipleChoiceField(
        label=_lazy("What to refund"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _lazy("Tick at least one item. Nothing was sent.")},
    )
    description = forms.CharField(
        label=_lazy("Description"),
        max_length=10_000,
        help_text=_lazy("The name of the asset(s) to refund and the reason. The customer reads it too."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    attachments = FilesField(
        label=_lazy("Attachments"),
        required=False,
        help_text="",
        widget=ManyFiles(attrs={"multiple": True, "accept": ".pdf,.png,.jpg,.jpeg,.txt,.zip"}),
    )

    def __init__(self, *args: Any, publisher: Publisher, verified: list[VerifiedItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verified = verified
        self.addresses = addresses(publisher)
        self.fields["attachments"].help_text = _(
            "The customer’s invoice. PDF, PNG, JPEG, plain text or ZIP; up to {count} files of {megabytes} MB. "
            "Only support and the customer open them."
        ).format(count=settings.ATTACHMENTS_AT_ONCE, megabytes=settings.ATTACHMENT_MEGABYTES)
        live = [one for one in verified if not one.refunded]
        if live:
            cast(forms.MultipleChoiceField, self.fields["items"]).choices = [
                (one.item.asset.slug, one.package) for one in live
            ]
        else:
            del self.fields["items"]


@for_publishers
@answered_once
@in_one_state
def new(request: PortalRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _begin(request)
    shown = request.POST.get("shown", "")
    verified = seen_before(publisher=request.publisher, number=normalise(shown) or "", now=request.now)
    form = RequestForm(request.POST, request.FILES, publisher=request.publisher, verified=verified)
    if "look" in request.POST:
        return _fill_in(request)
    if not form.is_valid():
        return _show(request, form, status=422)
    with ShownRefusals(request, form):
        answer = _send(request, form)
        if isinstance(answer.outcome, CaseOpen):
            form.add_error(None, str(answer.outcome))
            form.renew()
            return _show(request, form, status=page_status(answer.outcome))
        if not answer.replayed:
            messages.success(
                request, _("The request is sent. The customer is asked now whether it is theirs.")
            )
        return redirect(answer.body)
    return _show(request, form, status=422)


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
    verified = seen_before(publisher=request.publisher, number=normalise(number) or "", now=request.now)
    form = RequestForm(
        initial=_first_values(request, number, verified), publisher=request.publisher, verified=verified
    )
    return _show(request, form)


def _fill_in(request: PortalRequest) -> HttpResponse:
    """The number is looked up; what was typed stays."""
    number = request.POST.get("invoice", "") or request.POST.get("description", "")
    try:
        meant = invoice_meant(
            field=request.POST.get("invoice", ""),
            text=request.POST.get("description", ""),
            files=cases.received(cast("list[Any]", request.FILES.getlist("attachments"))),
        )
        verified = _items(request, meant)
        error_message = "" if verified else str(not_yours(meant))
    except Refusal as refusal:
        meant, verified, error_message = number, [], str(refusal)
    typed = {
        name: request.POST.get(name, "")
        for name in ("email", "subject", "description")
        if request.POST.get(name)
    }
    initial = {**_first_values(request, meant, verified), **typed}
    form = RequestForm(initial=initial, publisher=request.publisher, verified=verified)
    return _show(request, form, error_message=error_message, status=200 if verified else 422)


def _first_values(request: PortalRequest, number: str, verified: list[VerifiedItem]) -> dict[str, object]:
    meant = verified[0].invoice if verified else number
    live = [one for one in verified if not one.refunded]
    business = addresses(request.publisher)
    return {
        "shown": meant if verified else "",
        "email": next(iter(business), ""),
        "subject": _("Request for a refund of {invoice}").format(invoice=meant)
        if verified
        else _("Request for a refund"),
        "product": settings.STORE_NAME,
        "invoice": meant,
        "items": [one.item.asset.slug for one in live],
        "description": ", ".join(one.package for one in live) + ": " if verified else "",
    }


def _items(request: PortalRequest, number: str) -> list[VerifiedItem]:
    with ShownRefusals(request):
        return verify(
            publisher=request.publisher, numbers=[number], by=request.user, door=Door.PAGE, now=request.now
        )
    return []


def _send(request: PortalRequest, form: RequestForm) -> Answer:
    data, uploads = form.cleaned_data, cases.received(form.cleaned_data["attachments"])
    number = invoice_meant(field=data["invoice"], text=data["description"], files=uploads)
    if number != data["shown"]:
        # Other items were shown: all of this publisher's live ones are meant. Where none were shown, a script may name
        # some, and its yes is for no others.
        data["items"] = None if data["shown"] else request.POST.getlist("items") or None
    verified = verify(
        publisher=request.publisher, numbers=[number], by=request.user, door=Door.PAGE, now=request.now
    )
    if not verified:
        raise not_yours(number)
    asking = form.asking(request, write=_where_to)
    return cases.open_publisher_request(
        asking=asking,
        publisher=request.publisher,
        purchase=verified[0].item.purchase,
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


def _show(
    request: PortalRequest, form: RequestForm, *, error_message: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, object] = {"form": form, "error_message": error_message, "purchase": None}
    if form.verified:
        purchase = Purchase.objects.to_judge().get(pk=form.verified[0].item.purchase_id)
        context |= {"purchase": purchase, **policy_says(purchase, at=request.now, now=request.now)}
    return render(request, "portal/refund_new.html", context, status=status)
