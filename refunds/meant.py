"""Which invoice a publisher's request is about: the number stands in its field, in the description or on the attached
PDF. Where several stand there, they have to agree; somebody else's purchase must not be refunded by a slip."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from refunds.cases import Upload
from refunds.cases.refusals import BadInput
from storefront.numbers import normalise, numbers_in
from storefront.reading import read_numbers


def invoice_meant(*, field: str, text: str, files: Sequence[Upload]) -> str:
    """The one number that is named, or a BadInput that says what each place names."""
    places: list[tuple[str, str]] = []
    if field.strip():
        number = normalise(field)
        if number is None:
            raise BadInput(
                "invoice",
                _(
                    "“{text}” is no invoice number: that is IN and 12 digits, such as IN010000000001. Nothing was sent."
                ),
                text=field.strip()[:60],
            )
        places.append((_("the field"), number))
    places += [(_("the description"), number) for number in numbers_in(text)]
    places += [
        (file.name or _("the file"), number) for file in files for number in read_numbers(file.content)
    ]
    numbers = list(dict.fromkeys(number for place, number in places))
    if not numbers:
        raise BadInput(
            "invoice",
            _(
                "Attach the customer's invoice, or write its number here or into the description. Nothing was sent."
            ),
        )
    if len(numbers) > 1:
        named = ", ".join(
            _("{number} in {place}").format(number=number, place=place)
            for place, number in dict.fromkeys(places)
        )
        raise BadInput(
            "invoice", _("These numbers disagree: {named}. Leave one of them; nothing was sent."), named=named
        )
    return numbers[0]


def not_yours(number: str) -> BadInput:
    """Said of unknown numbers and of other publishers' alike."""
    return BadInput(
        "invoice",
        _("{number} is not among your invoices. Compare it with the customer's invoice; nothing was sent."),
        number=number,
    )
