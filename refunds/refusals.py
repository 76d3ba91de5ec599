"""What this room says no to, one class a cause. A denied refund is none of them: it is an answer, and kept."""

from django.utils.translation import gettext_lazy as _

from ground.refusals import Refusal


class NotYours(Refusal):
    """Never shown as such: to a stranger the purchase does not exist."""

    code = "not_found"
    sentence = _("There is no such purchase.")


class QuoteChanged(Refusal):
    """Raised with `quote`, the new one."""

    code = "quote_changed"
    sentence = _(
        "Something changed since you looked: you would get {credits} credits back now. Nothing was refunded yet."
    )
    settles = True


class ChargeBackRefused(Refusal):
    code = "not_charged_back"
    sentence = _(
        "Only a completed or refunded purchase can be charged back; this one is {status}. Nothing was changed."
    )
