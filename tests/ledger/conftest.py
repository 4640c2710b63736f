"""A ledger of a few entries with a key and a checkpoint file of its own, and the two ways to verify it."""

import io
from contextlib import redirect_stdout

import pytest
from django.conf import settings as portal
from django.core.management import call_command

from casework.ledger import verifier
from casework.ledger.checkpoints import make_checkpoint
from casework.ledger.log import append
from casework.ledger.signing import make_key, public_keys_file
from tests.ledger.entries import AT, drafts

ENTRIES = 7


@pytest.fixture
def kept(settings, tmp_path):
    """Key and checkpoints in files of the test's own."""
    settings.LEDGER_KEY_FILE = tmp_path / "key.pem"
    settings.LEDGER_CHECKPOINT_FILE = tmp_path / "checkpoints.jsonl"
    make_key(settings.LEDGER_KEY_FILE)


@pytest.fixture
def ledger(db, kept):
    """Seven entries under one checkpoint."""
    entries = append(drafts(ENTRIES))
    make_checkpoint(AT)
    return entries


@pytest.fixture
def verify():
    """Runs `manage.py verify_ledger` and gives exit status and sentence."""

    def run(**given) -> tuple[int, str]:
        said, status = io.StringIO(), 0
        try:
            call_command("verify_ledger", stdout=said, **given)
        except SystemExit as left:
            status = left.code
        return status, said.getvalue().strip()

    return run


@pytest.fixture
def alone():
    """Runs the stand-alone verifier with the public key, and the checkpoint file unless told not to."""

    def run(*arguments, checkpoint=True) -> tuple[int, str]:
        given = ["--public-key", public_keys_file(), *arguments]
        if checkpoint:
            given += ["--checkpoint", portal.LEDGER_CHECKPOINT_FILE]
        said = io.StringIO()
        with redirect_stdout(said):
            status = verifier.main([str(one) for one in given])
        return status, said.getvalue().strip()

    return run
