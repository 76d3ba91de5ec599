"""How a demo world tells a case: who asked, who answered, how it stands."""

from dataclasses import dataclass, field
from typing import Any

from doors.storefile.demo.story import Line, Story, email

GIL, NELL, QUINN, TOVE = (
    "gil@grove.example",
    "nell@grove.example",
    "quinn@quarry.example",
    "tove@lathe.example",
)
MEMBERS = {"grove": GIL, "quarry": QUINN, "lathe": TOVE}


@dataclass
class Request:
    """A case on its way to its line."""

    story: Story
    purchase: str | None
    who: str
    grounds: str
    opened: float  # days ago
    by: str = ""
    side: str = "customer"
    more: dict[str, Any] = field(default_factory=dict)
    steps: list[Line] = field(default_factory=list)
    answers: list[Line] = field(default_factory=list)

    def step(self, ago: float, act: str, side: str, by: str = "", note: str = "", **more: Any) -> "Request":
        told = {"by": email(by)} if by else {}
        told |= {"note": note} if note else {}
        door = {"customer": "page", "publisher": "portal", "support": "desk", "store": "clock"}[side]
        self.steps.append({"at": self.story.at(ago), "side": side, "act": act, "door": door, **told, **more})
        return self

    def says(self, note: str) -> "Request":
        return self.step(self.opened, "opened", self.side, self.by or self.who, note)

    def asks(self, *publishers: str) -> "Request":
        for publisher in publishers:
            self.step(self.opened, "asked_publisher", "store", publisher=publisher)
            self.answers.append({"publisher": publisher, "asked_at": self.story.at(self.opened)})
        return self

    def answered(self, publisher: str, *, yes: bool, ago: float, note: str) -> "Request":
        by = MEMBERS[publisher]
        self.step(ago, "authorised" if yes else "declined", "publisher", by, note, publisher=publisher)
        answer = next(each for each in self.answers if each["publisher"] == publisher)
        answer |= {"authorised": yes, "answered_at": self.story.at(ago), "answered_by": by, "note": note}
        return self

    def stands(self, state: str, *, ago: float, **more: Any) -> str:
        """The line itself; gives the case's number."""
        number = self.story.case_number()
        about = {"purchase": self.purchase} if self.purchase else {"user": email(self.who)}
        self.story.tell(
            self.story.before(ago),
            type="case",
            number=number,
            **about,
            grounds=self.grounds,
            state=state,
            opened_by=email(self.by or self.who),
            side=self.side,
            opened_at=self.story.at(self.opened),
            state_since=self.story.at(ago),
            answers=self.answers,
            timeline=self.steps,
            **{**self.more, **more},
        )
        return number
