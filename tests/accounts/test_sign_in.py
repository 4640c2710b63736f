"""Signing in and out, lock-out, idle time, and what is noted of them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.models import AccountEvent, EventKind, User
from accounts.security_profiles import LEVEL3
from tests.cast import PASSWORD, PEOPLE
from tests.factories.accounts import MembershipFactory, UserFactory

LOGIN = "/accounts/login/"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def sign_in(client, username, password=PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_the_right_password_signs_in_and_leads_back(client, cast):
    response = sign_in(client, "bureau", next="/accounts/delegations/?page=2")
    assert (response.status_code, response.url) == (302, "/accounts/delegations/?page=2")
    assert signed_in_as(client) == str(cast.bureau.person.pk)
    event = AccountEvent.objects.get()
    assert (event.kind, event.person, event.by, event.ip) == (
        EventKind.SIGNED_IN,
        cast.bureau.person,
        cast.bureau.person,
        "127.0.0.1",
    )


@pytest.mark.parametrize("wanted", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "\\\\evil.test"])
def test_sign_in_never_leads_to_another_host(client, cast, wanted):
    assert sign_in(client, "bureau", next=wanted).url == "/"


@pytest.mark.parametrize(("username", "person"), [("bureau", "bureau"), ("nobody", None), ("", None)])
def test_wrong_credentials_are_refused_without_telling_which_was_wrong(client, cast, username, person):
    response = sign_in(client, username, "wrong")
    assert response.status_code == 200
    assert signed_in_as(client) is None
    if username:
        assert response.context["form"].non_field_errors() == [
            "The user name and the password do not belong together. Both are case-sensitive."
        ]
    event = AccountEvent.objects.get()
    assert event.kind == EventKind.SIGN_IN_FAILED
    assert event.person == (cast[person].person if person else None)
    assert event.by is None
    assert event.detail == {}


def test_a_closed_account_does_not_sign_in(client, db):
    sign_in(client, UserFactory(is_active=False).username)
    assert signed_in_as(client) is None


@pytest.mark.parametrize("username", ["x" * 5000, "a\x00b", "<script>alert(1)</script>"])
def test_odd_user_names_are_only_wrong(client, db, username):
    response = sign_in(client, username)
    assert response.status_code == 200
    assert "<script>alert(1)" not in response.content.decode()


def test_the_fifth_failure_locks_the_account_for_half_an_hour_and_no_longer(client, cast):
    assert (LEVEL3.failures, LEVEL3.lock_for) == (5, timedelta(minutes=30))
    with time_machine.travel(START, tick=False) as clock:
        assert [sign_in(client, "bureau", "wrong").status_code for _ in range(4)] == [200] * 4
        locked = sign_in(client, "bureau", "wrong")
        assert locked.status_code == 429
        assert "locked for 30 minutes" in locked.content.decode()
        clock.shift(timedelta(minutes=29))
        # Tries during the lock, even with the right password, change nothing and do not prolong it.
        assert sign_in(client, "bureau").status_code == 429
        assert signed_in_as(client) is None
        clock.shift(timedelta(minutes=2))
        assert sign_in(client, "bureau").status_code == 302
    kinds = list(AccountEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == [EventKind.SIGN_IN_FAILED] * 4 + [EventKind.LOCKED_OUT] * 2 + [EventKind.SIGNED_IN]


def test_a_lock_holds_for_that_account_alone_and_from_every_address(cast):
    for number in range(5):
        sign_in(Client(REMOTE_ADDR=f"10.0.0.{number}"), "bureau", "wrong")
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9"), "bureau").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="10.0.0.1"), "bureau2").status_code == 302


def test_a_success_forgets_earlier_failures(client, cast):
    for _ in range(2):
        for _ in range(4):
            assert sign_in(client, "bureau", "wrong").status_code == 200
        assert sign_in(client, "bureau").status_code == 302
        client.logout()


def test_signing_out_is_a_post(client, cast):
    client.force_login(cast.bureau.person)
    assert client.get(reverse("logout")).status_code == 405
    assert signed_in_as(client) is not None
    assert client.post(reverse("logout")).status_code == 302
    assert signed_in_as(client) is None
    assert AccountEvent.objects.get().kind == EventKind.SIGNED_OUT


def test_sign_in_refuses_a_post_without_token(cast):
    client = Client(enforce_csrf_checks=True)
    assert sign_in(client, "bureau").status_code == 403
    assert signed_in_as(client) is None


def test_the_session_key_changes_at_sign_in(client, cast):
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    client.cookies[django_settings.SESSION_COOKIE_NAME] = before
    sign_in(client, "bureau")
    assert client.session.session_key != before


# --- Demonstration ----------------------------------------------------------------------------------------------


def test_a_demonstration_offers_each_account_as_a_button_by_role(client, cast, settings, django_assert_max_num_queries):
    settings.DEMO = True
    nobody = MembershipFactory(person__username="without-password", person__password=None).person
    assert not nobody.has_usable_password()
    with django_assert_max_num_queries(2):
        response = client.get(LOGIN)
    groups = {role: [member.person.username for member in members] for role, members in response.context["demo_groups"]}
    assert groups["bureau"] == ["bureau", "bureau2"]
    assert groups["expert"] == [f"expert{number}" for number in range(1, 6)]
    assert sorted(name for names in groups.values() for name in names) == sorted(PEOPLE)
    page = response.content.decode()
    assert page.count('<input type="hidden" name="username"') == len(PEOPLE)
    assert page.count("csrfmiddlewaretoken") > len(PEOPLE)


def test_outside_a_demonstration_no_account_is_named(client, cast, settings):
    settings.DEMO = False
    page = client.get(LOGIN).content.decode()
    assert "bureau2" not in page
    assert 'value="demo"' not in page


def test_names_on_the_buttons_cannot_carry_script(client, cast, settings):
    settings.DEMO = True
    User.objects.filter(username="bureau").update(name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in client.get(LOGIN).content.decode()


# --- Idle time --------------------------------------------------------------------------------------------------


def test_half_an_hour_without_activity_signs_out_and_leads_back_after_sign_in(client, cast):
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(cast.bureau.person)
        assert client.get("/accounts/acting/").status_code == 200
        clock.shift(timedelta(minutes=30))
        assert client.get("/accounts/acting/").status_code == 200
        clock.shift(timedelta(minutes=30, seconds=1))
        response = client.get("/accounts/delegations/?page=2")
        assert (response.status_code, response.url) == (
            302,
            "/accounts/login/?next=/accounts/delegations/%3Fpage%3D2",
        )
        assert signed_in_as(client) is None
        page = client.get(response.url).content.decode()
        assert "You were signed out after 30 minutes without activity." in page
        back = sign_in(client, "bureau", next="/accounts/delegations/?page=2")
        assert back.url == "/accounts/delegations/?page=2"
    assert AccountEvent.objects.filter(kind=EventKind.TIMED_OUT, person=cast.bureau.person).count() == 1


@pytest.mark.parametrize(
    ("headers", "status", "where", "value"),
    [
        (
            {"referer": "http://testserver/accounts/delegations/new/?a=1"},
            302,
            "Location",
            "/accounts/login/?next=/accounts/delegations/new/%3Fa%3D1",
        ),
        ({"referer": "https://evil.test/x"}, 302, "Location", "/accounts/login/?next=/"),
        ({}, 302, "Location", "/accounts/login/?next=/"),
        (
            {"hx-request": "true", "hx-current-url": "http://testserver/accounts/delegations/new/"},
            401,
            "HX-Redirect",
            "/accounts/login/?next=/accounts/delegations/new/",
        ),
    ],
)
def test_a_form_sent_too_late_leads_back_to_the_page_that_held_it(client, cast, headers, status, where, value):
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(cast.bureau.person)
        client.get("/accounts/acting/")
        clock.shift(timedelta(minutes=31))
        response = client.post("/accounts/delegations/new/", {"reason": "typed"}, headers=headers)
    assert (response.status_code, response[where]) == (status, value)


def test_activity_is_noted_at_most_once_a_minute(client, cast, django_assert_num_queries):
    with time_machine.travel(START, tick=False) as clock:
        client.force_login(cast.bureau.person)
        client.get("/accounts/acting/")
        noted = client.session["seen"]
        clock.shift(timedelta(seconds=59))
        client.get("/accounts/acting/")
        assert client.session["seen"] == noted
        clock.shift(timedelta(seconds=1))
        client.get("/accounts/acting/")
        assert client.session["seen"] == noted + 60


# --- Addresses --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxy", "forwarded", "remote", "expected"),
    [
        (None, "6.6.6.6", "10.0.0.1", "10.0.0.1"),
        (("HTTP_X_FORWARDED_PROTO", "https"), "6.6.6.6, 8.8.8.8", "10.0.0.1", "8.8.8.8"),
        (("HTTP_X_FORWARDED_PROTO", "https"), None, "10.0.0.1", "10.0.0.1"),
        (("HTTP_X_FORWARDED_PROTO", "https"), "<script>", "10.0.0.1", None),
        (None, None, "", None),
    ],
)
def test_the_address_is_the_one_that_our_own_proxy_saw(client, cast, settings, proxy, forwarded, remote, expected):
    settings.SECURE_PROXY_SSL_HEADER = proxy
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    client.post(LOGIN, {"username": "bureau", "password": PASSWORD}, headers=headers, REMOTE_ADDR=remote)
    assert AccountEvent.objects.get().ip == expected
