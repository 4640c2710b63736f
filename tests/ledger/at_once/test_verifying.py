"""Verifying, exporting and signing while others write accuses nobody."""

import threading

import pytest
from django.db import connection

from casework.ledger import export
from casework.ledger.checkpoints import make_checkpoint
from casework.ledger.log import record_now
from casework.ledger.models import Head
from casework.ledger.reconciliation import reconcile
from tests.ledger.entries import AT, draft

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 15


@pytest.fixture
def busy(kept, monkeypatch):
    """Pairs a task with a writer that goes on until the task is done; small chunks let more happen in between."""
    monkeypatch.setattr("casework.ledger.verifier.CHUNK", 8)
    for _ in range(40):
        record_now(draft(1))
    done = threading.Event()

    def task(of) -> list:
        def rounds() -> None:
            try:
                for _ in range(ROUNDS):
                    of()
            finally:
                done.set()

        def write() -> None:
            while not done.is_set():
                record_now(draft(2))

        return [rounds, write]

    return task


def test_the_database_is_verified(busy, at_once, verify):
    sizes = []

    def check() -> None:
        status, text = verify()
        assert status == 0, text
        sizes.append(int(text.split()[1]))

    assert at_once(busy(check)) == {"done": 2}
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


def test_an_export_is_taken_and_verified(busy, at_once, verify, alone, tmp_path):
    def check() -> None:
        assert verify(export=tmp_path / "taken.jsonl")[0] == 0
        export.write(tmp_path / "other.jsonl")
        assert alone("--export", tmp_path / "other.jsonl", checkpoint=False)[0] == 0

    assert at_once(busy(check)) == {"done": 2}


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="there is no such file with PostgreSQL")
def test_the_file_is_verified_from_outside(busy, at_once, alone):
    def check() -> None:
        status, text = alone("--sqlite", connection.settings_dict["NAME"], checkpoint=False)
        assert status == 0, text

    assert at_once(busy(check)) == {"done": 2}


def test_checkpoints_are_signed_and_verified(busy, at_once, verify):
    def check() -> None:
        make_checkpoint(AT)
        status, text = verify()
        assert status == 0, text

    assert at_once(busy(check)) == {"done": 2}
    assert Head.objects.get().size > 40


def test_rows_are_reconciled(busy, at_once):
    def rows():
        yield "application", 3, Head.objects.get().size - 1

    def check() -> None:
        assert reconcile(rows()) == []

    assert at_once(busy(check)) == {"done": 2}
