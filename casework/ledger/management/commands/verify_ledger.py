"""`manage.py verify_ledger [--export FILE] [--checkpoint FILE]`: exit 0 intact, 1 damaged, 2 could not check."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError

from casework.ledger import export, verifier
from casework.ledger.signing import public_keys_file


class Command(BaseCommand):
    """Checks the database against its own checkpoints, the witnessed file and, where given, one brought along."""

    help = "Check the ledger: every entry, every column, every checkpoint."

    def add_arguments(self, parser):
        parser.add_argument("--export", type=Path, help="write the export here and check it")
        parser.add_argument("--checkpoint", type=Path, help="checkpoints kept elsewhere, one JSON object a line")

    def handle(self, *args, export=None, checkpoint=None, **options):
        status, message = verifier.answer(lambda: _examine(export, checkpoint))
        self.stdout.write(message)
        if status:
            sys.exit(status)


def _examine(target: Path | None, brought: Path | None) -> tuple[int, int]:
    try:
        # Checkpoints first: one that is signed while the entries are read would cover more of them.
        checkpoints = _witnessed(brought)
        if target:
            export.write(target)
        return verifier.check(verifier.Export(target) if target else export.stored(), checkpoints), len(checkpoints)
    except DatabaseError as error:
        raise verifier.CannotCheck(str(error)) from error


def _witnessed(brought: Path | None) -> list[dict]:
    """The checkpoints of the table, of the file kept by another account, and of the file brought along; all signed."""
    found, kept, keys = export.stored().checkpoints(), Path(settings.LEDGER_CHECKPOINT_FILE), public_keys_file()
    for path in filter(None, [kept if kept.exists() else None, brought]):
        found += verifier.read_checkpoints(path)
    if found:
        if not keys.exists():
            raise verifier.CannotCheck(f"there is no public key at {keys}")
        verifier.check_signatures(found, keys.read_bytes())
    return found
