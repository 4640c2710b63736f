"""The three statements of an append, written out: to build them anew takes the ORM as long as to run them."""

import json
from collections.abc import Sequence

from django.db import connection

from casework.ledger.models import Entry, Head
from casework.ledger.verifier import HEAD

_FIELDS = Entry._meta.concrete_fields
_INSERT = (
    f"INSERT INTO {Entry._meta.db_table} ({', '.join(field.column for field in _FIELDS)})"  # noqa: S608 - own names
    f" VALUES ({', '.join(['%s'] * len(_FIELDS))})"
)
_HEAD = f"SELECT {', '.join(HEAD)} FROM {Head._meta.db_table} WHERE id = 1"  # noqa: S608 - own names
_MOVE = f"UPDATE {Head._meta.db_table} SET {', '.join(f'{name} = %s' for name in HEAD)} WHERE id = 1"  # noqa: S608


def lock_head() -> Head:
    """The head, locked until the transaction ends; SQLite has locked the whole file already.

    Raises:
        Head.DoesNotExist: where somebody has removed it.
        ValueError, TypeError: where its frontiers can't be read any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{_HEAD} FOR UPDATE" if connection.features.has_select_for_update else _HEAD)
        found = cursor.fetchone()
    if found is None:
        raise Head.DoesNotExist("the head of the ledger is gone")
    size, last_leaf, *frontiers = found
    return Head(1, size, last_leaf, *map(json.loads, frontiers))


def insert(entries: Sequence[Entry]) -> None:
    """Write entries, each column as its field would."""
    rows = [[field.get_db_prep_save(getattr(one, field.attname), connection) for field in _FIELDS] for one in entries]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)


def move(head: Head) -> None:
    """Let the head stand where the log ends now."""
    frontiers = json.dumps(head.frontier_sha256), json.dumps(head.frontier_sm3)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [head.size, head.last_leaf, *frontiers])
