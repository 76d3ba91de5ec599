"""What the policy says of a purchase, as far as it is a publisher's affair: yes or no, and why; not what the customer
downloaded of somebody else's."""

from datetime import datetime

from django.conf import settings

from ground.templatetags.recredit import moment
from refunds.policy import Reason, ReasonCode, decide
from refunds.services import opinion
from refunds.wording import words
from storefront.models import Purchase

ABOUT_DOWNLOADS = {ReasonCode.ASSET_DOWNLOADED, ReasonCode.BUNDLE_OVER_LIMIT}


def policy_says(purchase: Purchase, *, at: datetime, now: datetime) -> dict[str, object]:
    """For a template: judged at the instant given, which for a request is that of its opening. Whether the customer's
    own page grants it too is asked of the same facts as of now."""
    quote = opinion(purchase=purchase, now=at)
    judged = quote.decision
    return {
        "granted": judged.eligible,
        "granted_now": decide(quote.facts, terms=quote.gathered.terms, now=now).eligible,
        "reasons": [_why(reason) for reason in judged.reasons],
        "quote_address": f"{settings.PUBLIC_URL}/purchases/{purchase.number}/refund/",
    }


def _why(reason: Reason) -> tuple[str, str]:
    said = words(reason, when=moment)
    return said.title, "" if reason.code in ABOUT_DOWNLOADS else said.explanation
