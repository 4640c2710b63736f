"""Prints a new API token, once."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import tokens
from accounts.models import Organisation, User
from accounts.queries import organisations_of


class Command(BaseCommand):
    """`manage.py issue_token USERNAME [--read-only] [--days N] [--organisation NAME]`."""

    help = "Issue an API token for a person in an organisation and print it once."

    def add_arguments(self, parser):
        """Declare the arguments."""
        parser.add_argument("username")
        parser.add_argument("--read-only", action="store_true", help="the token takes no step")
        parser.add_argument("--days", type=int, default=90, help=f"validity, 1 to {tokens.MAX_DAYS} (default: 90)")
        parser.add_argument("--organisation", help="name of the organisation; needed where the person has several")

    def handle(self, *args, username, read_only, days, organisation, **options):
        """Issue and print."""
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(f"There is no open account “{username}”.")
        try:
            raw, _token = tokens.issue(person, self._organisation(person, organisation), read_only=read_only, days=days)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(raw)

    def _organisation(self, person: User, name: str | None) -> Organisation:
        own = organisations_of(person)
        if name is not None:
            own = [organisation for organisation in own if name in (organisation.name, organisation.short_name)]
        if len(own) == 1:
            return own[0]
        if not own:
            raise CommandError(f"{person.username} has no role in such an organisation.")
        names = ", ".join(organisation.name for organisation in own)
        raise CommandError(f"{person.username} acts for several organisations; choose with --organisation: {names}")
