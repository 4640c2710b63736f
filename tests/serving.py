"""The portal as a server of its own beside the test, on the database of the test."""

import pytest
from django.conf import settings as portal
from django.db import connection

from scripts.serving import database_url, gunicorn


def beside(settings) -> dict[str, str]:
    """The environment in which another process works on the database and the files of this test."""
    return {
        "DEMO": "1", "DATABASE_URL": database_url(connection.settings_dict), "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "SECRET_KEY": portal.SECRET_KEY, "LEDGER_KEY_FILE": str(settings.LEDGER_KEY_FILE), "PYTHONPATH": ".",
        "LEDGER_CHECKPOINT_FILE": str(settings.LEDGER_CHECKPOINT_FILE), "REDIS_URL": "", "LOG_LEVEL": "ERROR",
    }  # fmt: skip


@pytest.fixture
def served(transactional_db, files, settings):
    """The port at which gunicorn serves the portal with two workers; the story's clock runs there."""
    with gunicorn("tests.march", environment=beside(settings)) as port:
        yield port
