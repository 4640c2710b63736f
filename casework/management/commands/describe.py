"""`manage.py describe [--check]`: write the generated pages of the documentation, or say which are out of date."""

from django.core.management.base import BaseCommand, CommandError

from casework import describing


class Command(BaseCommand):
    """Writes only what has changed; with --check it writes nothing and fails where a page differs."""

    help = "Write docs/generated/ from the code."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is out of date")

    def handle(self, *args, check=False, **options):
        if not check:
            self.stdout.write("\n".join(describing.write()) or "nothing has changed")
        elif names := describing.outdated():
            raise CommandError(f"docs/generated is out of date ({', '.join(names)}). `make docs` writes it anew.")
