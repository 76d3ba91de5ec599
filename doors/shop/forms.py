"""The forms with which customers sign in and up, and speak to support."""

from typing import Any, cast

from allauth.account.forms import LoginForm, SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import User
from doors.forms import FilesField, KeyedForm
from refunds.cases.openings import ALWAYS_OPEN, LEAST_WORDS
from refunds.cases.words import MOST_WORDS
from refunds.enums import Grounds
from storefront.models import Purchase, PurchaseItem, Status
from storefront.numbers import normalise

FILES = _lazy("PDF, PNG, JPEG, plain text or ZIP. Only support sees them, unless you share them below.")


class SignInForm(LoginForm):
    """The field is called E-mail, as everywhere else in the store, also in its errors."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        # The link to a new password stands below the form: as a hint it would come between two fields for the keyboard.
        self.fields["password"].help_text = ""


class SignUpForm(SignupForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["password2"].label = _("The same password again")

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Hashing takes longest of all, so the password for a known address is hashed too, and forgotten."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)


class MessageForm(forms.Form):
    """More words, and perhaps files."""

    message = forms.CharField(
        label=_lazy("Your message"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        strip=True,
    )
    attachments = FilesField(label=_lazy("Files"), required=False, help_text=FILES)
    share = forms.BooleanField(
        label=_lazy("Share these files with the publisher"),
        required=False,
        help_text=_lazy("The publisher sees your words in any case, but never your name or address."),
    )


class NewCaseForm(MessageForm, KeyedForm):
    """One request: about what, on which grounds, and what happened."""

    invoice = forms.CharField(
        label=_lazy("Purchase ID (invoice number)"),
        required=False,
        max_length=100,
        help_text=_lazy(
            "It stands on the purchase's page, such as IN010000000007. Leave it empty if your credits are wrong "
            "and no purchase is to blame."
        ),
    )
    grounds = forms.ChoiceField(label=_lazy("What is it about?"), choices=[])
    items = forms.MultipleChoiceField(
        label=_lazy("Which of its items?"), required=False, widget=forms.CheckboxSelectMultiple, choices=[]
    )
    field_order = ("key", "invoice", "grounds", "items", "message", "attachments", "share")

    def __init__(self, *args: Any, person: User, purchase: Purchase | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.purchase = person, purchase
        all_grounds = purchase is None or purchase.status == Status.COMPLETED
        cast(forms.ChoiceField, self.fields["grounds"]).choices = [
            ("", _("Choose one")),
            *((code, words) for code, words in Grounds.choices if all_grounds or code in ALWAYS_OPEN),
        ]
        message = self.fields["message"]
        message.label = _("What happened?")
        message.help_text = ngettext(
            "At least {count} character: what you expected, what you tried, and when.",
            "At least {count} characters: what you expected, what you tried, and when.",
            LEAST_WORDS,
        ).format(count=LEAST_WORDS)
        message.widget.attrs["minlength"] = LEAST_WORDS
        self._offer_items()

    def _offer_items(self) -> None:
        """Only where there is a choice; the default is all."""
        live = PurchaseItem.objects.live().filter(purchase=self.purchase)
        rows = list(live.select_related("asset", "publisher").order_by("position")) if self.purchase else []
        if len(rows) < 2:
            del self.fields["items"]
            return
        words = _("{title}, by {publisher}")
        choices = [
            (row.asset.slug, words.format(title=row.title, publisher=row.publisher.name)) for row in rows
        ]
        cast(forms.MultipleChoiceField, self.fields["items"]).choices = choices
        self.fields["items"].required = True
        self.initial.setdefault("items", [slug for slug, _label in choices])

    def clean_invoice(self) -> str:
        """Takes any spelling. Somebody else's number gets the same answer as one that does not exist."""
        text = self.cleaned_data["invoice"].strip()
        if not text:
            return ""
        number = normalise(text)
        purchase = Purchase.objects.owned_by(self.person).filter(number=number).first() if number else None
        if purchase is None:
            raise forms.ValidationError(_("No purchase of yours has this number. Nothing was sent yet."))
        self.purchase = purchase
        return purchase.number


class WithdrawForm(forms.Form):
    solved = forms.BooleanField(label=_lazy("It is solved: the publisher helped me"), required=False)
