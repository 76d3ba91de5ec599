"""The desk's pages on rows, one module a subject: importing them registers them."""

from doors.desk import terms  # noqa: F401 - registers its rows
