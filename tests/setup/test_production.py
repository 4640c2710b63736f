"""Production refuses to start on what would be unsafe, with a sentence that says what to do."""

import pytest

from tests.setup.files import PRODUCTION, python, read_by_settings, text

START = ("-c", "import django; django.setup(); print('started')")
DEMO_KEY = text("futian_portal/settings.py").split('DEMO_SECRET_KEY = "')[1].split('"')[0]


def test_it_starts_with_what_is_needed():
    done = python(*START)
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or is the demo key. Set SECRET_KEY"),
        ({"SECRET_KEY": DEMO_KEY}, "SECRET_KEY is missing or is the demo key. Set SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty. Name the hosts"),
        ({"SECURITY_PROFILE": "demo"}, "SECURITY_PROFILE is 'demo'. Outside a demonstration"),
        ({"SECURITY_PROFILE": "nonsense"}, "SECURITY_PROFILE is 'nonsense'. Outside a demonstration"),
        ({"EMAIL_URL": ""}, "EMAIL_URL names no way to send e-mail."),
        ({"EMAIL_URL": "pigeon://roof"}, "EMAIL_URL names no way to send e-mail."),
    ],
)
def test_it_refuses(changed, sentence):
    done = python(*START, **changed)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "started" not in done.stdout


def test_the_demo_is_not_loaded():
    done = python("manage.py", "demo", DATABASE_URL="sqlite://:memory:")
    assert done.returncode != 0
    assert "Set DEMO=1" in done.stderr


def test_nothing_is_taken_from_a_demonstration():
    done = python(
        "-c",
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.DEMO, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURITY_PROFILE, s.EMAIL_TIMEOUT)",
        SECURE_COOKIES="1", SECURE_SSL_REDIRECT="1",
    )  # fmt: skip
    assert done.stdout == "False True True level3 30\n", done.stderr


def test_the_values_of_these_tests_are_read():
    assert set(PRODUCTION) - {"DJANGO_SETTINGS_MODULE"} <= read_by_settings()


def test_the_suite_reads_no_env_file_and_no_collected_files(settings):
    assert (settings.TESTING, settings.DEMO, settings.STATIC_ROOT) == (True, False, None)
