"""A publisher's own affairs: name, business addresses, and who acts for it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import publishers
from accounts.models import Invitation, Membership, Role
from accounts.publishers import LinkOver, open_invitations
from doors.kinds import page_status
from doors.portal.gate import CHOSEN, PortalRequest, for_publishers
from doors.portal.refusals import ShownRefusals
from doors.requests import PersonRequest, StoreRequest, signed_in
from outbox.letters import queue


class NameForm(forms.Form):
    name = forms.CharField(
        label=_lazy("Name"), max_length=200, help_text=_lazy("As customers see it in the shop.")
    )


class AddressForm(forms.Form):
    address = forms.EmailField(
        label=_lazy("New business address"),
        help_text=_lazy("A letter with a link goes there; usable once it is confirmed."),
    )


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_lazy("E-mail of the person"), help_text=_lazy("They sign in with it and accept.")
    )
    role = forms.ChoiceField(
        label=_lazy("Role"),
        choices=[
            (Role.MEMBER, _lazy("Member: verifies, asks, answers")),
            (Role.OWNER, _lazy("Owner: also looks after this page")),
        ],
    )


@for_publishers
def account(request: PortalRequest) -> HttpResponse:
    return _page(request)


@for_publishers
@require_POST
def rename(request: PortalRequest) -> HttpResponseBase:
    form = NameForm(request.POST)
    return _act(
        request,
        form,
        lambda: publishers.rename(
            publisher=request.publisher, name=form.cleaned_data["name"], by=request.user, now=request.now
        ),
        done=_("The new name is saved."),
    )


@for_publishers
@require_POST
def add_address(request: PortalRequest) -> HttpResponseBase:
    form = AddressForm(request.POST)
    return _act(
        request,
        form,
        lambda: publishers.add_address(
            publisher=request.publisher,
            address=form.cleaned_data["address"],
            by=request.user,
            now=request.now,
            post=queue,
        ),
        done=_("A letter is on its way. The address can be used once its link was followed."),
    )


@for_publishers
@require_POST
def write_again(request: PortalRequest, pk: int) -> HttpResponseBase:
    email = get_object_or_404(request.publisher.emails.select_related("publisher"), pk=pk)
    return _act(
        request,
        None,
        lambda: publishers.write_again(email=email, by=request.user, now=request.now, post=queue),
        done=_("Another letter is on its way to {address}.").format(address=email.address),
    )


@for_publishers
@require_POST
def remove_address(request: PortalRequest, pk: int) -> HttpResponseBase:
    email = get_object_or_404(request.publisher.emails.select_related("publisher"), pk=pk)
    return _act(
        request,
        None,
        lambda: publishers.remove_address(email=email, by=request.user, now=request.now),
        done=_("{address} is no longer a business address.").format(address=email.address),
    )


@for_publishers
@require_POST
def invite(request: PortalRequest) -> HttpResponseBase:
    form = InviteForm(request.POST)
    return _act(
        request,
        form,
        lambda: publishers.invite(
            publisher=request.publisher,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            by=request.user,
            now=request.now,
            post=queue,
        ),
        done=_("The invitation is on its way."),
    )


@for_publishers
@require_POST
def withdraw_invitation(request: PortalRequest, pk: int) -> HttpResponseBase:
    invitation = get_object_or_404(request.publisher.invitations.select_related("publisher"), pk=pk)
    return _act(
        request,
        None,
        lambda: publishers.withdraw_invitation(invitation=invitation, by=request.user, now=request.now),
        done=_("The invitation of {address} is withdrawn.").format(address=invitation.email),
    )


@for_publishers
@require_POST
def set_role(request: PortalRequest, pk: int) -> HttpResponseBase:
    membership = _membership(request, pk)
    owner = request.POST.get("role") == Role.OWNER
    done = _("{person} is an owner now.") if owner else _("{person} is a member now.")
    role = Role.OWNER if owner else Role.MEMBER
    return _act(
        request,
        None,
        lambda: publishers.set_role(membership=membership, role=role, by=request.user, now=request.now),
        done=done.format(person=membership.user),
    )


@for_publishers
@require_POST
def remove_member(request: PortalRequest, pk: int) -> HttpResponseBase:
    membership = _membership(request, pk)
    return _act(
        request,
        None,
        lambda: publishers.remove_member(membership=membership, by=request.user, now=request.now),
        done=_("{person} no longer acts for {publisher}. Their keys are revoked.").format(
            person=membership.user, publisher=request.publisher
        ),
    )


@signed_in
def invitation(request: PersonRequest, pk: int) -> HttpResponse:
    """For whoever signs in with the address that was invited; to anybody else it never was."""
    invitation = get_object_or_404(
        Invitation.objects.select_related("publisher", "invited_by"), pk=pk, email__iexact=request.user.email
    )
    if request.method == "POST":
        with ShownRefusals(request):
            publishers.accept(invitation=invitation, by=request.user, now=request.now)
            request.session[CHOSEN] = invitation.publisher_id
            sentence = _("You act for {publisher} now.")
            messages.success(request, sentence.format(publisher=invitation.publisher))
            return redirect("portal")
        return redirect("portal_invitation", pk)
    is_open = open_invitations(now=request.now).filter(pk=pk).exists()
    return render(request, "portal/invitation.html", {"invitation": invitation, "open": is_open})


@never_cache
def confirm_address(request: StoreRequest, token: str) -> HttpResponse:
    """The link of a letter shows a page; only its button confirms, for mail programs follow links by themselves."""
    try:
        email = publishers.address_of(token)
        if request.method == "POST":
            publishers.confirm_address(token=token, now=request.now)
    except LinkOver as refusal:
        return render(
            request, "portal/confirm_address.html", {"refusal": refusal}, status=page_status(refusal)
        )
    done = request.method == "POST"
    return render(request, "portal/confirm_address.html", {"email": email, "done": done})


def _membership(request: PortalRequest, pk: int) -> Membership:
    return get_object_or_404(request.publisher.memberships.select_related("user", "publisher"), pk=pk)


def _act(
    request: PortalRequest, form: forms.Form | None, act: Callable[[], object], *, done: str
) -> HttpResponseBase:
    """Does it and comes back to the page, or shows the page again with what was typed and why it was not done."""
    if form is None or form.is_valid():
        with ShownRefusals(request, form or forms.Form({})) as refused:
            act()
            messages.success(request, done)
            return redirect("portal_account")
        if form is None:
            return _page(request, error_message=str(refused.refusal), status=409)
    return _page(request, form, status=422)


def _page(
    request: PortalRequest, form: forms.Form | None = None, *, error_message: str = "", status: int = 200
) -> HttpResponse:
    publisher = request.publisher
    shown: dict[str, forms.Form] = {
        "name_form": NameForm(initial={"name": publisher.name}),
        "address_form": AddressForm(),
        "invite_form": InviteForm(),
    }
    for name, kind in (("name_form", NameForm), ("address_form", AddressForm), ("invite_form", InviteForm)):
        if isinstance(form, kind):
            shown[name] = form
    context = {
        **shown,
        "bad_form": form,
        "error_message": error_message,
        "owner": request.membership.role == Role.OWNER,
        "emails": publisher.emails.order_by("id"),
        "members": publisher.memberships.select_related("user").order_by("since", "id"),
        "invitations": open_invitations(now=request.now).filter(publisher=publisher).order_by("id"),
    }
    return render(request, "portal/account.html", context, status=status)
