"""`manage.py due DATE DAYS`: the due date and the days counted."""

from django.core.management.base import BaseCommand, CommandError

from regulation import calendar


class Command(BaseCommand):
    """First line the due date, ` provisional` behind it where a year is not published; then the days counted."""

    help = "The due date of DAYS working days from receipt on DATE, then each day counted."

    def add_arguments(self, parser):
        """The day of receipt and the number of working days."""
        parser.add_argument("date", help="day of receipt (YYYY-MM-DD), itself not counted")
        parser.add_argument("days", help="number of working days, 1 to 10000")

    def handle(self, *args, date: str, days: str, **options):
        """Count, or refuse with a sentence."""
        try:
            due = calendar.current().add(calendar.parse_day(date), calendar.parse_days(days))
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{due.due_on.isoformat()}{' provisional' if due.provisional else ''}")
        for day in due.days:
            if day.counts:
                self.stdout.write(day.date.isoformat())
