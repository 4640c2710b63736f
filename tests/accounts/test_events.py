"""Account events: written with the change, never changed after."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import AccountEvent, EventKind, Membership, Organisation, User
from accounts.passwords import must_change
from accounts.roles import Role
from tests.factories.accounts import AccountEventFactory


@pytest.mark.parametrize(
    "tamper",
    [
        lambda event: AccountEvent.objects.filter(pk=event.pk).update(kind=EventKind.SIGNED_OUT),
        lambda event: event.delete(),
        lambda event: AccountEvent.objects.all().delete(),
        lambda event: event.save(),
    ],
)
def test_the_database_keeps_events_as_they_were(db, tamper):
    event = AccountEventFactory()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        tamper(event)
    assert AccountEvent.objects.get().kind == EventKind.SIGNED_IN


def test_an_event_goes_with_its_transaction(cast):
    with transaction.atomic():
        AccountEvent.objects.record(EventKind.UNLOCKED, person=cast.bureau.person)
        transaction.set_rollback(True)
    assert not AccountEvent.objects.exists()


def appoint(*args) -> str:
    out = StringIO()
    call_command("appoint_administrator", *args, stdout=out)
    return out.getvalue().strip()


def test_the_first_administrator_of_a_fresh_system(db):
    password = appoint("chief", "secadmin", "--name", "Chief")
    person = User.objects.get()
    assert person.check_password(password)
    assert must_change(person)
    assert Membership.objects.get().role == Role.SECADMIN
    assert list(AccountEvent.objects.order_by("id").values_list("kind", flat=True)) == [
        EventKind.ACCOUNT_CREATED,
        EventKind.ROLE_GRANTED,
    ]
    appoint("watcher", "auditadmin", "--name", "Watcher")
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["chief", "sysadmin", "--name", "Chief"], "already exists"),
        (["other", "sysadmin", "--name", ""], "cannot be blank"),
        (["other", "bureau", "--name", "Other"], "invalid choice"),
        (["other", "sysadmin", "--name", "Other", "--organisation", "Company"], "is not held in an organisation"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused_and_leaves_nothing(db, args, words):
    User.objects.create_user("chief", name="Chief")
    Organisation.objects.create(name="Company", kind="operator")
    with pytest.raises(CommandError, match=words):
        appoint(*args)
    assert not User.objects.exclude(username="chief").exists()
    assert not Membership.objects.exists()
    assert not AccountEvent.objects.exists()
