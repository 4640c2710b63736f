"""`manage.py import_holidays FILE`: load a year's official notice and recompute open clocks."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from casework.recompute import recompute_open_clocks
from regulation.holidays import NoticeRefused, import_file


class Command(BaseCommand):
    """Loads a notice (JSON of the holiday-cn form, or CSV); all of it or nothing."""

    help = "Load a year's official holiday notice and recompute open clocks."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, file: Path, **options):
        try:
            with transaction.atomic():
                year = import_file(file)
                moved = recompute_open_clocks(now=timezone.now(), because=f"calendar {year.year}: {year.source}")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except NoticeRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{year.year}: {year.days.count()} days; {len(moved)} open clocks moved")
