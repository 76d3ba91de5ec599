"""What an act on a case is, and what one that is being carried out works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import Publisher, User
from credits.books import Books
from ground.doors import Door
from ground.laws import given
from refunds.cases import rights
from refunds.cases.attachments import Checked
from refunds.cases.locks import state_words
from refunds.cases.refusals import CannotDecide, NotYourTurn, OwnCase
from refunds.cases.rulings import Ruling
from refunds.cases.standings import Standing, standing
from refunds.models import Answer, Case, State
from refunds.models.cases import OPEN_STATES, Side

OPEN = frozenset(OPEN_STATES)


@dataclass(kw_only=True)
class Doing:
    """An act and all that it works with. What is read from the database is read once, and only where an act asks for it."""

    act: Act
    case: Case
    now: datetime
    by: User | None = None
    by_id: int | None = None
    publisher: Publisher | None = None
    door: str = ""
    # What the person brought.
    note: str = ""
    private_note: str = ""
    credits: int = 0
    keep: frozenset[str] = frozenset()
    to: User | None = None
    files: Sequence[Checked] = ()
    share: bool = False
    # What was had or worked out on the way.
    books: Books | None = None
    ruling: Ruling | None = None
    about: list[Publisher] | None = None  # of whom the step speaks, where it is not who acts: one step each
    moved: int | None = None  # what the step did to the credits
    why: str = ""  # for the audit trail, where it is not the note

    def __post_init__(self) -> None:
        if self.by is not None:
            self.by_id = self.by.pk

    @property
    def person(self) -> User:
        return given(self.by, "somebody does this")

    @property
    def seller(self) -> Publisher:
        return given(self.publisher, "a publisher does this")

    @cached_property
    def own_matter(self) -> OwnCase | None:
        return rights.own_matter(self.person, case=self.case)

    @cached_property
    def standing(self) -> Standing:
        return standing(self.case)

    @cached_property
    def own_answer(self) -> Answer | None:
        return self.case.answers.filter(publisher=self.publisher).first()

    def as_of(self, case: Case, books: Books | None) -> Doing:
        """The same on the case as it is under its lock; what was read before counts no more."""
        return replace(self, case=case, books=books)

    def by_itself(self) -> Doing:
        """For what follows without anybody's doing."""
        return replace(self, by=None, by_id=None, door=Door.CLOCK, note="", private_note="", files=())


Check = Callable[[Doing], None]


def in_state(doing: Doing) -> None:
    if doing.case.state not in doing.act.states:
        raise NotYourTurn(state=state_words(doing.case))


def has_a_purchase(doing: Doing) -> None:
    if doing.case.purchase_id is None:
        raise CannotDecide(
            _("This request names no purchase, so it is answered and not approved. Nothing was decided.")
        )


FACTS: Mapping[str, Callable[[Doing], object]] = {
    "note": lambda doing: doing.note,
    "credits": lambda doing: doing.credits,
    "publisher": lambda doing: doing.publisher.name if doing.publisher else "",
    "own_until": lambda doing: given(doing.own_answer, "who is reminded was asked").deadline,
}


@dataclass(frozen=True)
class Letter:
    """Which letter goes out, which of the act's own facts stand in it, and what else it says."""

    template: str
    says: tuple[str, ...] = ()
    fixed: Mapping[str, object] = field(default_factory=dict)

    def facts(self, doing: Doing) -> dict[str, object]:
        return {**{name: FACTS[name](doing) for name in self.says}, **self.fixed}


@dataclass(frozen=True, kw_only=True)
class Act:
    """A row of the table. What people do is named by a verb, what follows or happens by itself by its step."""

    name: str
    by: Side
    # From which it is done; none: it begins a case, or it follows from another act.
    states: frozenset[State] = frozenset()
    # Whether a customer or a publisher has a say in it at all: of a case that is not theirs they learn nothing.
    whose: Callable[[Doing], bool] | None = None
    right: str = ""  # of agents
    about_own: bool = False  # also by whom it concerns
    note: Callable[[str, str], str] | None = None  # how the note is read; None: there is none
    note_field: str = "note"
    private: bool = False  # the note is for colleagues alone
    takes: tuple[Check, ...] = ()  # asked of what the person brings, before the lock
    needs: tuple[Check, ...] = (in_state,)  # asked of the case, in this order; the page asks them too
    wallet: bool = False  # credits may move
    effect: Callable[[Doing], None] | None = None  # beyond its step in the time line
    step: str = ""  # its code in the time line
    leads_to: State | None = None  # None: the case stays where it is
    then: Callable[[Doing], str] | None = None  # the name of the act that follows at once, if one does
    to_customer: Letter | None = None
    to_publishers: Letter | None = None  # those of whom the step speaks, else all that were asked
    audit: str = ""
