"""Several write at once: the numbers are contiguous and no two entries share a parent."""

import json
from collections import Counter

import pytest
from django.db import connection, transaction

from casework.ledger.log import append, record_now
from casework.ledger.models import Entry, Head
from tests.ledger.entries import draft, drafts

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, TIMES = 8, 25


def writer(number: int):
    """Writes one, two or three entries at a time; every fifth time the transaction is rolled back."""

    def write() -> None:
        for time in range(TIMES):
            with transaction.atomic():
                append(drafts(1 + time % 3, first=number * 1000))
                transaction.set_rollback(time % 5 == 4)

    return write


def check_chain() -> int:
    """That every entry names the one before it, once; returns how many there are."""
    entries = list(Entry.objects.order_by("seq"))
    assert [entry.seq for entry in entries] == list(range(len(entries)))
    previous = [json.loads(bytes(entry.payload))["previous"] for entry in entries]
    assert previous == ["", *[entry.leaf_sha256 for entry in entries[:-1]]]
    assert max(Counter(previous).values()) == 1
    assert Head.objects.get().size == len(entries)
    return len(entries)


EXPECTED = THREADS * sum(1 + time % 3 for time in range(TIMES) if time % 5 != 4)


@pytest.mark.postgres
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL, where writers lock the head's row")
def test_eight_at_once_on_postgresql(kept, at_once, verify):
    assert at_once([writer(number) for number in range(THREADS)]) == {"done": THREADS}
    assert check_chain() == EXPECTED
    assert verify() == (0, f"intact: {EXPECTED} entries, 0 checkpoints")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="needs SQLite, where writers lock the whole file")
def test_eight_at_once_on_sqlite(kept, at_once, verify, alone):
    assert at_once([writer(number) for number in range(THREADS)]) == {"done": THREADS}
    assert check_chain() == EXPECTED
    assert verify() == (0, f"intact: {EXPECTED} entries, 0 checkpoints")
    file = connection.settings_dict["NAME"]
    assert alone("--sqlite", file, checkpoint=False) == (0, f"intact: {EXPECTED} entries, 0 checkpoints")


def test_a_refusal_and_steps_at_once(kept, at_once):
    def refuse():
        for _ in range(TIMES):
            record_now(draft(kind="refusal"))

    assert at_once([refuse, writer(1), refuse, writer(2)]) == {"done": 4}
    assert check_chain() == 2 * TIMES + EXPECTED // THREADS * 2
    assert Entry.objects.filter(kind="refusal").count() == 2 * TIMES
