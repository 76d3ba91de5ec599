"""What refunds and requests can be, with the words for it. No model and no query: the policy uses these too."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Basis(TextChoices):
    """Why credits went back."""

    POLICY = "policy", _("Refunded under the refund policy")
    PUBLISHER_AUTHORISED = "publisher_authorised", _("Refunded with the publisher's authorisation")
    DUPLICATE_CHARGE = "duplicate_charge", _("Refunded as a duplicate charge")
    SERVER_ERROR = "server_error", _("Refunded after a server error")
    REMOVED_FROM_STORE = "removed_from_store", _("Removed from the store")
    GOODWILL = "goodwill", _("Refunded by the store")


class Grounds(TextChoices):
    """What a request is about, in the words of whoever opens it."""

    OUT_OF_WINDOW = "out_of_window", _("The time for a refund is over")
    NEVER_DOWNLOADED = "never_downloaded", _("I never downloaded it")
    DOWNLOADED_BY_MISTAKE = "downloaded_by_mistake", _("It was downloaded by mistake")
    NOT_AS_DESCRIBED = "not_as_described", _("It is not as described")
    DEFECTIVE = "defective", _("It does not work")
    INCOMPATIBLE = "incompatible", _("It does not work with my software")
    RIGHTS_INFRINGEMENT = "rights_infringement", _("It infringes somebody's rights")
    REMOVED_FROM_STORE = "removed_from_store", _("It was removed from the store")
    DUPLICATE_CHARGE = "duplicate_charge", _("I was charged twice")
    SERVER_ERROR = "server_error", _("The store made a technical error")
    CREDITS_WRONG = "credits_wrong", _("My credits are wrong")
    OTHER = "other", _("Something else")


class State(TextChoices):
    """Where a request stands."""

    WAITING_FOR_PUBLISHER = "waiting_for_publisher", _("Waiting for the publisher")
    WAITING_FOR_CUSTOMER = "waiting_for_customer", _("Waiting for the customer")
    WAITING_FOR_SUPPORT = "waiting_for_support", _("Waiting for support")
    WAITING_FOR_SECOND_AGENT = "waiting_for_second_agent", _("Waiting for a second agent")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CLOSED_BY_REFUND = "closed_by_refund", _("Closed by a refund")


OPEN_STATES = (
    State.WAITING_FOR_PUBLISHER,
    State.WAITING_FOR_CUSTOMER,
    State.WAITING_FOR_SUPPORT,
    State.WAITING_FOR_SECOND_AGENT,
)


class Side(TextChoices):
    """Who acts: the time line shows each side all but the others' private notes."""

    CUSTOMER = "customer", _("Customer")
    PUBLISHER = "publisher", _("Publisher")
    SUPPORT = "support", _("Support")
    STORE = "store", _("Store")  # the system itself, by the clock or by a refund
