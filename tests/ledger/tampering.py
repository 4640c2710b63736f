"""What somebody with full rights on the database does: set the triggers aside, flip bits, forge a tail."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from casework.ledger.entry import EntryDraft
from casework.ledger.hashing import FUNCTIONS
from casework.ledger.log import append
from casework.ledger.merkle import completed, grown
from casework.ledger.models import Entry, Head

TABLES = ("ledger_entry", "ledger_head", "ledger_checkpoint")


@contextmanager
def intruder() -> Iterator[None]:
    """Full rights for a while; whatever was done is undone afterwards."""
    with transaction.atomic():
        drop_triggers()
        yield
        transaction.set_rollback(True)


def drop_triggers() -> None:
    """Set aside what refuses changes, until the transaction is rolled back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE ledger_head DROP CONSTRAINT one_ledger_head")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


@contextmanager
def checks_ignored() -> Iterator[None]:
    """SQLite keeps a check constraint as long as the table; it can only be told not to look."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def run(statement: str, *values) -> list:
    """One statement, past Django's models."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def flipped_cells(table: str, column: str, key: str, rows: list, flips: int) -> Iterator[tuple]:
    """For each row and some bits of its column: the key, while that bit is flipped. Empty cells get a value."""
    chance = random.Random(column)
    for row in rows:
        for value in _flipped(table, column, key, row, chance, flips):
            with intruder(), checks_ignored():
                run(f"UPDATE {table} SET {column} = {value[0]} WHERE {key} = %s", *value[1:], row)
                yield row


def _flipped(table: str, column: str, key: str, row, chance: random.Random, flips: int) -> Iterator[tuple]:
    kind = "typeof" if connection.vendor == "sqlite" else "pg_typeof"
    raw = f"CAST({column} AS BLOB)" if connection.vendor == "sqlite" else column
    [(type_name, stored)] = run(f"SELECT CAST({kind}({column}) AS text), {raw} FROM {table} WHERE {key} = %s", row)
    if stored is None:
        yield "%s", 1
    elif type_name in ("integer", "bigint", "smallint"):
        for bit in chance.sample(range(63 if type_name != "smallint" else 15), flips):
            yield "%s", int(stored) ^ 1 << bit
    elif type_name == "timestamp with time zone":
        for bit in chance.sample(range(62), flips):  # up to the year 75000, which Python has no date for
            yield f"{column} + %s * interval '1 microsecond'", 1 << bit
    elif type_name in ("blob", "bytea"):
        for changed in _bits(bytes(stored), chance, flips):
            yield "%s", changed
    else:
        yield from _flipped_text(type_name, stored, chance, flips)


def _flipped_text(type_name: str, stored, chance: random.Random, flips: int) -> Iterator[tuple]:
    text = json.dumps(stored) if type_name == "jsonb" and not isinstance(stored, str) else stored
    data = bytes(text) if isinstance(text, bytes | memoryview) else text.encode()
    if not data:
        yield "%s", "x"
        return
    if connection.vendor == "sqlite":
        for changed in _bits(data, chance, flips):
            yield "CAST(%s AS text)", changed
        return
    for changed in _bits(data, chance, flips * 4):  # PostgreSQL keeps no text that is not UTF-8, nor JSON that is none
        try:
            text = changed.decode()
            json.loads(text) if type_name == "jsonb" else None
        except ValueError:
            continue
        if "\0" not in text:
            yield "%s", text


def _bits(data: bytes, chance: random.Random, flips: int) -> Iterator[bytes]:
    for bit in chance.sample(range(len(data) * 8), min(flips, len(data) * 8)):
        yield data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :]


def flipped_files(path: Path, flips: int) -> Iterator[tuple[int, bytes]]:
    """The file with one bit flipped, again and again: which byte, and what it was; put right at the end."""
    whole, chance = path.read_bytes(), random.Random(flips)
    for bit in chance.sample(range(len(whole) * 8), flips):
        place = bit // 8
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit % 8]) + whole[place + 1 :])
        yield place, whole
    path.write_bytes(whole)


def move_head_back(size: int) -> None:
    """Let the head say that the log ends here, with every value that belongs to it. Triggers must be set aside."""
    head = Head(size=size)
    entries = Entry.objects.filter(seq__lt=size).order_by("seq")
    for name, hashed in FUNCTIONS.items():
        frontier: list[bytes] = []
        for entry in entries:
            leaf = bytes.fromhex(getattr(entry, f"leaf_{name}"))
            frontier = grown(frontier, completed(frontier, entry.seq, leaf, hashed))
        setattr(head, f"frontier_{name}", [node.hex() for node in frontier])
    head.last_leaf = entries.last().leaf_sha256 if size else ""
    head.save(force_update=True)


def cut_tail(size: int) -> None:
    """Remove the last entries and move the head back."""
    run("DELETE FROM ledger_entry WHERE seq >= %s", size)
    move_head_back(size)


def forge_tail(forged: list[EntryDraft], first: int) -> None:
    """Write other entries in the place of the last ones, chained and hashed as the portal itself does it."""
    cut_tail(first)
    append(forged)
