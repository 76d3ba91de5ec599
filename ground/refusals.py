"""What a service says when a question cannot be answered with an act. A denial is no refusal: it is an answer."""

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Refusal(Exception):
    """Nothing was done, and here is why. `code` is stable; `sentence` may use the facts it was raised with; it is put into
    words when it is raised, in the language of whoever asks.

    `settles` says that the refusal is itself the answer to the request: it is kept under the request's key, and
    asking again gets it again. A refusal that settles is raised before anything else is written.
    """

    code = "refused"
    sentence: ClassVar["StrOrPromise"] = _("This could not be done, and nothing was changed.")
    settles = False

    def __init__(self, sentence: "StrOrPromise" = "", **facts: object) -> None:
        self.facts = facts
        super().__init__(str(sentence or self.sentence).format(**facts))


class Busy(Refusal):
    code = "busy"
    sentence = _(
        "Somebody else is changing the same credits right now. Nothing was done; please try again in a moment."
    )


class InProgress(Refusal):
    code = "in_progress"
    sentence = _(
        "The same request is still being worked on. Nothing was done twice; please ask again in a moment."
    )


class KeyReused(Refusal):
    code = "idempotency_key_reused"
    sentence = _("This key was already used for a different request. Nothing was done; send a fresh key.")


class NotAllowed(Refusal):
    code = "not_allowed"
    sentence = _("You may not do this. Nothing was changed.")
