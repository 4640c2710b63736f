"""One bit, in any column of any row, in the database or in a file taken away: found, and the entry is named."""

import json

import pytest
from django.conf import settings
from django.db import connection

from casework.ledger import export
from casework.ledger.models import Checkpoint, Entry, Head
from casework.ledger.verifier import Damaged
from tests.ledger.conftest import ENTRIES
from tests.ledger.tampering import flipped_cells, flipped_files

EVERY_ENTRY = list(range(ENTRIES))


def columns(model) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


@pytest.fixture
def found(verify, alone, tmp_path):
    """What the portal says, after making sure that the verifier on its own says the same of the files."""

    def ask() -> str:
        said = [verify()]
        if connection.vendor == "sqlite":
            file = tmp_path / "portal.sqlite3"
            file.write_bytes(connection.connection.serialize())
            said.append(alone("--sqlite", file))
        assert {status for status, _ in said} == {1}, said
        assert len({text for _, text in said}) == 1, said
        return said[0][1]

    return ask


@pytest.mark.parametrize("column", columns(Entry))
def test_of_an_entry(ledger, found, alone, tmp_path, column):
    taken = tmp_path / "taken.jsonl"
    tried = 0
    for seq in flipped_cells("ledger_entry", column, "seq", EVERY_ENTRY, 12 if column == "payload" else 3):
        text = found()
        assert text.startswith("DAMAGED: entry ")
        first = min(set(EVERY_ENTRY) ^ set(Entry.objects.values_list("seq", flat=True)), default=seq)
        assert text.startswith(f"DAMAGED: entry {max(first, 0)}: ")
        export.write(taken)
        assert alone("--export", taken) == (1, text)
        tried += 1
    assert tried >= ENTRIES


@pytest.mark.parametrize("column", columns(Head))
def test_of_the_head(ledger, found, alone, tmp_path, column):
    taken = tmp_path / "taken.jsonl"
    tried = 0
    for _ in flipped_cells("ledger_head", column, "id", [1], 40 if "frontier" in column else 12):
        assert found().startswith("DAMAGED: ")
        try:
            export.write(taken)
        except Damaged:
            continue
        finally:
            tried += 1
        assert alone("--export", taken)[0] == 1
    assert tried


@pytest.mark.parametrize("column", columns(Checkpoint))
def test_of_a_checkpoint(ledger, found, column):
    tried = 0
    for _ in flipped_cells("ledger_checkpoint", column, "size", [ENTRIES], 40):
        assert "checkpoint" in found()
        tried += 1
    assert tried >= 10


def test_of_the_file_of_checkpoints(ledger, alone, tmp_path):
    taken = tmp_path / "taken.jsonl"
    export.write(taken)
    for place, _ in flipped_files(settings.LEDGER_CHECKPOINT_FILE, 400):
        assert alone("--export", taken)[0] != 0, place
    assert alone("--export", taken)[0] == 0


def test_of_an_export(ledger, alone, tmp_path):
    taken = tmp_path / "taken.jsonl"
    export.write(taken)
    for place, whole in flipped_files(taken, 800):
        number = whole[:place].count(b"\n")
        status, text = alone("--export", taken)
        if status == 0:  # the one change that changes nothing: a letter of \u4e00 as a capital
            assert json.loads(taken.read_bytes().splitlines()[number]) == json.loads(whole.splitlines()[number])
            continue
        assert status == 1
        if number < ENTRIES - 1:
            assert text.startswith(f"DAMAGED: entry {number}: ")


def test_of_the_last_entry_in_an_export(ledger, alone, tmp_path):
    taken = tmp_path / "taken.jsonl"
    export.write(taken)
    lines = taken.read_text().splitlines()
    row = json.loads(lines[-2])
    taken.write_text("\n".join([*lines[:-2], json.dumps(row | {"article": "99"}), lines[-1]]) + "\n")
    assert alone("--export", taken, checkpoint=False) == (
        1, f"DAMAGED: entry {ENTRIES - 1}: the article beside it is not what its bytes say",
    )  # fmt: skip
