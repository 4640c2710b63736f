"""The triggers: a speed bump for everybody who comes past the portal with ordinary rights."""

import pytest
from django.db import DatabaseError, connection, transaction

from casework.ledger.models import Entry, Head
from tests.ledger.conftest import ENTRIES
from tests.ledger.tampering import TABLES, run

REFUSED = "append-only|constraint|CHECK|UNIQUE|duplicate"


def refused(statement: str, *values) -> bool:
    before = [run(f"SELECT * FROM {table}") for table in TABLES]
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        run(statement, *values)
    return before == [run(f"SELECT * FROM {table}") for table in TABLES]


@pytest.mark.parametrize("column", [column.attname for column in Entry._meta.concrete_fields])
def test_an_entry_cannot_be_changed(ledger, column):
    assert refused(f"UPDATE ledger_entry SET {column} = {column} WHERE seq = 3")


@pytest.mark.parametrize("column", ["size", "root_sha256", "root_sm3", "at", "key_id", "signature"])
def test_a_checkpoint_cannot_be_changed(ledger, column):
    assert refused(f"UPDATE ledger_checkpoint SET {column} = {column}")


@pytest.mark.parametrize("size", [0, ENTRIES - 1, ENTRIES])
def test_the_head_cannot_be_moved_back_or_changed_in_place(ledger, size):
    assert refused("UPDATE ledger_head SET size = %s, last_leaf = 'x'", size)


@pytest.mark.parametrize("table", TABLES)
def test_no_row_can_be_deleted(ledger, table):
    assert refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("number", [1, 2])
def test_there_is_one_head(ledger, number):
    head = Head.objects.get()
    values = number, head.size + 1, "", "[]", "[]"
    assert refused("INSERT INTO ledger_head VALUES (%s, %s, %s, %s, %s)", *values)


@pytest.mark.parametrize("seq", [0, ENTRIES - 1, ENTRIES + 1, -1])
def test_an_entry_follows_on_the_last_one(ledger, seq):
    entry = Entry.objects.get(seq=0)
    entry.seq = seq
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        Entry.objects.bulk_create([entry])
    assert Entry.objects.count() == ENTRIES


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", TABLES)
def test_no_table_can_be_emptied(ledger, table):
    assert refused(f"TRUNCATE {table}")
    assert refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the statement is PostgreSQL's")
def test_no_row_can_be_written_over_on_conflict(ledger):
    for table, key in (("ledger_entry", "seq"), ("ledger_checkpoint", "size"), ("ledger_head", "id")):
        assert refused(f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT ({key}) DO UPDATE SET {key} = 1")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the statement is SQLite's")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("way", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
def test_no_row_can_be_replaced(ledger, table, way):
    assert refused(f"{way} INTO {table} SELECT * FROM {table}")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the statement is SQLite's")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("way", ["UPDATE OR REPLACE", "UPDATE OR IGNORE"])
def test_no_row_can_be_updated_another_way(ledger, table, way):
    assert refused(f"{way} {table} SET rowid = rowid + 1")


def test_every_table_of_the_log_is_guarded():
    assert set(TABLES) == {f"ledger_{name}" for name in ("entry", "head", "checkpoint")}
    assert connection.vendor in {"sqlite", "postgresql"}
