"""Benchmarks, each printed as a ratio to its floor measured in the same run: `python -m benchmarks.due_date`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the set-up
from django.test.utils import get_runner  # noqa: E402


@contextmanager
def own_database() -> Iterator[None]:
    """A test database, removed afterwards: PostgreSQL where DATABASE_URL names one, else SQLite."""
    runner = get_runner(settings)(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()
