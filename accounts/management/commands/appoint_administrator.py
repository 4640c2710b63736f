"""Makes the account of an administrator on a fresh system, where nobody can grant roles yet."""

import secrets

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import AccountEvent, EventKind, Membership, Organisation, OrganisationKind, User
from accounts.roles import ADMIN_ROLES, Role


class Command(BaseCommand):
    """`manage.py appoint_administrator USERNAME ROLE --name NAME`."""

    help = "Create an administrator's account and print its first password, which must be changed at sign-in."

    def add_arguments(self, parser):
        """Declare the arguments."""
        parser.add_argument("username")
        parser.add_argument("role", choices=sorted(ADMIN_ROLES))
        parser.add_argument("--name", required=True, help="name of the person")
        parser.add_argument("--organisation", default="系统管理", help="created where it does not exist")

    @transaction.atomic
    def handle(self, *args, username, role, name, organisation, **options):
        """Create the account, the organisation where needed, and the role."""
        place, _created = Organisation.objects.get_or_create(
            name=organisation, defaults={"kind": OrganisationKind.ADMINISTRATION}
        )
        password = secrets.token_urlsafe(12)
        person = User(username=username, name=name)
        person.set_password(password)
        person.password_changed_at = None
        try:
            person.full_clean()
            person.save()
            membership = Membership(person=person, organisation=place, role=Role(role))
            membership.full_clean()
            membership.save()
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        AccountEvent.objects.record(EventKind.ACCOUNT_CREATED, person=person)
        AccountEvent.objects.record(EventKind.ROLE_GRANTED, person=person, organisation=place, role=role)
        self.stdout.write(password)
