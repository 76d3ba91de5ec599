"""Support says no, or explains: a case that ends without a refund."""

from datetime import datetime

from accounts import audit
from accounts.durable import durably
from accounts.models import Publisher, User
from credits import ledger
from credits.books import Books
from credits.models import Kind
from ground.laws import LawBroken
from refunds.cases import letters, rights
from refunds.cases.locking import lock_open_case, move, tell
from refunds.cases.refusals import CannotDecide, MayNot
from refunds.cases.saying import optional, words
from refunds.models import Case, Grounds, State
from refunds.models.cases import Side


def reject(
    *, case: Case, by: User, note: str, now: datetime, private_note: str = "", door: str = "desk"
) -> Case:
    """No, and the customer reads why."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, case=case)
        said, kept_private = words(note, "note"), optional(private_note, "private_note")
        fresh, _ = lock_open_case(case, now=now)
        assert_rejectable(fresh)
        tell(
            fresh,
            "rejected",
            side=Side.SUPPORT,
            by=by,
            door=door,
            note=said,
            private_note=kept_private,
            now=now,
        )
        move(fresh, State.REJECTED, now=now)
        letters.write_customer(fresh, "case_rejected", now=now, note=said)
        letters.write_publishers(fresh, "case_closed_publisher", asked(fresh), now=now)
        audit.record(by=by, act="reject", subject=fresh.number, why=said, now=now)
        return fresh

    return durably(act)


def assert_rejectable(case: Case) -> None:
    """Credits that are right, or wrong, want an explanation: such a case ends answered."""
    if case.grounds == Grounds.CREDITS_WRONG:
        raise CannotDecide(
            "A request about wrong credits is answered, with what you found. Nothing was decided."
        )


def answer(
    *,
    case: Case,
    by: User,
    note: str,
    now: datetime,
    private_note: str = "",
    credits: int = 0,
    door: str = "desk",
) -> Case:
    """An explanation, and from a lead perhaps credits as compensation: a new lot, linked to the case."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, case=case)
        said, kept_private = words(note, "note"), optional(private_note, "private_note")
        if type(credits) is not int or credits < 0:
            raise CannotDecide("Give whole credits, or none. Nothing was answered.")
        if credits and not by.has_perm(rights.GIVE):
            raise MayNot(who="a lead")
        fresh, books = lock_open_case(case, now=now, wallet=True)
        if credits:
            if books is None:
                raise LawBroken("compensation goes into a locked wallet")
            fresh.compensation_id = _compensate(fresh, books, credits, by=by, now=now)
        tell(
            fresh,
            "answered",
            side=Side.SUPPORT,
            by=by,
            door=door,
            note=said,
            private_note=kept_private,
            credits_moved=credits or None,
            now=now,
        )
        move(fresh, State.ANSWERED, now=now)
        letters.write_customer(fresh, "case_answered", now=now, note=said, credits=credits)
        letters.write_publishers(fresh, "case_closed_publisher", asked(fresh), now=now)
        audit.record(by=by, act="answer", subject=fresh.number, why=f"{credits} credits: {said}", now=now)
        return fresh

    return durably(act)


def _compensate(case: Case, books: Books, credits: int, *, by: User, now: datetime) -> int | None:
    lot = ledger.grant(
        books.wallet(case.customer_id),
        credits=credits,
        kind=Kind.COMPENSATION,
        source=f"Case {case.number}",
        memo=f"Compensation, case {case.number}",
        made_by=by.pk,
        at=now,
    )
    books.close()
    return lot.id


def asked(case: Case) -> list[Publisher]:
    return [answer.publisher for answer in case.answers.select_related("publisher")]
