"""What people write: trimmed, bounded, and sent back with the figures when it is too little or too much."""

from django.utils.translation import gettext as _

from refunds.cases.refusals import BadInput

MOST_WORDS = 10_000


def words(text: str, field: str, *, least: int = 1, most: int = MOST_WORDS) -> str:
    """The text, trimmed. Too little or too much is refused with both figures."""
    text = text.replace("\x00", "").strip()
    if not text and least == 1:
        raise BadInput(field, _("Please write something here. Nothing was done yet."))
    if len(text) < least:
        raise BadInput(
            field,
            _("Please write at least {least} characters; these are {count}. Nothing was sent yet."),
            least=least,
            count=len(text),
        )
    if len(text) > most:
        raise BadInput(
            field,
            _("That is {count} characters and at most {most} fit. Nothing was sent yet."),
            most=f"{most:,}",
            count=f"{len(text):,}",
        )
    return text


def optional(text: str, field: str) -> str:
    return words(text, field) if text.strip() else ""


def as_written(text: str, field: str) -> str:
    return text.strip()
