"""0 intact, 1 damaged, 2 could not check: the portal's command, and the verifier as a program of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from casework.ledger import export, verifier
from casework.ledger.signing import public_keys_file
from tests.ledger.conftest import ENTRIES
from tests.ledger.tampering import intruder, run

PROGRAM = Path(verifier.__file__)
WITHOUT_DJANGO = "import runpy, sys; sys.modules['django'] = None; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
BARE = WITHOUT_DJANGO.replace("sys.modules['django']", "sys.modules['cryptography']")
INTACT = f"intact: {ENTRIES} entries, {{}} checkpoints"
UNSIGNED = "; no signature was checked, since no --public-key was given"
NEEDS_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="there is no such file with PostgreSQL")


def program(tmp_path, *arguments, code=WITHOUT_DJANGO) -> tuple[int, str]:
    """Run the file by itself, in a folder where nothing of the portal can be imported."""
    command = [sys.executable, "-c", code, PROGRAM, *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    done = subprocess.run(list(map(str, command)), cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


@pytest.fixture
def taken(ledger, tmp_path):
    """The export with the arguments for the checkpoints and the key."""
    export.write(tmp_path / "taken.jsonl")
    evidence = "--checkpoint", settings.LEDGER_CHECKPOINT_FILE, "--public-key", public_keys_file()
    return tmp_path / "taken.jsonl", evidence


def test_the_program_over_an_export(taken, tmp_path):
    file, evidence = taken
    assert program(tmp_path, "--export", file) == (0, INTACT.format(0) + UNSIGNED)
    assert program(tmp_path, "--export", file, *evidence) == (0, INTACT.format(1))
    file.write_text(file.read_text("ascii").replace("submit", "submlt", 1), "ascii")
    assert program(tmp_path, "--export", file, *evidence) == (
        1, "DAMAGED: entry 0: its bytes or its hashes were changed",
    )  # fmt: skip


def test_the_program_needs_cryptography_for_signatures_only(taken, tmp_path):
    file, evidence = taken
    if "sm3" in verifier.hashlib.algorithms_available:
        assert program(tmp_path, "--export", file, *evidence[:2], code=BARE) == (0, INTACT.format(1) + UNSIGNED)
    status, text = program(tmp_path, "--export", file, *evidence, code=BARE)
    assert (status, text) == (2, "COULD NOT CHECK: signatures need the package cryptography")


@NEEDS_SQLITE
def test_the_program_over_the_database(taken, tmp_path):
    _, evidence = taken
    file = tmp_path / "portal.sqlite3"
    file.write_bytes(connection.connection.serialize())
    assert program(tmp_path, "--sqlite", file) == (0, INTACT.format(1) + UNSIGNED)
    assert program(tmp_path, "--sqlite", file, *evidence) == (0, INTACT.format(2))
    with intruder():
        run("UPDATE ledger_entry SET article = '99' WHERE seq = 4")
        file.write_bytes(connection.connection.serialize())
    assert program(tmp_path, "--sqlite", file, *evidence) == (
        1, "DAMAGED: entry 4: the article beside it is not what its bytes say",
    )  # fmt: skip


def test_the_program_where_it_cannot_check(taken, tmp_path):
    file, evidence = taken
    nothing, text = tmp_path / "nothing", tmp_path / "text"
    text.write_text("not a database, nor a checkpoint, nor a key " * 50)
    for arguments in (
        [], ["--export", file, "--sqlite", file], ["--export", nothing], ["--sqlite", nothing], ["--sqlite", text],
        ["--export", file, "--checkpoint", nothing], ["--export", file, "--checkpoint", text],
        ["--export", file, *evidence[:2], "--public-key", nothing],
    ):  # fmt: skip
        command = [sys.executable, str(PROGRAM), *map(str, arguments)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 2, arguments
        assert "COULD NOT CHECK" in done.stdout or "usage:" in done.stderr
        assert not nothing.exists()


def test_a_file_that_holds_no_key_accuses_nobody(taken, tmp_path, alone):
    file, _ = taken
    public_keys_file().write_text("no key")
    assert alone("--export", file) == (2, "COULD NOT CHECK: there is no public key in the file")
    public_keys_file().write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    assert alone("--export", file) == (2, "COULD NOT CHECK: the public key can't be read")


def test_the_command(ledger, verify, tmp_path):
    assert verify() == (0, INTACT.format(2))
    assert verify(export=tmp_path / "out.jsonl") == (0, INTACT.format(2))
    with intruder():
        run("UPDATE ledger_entry SET article = '99' WHERE seq = 4")
        for given in ({}, {"export": tmp_path / "out.jsonl"}):
            assert verify(**given) == (1, "DAMAGED: entry 4: the article beside it is not what its bytes say")


def test_the_command_with_a_checkpoint_brought_along(ledger, verify, tmp_path):
    brought = tmp_path / "brought.jsonl"
    brought.write_bytes(settings.LEDGER_CHECKPOINT_FILE.read_bytes())
    assert verify(checkpoint=brought) == (0, INTACT.format(3))
    assert verify(checkpoint=tmp_path / "nothing")[0] == 2


def test_the_command_where_it_cannot_check(ledger, verify, tmp_path):
    public_keys_file().unlink()
    assert verify() == (2, f"COULD NOT CHECK: there is no public key at {public_keys_file()}")
    assert verify(export=tmp_path / "no folder" / "out.jsonl")[0] == 2


def test_the_command_where_a_table_is_gone(db, kept, verify):
    with intruder():
        run("DROP TABLE ledger_entry")
        assert verify()[0] == 2


def test_the_command_where_the_head_is_gone(ledger, verify):
    with intruder():
        run("DELETE FROM ledger_head")
        assert verify() == (1, "DAMAGED: the head is gone")
