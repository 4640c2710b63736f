"""`manage.py ledger_key`: make the key that signs checkpoints."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from casework.ledger.signing import key_id, make_key


class Command(BaseCommand):
    """Makes the key once; says so where there is one already."""

    help = "Make the Ed25519 key that signs the ledger's checkpoints, outside the database."

    def handle(self, *args, **options):
        path = Path(settings.LEDGER_KEY_FILE)
        if path.exists():
            self.stdout.write(f"{path} is there already and is kept.")
            return
        self.stdout.write(f"{path} made, key id {key_id(make_key(path))}.")
