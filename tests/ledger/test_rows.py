"""Whole rows removed, swapped, put in, and ends cut off or written anew: in the database and in an export."""

import json

import pytest
from django.conf import settings
from django.db import connection

from casework.ledger import export
from casework.ledger.checkpoints import make_checkpoint
from casework.ledger.hashing import FUNCTIONS
from casework.ledger.log import append
from casework.ledger.merkle import leaf_hash
from casework.ledger.models import Head
from tests.ledger.conftest import ENTRIES
from tests.ledger.entries import AT, draft, drafts
from tests.ledger.tampering import cut_tail, forge_tail, intruder, run

COPIED = "payload, leaf_sha256, leaf_sm3, subtrees_sha256, subtrees_sm3"


@pytest.fixture
def said(verify, alone, tmp_path):
    """What the portal and the stand-alone verifier say, of database and export alike."""

    def ask() -> str:
        said = [verify()]
        if connection.vendor == "sqlite":
            file = tmp_path / "portal.sqlite3"
            file.write_bytes(connection.connection.serialize())
            said.append(alone("--sqlite", file))
        export.write(tmp_path / "taken.jsonl")
        said.append(alone("--export", tmp_path / "taken.jsonl"))
        assert len(set(said)) == 1, said
        assert said[0][0] == 1
        return said[0][1]

    return ask


@pytest.fixture
def lines(ledger, tmp_path, alone):
    """The lines of an export, and what the verifier says of other ones."""
    taken = tmp_path / "export.jsonl"
    export.write(taken)

    def check(lines: list[str], **given) -> tuple[int, str]:
        taken.write_text("".join(f"{line}\n" for line in lines), "ascii")
        return alone("--export", taken, **given)

    return taken.read_text("ascii").splitlines(), check


@pytest.mark.parametrize("seq", range(ENTRIES))
def test_a_removed_row(ledger, said, seq):
    with intruder():
        run("DELETE FROM ledger_entry WHERE seq = %s", seq)
        assert said().startswith(f"DAMAGED: entry {seq} is missing" if seq == ENTRIES - 1 else f"DAMAGED: entry {seq}:")


@pytest.mark.parametrize("seq", range(ENTRIES))
def test_a_removed_row_with_the_numbers_closed_up(ledger, said, seq):
    with intruder():
        run("DELETE FROM ledger_entry WHERE seq = %s", seq)
        for later in range(seq + 1, ENTRIES):
            run("UPDATE ledger_entry SET seq = seq - 1 WHERE seq = %s", later)
        assert said().startswith(f"DAMAGED: entry {seq}")


@pytest.mark.parametrize(("one", "other"), [(0, 1), (2, 3), (0, ENTRIES - 1), (3, 5)])
def test_two_rows_swapped(ledger, said, one, other):
    with intruder():
        for old, new in ((one, 100), (other, one), (100, other)):
            run("UPDATE ledger_entry SET seq = %s WHERE seq = %s", new, old)
        assert said().startswith(f"DAMAGED: entry {one}: ")


@pytest.mark.parametrize("column", COPIED.split(", ")[:3])
def test_one_column_of_two_rows_swapped(ledger, said, column):
    with intruder():
        [(one,), (other,)] = run(f"SELECT {column} FROM ledger_entry WHERE seq IN (2, 4) ORDER BY seq")
        run(f"UPDATE ledger_entry SET {column} = %s WHERE seq = 2", other)
        run(f"UPDATE ledger_entry SET {column} = %s WHERE seq = 4", one)
        assert said().startswith("DAMAGED: entry 2: ")


@pytest.mark.parametrize("at", [0, 3, ENTRIES - 1])
def test_a_row_put_in(ledger, said, at):
    """A copy before the original is as good as it; the original is then the first bad one."""
    with intruder():
        for later in range(ENTRIES - 1, at - 1, -1):
            run("UPDATE ledger_entry SET seq = seq + 1 WHERE seq = %s", later)
        _copy(at + 1, at)
        assert said().startswith(f"DAMAGED: entry {at + 1}")


def test_a_row_behind_the_end(ledger, verify):
    with intruder():
        _copy(ENTRIES - 1, ENTRIES)
        status, text = verify()
        assert (status, text.startswith(f"DAMAGED: entry {ENTRIES}: ")) == (1, True)


def test_a_well_made_entry_behind_the_end(ledger, verify):
    with intruder():
        head = Head.objects.get()
        append([draft(action="forged")])
        head.save()
        assert verify() == (1, f"DAMAGED: entry {ENTRIES}: stands behind the end of the log")


@pytest.mark.parametrize("seq", range(ENTRIES - 1))
def test_an_entry_hashed_anew_by_itself(ledger, said, seq):
    """It is as it should be taken alone; the next one contradicts it, and the sentence names both."""
    with intruder():
        payload = bytes(ledger[seq].payload).replace(b'"inputs":"', b'"inputs":"0')
        leaves = [leaf_hash(payload, hashed).hex() for hashed in FUNCTIONS.values()]
        change = "UPDATE ledger_entry SET payload = %s, leaf_sha256 = %s, leaf_sm3 = %s WHERE seq = %s"
        run(change, payload, *leaves, seq)
        contradicted = seq if seq % 2 else seq + 1
        assert said() == f"DAMAGED: entry {contradicted}: the roots beside it or the entry before were changed"


@pytest.mark.parametrize("left", range(ENTRIES))
def test_a_cut_tail_with_the_head_moved_back(ledger, said, verify, left):
    with intruder():
        cut_tail(left)
        assert said().startswith(f"DAMAGED: entry {left} is missing")
        run("DELETE FROM ledger_checkpoint")
        assert said().startswith(f"DAMAGED: entry {left} is missing")
        settings.LEDGER_CHECKPOINT_FILE.unlink()
        assert verify() == (0, f"intact: {left} entries, 0 checkpoints")


@pytest.mark.parametrize("first", range(ENTRIES))
def test_a_rewritten_and_chained_tail(db, kept, said, verify, first):
    """With a checkpoint over every entry, the first one that was rewritten is named."""
    for number in range(ENTRIES):
        append([draft(number)])
        make_checkpoint(AT)
    with intruder():
        forge_tail([draft(first, action="approve"), *drafts(ENTRIES - first, first + 1)], first)
        run("DELETE FROM ledger_checkpoint")
        assert said().startswith(f"DAMAGED: an entry from {first} to {first} was rewritten")
        settings.LEDGER_CHECKPOINT_FILE.unlink()
        assert verify() == (0, f"intact: {ENTRIES + 1} entries, 0 checkpoints")


def test_a_rewritten_tail_of_the_same_length(ledger, said):
    with intruder():
        forge_tail([draft(4, action="approve"), *drafts(ENTRIES - 5, 5)], 4)
        run("DELETE FROM ledger_checkpoint")
        assert said().startswith(f"DAMAGED: an entry from 0 to {ENTRIES - 1} was rewritten")


@pytest.mark.parametrize("number", range(ENTRIES))
def test_an_export_without_a_line(lines, number):
    whole, check = lines
    status, text = check(whole[:number] + whole[number + 1 :])
    assert (status, text.startswith(f"DAMAGED: entry {number}")) == (1, True)


def test_an_export_without_its_end(lines):
    whole, check = lines
    assert check(whole[:-1])[0] == 1
    assert check([]) == (1, "DAMAGED: the export does not end with the head of the log: its end is cut off")


def test_an_export_with_lines_swapped_or_doubled(lines):
    whole, check = lines
    for changed in ([*whole[:2], whole[3], whole[2], *whole[4:]], [*whole[:3], whole[2], *whole[3:]]):
        status, text = check(changed)
        assert (status, text[:15]) == (1, f"DAMAGED: entry {2 if changed[2] != whole[2] else 3}"[:15])


def test_an_export_forged_to_the_last_hash(ledger, lines, tmp_path):
    """The forger has the portal's own code, but not the checkpoint that left before."""
    _, check = lines
    with intruder():
        forge_tail([draft(2, action="approve"), *drafts(ENTRIES - 3, 3)], 2)
        export.write(tmp_path / "forged.jsonl")
    forged = (tmp_path / "forged.jsonl").read_text("ascii").splitlines()
    assert json.loads(forged[2])["action"] == "approve"
    assert check(forged, checkpoint=False)[0] == 0
    assert check(forged)[1].startswith(f"DAMAGED: an entry from 0 to {ENTRIES - 1} was rewritten")


def _copy(seq: int, to: int) -> None:
    """Put a copy of a row in under another number."""
    names = [name for (name,) in _names() if name != "seq"]
    columns = ", ".join(names)
    run(f"INSERT INTO ledger_entry (seq, {columns}) SELECT %s, {columns} FROM ledger_entry WHERE seq = %s", to, seq)


def _names() -> list[tuple[str]]:
    if connection.vendor == "sqlite":
        return run("SELECT name FROM pragma_table_info('ledger_entry')")
    return run("SELECT column_name FROM information_schema.columns WHERE table_name = 'ledger_entry'")
