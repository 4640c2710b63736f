"""Lets tests with real transactions empty the database afterwards, append-only tables included.

The triggers that refuse it are set aside for the emptying alone; while a test runs they are in force.
"""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import TransactionTestCase

from casework.ledger.models import Head
from regulation.holidays import import_notice, shipped


@contextmanager
def _triggers_set_aside():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What the owner of the tables may do; the role the suite runs as need not be a superuser.
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            tables = [table for (table,) in cursor.fetchall()]
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


def _as_migrated():
    """Put back what migrations write: the head of the ledger and the calendars that come with the portal."""
    Head.objects.get_or_create(pk=1)
    for notice in shipped():
        import_notice(notice)


@pytest.fixture(autouse=True, scope="session")
def _empty_append_only_tables():
    patch = pytest.MonkeyPatch()
    empty = TransactionTestCase._fixture_teardown

    def teardown(case):
        with _triggers_set_aside():
            empty(case)
        _as_migrated()

    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()
