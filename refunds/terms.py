"""Publishing new terms: by a lead, for the future only, and never touching what a customer was promised."""

from datetime import datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import audit
from accounts.models import User
from ground.instants import rfc3339
from ground.refusals import NotAllowed, Refusal
from ground.transactions import in_transaction
from storefront.models import Terms


class TermsInThePast(Refusal):
    code = "terms_in_the_past"
    sentence = _lazy(
        "New terms start in the future: purchases keep the terms they were completed under. Nothing was published."
    )


class TermsTaken(Refusal):
    code = "terms_taken"
    sentence = _lazy(
        "There are terms of this name, or from this very instant, already. Nothing was published."
    )


def publish_terms(
    *,
    by: User,
    version: str,
    in_force_from: datetime,
    window_days: int,
    bundle_percent: int,
    why: str,
    now: datetime,
) -> Terms:
    if not by.is_lead:
        raise NotAllowed(_("Only a lead publishes terms. Nothing was published."))
    if in_force_from <= now:
        raise TermsInThePast

    def publish() -> Terms:
        terms = Terms.objects.create(
            version=version,
            in_force_from=in_force_from,
            window_days=window_days,
            bundle_percent=bundle_percent,
            published_by=by,
            created_at=now,
        )
        numbers = f"{window_days} days, {bundle_percent} %, from {rfc3339(in_force_from)}"
        audit.record(by=by, act="publish_terms", subject=version, why=f"{numbers}. {why}", now=now)
        return terms

    try:
        return in_transaction(publish)
    except IntegrityError as taken:
        raise TermsTaken from taken
