"""What customers and publishers say while a case is open: yes, no, help, a message, never mind."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime

from accounts.durable import durably
from accounts.models import Publisher, User
from refunds.cases import clocks, letters
from refunds.cases.attachments import Upload, attach, check
from refunds.cases.locking import lock_open_case, move, state_words, tell, tell_by_clock
from refunds.cases.refusals import AlreadyAnswered, CannotDecide, NotAsked, NotYourTurn, TooLateToAnswer
from refunds.cases.saying import optional, words
from refunds.models import Answer, Case, State
from refunds.models.cases import Side


def authorise(*, case: Case, publisher: Publisher, by: User, note: str, door: str, now: datetime) -> Case:
    """Yes, for the publisher's own items. One answer each, for good."""
    return durably(lambda: _answer(case, publisher, by, yes=True, note=note, door=door, now=now))


def decline(*, case: Case, publisher: Publisher, by: User, note: str, door: str, now: datetime) -> Case:
    """No, with the reason that the customer reads. It does not veto another publisher's yes."""
    return durably(
        lambda: _answer(case, publisher, by, yes=False, note=words(note, "note"), door=door, now=now)
    )


def offer_help(*, case: Case, publisher: Publisher, by: User, note: str, door: str, now: datetime) -> Case:
    """Onto the time line and to the customer, who may give the publisher a week more. Once."""

    def act() -> Case:
        said = words(note, "note")
        fresh, _ = lock_open_case(case, now=now)
        answer = _pending(fresh, publisher, now)
        if answer.help_offered_at is not None:
            raise AlreadyAnswered(at=_when(answer.help_offered_at))
        answer.help_offered_at, answer.help_note = now, said
        answer.save(update_fields=["help_offered_at", "help_note"])
        tell(
            fresh,
            "help_offered",
            side=Side.PUBLISHER,
            by=by,
            publisher=publisher,
            door=door,
            note=said,
            now=now,
        )
        letters.write_customer(fresh, "case_help_offered", now=now, publisher=publisher.name, note=said)
        return fresh

    return durably(act)


def accept_help(*, case: Case, by: User, accepted: bool, door: str, now: datetime) -> Case:
    """The customer's word on the help that is offered: with a yes that publisher has seven days more."""

    def act() -> Case:
        fresh, _ = lock_open_case(case, now=now)
        _assert_customer(fresh, by)
        offered = fresh.answers.select_related("publisher").filter(
            help_offered_at__isnull=False, help_accepted=None, authorised=None
        )
        if fresh.state != State.WAITING_FOR_PUBLISHER or not offered:
            raise NotYourTurn(state=state_words(fresh))
        for answer in offered:
            answer.help_accepted = accepted
            if accepted:
                answer.deadline += clocks.HELP_ADDS
            answer.save(update_fields=["help_accepted", "deadline"])
            act_name = "help_accepted" if accepted else "help_refused"
            tell(fresh, act_name, side=Side.CUSTOMER, by=by, publisher=answer.publisher, door=door, now=now)
        fresh.deadline = _last_deadline(fresh)
        fresh.save(update_fields=["deadline"])
        letters.write_publishers(
            fresh, "case_help_answered", [answer.publisher for answer in offered], now=now, accepted=accepted
        )
        return fresh

    return durably(act)


def answer_request(*, case: Case, by: User, mine: bool, door: str, now: datetime) -> Case:
    """The customer on a publisher's request: yes, this was me; or no, I want to keep it, which withdraws it."""

    def act() -> Case:
        fresh, _ = lock_open_case(case, now=now)
        _assert_customer(fresh, by)
        if fresh.state != State.WAITING_FOR_CUSTOMER:
            if fresh.customer_agreed is not None:
                raise AlreadyAnswered(at=_when(fresh.state_since))
            raise NotYourTurn(state=state_words(fresh))
        fresh.customer_agreed = mine
        tell(fresh, "mine" if mine else "not_mine", side=Side.CUSTOMER, by=by, door=door, now=now)
        if mine:
            move(fresh, State.WAITING_FOR_SUPPORT, now=now)
        else:
            move(fresh, State.WITHDRAWN, now=now)
            letters.write_publishers(fresh, "case_kept", _heard(fresh), now=now)
        return fresh

    return durably(act)


def withdraw(*, case: Case, by: User, door: str, now: datetime, solved: bool = False, note: str = "") -> Case:
    """By the customer whose purchase it is, or by a member of the publisher whose request it is. `solved` says that
    the help helped."""

    def act() -> Case:
        fresh, _ = lock_open_case(case, now=now)
        side = _withdrawing_side(fresh, by)
        publisher = fresh.publisher if side == Side.PUBLISHER else None
        said = optional(note, "note")
        tell(
            fresh,
            "solved" if solved else "withdrawn",
            side=side,
            by=by,
            publisher=publisher,
            door=door,
            note=said,
            now=now,
        )
        move(fresh, State.WITHDRAWN, now=now)
        if side == Side.PUBLISHER:
            letters.write_customer(fresh, "case_withdrawn", now=now)
        letters.write_publishers(
            fresh,
            "case_withdrawn_publisher",
            [one for one in _heard(fresh) if one != publisher],
            now=now,
            solved=solved,
        )
        return fresh

    return durably(act)


def add_message(
    *,
    case: Case,
    by: User,
    side: str,
    message: str,
    door: str,
    now: datetime,
    publisher: Publisher | None = None,
    uploads: Sequence[Upload] = (),
    share: bool = False,
) -> Case:
    """More on the time line, with files. A publisher's message names the publisher, and goes to the customer."""

    def act() -> Case:
        files = check(uploads)
        said = words(message, "message")
        fresh, _ = lock_open_case(case, now=now)
        if side == Side.CUSTOMER:
            _assert_customer(fresh, by)
        elif publisher is None or not Case.objects.of_publisher(publisher).filter(pk=fresh.pk).exists():
            raise NotAsked
        event = tell(fresh, "message", side=side, by=by, publisher=publisher, door=door, note=said, now=now)
        attach(fresh, event, files, by=by, side=side, shared=share, now=now)
        if side == Side.PUBLISHER and publisher is not None:
            letters.write_customer(fresh, "case_message", now=now, publisher=publisher.name, note=said)
        return fresh

    return durably(act)


def settle_answers(case: Case, *, now: datetime) -> bool:
    """Support's turn comes when every publisher has answered or has let its time pass."""
    if (
        case.state != State.WAITING_FOR_PUBLISHER
        or case.answers.filter(authorised=None, deadline__gte=now).exists()
    ):
        return False
    for answer in case.answers.select_related("publisher").filter(authorised=None):
        tell_by_clock(case, "publisher_silent", publisher=answer.publisher, now=now)
    move(case, State.WAITING_FOR_SUPPORT, now=now)
    letters.write_customer(case, "case_with_support", now=now)
    return True


def _answer(
    case: Case, publisher: Publisher, by: User, *, yes: bool, note: str, door: str, now: datetime
) -> Case:
    fresh, _ = lock_open_case(case, now=now)
    answer = _pending(fresh, publisher, now)
    answer.authorised, answer.answered_at, answer.answered_by, answer.note = yes, now, by, note.strip()
    answer.save(update_fields=["authorised", "answered_at", "answered_by", "note"])
    act = "authorised" if yes else "declined"
    tell(fresh, act, side=Side.PUBLISHER, by=by, publisher=publisher, door=door, note=note.strip(), now=now)
    if not settle_answers(fresh, now=now):
        fresh.deadline = _last_deadline(fresh)
        fresh.save(update_fields=["deadline"])
    return fresh


def _pending(case: Case, publisher: Publisher, now: datetime) -> Answer:
    """The publisher's open question. Its time counts by the clock, whether or not the job that says so has run."""
    answer = case.answers.filter(publisher=publisher).first()
    if answer is None:
        raise NotAsked
    if answer.answered_at is not None:
        raise AlreadyAnswered(at=_when(answer.answered_at))
    if case.state != State.WAITING_FOR_PUBLISHER:
        raise TooLateToAnswer(at=_when(answer.deadline))
    if now > answer.deadline:
        raise TooLateToAnswer(at=_when(answer.deadline))
    return answer


def _last_deadline(case: Case) -> datetime:
    return max(case.answers.filter(authorised=None).values_list("deadline", flat=True))


def _assert_customer(case: Case, by: User) -> None:
    if case.customer_id != by.pk:
        raise NotAsked


def _withdrawing_side(case: Case, by: User) -> str:
    if case.customer_id == by.pk:
        return Side.CUSTOMER
    if case.publisher is not None and case.publisher.memberships.filter(user=by).exists():
        if case.state == State.WAITING_FOR_SECOND_AGENT:
            raise CannotDecide("Support is deciding this request right now. Nothing was changed.")
        return Side.PUBLISHER
    raise NotAsked


def _heard(case: Case) -> list[Publisher]:
    return [answer.publisher for answer in case.answers.select_related("publisher")]


def _when(at: datetime) -> str:
    local = localtime(at)
    return f"{local.day} {local:%b %Y, %H:%M %Z}"
