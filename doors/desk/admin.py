"""The desk's pages on rows, one module a subject: importing them registers them."""

from doors.desk import cases, catalogue, credits, downloads, letters, people, purchases, records, terms  # noqa: F401 - each registers its rows
