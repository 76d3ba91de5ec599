"""What this room says no to, one class a cause."""

from django.utils.translation import gettext_lazy as _

from ground.refusals import Refusal


class InsufficientCredits(Refusal):
    code = "insufficient_credits"
    sentence = _(
        "This costs {credits} credits and you have {balance}. Nothing was bought; get more credits and try again."
    )
    settles = True


class TooManyCredits(Refusal):
    code = "too_many_credits"
    sentence = _("A wallet cannot hold that many credits. Nothing was changed.")


class InvalidCode(Refusal):
    code = "invalid_code"
    sentence = _("This code does not work for your account. Check each character; nothing was changed.")
    settles = True


class TooManyGuesses(Refusal):
    code = "too_many_guesses"
    sentence = _(
        "Too many codes that did not work. Please wait {wait} before you try another; your credits are safe."
    )
