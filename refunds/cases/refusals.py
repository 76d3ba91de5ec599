"""Why something cannot be done with a case: one class for each cause."""

from django.utils.translation import gettext_lazy as _

from ground.refusals import Refusal


class CaseOpen(Refusal):
    """Raised with `number`, so that a door can lead there."""

    code = "case_open"
    sentence = _("There is an open request about this purchase already: {number}. Nothing new was opened.")
    settles = True


class CaseClosed(Refusal):
    code = "case_closed"
    sentence = _("This request is closed already: {state}. Nothing was changed.")


class NotYourTurn(Refusal):
    """The act does not fit the state that the case is in."""

    code = "wrong_state"
    sentence = _("This cannot be done now: the request is {state}. Nothing was changed.")


class AlreadyAnswered(Refusal):
    code = "already_answered"
    sentence = _("This was answered already, on {at}. Nothing was changed.")


class NotAsked(Refusal):
    """Shown as a page that never was: a publisher learns nothing of cases that do not concern it."""

    code = "not_found"
    sentence = _("There is no such request.")


class TooLateToAnswer(Refusal):
    code = "too_late"
    sentence = _("The time to answer ended on {at}, so support decides now. Nothing was changed.")


class BadInput(Refusal):
    """One field of the request is wrong; `field` says which."""

    code = "invalid"

    def __init__(self, field: str, sentence: str, **facts: object) -> None:
        self.field = field
        super().__init__(sentence, **facts)


class BadAttachment(BadInput):
    code = "bad_attachment"


class NotForThisPurchase(BadInput):
    code = "grounds_do_not_fit"


class MayNot(Refusal):
    """The person lacks the right, whatever the case says."""

    code = "not_allowed"
    sentence = _("Only an agent may do this. Nothing was changed.")


class OwnCase(Refusal):
    code = "own_case"
    sentence = _(
        "Nobody decides about their own purchase. Somebody else has to do this; nothing was changed."
    )


class OwnPublisher(OwnCase):
    sentence = _(
        "Nobody decides about their own publisher. Somebody else has to do this; nothing was changed."
    )


class CannotDecide(Refusal):
    """The decision breaks a law of deciding; the sentence says which."""

    code = "cannot_decide"


class BeyondLimit(Refusal):
    code = "beyond_limit"


class NobodyToAsk(Refusal):
    code = "nobody_to_ask"
    sentence = _("There is no publisher left to ask. Nothing was changed.")
