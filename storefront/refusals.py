"""What this room says no to, one class a cause."""

from django.utils.translation import gettext_lazy as _

from ground.refusals import Refusal


class PriceChanged(Refusal):
    code = "price_changed"
    sentence = _(
        "The price is {credits} credits now. Nothing was bought; look at the new price and confirm it."
    )
    settles = True


class AlreadyOwned(Refusal):
    code = "already_owned"
    sentence = _("You already own {title}. Nothing was bought; say that you want to buy it again if you do.")
    settles = True


class NotForSale(Refusal):
    code = "not_for_sale"
    sentence = _(
        "{title} is no longer for sale. Nothing was bought; what you own of it stays in your library."
    )


class NotOwned(Refusal):
    code = "not_owned"
    sentence = _("You do not own this asset, so nothing was downloaded.")


class NotYourOwn(Refusal):
    code = "not_your_own"
    sentence = _(
        "Nobody strikes a download of their own purchase or of their own publisher's asset. Nothing was changed; "
        "please ask another agent."
    )


class AlreadyStruck(Refusal):
    code = "already_struck"
    sentence = _("This download was struck before. Nothing was changed.")


class StrikeTooLate(Refusal):
    code = "strike_too_late"
    sentence = _(
        "This purchase is refunded, so its downloads stay as they were judged. Nothing was changed; "
        "a lead can give what was deducted wrongly as compensation."
    )


class WrongLine(Refusal):
    """What another shop says happened cannot have happened; `field` says which part of it. A store file hears it as
    `of_line`, after the number of the line."""

    code = "invalid"

    def __init__(self, field: str, sentence: str, *, of_line: str = "") -> None:
        self.field = field
        self.of_line = of_line
        super().__init__("{said} Nothing was recorded.", said=sentence)


class NumberTaken(Refusal):
    code = "number_taken"
    sentence = _("The invoice number {invoice} is taken. Nothing was recorded.")


class NoLongerLive(Refusal):
    code = "no_longer_live"
    sentence = _(
        "This item gives no access any more, so nothing of it can have been handed out. Nothing was recorded."
    )
