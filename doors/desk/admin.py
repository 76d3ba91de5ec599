"""Registers the desk's models with the admin: each module does so when it is imported."""

from doors.desk import cases, catalogue, credits, downloads, letters, people, purchases, records, terms  # noqa: F401 - for its registrations
