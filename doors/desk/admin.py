"""Registers the desk's models with the admin: each module does so when it is imported."""

from doors.desk import (  # noqa: F401 - for its registrations
    cases,
    catalogue,
    credits,
    downloads,
    letters,
    people,
    publishers,
    purchases,
    records,
    terms,
)
