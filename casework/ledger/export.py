"""The ledger as the verifier reads it: out of the portal's own database, or as the export an auditor takes away."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.db.models import CharField, Func

from casework.ledger.models import Checkpoint, Entry, Head
from casework.ledger.verifier import HEAD, ROW, Damaged, Database, Row, one_head

SAID = ("size", "root_sha256", "root_sm3", "key_id", "signature")


class InBytes(Func):
    """A time of PostgreSQL as it stands in the bytes, even one that Python has no date for, such as the year 70000."""

    template = """replace(to_char(%(expressions)s AT TIME ZONE 'UTC', 'AD YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'AD ', '')"""
    output_field = CharField()


class Stored:
    """The ledger in a database that needs the portal's connection, such as PostgreSQL."""

    def rows(self) -> Iterator[Row]:
        """Every entry in order, as one statement, so that what is written meanwhile is not half seen."""
        columns = [InBytes("at") if name == "at" else name for name in ROW]
        for payload, *others in Entry.objects.order_by("seq").values_list(*columns).iterator(chunk_size=4096):
            yield bytes(payload), *others

    def head(self) -> dict:
        """The one row of the head."""
        found = one_head(list(Head.objects.values_list("id", *HEAD)))
        return dict(zip(HEAD, found, strict=True))

    def checkpoints(self) -> list[dict]:
        """The checkpoints of the table."""
        found = Checkpoint.objects.order_by("size").annotate(moment=InBytes("at")).values(*SAID, "moment")
        return [{"v": 1, "at": one.pop("moment"), **one} for one in found]


def stored() -> Stored | Database:
    """The ledger of this portal. SQLite is read past Django, which can't show text that is damaged."""
    if connection.vendor != "sqlite":
        return Stored()
    connection.ensure_connection()
    return Database(connection.connection)


def write(path: Path) -> None:
    """Write the export to a file: an entry a line, the head last. What is written to the log meanwhile stays out."""
    source = stored()
    head = source.head()
    with path.open("w", encoding="ascii") as file, closing(source.rows()) as rows:
        for number, (payload, *columns) in enumerate(rows):
            if number == head["size"] and source.head() != head:
                break
            if type(payload) is not bytes:
                raise Damaged(f"entry {number}: has no bytes")
            text = payload.decode("utf-8", "surrogateescape")
            file.write(json.dumps(dict(zip(ROW, (text, *columns), strict=True)), default=repr) + "\n")
        file.write(json.dumps({"head": head}) + "\n")
