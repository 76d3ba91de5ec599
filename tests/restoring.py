"""Brings the database back to what the migrations left, after a test that has committed for real.

Django's own flush empties every table, those without rows too, and then runs each post_migrate handler to write
roles, permissions and guards again: a fifth of a second a test. What those had written is kept here instead, once.
"""

import sqlite3

from django.db import connection

from ground import guards

_kept: list[sqlite3.Connection] = []
# Where PostgreSQL keeps a copy of the rows that the migrations and their handlers wrote.
SHELF = "as_migrated"


def keep() -> None:
    """Remember the database as it stands: migrated, and used by nobody yet."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {SHELF}")
            for table in _with_rows():
                cursor.execute(f'CREATE TABLE {SHELF}."{table}" AS TABLE "{table}"')
    else:
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(copy)
        _kept.append(copy)


def forget() -> None:
    while _kept:
        _kept.pop().close()


def restore() -> None:
    """Put back every row and every guard."""
    if connection.vendor == "postgresql":
        _restore_rows()
        if guards.missing(connection):
            guards.install(connection)
    else:
        _restore_file()


def _restore_rows() -> None:
    """As a replica, PostgreSQL asks neither guards nor foreign keys, so the tables may be emptied in any order."""
    used = _with_rows()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SHELF])
        kept = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET session_replication_role = replica")
        try:
            for table in used:
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a table of ours
            for table in kept:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {SHELF}."{table}"')  # noqa: S608
        finally:
            cursor.execute("RESET session_replication_role")


def _restore_file() -> None:
    """Copy the pages of the kept database over those of the file."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        # The copying would wait for ever for a connection that was left open; this fails after the usual wait.
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("ROLLBACK")
    _kept[-1].backup(connection.connection)


def _with_rows() -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=False, include_views=False)
    questions = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in tables]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        return [table for (table,) in cursor.fetchall()]
