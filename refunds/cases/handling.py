"""What agents do with a case before they decide it: take it, pass it on, note something, ask the publishers again, and
strike a download that should not count."""

from collections.abc import Sequence
from datetime import datetime

from accounts import audit
from accounts.durable import durably
from accounts.models import Publisher, User
from credits.books import Books, open_books
from refunds.cases import letters, rights
from refunds.cases.deciding import pay_by_policy
from refunds.cases.locking import lock_open_case, state_words, tell
from refunds.cases.opening import ask_publishers, is_the_publishers, named_publishers
from refunds.cases.refusals import BadInput, NobodyToAsk, NotYourTurn
from refunds.cases.rulings import standing, waits_for_the_customer
from refunds.cases.saying import optional, words
from refunds.models import Case, Grounds, State
from refunds.models.cases import Side
from storefront import services as storefront
from storefront.models import Download


def assign(*, case: Case, by: User, to: User | None = None, now: datetime, door: str = "desk") -> Case:
    """To oneself, or to a colleague."""

    def act() -> Case:
        whom = to or by
        rights.assert_agent(by)
        rights.assert_agent(whom)
        rights.assert_not_own(whom, case=case)
        fresh, _ = lock_open_case(case, now=now)
        fresh.assigned_to = whom
        fresh.save(update_fields=["assigned_to"])
        tell(fresh, "assigned", side=Side.SUPPORT, by=by, door=door, private_note=str(whom), now=now)
        audit.record(by=by, act="assign", subject=fresh.number, why=str(whom), now=now)
        return fresh

    return durably(act)


def hand_over(*, case: Case, by: User, note: str, now: datetime, door: str = "desk") -> Case:
    """To the leads; the case is nobody's until one takes it."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, case=case)
        said = words(note, "note")
        fresh, _ = lock_open_case(case, now=now)
        fresh.with_lead, fresh.assigned_to = True, None
        fresh.save(update_fields=["with_lead", "assigned_to"])
        tell(fresh, "handed_over", side=Side.SUPPORT, by=by, door=door, private_note=said, now=now)
        audit.record(by=by, act="hand_over", subject=fresh.number, why=said, now=now)
        return fresh

    return durably(act)


def note(*, case: Case, by: User, note: str, now: datetime, door: str = "desk") -> Case:
    """For colleagues alone."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, case=case)
        said = words(note, "note")
        fresh, _ = lock_open_case(case, now=now)
        tell(fresh, "noted", side=Side.SUPPORT, by=by, door=door, private_note=said, now=now)
        audit.record(by=by, act="note", subject=fresh.number, why=said, now=now)
        return fresh

    return durably(act)


def write_to_customer(*, case: Case, by: User, note: str, now: datetime, door: str = "desk") -> Case:
    """A question or a word for everybody in the case; the customer gets it by letter, and the case stays where it is."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, case=case)
        said = words(note, "note")
        fresh, _ = lock_open_case(case, now=now)
        tell(fresh, "message", side=Side.SUPPORT, by=by, door=door, note=said, now=now)
        letters.write_customer(fresh, "case_message", now=now, publisher="Support", note=said)
        audit.record(by=by, act="message", subject=fresh.number, why=said, now=now)
        return fresh

    return durably(act)


def ask_again(
    *, case: Case, by: User, note: str, now: datetime, private_note: str = "", door: str = "desk"
) -> Case:
    """Every publisher of a named item that has not answered is asked, with two weeks of its own."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, case=case)
        said = words(note, "note")
        fresh, _ = lock_open_case(case, now=now)
        left = left_to_ask(fresh)
        kept_private = optional(private_note, "private_note")
        tell(
            fresh,
            "asking",
            side=Side.SUPPORT,
            by=by,
            door=door,
            note=said,
            private_note=kept_private,
            now=now,
        )
        ask_publishers(fresh, left, now=now)
        audit.record(by=by, act="ask_publisher", subject=fresh.number, why=said, now=now)
        return fresh

    return durably(act)


def left_to_ask(case: Case) -> list[Publisher]:
    """Whoever of the named publishers has not answered. Never nobody: then there is nothing to ask, and no turn to."""
    if case.state != State.WAITING_FOR_SUPPORT:
        raise NotYourTurn(state=state_words(case))
    answered = {answer.publisher_id for answer in case.answers.all() if answer.authorised is not None}
    left = [publisher for publisher in named_publishers(case) if publisher.pk not in answered]
    if not left or not is_the_publishers(case, by_hand=True):
        raise NobodyToAsk
    return left


def strike(
    *, downloads: Sequence[Download], by: User, why: str, now: datetime, door: str = "desk"
) -> Case | None:
    """Strikes downloads of one purchase together. Where that makes the purchase eligible as of the opening of its open
    case, the policy's amount is settled at once. Returns the case that was settled, if one was."""

    def act() -> Case | None:
        purchase = downloads[0].purchase
        rights.assert_may_strike(by)
        rights.assert_not_own(by, purchase=purchase)
        if any(one.purchase_id != purchase.pk for one in downloads):
            raise BadInput("also", "Only downloads of one purchase are struck together. Nothing was struck.")
        said = words(why, "why")
        books = open_books([purchase.customer_id], now=now)
        storefront.strike_within(downloads=downloads, by=by, why=said, now=now)
        case = Case.objects.open().filter(purchase=purchase).first()
        if case is None:
            return None
        titles = ", ".join(dict.fromkeys(download.asset.title for download in downloads))
        tell(case, "struck", side=Side.SUPPORT, by=by, door=door, note=f"{titles}: {said}", now=now)
        return _settle_if_eligible(case, books, by=by, door=door, now=now)

    return durably(act)


def settles_on_strike(case: Case, *, credits: int, eligible: bool, now: datetime) -> bool:
    """Not for nothing: giving items up for 0 credits needs the customer's own yes. And nothing that they may want to
    keep is taken before they have answered."""
    return (
        eligible
        and credits > 0
        and case.grounds != Grounds.CREDITS_WRONG
        and not waits_for_the_customer(case, now)
    )


def _settle_if_eligible(case: Case, books: Books, *, by: User, door: str, now: datetime) -> Case | None:
    fresh, _ = lock_open_case(case, now=now)
    found = standing(fresh)
    decision = found.decision
    if not settles_on_strike(fresh, credits=decision.credits, eligible=decision.eligible, now=now):
        return None
    pay_by_policy(fresh, books, found, by=by, note="", door=door, now=now)
    return fresh
