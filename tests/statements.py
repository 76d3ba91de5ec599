"""The statements that an act takes: budgets are kept in these, whichever database answers."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def with_its_frame(act: Callable[[], object]) -> list[str]:
    """Every statement, those that only begin and end transactions included."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [one["sql"] for one in captured]


def statements(act: Callable[[], object]) -> list[str]:
    return [sql for sql in with_its_frame(act) if not sql.startswith(FRAME)]
