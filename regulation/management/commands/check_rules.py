"""`manage.py check_rules`: which rule set is in force, what ends when."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from regulation import calendar, rules
from regulation.models import CalendarYear
from regulation.rules import RuleSet


class Command(BaseCommand):
    """Exit 1 where no rules are in force or a file can't be used."""

    help = "Which rule set is in force on a day, when it ends, what follows, and which calendars are published."
    # The files are read below, and what is wrong with them is said without a traceback.
    requires_system_checks = []

    def add_arguments(self, parser):
        """The day asked about."""
        parser.add_argument("--on", help="day to ask about (YYYY-MM-DD, default today)")

    def handle(self, *args, on=None, **options):
        """Say it in plain lines, or fail with the reason."""
        with override("en"):
            try:
                day = calendar.parse_day(on) if on else timezone.localdate()
                found, now = rules.all_rule_sets(), rules.in_force(day)
            except (ValueError, rules.NoRulesInForce) as error:
                raise CommandError(str(error)) from error
            self._say_rules(found, now, day)
            self._say_calendar()

    def _say_rules(self, found: tuple[RuleSet, ...], now: RuleSet, day: date) -> None:
        self.stdout.write(f"in force on {day}: {now.id} ({now.title()}), {now.in_force_from} to {now.in_force_until}")
        self.stdout.write(f"ends in {(now.in_force_until - day).days} days, on {now.in_force_until} at 24:00")
        later = [one for one in found if one.in_force_from > now.in_force_until]
        if later:
            self.stdout.write(f"successor: {later[0].id} from {later[0].in_force_from}, cases: {later[0].cases}")
        else:
            self.stdout.write("successor: none loaded")
        if rules.ends_soon(day):
            self.stdout.write(self.style.WARNING(f"warning: {now.id} ends soon and nothing follows it at once"))
        for first, last in rules.gaps():
            self.stdout.write(self.style.WARNING(f"warning: no rule set is in force from {first} to {last}"))

    def _say_calendar(self) -> None:
        for year in CalendarYear.objects.order_by("year"):
            status = "official" if year.official else "not official"
            self.stdout.write(f"calendar {year.year}: {status}; {year.source} {' '.join(year.papers)}".rstrip())
