"""Account events are covered by ledger entries, so that who was given which role can't be rewritten unnoticed."""

import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AccountEvent, EventKind
from casework import anchoring
from casework.ledger.models import Entry
from casework.tasks import reconcile_ledger

LATER = anchoring.SETTLED + timedelta(seconds=1)


@pytest.fixture
def events(story):
    for name in ("bureau", "applicant"):
        person = story.cast[name].person
        AccountEvent.objects.record(EventKind.SIGNED_IN, person=person, by=person, ip="10.0.0.1", delegation=7)
    return list(AccountEvent.objects.order_by("id"))


def anchors():
    return Entry.objects.filter(action=anchoring.ACTION)


def tamper(statement, *values):
    """Change rows past the triggers, as somebody with full rights on the database would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE accounts_accountevent DISABLE TRIGGER USER")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'accounts_accountevent'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement, values)


def test_settled_events_are_covered_once(events):
    assert anchoring.anchor(timezone.now()) == 0
    assert anchoring.anchor(timezone.now() + LATER) == len(events)
    assert anchoring.anchor(timezone.now() + LATER) == 0
    assert anchors().count() == 1
    assert anchoring.check() == []


def test_an_entry_tells_no_name_and_no_address(events):
    anchoring.anchor(timezone.now() + LATER)
    said = bytes(anchors().get().payload).decode()
    assert "10.0.0.1" not in said
    assert events[0].person.username not in said


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts_accountevent SET kind = 'signed_out' WHERE id = %s",
        "UPDATE accounts_accountevent SET person_id = NULL WHERE id = %s",
        "UPDATE accounts_accountevent SET detail = '{}' WHERE id = %s",
        "DELETE FROM accounts_accountevent WHERE id = %s",
    ],
)
def test_a_changed_or_removed_event_is_found_and_reported(events, change, caplog):
    anchoring.anchor(timezone.now() + LATER)
    tamper(change, events[0].pk)
    with caplog.at_level(logging.ERROR):
        assert reconcile_ledger() == 1
    assert f"account events {events[0].pk} to {events[-1].pk} differ" in caplog.text
