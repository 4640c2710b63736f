"""One-time codes as a second factor."""

import threading
import time
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.core.checks import run_checks
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from accounts.models import AccountEvent, EventKind
from tests.cast import PASSWORD
from tests.factories.accounts import UserFactory

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PAGE = "/accounts/second-factor/"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def code_of(device) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return f"{totp.token():06d}"


def enrolled(user) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name=second_factor.DEVICE_NAME, confirmed=True)


def kinds():
    return list(AccountEvent.objects.order_by("id").values_list("kind", flat=True))


def test_an_administrator_signs_in_enrols_and_goes_on(client, cast, level3, clock):
    client.post("/accounts/login/", {"username": "secadmin", "password": PASSWORD})
    response = client.get("/accounts/acting/")
    assert (response.status_code, response.url) == (302, f"{PAGE}?next=/accounts/acting/")
    page = client.get(response.url)
    assert "Your role needs a second factor." in page.content.decode()
    assert page.context["qr_code"].startswith("data:image/svg+xml")
    assert page.context["qr_code"] in unescape(page.content.decode())
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    device = TOTPDevice.objects.get()
    assert not device.confirmed
    assert second_factor.typed_key(device) in page.content.decode()
    done = client.post(PAGE, {"code": code_of(device), "next": "/accounts/acting/"})
    assert (done.status_code, done.url) == (302, "/accounts/acting/")
    assert client.get("/accounts/acting/").status_code == 200
    assert kinds() == [EventKind.SIGNED_IN, EventKind.SECOND_FACTOR_ENROLLED]


@pytest.mark.parametrize("name", ["sysadmin", "secadmin", "auditadmin"])
def test_no_page_opens_for_an_administrator_without_it(client, cast, level3, name):
    client.force_login(cast[name].person)
    for page in ("acting", "delegations", "password_change", "admin:index"):
        response = client.get(reverse(page))
        assert (response.status_code, response.url.partition("?")[0]) == (302, PAGE)
    assert client.post(reverse("logout")).status_code == 302


def test_others_need_none(client, cast, level3):
    client.force_login(cast.bureau.person)
    assert client.get("/accounts/acting/").status_code == 200


def test_any_role_can_be_required_to_have_it(client, cast, level3, settings):
    settings.SECOND_FACTOR_ROLES = ["bureau"]
    client.force_login(cast.bureau.person)
    assert client.get("/accounts/acting/").url == f"{PAGE}?next=/accounts/acting/"
    client.force_login(cast.operator.person)
    assert client.get("/accounts/acting/").status_code == 200


def test_a_misspelt_role_stops_the_start(settings):
    settings.SECOND_FACTOR_ROLES = ["burau"]
    assert [error.id for error in run_checks(tags=["security"]) if error.id.startswith("accounts.")] == [
        "accounts.E001"
    ]


def test_who_enrolled_by_wish_gives_a_code_at_each_sign_in(client, cast, clock):
    device = enrolled(cast.bureau.person)
    client.post("/accounts/login/", {"username": "bureau", "password": PASSWORD})
    assert client.get("/accounts/acting/").url == f"{PAGE}?next=/accounts/acting/"
    page = client.get(PAGE).content.decode()
    assert "data:image/svg" not in page
    assert second_factor.typed_key(device) not in page
    assert client.post(PAGE, {"code": code_of(device), "next": "https://evil.test/"}).url == "/"
    assert client.get("/accounts/acting/").status_code == 200
    assert "you signed in with it" in client.get(PAGE).content.decode()
    assert kinds() == [EventKind.SIGNED_IN, EventKind.SECOND_FACTOR_PASSED]


def test_a_code_counts_once(client, cast, clock):
    device = enrolled(cast.bureau.person)
    code = code_of(device)
    client.force_login(cast.bureau.person)
    assert client.post(PAGE, {"code": code}).status_code == 302
    client.logout()
    client.force_login(cast.bureau.person)
    replayed = client.post(PAGE, {"code": code})
    assert replayed.status_code == 200
    assert replayed.context["form"].errors == {
        "code": ["This code is wrong, was used before, or came too soon after a wrong one. Wait for the next."]
    }
    assert client.get("/accounts/acting/").status_code == 302
    clock.shift(timedelta(seconds=60))
    assert client.post(PAGE, {"code": code_of(device)}).status_code == 302


def test_guessing_is_slowed_down(client, cast, clock):
    device = enrolled(cast.bureau.person)
    client.force_login(cast.bureau.person)
    wrong = f"{(int(code_of(device)) + 1) % 1_000_000:06d}"
    assert client.post(PAGE, {"code": wrong}).status_code == 200
    assert client.post(PAGE, {"code": code_of(device)}).status_code == 200
    clock.shift(timedelta(seconds=2))
    assert client.post(PAGE, {"code": code_of(device)}).status_code == 302
    assert kinds() == [EventKind.SECOND_FACTOR_FAILED] * 2 + [EventKind.SECOND_FACTOR_PASSED]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "12 456", "١٢٣٤٥٦"])
def test_what_is_no_code_is_refused_at_the_field(client, cast, code):
    enrolled(cast.bureau.person)
    client.force_login(cast.bureau.person)
    response = client.post(PAGE, {"code": code})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["code"]
    assert not AccountEvent.objects.exists()


def test_an_unfinished_enrolment_does_not_lock_out(client, cast):
    client.force_login(cast.bureau.person)
    key = second_factor.typed_key(second_factor.device_to_enrol(cast.bureau.person))
    assert key in client.get(PAGE).content.decode()
    assert client.get("/accounts/acting/").status_code == 200
    assert TOTPDevice.objects.count() == 1


def test_somebody_elses_code_does_not_count(client, cast, clock):
    enrolled(cast.bureau.person)
    theirs = enrolled(cast.bureau2.person)
    client.force_login(cast.bureau.person)
    assert client.post(PAGE, {"code": code_of(theirs)}).status_code == 200


def test_after_a_reset_one_enrols_again(client, cast, level3, clock):
    device = enrolled(cast.sysadmin.person)
    client.force_login(cast.sysadmin.person)
    client.post(PAGE, {"code": code_of(device)})
    assert client.get("/accounts/acting/").status_code == 200
    assert second_factor.reset(cast.sysadmin.person, by=cast.secadmin.person)
    # The session that the lost device opened is worth nothing any more.
    assert client.get("/accounts/acting/").url == f"{PAGE}?next=/accounts/acting/"
    assert "Set up a second factor" in client.get(PAGE).content.decode()
    assert not second_factor.reset(cast.bureau.person, by=cast.secadmin.person)
    assert AccountEvent.objects.filter(kind=EventKind.SECOND_FACTOR_RESET).count() == 1


def test_visitors_are_asked_to_sign_in(client, db):
    response = client.get(PAGE)
    assert (response.status_code, response.context["next"]) == (401, PAGE)
    assert not TOTPDevice.objects.exists()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.django_db(transaction=True)
def test_the_same_code_at_the_same_moment_counts_once():
    device = enrolled(UserFactory())
    code, start, passed = code_of(device), threading.Barrier(5), []

    def give(client):
        client.force_login(device.user)
        start.wait()
        if client.post(PAGE, {"code": code}).status_code == 302:
            passed.append(client)
        connections.close_all()

    threads = [threading.Thread(target=give, args=[Client()]) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 1
