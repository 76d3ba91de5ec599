"""Wallets, codes, and giving credits."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import audit
from accounts.models import User
from credits.giving import give_credits
from credits.models import MOST, Code, Kind, Redemption, Wallet, reading
from credits.statement import holdings, newest_first
from credits.wallets import prove
from doors.desk.pages import DeskRequest, answer_form, at, desk_request, show
from doors.desk.rows import OwnPageAdmin, ReadOnlyAdmin
from doors.forms import KeyedForm, fresh_key
from ground.doors import Door
from ground.templatetags.recredit import in_credits

LINES = 50
GIVE = "credits.give_credits"
VIEW = "credits.view_wallet"


@admin.register(Wallet)
class WalletAdmin(OwnPageAdmin[Wallet]):
    list_display = ("customer", "balance", "entries_count")
    list_select_related = ("customer",)
    search_help_text = _lazy("E-mail, whole")

    def find(self, rows: "QuerySet[Wallet]", words: str) -> "QuerySet[Wallet]":
        return rows.filter(customer__email=words.lower())

    def address_of(self, wallet: Wallet) -> str:
        return reverse("desk_wallet", args=[wallet.pk])


class CodeForm(forms.ModelForm):
    account = forms.EmailField(
        label=_lazy("For one account alone"),
        required=False,
        help_text=_lazy("Its e-mail; empty: for everybody."),
    )

    class Meta:
        model = Code
        fields = ("code", "credits", "kind", "uses", "per_user", "expires_at", "lot_days")
        labels = {"per_user": _lazy("Uses for each account"), "lot_days": _lazy("Days that its credits live")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.user:
            self.initial["account"] = self.instance.user.email

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        read = reading(code)
        if not read:
            raise forms.ValidationError(_("Nothing of this would be read: use letters or digits."))
        if Code.objects.filter(reads_as=read).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a code that reads the same."))
        return code

    def clean_account(self) -> User | None:
        email = self.cleaned_data["account"].lower()
        person = User.objects.filter(email=email).first()
        if email and person is None:
            raise forms.ValidationError(_("Nobody has an account with this e-mail."))
        return person


@admin.register(Code)
class CodeAdmin(ReadOnlyAdmin[Code]):
    """The limits of a code may change; what was redeemed stays as it was."""

    form = CodeForm
    list_display = ("code", "credits", "kind", "uses", "per_user", "account", "expires_at", "lot_days")
    list_select_related = ("user",)
    search_help_text = _lazy("The code, in any spelling")

    def find(self, rows: "QuerySet[Code]", words: str) -> "QuerySet[Code]":
        return rows.filter(reads_as=reading(words))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("credits.add_code")

    def has_change_permission(self, request: HttpRequest, obj: Code | None = None) -> bool:
        return request.user.has_perm("credits.change_code")

    @admin.display(description=_lazy("for one account alone"))
    def account(self, code: Code) -> object:
        """Where the form's field of this name cannot be edited."""
        return code.user or _("everybody")

    def get_readonly_fields(self, request: HttpRequest, obj: Code | None = None) -> tuple[str, ...]:
        """Codes are printed on cards: a new text or amount is a new code."""
        return ("code", "credits", "kind") if obj else ()

    def save_model(self, request: HttpRequest, obj: Code, form: CodeForm, change: bool) -> None:
        sent = desk_request(request)
        obj.user = form.cleaned_data["account"]
        if not change:
            obj.created_at = sent.now
        super().save_model(request, obj, form, change)
        changed = ", ".join(form.changed_data) or "nothing"
        audit.record(
            by=sent.user,
            act="change code" if change else "add code",
            subject=obj.code,
            why=f"changed: {changed}" if change else f"{obj.credits} {obj.kind}",
            now=sent.now,
        )


@admin.register(Redemption)
class RedemptionAdmin(ReadOnlyAdmin[Redemption]):
    list_display = ("at", "code", "wallet", "lot")
    list_select_related = ("code", "wallet", "lot")
    search_help_text = _lazy("The code, or an e-mail")

    def find(self, rows: "QuerySet[Redemption]", words: str) -> "QuerySet[Redemption]":
        if "@" in words:
            return rows.filter(wallet__customer__email=words.lower())
        return rows.filter(code__reads_as=reading(words))


def wallet_page(request: DeskRequest, pk: str) -> HttpResponse:
    """What a wallet holds, and its statement; `?prove` also checks it."""
    wallet = get_object_or_404(Wallet.objects.select_related("customer"), pk=pk)
    before = request.GET.get("before", "")
    rows = newest_first(wallet, before=int(before) if before.isdecimal() and len(before) < 16 else None)
    lines = list(rows.select_related("lot", "made_by", "payment__purchase")[: LINES + 1])
    context = {
        "wallet": wallet,
        "holdings": holdings(wallet),
        "lines": lines[:LINES],
        "older": f"?before={lines[LINES - 1].number}" if len(lines) > LINES else "",
        "newer": reverse("desk_wallet", args=[pk]) if before else "",
        "proved": "prove" in request.GET,
        "findings": prove(wallet.pk) if "prove" in request.GET else [],
        "may_give": request.user.has_perm(GIVE),
    }
    return show(request, "wallet", _("Credits of {person}").format(person=wallet.customer), context)


class GiveForm(KeyedForm):
    # Programs may leave the key out; each of their requests then counts as a new one.
    key = forms.CharField(max_length=255, required=False, widget=forms.HiddenInput)
    credits = forms.IntegerField(label=_lazy("Credits"), min_value=1, max_value=MOST)
    kind = forms.ChoiceField(label=_lazy("Kind"), choices=Kind.choices, initial=Kind.COMPENSATION)
    expires_at = forms.DateTimeField(
        label=_lazy("Until"),
        required=False,
        help_text=_lazy("In your time zone. Empty: they do not expire."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    why = forms.CharField(
        label=_lazy("Why"),
        max_length=200,
        help_text=_lazy(
            "The customer reads it in the letter and in the statement; it stays in the audit trail."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        return key or fresh_key()

    def clean_expires_at(self) -> datetime | None:
        expires_at: datetime | None = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= self.now:
            raise forms.ValidationError(_("This is past: credits cannot expire before they arrive."))
        return expires_at


def give(request: DeskRequest, pk: str) -> HttpResponse:
    wallet = get_object_or_404(Wallet.objects.select_related("customer"), pk=pk)
    form = GiveForm(request.POST or None, now=request.now)
    title = _("Give credits to {person}").format(person=wallet.customer)

    def act() -> HttpResponse:
        gift = {name: form.cleaned_data[name] for name in ("credits", "kind", "expires_at", "why")}
        asking = form.asking(
            request, write=lambda _: (303, reverse("desk_wallet", args=[pk])), door=Door.DESK
        )
        answer = give_credits(asking=asking, customer=wallet.customer, **gift)
        arrived = _("{credits} are in the wallet of {person}.")
        messages.success(request, arrived.format(credits=in_credits(gift["credits"]), person=wallet.customer))
        return redirect(answer.body)

    def page(error_message: str, status: int) -> HttpResponse:
        context = {"wallet": wallet, "form": form, "error_message": error_message}
        return show(request, "give", title, context, status=status)

    return answer_form(request, form, act=act, page=page)


urlpatterns: list[URLPattern] = [
    at(r"credits/wallet/(?P<pk>[0-9]{1,18})/", wallet_page, "desk_wallet", may=VIEW),
    at(r"credits/wallet/(?P<pk>[0-9]{1,18})/give/", give, "desk_give", may=GIVE),
]
