"""A table with a column of every type that this project's tables have, rows that are hard to carry, and all the ways in
which rows are written."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from django.db import connection, models
from django.test.utils import isolate_apps

from ground import rows

BIGGEST = 2**63 - 1
HARD_TEXTS = (
    "",
    " ",
    "NULL",
    "null",
    "\\N",  # how COPY spells nothing
    "\\",
    "\\.",
    'it\'s "quoted"; DROP TABLE scratch; --',
    "{a,b}",
    '["a", null]',
    "%s %% %(name)s $1 ?",
    "tab\tline\nreturn\r\u2028end",
    "Bäume 木 \U0001f333 \u202e e\u0301",
)
AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
COLUMNS = (
    *(
        "big",
        "large",
        "positive",
        "small",
        "yes",
        "chars",
        "slug",
        "email",
        "text",
        "file",
        "at",
        "data",
        "uuid",
    ),
    *("parent_id", "twin_id"),
)
NOTHING: tuple[Any, ...] = (None,) * len(COLUMNS)
FULL: tuple[Any, ...] = (
    *(7, 8, 8, 9, True, "Oak", "oak", "ada@example.com", "Oak trees", "assets/oak.zip", AT, {"id": 7}),
    *(uuid.UUID(int=7), 7, 8),
)


def changed(**values: Any) -> tuple[Any, ...]:
    return tuple(values.get(column, value) for column, value in zip(COLUMNS, FULL, strict=True))


HARD: list[tuple[Any, ...]] = [
    FULL,
    NOTHING,
    changed(big=0, large=0, positive=0, small=0, yes=False, data={}, uuid=uuid.UUID(int=0)),
    changed(big=BIGGEST, large=BIGGEST, positive=2**31 - 1, small=2**15 - 1, uuid=uuid.UUID(int=2**128 - 1)),
    changed(big=-BIGGEST - 1),
    changed(big=2**53 + 1),
    changed(at=AT + timedelta(microseconds=1)),
    changed(at=datetime.max.replace(tzinfo=UTC)),
    changed(at=AT.astimezone(timezone(timedelta(hours=5, minutes=45)))),
    *(changed(chars=text, text=text * 100, slug=text, email=text, file=text) for text in HARD_TEXTS),
    *(changed(data={text: [text, None, True, 2**53 - 1, {"deep": text}]}) for text in HARD_TEXTS),
    *(changed(data=value) for value in ([], ["a", "b"], [[1], [2, 3]])),
]


@contextmanager
def scratch_table() -> Iterator[type[models.Model]]:
    """Inside the test's transaction, and in no list of the project's models."""
    with isolate_apps("ground"):

        class Scratch(models.Model):
            big = models.BigIntegerField(null=True)
            positive = models.PositiveIntegerField(null=True)
            large = models.PositiveBigIntegerField(null=True)
            small = models.PositiveSmallIntegerField(null=True)
            yes = models.BooleanField(null=True)
            chars = models.CharField(max_length=60, null=True)  # noqa: DJ001 - NULL is what is tried here
            slug = models.SlugField(max_length=60, null=True)  # noqa: DJ001 - see above
            email = models.EmailField(null=True)  # noqa: DJ001 - see above
            text = models.TextField(null=True)  # noqa: DJ001 - see above
            file = models.FileField(null=True)
            at = models.DateTimeField(null=True)
            data = models.JSONField(null=True)
            uuid = models.UUIDField(null=True)
            parent = models.ForeignKey(
                "self", models.DO_NOTHING, null=True, related_name="+", db_constraint=False
            )
            twin = models.OneToOneField(
                "self", models.DO_NOTHING, null=True, related_name="+", db_constraint=False
            )
            bytes = models.BinaryField(null=True)

            class Meta:
                app_label = "ground"

    editor = connection.SchemaEditorClass(connection, collect_sql=True)
    editor.deferred_sql = []
    create, parameters = editor.table_sql(Scratch)
    with connection.cursor() as cursor:
        # One twin may have many here: whether a column may repeat is for the tables of the project to say.
        cursor.execute(create.replace(" UNIQUE", ""), parameters or None)
    yield Scratch


@contextmanager
def statements() -> Iterator[list[str]]:
    """The texts that the server is sent."""
    seen: list[str] = []

    def see(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(see):
        yield seen


def by_update(model, columns, given):
    first = rows.insert(model, ("yes",), [(None,)] * len(given))
    rows.update(model, columns, [(pk, *row) for pk, row in zip(first, given, strict=True)])


def by_write_of_thousands(model, columns, given):
    padded = [*given, *[(None,) * len(columns)] * rows.MANY]
    rows.write(model, columns, padded)
    model.objects.filter(pk__in=model.objects.order_by("pk").values("pk")[len(given) :]).delete()


WRITERS: dict[str, Callable] = {
    "insert": rows.insert,
    "write": rows.write,
    "write of thousands": by_write_of_thousands,
    "copy": rows.copy,
    "update": by_update,
}
