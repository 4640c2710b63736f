"""When a checkpoint is due, what it signs, and when the portal refuses to sign any more."""

import json
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings

from casework.ledger import checkpoints
from casework.ledger.checkpoints import Inconsistent, checkpoint_if_due, make_checkpoint, statement
from casework.ledger.hashing import sm3
from casework.ledger.log import append
from casework.ledger.models import Checkpoint, Entry
from casework.ledger.signing import KeyMissing, key_id, make_key, public_keys_file
from casework.ledger.verifier import read_checkpoints
from tests.ledger.conftest import ENTRIES
from tests.ledger.entries import AT, draft, drafts
from tests.ledger.naive import tree_hash
from tests.ledger.tampering import cut_tail, forge_tail, intruder, run

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def published() -> list[dict]:
    return read_checkpoints(settings.LEDGER_CHECKPOINT_FILE)


def change_key() -> None:
    settings.LEDGER_KEY_FILE.unlink()
    make_key(settings.LEDGER_KEY_FILE)


def test_none_over_nothing(db, kept):
    assert checkpoint_if_due(AT) is None
    with pytest.raises(ValueError, match="nothing to sign"):
        make_checkpoint(AT)
    assert not settings.LEDGER_CHECKPOINT_FILE.exists()


def test_due_after_five_minutes_if_there_is_anything_new(ledger):
    assert checkpoint_if_due(AT + 60 * MINUTE) is None
    append([draft()])
    assert checkpoint_if_due(AT + 5 * MINUTE - SECOND) is None
    assert checkpoint_if_due(AT + 5 * MINUTE).size == ENTRIES + 1


def test_due_after_a_thousand_entries(ledger, monkeypatch):
    assert checkpoints.ENTRIES == 1000
    monkeypatch.setattr(checkpoints, "ENTRIES", 10)
    append(drafts(9))
    assert checkpoint_if_due(AT + SECOND) is None
    append([draft()])
    assert checkpoint_if_due(AT + SECOND).size == ENTRIES + 10


def test_it_states_both_roots_as_the_definition_has_them(ledger):
    [one] = published()
    data = [bytes(entry.payload) for entry in ledger]
    assert (one["size"], one["root_sha256"]) == (ENTRIES, tree_hash(data).hex())
    assert one["root_sm3"] == tree_hash(data, sm3).hex()
    assert one == checkpoints.latest(5)[0]


def test_the_signature_is_over_size_roots_and_time(ledger):
    made = Checkpoint.objects.get()
    public = load_pem_public_key(public_keys_file().read_bytes())
    assert made.key_id == key_id(public)
    signed = statement(made.size, made.root_sha256, made.root_sm3, made.at)
    public.verify(bytes.fromhex(made.signature), signed)
    with pytest.raises(InvalidSignature):
        public.verify(bytes.fromhex(made.signature), signed.replace(b'"size":7', b'"size":8'))


def test_twice_over_the_same_entries_is_one(ledger):
    assert make_checkpoint(AT + MINUTE).at == AT
    assert len(published()) == Checkpoint.objects.count() == 1


def test_where_the_file_cannot_be_written_there_is_no_checkpoint(db, kept, settings, tmp_path):
    (tmp_path / "folder").mkdir()
    settings.LEDGER_CHECKPOINT_FILE = tmp_path / "folder"
    append([draft()])
    with pytest.raises(OSError, match="folder"):
        make_checkpoint(AT)
    assert Checkpoint.objects.count() == 0


def test_without_a_key_nothing_is_signed(ledger, settings, tmp_path):
    settings.LEDGER_KEY_FILE = tmp_path / "none.pem"
    append([draft()])
    with pytest.raises(KeyMissing, match="ledger_key"):
        make_checkpoint(AT)


@pytest.mark.parametrize("first", range(ENTRIES))
def test_a_rewritten_log_is_not_signed(ledger, first):
    with intruder():
        forge_tail([draft(first, action="approve"), *drafts(ENTRIES - first + 3, first + 1)], first)
        run("DELETE FROM ledger_checkpoint")
        with pytest.raises(Inconsistent, match=f"the {ENTRIES} entries witnessed"):
            make_checkpoint(AT + MINUTE)
        with pytest.raises(Inconsistent):
            checkpoint_if_due(AT + 5 * MINUTE)


@pytest.mark.parametrize("left", range(1, ENTRIES))
def test_a_shortened_log_is_not_signed(ledger, left):
    with intruder():
        cut_tail(left)
        with pytest.raises(Inconsistent):
            checkpoint_if_due(AT + SECOND)


def test_a_rewritten_log_of_the_same_length_is_not_signed(ledger):
    with intruder():
        forge_tail([draft(6, action="approve")], 6)
        run("DELETE FROM ledger_checkpoint")
        with pytest.raises(Inconsistent, match="same size"):
            make_checkpoint(AT + MINUTE)


def test_the_file_prevails_over_the_table(ledger, verify):
    """The intruder signs a rewritten log with the portal's own key and puts that into the table."""
    kept = settings.LEDGER_CHECKPOINT_FILE.read_bytes()
    with intruder():
        forge_tail([draft(2, action="approve"), *drafts(ENTRIES - 3, 3)], 2)
        run("DELETE FROM ledger_checkpoint")
        settings.LEDGER_CHECKPOINT_FILE.unlink()
        make_checkpoint(AT)
        assert verify()[0] == 0
        settings.LEDGER_CHECKPOINT_FILE.write_bytes(kept)
        append([draft()])
        with pytest.raises(Inconsistent):
            make_checkpoint(AT + MINUTE)
        assert verify()[0] == 1


def test_a_made_up_row_in_the_table_does_not_stop_the_signing(ledger, verify):
    Checkpoint.objects.create(size=10**6, root_sha256="", root_sm3="", at=AT + 9999 * MINUTE, key_id="", signature="")
    append([draft()])
    assert checkpoint_if_due(AT + 5 * MINUTE).size == ENTRIES + 1
    assert verify()[1].endswith("over 1000000 entries is not signed by a key given")


def test_a_gap_in_the_log_is_not_signed(ledger):
    append(drafts(3))
    with intruder():
        run("DELETE FROM ledger_entry WHERE seq = %s", ENTRIES - 1)
        with pytest.raises(Inconsistent, match="missing"):
            make_checkpoint(AT + MINUTE)


def test_a_damaged_head_is_not_signed(ledger):
    with intruder():
        run("UPDATE ledger_head SET frontier_sha256 = %s", json.dumps(["00" * 32, "11" * 32, "22" * 32]))
        with pytest.raises(Inconsistent):
            make_checkpoint(AT + MINUTE)
        run("UPDATE ledger_head SET frontier_sha256 = %s", json.dumps(["no digits"]))
        with pytest.raises(Inconsistent):
            make_checkpoint(AT + MINUTE)


def test_signed_by_another_key(ledger, verify, alone, tmp_path):
    verify(export=tmp_path / "taken.jsonl")
    settings.LEDGER_KEY_FILE.unlink()
    public_keys_file().unlink()
    make_key(settings.LEDGER_KEY_FILE)
    wrong = (
        f"DAMAGED: the checkpoint of 2026-03-02T02:00:00.000000Z over {ENTRIES} entries is not signed by a key given"
    )
    assert verify() == (1, wrong)
    assert alone("--export", tmp_path / "taken.jsonl") == (1, wrong)


def test_another_keys_id_does_not_help(ledger, verify):
    change_key()
    append([draft()])
    other = make_checkpoint(AT + MINUTE).key_id
    assert verify()[0] == 0
    with intruder():
        run("UPDATE ledger_checkpoint SET key_id = %s WHERE size = %s", other, ENTRIES)
        assert "is not signed" in verify()[1]


def test_checkpoints_of_a_former_key_stay_good(ledger, verify):
    change_key()
    append([draft()])
    make_checkpoint(AT + MINUTE)
    assert len({one["key_id"] for one in published()}) == 2
    assert verify() == (0, f"intact: {ENTRIES + 1} entries, 4 checkpoints")


def test_a_key_is_never_written_over(kept):
    before = settings.LEDGER_KEY_FILE.read_bytes()
    with pytest.raises(FileExistsError):
        make_key(settings.LEDGER_KEY_FILE)
    assert settings.LEDGER_KEY_FILE.read_bytes() == before
    assert settings.LEDGER_KEY_FILE.stat().st_mode & 0o777 == 0o600


def test_what_is_not_a_checkpoint_in_the_file_stops_the_check(ledger, verify):
    with settings.LEDGER_CHECKPOINT_FILE.open("ab") as file:
        file.write(b'\xff{"size": 0}\n')
    assert verify() == (2, f"COULD NOT CHECK: line 2 of {settings.LEDGER_CHECKPOINT_FILE} is not a checkpoint")
    assert Entry.objects.count() == ENTRIES
