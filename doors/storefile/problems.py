"""What is wrong with a store file, line by line: the first hundred in words, the rest as a number."""

from dataclasses import dataclass, field

LISTED = 100


class LineRefused(Exception):
    """This line cannot be loaded; the message is the reason, for whoever made the file."""


class FollowsRefused(Exception):
    """This line refers to one that was refused. Only that one is listed."""


@dataclass
class Problems:
    listed: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.listed) < LISTED:
            self.listed.append((line, reason))

    def sentences(self) -> list[str]:
        sentences = [f"line {line}: {reason}" if line else reason for line, reason in self.listed]
        unlisted = self.count - len(self.listed)
        return [*sentences, f"and {unlisted:,} more"] if unlisted else sentences


class FileRefused(Exception):
    """Nothing of the file was loaded, and here is why."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        super().__init__("\n".join(problems.sentences()))
