"""The headings of lists whose models have another name than people use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _lazy

if TYPE_CHECKING:
    from django.db.models.options import Options

HEADINGS = {
    "accounts.User": _lazy("People"),
    "outbox.Message": _lazy("Letters"),
    "refunds.Case": _lazy("Requests"),
}


def heading_of(opts: Options) -> str:
    return str(HEADINGS.get(opts.label) or capfirst(opts.verbose_name_plural))
