"""The forms of the desk's acts. Programs fill them in too, so their fields keep their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from credits.models import MOST
from refunds.cases.words import MOST_WORDS
from refunds.enums import Grounds

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def words(
    label: StrOrPromise, *, required: bool = True, rows: int = 4, hint: StrOrPromise = ""
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
    )


class NoteForm(forms.Form):
    note = words(_lazy("Note for colleagues"), hint=_lazy("Nobody else ever sees it."))


class MessageForm(forms.Form):
    note = words(_lazy("Letter"), rows=6, hint=_lazy("Everybody in the request reads it."))


class ConfirmForm(forms.Form):
    note = words(_lazy("Note for colleagues"), required=False)


class HandOverForm(forms.Form):
    note = words(_lazy("Why a lead should look at it"), hint=_lazy("For colleagues alone."))


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        label=_lazy("To whom?"),
        queryset=User.objects.filter(is_active=True, groups__name__in=["agents", "leads"])
        .distinct()
        .order_by("name", "pk"),
        required=False,
        empty_label=_lazy("Myself"),
    )


class AskPublisherForm(forms.Form):
    note = words(_lazy("Note"), hint=_lazy("The customer and the publishers read it."))
    private_note = words(_lazy("Private note"), required=False, rows=2, hint=_lazy("For colleagues alone."))


class ToCustomerForm(forms.Form):
    """A note to the customer; it may start from a canned answer."""

    note = words(
        _lazy("Note to the customer"),
        rows=6,
        hint=_lazy("The customer reads it in the letter and in the time line."),
    )
    private_note = words(_lazy("Private note"), required=False, rows=2, hint=_lazy("For colleagues alone."))


class AnswerForm(ToCustomerForm):
    credits = forms.IntegerField(
        label=_lazy("Compensation in credits"), required=False, min_value=0, max_value=MOST
    )

    def __init__(self, *args: Any, may_give: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = (
            _("A new lot, linked to this request.")
            if may_give
            else _("Only a lead gives credits: hand it over.")
        )
        self.fields["credits"].help_text = hint

    def clean_credits(self) -> int:
        return self.cleaned_data["credits"] or 0


class ApproveForm(ToCustomerForm):
    field_order = ("credits", "keep", "note", "private_note")
    credits = forms.IntegerField(label=_lazy("Credits to give back"), min_value=0, max_value=MOST)
    keep = forms.MultipleChoiceField(
        label=_lazy("What the customer keeps"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_lazy("Licences of everything else end."),
    )

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["keep"]).choices = items
        self.fields["note"].required = False

    def clean_keep(self) -> frozenset[str]:
        return frozenset(self.cleaned_data["keep"])


class OpenForm(forms.Form):
    grounds = forms.ChoiceField(label=_lazy("Grounds"), choices=Grounds.choices)
    note = words(
        _lazy("Note"),
        hint=_lazy("What the customer asked for, and why. The customer and the publishers read it."),
    )


class WhyForm(forms.Form):
    why = words(_lazy("Why"), rows=3, hint=_lazy("It stays with the download, and in the audit trail."))
