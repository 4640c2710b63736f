"""What the security profile asks of passwords."""

import sys
from datetime import UTC, datetime, timedelta
from subprocess import run

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AccountEvent, EventKind
from accounts.passwords import must_change
from accounts.security_profiles import LEVEL3, PROFILES, current
from tests.cast import PASSWORD
from tests.factories.accounts import PastPasswordFactory, UserFactory

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GOOD = "Winter-2026-river"


def change(client, new, old=PASSWORD, again=None, **more):
    typed = {"old_password": old, "new_password1": new, "new_password2": again or new, **more}
    return client.post(reverse("password_change"), typed)


@pytest.mark.parametrize("password", ["Mvbxkf12", "abcdef1!", "ABCDEF1!", "Abcdef!!", GOOD, "密码Aa1密码密码"])
def test_three_of_four_kinds_in_eight_characters_are_enough(password):
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ab1!xyz", "password_too_short"),
        ("abcdefgh", "password_character_classes"),
        ("abcdefg1", "password_character_classes"),
        ("ABCDEFG1", "password_character_classes"),
        ("12345678!", "password_character_classes"),
        ("password123", "password_too_common"),
    ],
)
def test_weaker_passwords_are_refused(password, code):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert code in [error.code for error in refused.value.error_list]


def test_a_password_like_the_name_is_refused(db):
    user = UserFactory(username="li.xiaoming", name="Li Xiaoming")
    with pytest.raises(ValidationError) as refused:
        validate_password("Li.Xiaoming1", user)
    assert [error.code for error in refused.value.error_list] == ["password_too_similar"]


def test_the_last_five_passwords_do_not_come_back_and_the_sixth_last_does(db):
    user = UserFactory()
    past = [f"Winter-{year}" for year in range(2020, 2026)]
    for password in past:
        user.set_password(password)
        user.save()
    assert user.past_passwords.count() == LEVEL3.remembered == 5
    for password in past[1:]:
        with pytest.raises(ValidationError, match="differs from the last 5"):
            validate_password(password, user)
    validate_password(past[0], user)


def test_the_present_password_does_not_count_as_new_even_without_history(db):
    user = UserFactory()
    with pytest.raises(ValidationError, match="differs from the last 5"):
        validate_password(PASSWORD, user)


def test_somebody_elses_past_password_is_free(db):
    other = UserFactory()
    other.set_password(GOOD)
    other.save()
    PastPasswordFactory(person=other, hashed=other.password)
    validate_password(GOOD, UserFactory())


def test_changing_it_keeps_the_session_and_is_noted(client, cast):
    client.force_login(cast.bureau.person)
    response = change(client, GOOD, next="/accounts/acting/")
    assert (response.status_code, response.url) == (302, "/accounts/acting/")
    assert client.get("/accounts/acting/").status_code == 200
    cast.bureau.person.refresh_from_db()
    assert cast.bureau.person.check_password(GOOD)
    assert AccountEvent.objects.get().kind == EventKind.PASSWORD_CHANGED
    assert change(client, "Other-2026-lake", GOOD, next="https://evil.test/").url == "/"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"old": "wrong", "new": GOOD}, "old_password"),
        ({"new": GOOD, "again": GOOD + "x"}, "new_password2"),
        ({"new": "short"}, "new_password2"),
        ({"new": PASSWORD}, "new_password2"),
    ],
)
def test_a_bad_change_is_named_at_its_field_and_changes_nothing(client, cast, typed, field):
    client.force_login(cast.bureau.person)
    response = change(client, **typed)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    cast.bureau.person.refresh_from_db()
    assert cast.bureau.person.check_password(PASSWORD)
    assert not AccountEvent.objects.exists()


def test_after_ninety_days_nothing_opens_but_the_change(client, cast, level3):
    with time_machine.travel(START, tick=False) as clock:
        cast.bureau.person.set_password(PASSWORD)
        cast.bureau.person.save()
        clock.shift(LEVEL3.password_max_age)
        client.force_login(cast.bureau.person)
        assert client.get("/accounts/acting/").status_code == 200
        clock.shift(timedelta(seconds=1))
        response = client.get("/accounts/acting/?a=1")
        assert (response.status_code, response.url) == (302, "/accounts/password/?next=/accounts/acting/%3Fa%3D1")
        assert "has expired or was set by an administrator" in client.get(response.url).content.decode()
        assert change(client, GOOD, next="/accounts/acting/?a=1").url == "/accounts/acting/?a=1"
        assert client.get("/accounts/acting/?a=1").status_code == 200


def test_a_password_set_by_somebody_else_has_to_be_changed(client, cast):
    person = cast.bureau.person
    person.password_changed_at = None
    person.save()
    assert must_change(person)
    client.force_login(person)
    assert client.get("/accounts/acting/").url == "/accounts/password/?next=/accounts/acting/"
    assert client.post("/accounts/logout/").status_code == 302


def test_the_default_profile_is_level_three():
    assert LEVEL3.min_length == 8
    assert LEVEL3.password_max_age == timedelta(days=90)
    assert LEVEL3.idle == timedelta(minutes=30)
    assert LEVEL3.second_factor_roles == {"sysadmin", "secadmin", "auditadmin"}


def test_the_demonstration_relaxes_two_things_and_nothing_else():
    demo = {**vars(PROFILES["demo"])}
    changed = {name for name, value in vars(LEVEL3).items() if demo[name] != value}
    assert changed == {"password_max_age", "second_factor_roles"}


def test_a_role_can_be_required_to_have_a_second_factor(settings, level3):
    settings.SECOND_FACTOR_ROLES = ["bureau"]
    assert current().second_factor_roles == LEVEL3.second_factor_roles | {"bureau"}


@pytest.mark.parametrize("profile", ["demo", "level9", ""])
def test_production_refuses_to_start_with_the_demonstrations_profile(profile):
    environment = {
        "PATH": "/usr/bin:/bin",
        "DEMO": "0",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "portal.test",
        "SECURITY_PROFILE": profile,
    }
    ended = run(
        [sys.executable, "-c", "import futian_portal.settings"],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert f"SECURITY_PROFILE is {profile!r}. Outside a demonstration it is one of ['level3']." in ended.stderr
