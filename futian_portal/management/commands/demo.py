"""`manage.py demo [--as-of DATE] [--scale N]`: load the demo story."""

from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.passwords import DEMO_PASSWORD
from futian_portal.demo.people import PEOPLE, load_people
from futian_portal.demo.requests import Requests
from futian_portal.demo.story import Story
from operators.jobs import advance_calls
from operators.models import Call


class Command(BaseCommand):
    """Loads the story once; a second run adds only what is missing."""

    help = "Load the demo story into the migrated database."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", help="tell the story as seen on this day (YYYY-MM-DD, default today)")
        parser.add_argument("--scale", type=int, default=0, help="hand in this many further requests, for load")

    def handle(self, *args, as_of=None, scale=0, **options):
        if not settings.DEMO:
            raise CommandError("The demo has accounts with a known password. Set DEMO=1 to load it.")
        try:
            day = date.fromisoformat(as_of) if as_of else timezone.localdate()
        except ValueError as error:
            raise CommandError(f"“{as_of}” is not a day such as 2026-01-05.") from error
        if day > timezone.localdate():
            raise CommandError(f"{day} lies ahead: nothing has happened by then.")
        actors = load_people()
        story = Story(actors, day)
        if not Call.objects.exists():
            story.tell()
            advance_calls(now=timezone.now())
        for number in range(scale):
            Requests(story).one_more(number + 1)
        self.stdout.write(f"Demo accounts, password “{DEMO_PASSWORD}”:")
        for person in PEOPLE:
            if person.shown:
                self.stdout.write(
                    f"  {person.username:<12} {person.role.value:<14} {actors[person.username].organisation.name}"
                )
