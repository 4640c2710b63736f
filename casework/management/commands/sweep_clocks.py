"""`manage.py sweep_clocks [--now TIME]`: warn and escalate."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from casework.sweep import sweep_clocks


class Command(BaseCommand):
    """Says what is due to be said about running clocks; any number of runs say it once."""

    help = "Warn of clocks that are nearly due, say the day itself, and escalate what is overdue. Idempotent."

    def add_arguments(self, parser):
        parser.add_argument("--now", help="ISO 8601 time taken as now; without an offset it is Beijing time")

    def handle(self, *args, now=None, **options):
        moment = timezone.now()
        if now is not None:
            try:
                moment = parse_datetime(now)
            except ValueError:
                moment = None
            if moment is None:
                raise CommandError(f"“{now}” is not a time such as 2026-01-05T09:00.")
            if timezone.is_naive(moment):
                moment = timezone.make_aware(moment)
        self.stdout.write(f"{sweep_clocks(now=moment)}")
