"""The forms behind the acts of the desk; their names are the contract's."""

from typing import Any, cast

from django import forms

from accounts.models import User
from credits.models import MOST
from refunds.cases.words import MOST_WORDS
from refunds.wording import GROUNDS


def words(label: str, *, required: bool = True, rows: int = 4, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=hint,
    )


class NoteForm(forms.Form):
    note = words("Note for colleagues", hint="Nobody else ever sees it.")


class MessageForm(forms.Form):
    note = words("Message", rows=6, hint="Everybody in the request reads it.")


class ConfirmForm(forms.Form):
    note = words("Note for colleagues", required=False)


class HandOverForm(forms.Form):
    note = words("Why a lead should look at it", hint="For colleagues alone.")


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        label="To whom?", queryset=User.objects.none(), required=False, empty_label="Myself"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, groups__name__in=["agents", "leads"]).distinct()
        cast("forms.ModelChoiceField[User]", self.fields["to"]).queryset = people.order_by("name", "pk")


class AskPublisherForm(forms.Form):
    note = words("Note", hint="The customer and the publishers read it.")
    private_note = words("Private note", required=False, rows=2, hint="For colleagues alone.")


class ToCustomerForm(forms.Form):
    """A note to the customer, which a canned answer may start."""

    note = words(
        "Note to the customer", rows=6, hint="The customer reads it in the letter and in the time line."
    )
    private_note = words("Private note", required=False, rows=2, hint="For colleagues alone.")


class AnswerForm(ToCustomerForm):
    credits = forms.IntegerField(label="Compensation in credits", required=False, min_value=0, max_value=MOST)

    def __init__(self, *args: Any, may_give: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = (
            "A new lot, linked to this request." if may_give else "Only a lead gives credits: hand it over."
        )
        self.fields["credits"].help_text = hint

    def clean_credits(self) -> int:
        return self.cleaned_data["credits"] or 0


class ApproveForm(ToCustomerForm):
    field_order = ("credits", "keep", "note", "private_note")
    credits = forms.IntegerField(label="Credits to give back", min_value=0, max_value=MOST)
    keep = forms.MultipleChoiceField(
        label="What the customer keeps",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Licences of everything else end.",
    )

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["keep"]).choices = items
        self.fields["note"].required = False

    def clean_keep(self) -> frozenset[str]:
        return frozenset(self.cleaned_data["keep"])


class OpenForm(forms.Form):
    grounds = forms.ChoiceField(label="Grounds", choices=list(GROUNDS.items()))
    note = words(
        "Note", hint="What the customer asked for, and why. The customer and the publishers read it."
    )


class WhyForm(forms.Form):
    why = words("Why", rows=3, hint="It stays with the download, and in the audit trail.")
