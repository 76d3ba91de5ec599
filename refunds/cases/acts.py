"""What somebody can do with a case, and doing it.

`possible` says what can be done now, and why not what cannot; `do` carries one act out, wholly or not at all, and asks
the very same conditions again under the lock. Doors draw what `possible` says, and decide nothing themselves.
"""

from collections.abc import Sequence
from datetime import datetime

from accounts import audit
from accounts.models import Publisher, User
from ground.doors import Door
from ground.laws import law
from ground.refusals import Refusal
from ground.transactions import in_transaction
from refunds.cases import letters, rights
from refunds.cases.act import Doing
from refunds.cases.attachments import Upload, attach, check
from refunds.cases.locks import lock_case, move, state_words
from refunds.cases.refusals import CaseClosed, NotAsked
from refunds.cases.table import ACTS
from refunds.cases.words import optional
from refunds.models import Case, CaseEvent
from refunds.models.cases import Side


def possible(
    case: Case, person: User, *, side: Side, now: datetime, publisher: Publisher | None = None
) -> dict[str, Refusal | None]:
    """Every act of this side by its name, with the reason where the person cannot do it now. Writes nothing."""
    names = [act.name for act in ACTS.values() if act.by == side and act.states]
    doing = Doing(act=ACTS[names[0]], case=case, by=person, publisher=publisher, now=now)
    return {name: _look(doing, name) for name in names}


def why_not(
    name: str, case: Case, person: User, *, now: datetime, publisher: Publisher | None = None
) -> Refusal | None:
    """Of one act."""
    return _look(Doing(act=ACTS[name], case=case, by=person, publisher=publisher, now=now), name)


def do(
    name: str,
    *,
    case: Case,
    by: User,
    now: datetime,
    door: str = Door.DESK,
    publisher: Publisher | None = None,
    note: str = "",
    private_note: str = "",
    credits: int = 0,
    keep: frozenset[str] = frozenset(),
    to: User | None = None,
    uploads: Sequence[Upload] = (),
    share: bool = False,
) -> Case:
    """Who, then what they bring, then the lock, then whether it is possible."""
    act = ACTS[name]
    law(act.states and act.by != Side.STORE, "people do what the table offers them")

    def carry() -> Case:
        doing = Doing(
            act=act, case=case, by=by, publisher=publisher, door=door, now=now,
            credits=credits, keep=keep, to=to, share=share,
        )  # fmt: skip
        _assert_may(doing)
        doing.files = check(uploads)
        doing.note = act.note(note, act.note_field) if act.note else ""
        doing.private_note = optional(private_note, "private_note")
        for condition in act.takes:
            condition(doing)
        fresh, books = lock_case(case, now=now, wallet=act.wallet)
        return carry_out(asserted(doing.as_of(fresh, books)))

    return in_transaction(carry)


def asserted(doing: Doing) -> Doing:
    """The same, if the case lets it be done now."""
    if not doing.case.is_open:
        raise CaseClosed(state=state_words(doing.case))
    for condition in doing.act.needs:
        condition(doing)
    return doing


def carry_out(doing: Doing) -> Case:
    """Under the lock: the effect, the step in the time line, the new state, what follows at once, the letters."""
    act, case, now = doing.act, doing.case, doing.now
    if act.effect is not None:
        act.effect(doing)
    if act.step:
        _tell(doing)
    if act.leads_to is not None:
        move(case, act.leads_to, now=now)
    why = doing.why or doing.note
    if act.then is not None:
        _follow(doing, act.then(doing))
    if act.to_customer is not None:
        letters.write_customer(case, act.to_customer.template, now=now, **act.to_customer.facts(doing))
    if act.to_publishers is not None:
        letters.write_publishers(
            case, act.to_publishers.template, _concerned(doing), now=now, **act.to_publishers.facts(doing)
        )
    if act.audit:
        audit.record(by=doing.person, act=act.audit, subject=case.number, why=why, now=now)
    return case


def _look(doing: Doing, name: str) -> Refusal | None:
    doing.act = ACTS[name]
    try:
        _assert_may(doing)
        asserted(doing)
    except Refusal as refusal:
        return refusal
    return None


def _assert_may(doing: Doing) -> None:
    act = doing.act
    if act.whose is not None and not act.whose(doing):
        raise NotAsked
    if act.right:
        rights.assert_agent(doing.person, act.right)
        if doing.own_matter is not None and not act.about_own:
            raise doing.own_matter


def _follow(doing: Doing, name: str) -> None:
    if name:
        following = doing.by_itself() if ACTS[name].by == Side.STORE else doing
        following.act = ACTS[name]
        carry_out(following)


def _tell(doing: Doing) -> None:
    """One step of the time line; of each publisher that it speaks of, where it speaks of several."""
    act = doing.act
    public, private = ("", doing.note) if act.private else (doing.note, doing.private_note)
    for publisher in [doing.publisher] if doing.about is None else doing.about:
        event = CaseEvent.objects.create(
            case=doing.case, at=doing.now, side=act.by, by_id=doing.by_id, publisher=publisher, door=doing.door,
            act=act.step, note=public, private_note=private, credits=doing.moved,
        )  # fmt: skip
        if doing.files:
            attach(event, doing.files, shared=doing.share)


def _concerned(doing: Doing) -> list[Publisher]:
    """The publishers that the step names; otherwise all that were asked, except the one that acts."""
    if doing.about is not None:
        return doing.about
    publishers = [answer.publisher for answer in doing.case.answers.select_related("publisher")]
    return [publisher for publisher in publishers if publisher != doing.publisher]
