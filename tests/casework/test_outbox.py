"""The outbox: written with the step, delivered after it, at least once, with growing pauses, one notice a person."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.models import Membership
from accounts.roles import Role
from casework import outbox
from casework.models.outbox import Notice, OutboxMessage
from casework.outbox import deliver
from casework.refusals import GuardRefused
from tests.desk import Page
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.story import DAY, NOW

MINUTE = timedelta(minutes=1)


def message(story, key="one", **given) -> OutboxMessage:
    """A message to the bureau's handlers about a call, put into the outbox."""
    call = story.call("draft")
    OutboxMessage.objects.all().update(delivered_at=NOW)
    values = {
        "kind": "task", "organisation": story.cast.bureau.organisation, "role": Role.BUREAU, "created_at": NOW,
        "next_attempt_at": NOW, "key": key, "context": {"title": call.title, "state": call.state},
    } | given  # fmt: skip
    outbox.put([OutboxMessage(**OutboxMessage.refers(call), **values)])
    return OutboxMessage.objects.get(key=key)


def everything(now=NOW) -> int:
    """Deliver all that waits; how many were delivered."""
    return deliver(now=now, limit=500)


@pytest.fixture
def server(monkeypatch):
    """A mail server that refuses the addresses in `refuses` with the error given for each, and counts what it takes."""

    class Server:
        refuses: dict[str, Exception] = {}
        tried: list[str] = []

    server = Server()
    server.refuses, server.tried = {}, []
    send = EmailMessage.send

    def refusing(self, *args, **given):
        server.tried += self.to
        if error := server.refuses.get(self.to[0]) or server.refuses.get("*"):
            raise error
        return send(self, *args, **given)

    monkeypatch.setattr(EmailMessage, "send", refusing)
    return server


# --- written with the step -----------------------------------------------------------------------------------


def test_a_step_writes_its_messages_and_delivers_none(story):
    case = story.application("qualification_review")
    waiting = OutboxMessage.objects.of(case).filter(delivered_at=None)
    assert list(waiting.values_list("kind", "organisation__name", "role", "attempts").order_by("pk"))[-1] == (
        "task", "Data Authority", "bureau", 0,
    )  # fmt: skip
    assert (mail.outbox, Notice.objects.count()) == ([], 0)
    assert set(waiting.values_list("created_at", "next_attempt_at")) == {(NOW, NOW)}


def test_a_step_that_is_rolled_back_leaves_nothing_to_deliver(story):
    case = story.application()
    story.complete(case)
    everything()
    count, sent = OutboxMessage.objects.count(), len(mail.outbox)
    with transaction.atomic():
        case.submit(by=story.cast.applicant, truth=True)
        assert OutboxMessage.objects.count() > count
        transaction.set_rollback(True)
    assert everything() == 0
    assert (OutboxMessage.objects.count(), len(mail.outbox)) == (count, sent)


def test_a_refused_step_tells_nobody(story):
    case = story.application()
    everything()
    count, sent = OutboxMessage.objects.count(), len(mail.outbox)
    with pytest.raises(GuardRefused):
        case.submit(by=story.cast.applicant, truth=True)
    everything()
    assert (OutboxMessage.objects.count(), len(mail.outbox)) == (count, sent)


def test_the_same_message_is_kept_once(story):
    first = message(story)
    again = OutboxMessage(
        **{name: getattr(first, name) for name in ("case_kind", "case_id", "case_number", "organisation", "key")},
        kind="overdue", created_at=NOW + DAY, next_attempt_at=NOW + DAY,
    )  # fmt: skip
    outbox.put([again])
    assert OutboxMessage.objects.filter(key=first.key).values_list("kind", "created_at").get() == ("task", NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxMessage.objects.create(**OutboxMessage.refers(story.call("draft")), kind="task", key=first.key,
                                     organisation=first.organisation, created_at=NOW, next_attempt_at=NOW)  # fmt: skip


# --- delivered after it --------------------------------------------------------------------------------------


def test_everybody_with_the_role_gets_one_notice_and_one_mail(story):
    told = message(story)
    assert everything() == 1
    told.refresh_from_db()
    assert (told.delivered_at, told.attempts, told.last_error) == (NOW, 1, "")
    assert sorted(Notice.objects.values_list("person__username", flat=True)) == ["bureau", "bureau2"]
    assert sorted(letter.to[0] for letter in mail.outbox) == ["bureau2@example.test", "bureau@example.test"]
    assert everything() == everything(NOW + DAY) == 0
    assert (Notice.objects.count(), len(mail.outbox)) == (2, 2)


def test_a_mail_says_number_and_address_and_no_particulars_in_the_offices_language(story):
    told = message(story)
    everything()
    letter = mail.outbox[0]
    assert f"/cases/calls/{told.case_number}/" in letter.body
    assert "Operators of public data" not in letter.body + letter.subject
    with translation.override("zh-hans"):
        assert letter.subject == f"{outbox.WORDS['task']} {told.case_number}"
    assert "It is your turn" not in letter.subject


def test_a_message_to_one_person_reaches_that_person_alone(story):
    message(story, person=story.cast.bureau2.person)
    everything()
    assert list(Notice.objects.values_list("person__username", flat=True)) == ["bureau2"]


def test_a_message_without_a_role_reaches_each_person_of_the_organisation_once(story):
    MembershipFactory(person=story.cast.bureau.person, organisation=story.cast.bureau.organisation, role="bureau_lead")
    message(story, role="")
    everything()
    assert sorted(Notice.objects.values_list("person__username", flat=True)) == ["bureau", "bureau2", "bureau_lead"]
    assert len(mail.outbox) == 3


def test_it_reaches_the_people_there_are_when_it_is_delivered(story):
    message(story)
    joined = MembershipFactory(
        person=UserFactory(username="newcomer"), organisation=story.cast.bureau.organisation, role=Role.BUREAU
    )
    yesterday = (NOW - DAY).date()
    Membership.objects.filter(person=story.cast.bureau2.person).update(valid_from=yesterday, valid_until=yesterday)
    everything()
    assert sorted(Notice.objects.values_list("person__username", flat=True)) == ["bureau", joined.person.username]


def test_whoever_was_locked_out_is_told_nothing(story):
    person = story.cast.bureau2.person
    person.is_active = False
    person.save()
    message(story, person=person)
    assert everything() == 1
    assert (Notice.objects.count(), len(mail.outbox)) == (0, 0)


def test_somebody_without_an_address_gets_the_notice(story):
    story.cast.bureau.person.email = ""
    story.cast.bureau.person.save()
    message(story)
    assert everything() == 1
    assert Notice.objects.count() == 2
    assert [letter.to for letter in mail.outbox] == [["bureau2@example.test"]]


def test_the_notice_stands_on_the_page_until_it_is_read(story):
    told = message(story)
    everything()
    desk = Page(story.cast.bureau)
    text = desk.open("notices").content.decode()
    assert "It is your turn." in text
    assert told.case_number in text
    desk.send("notices")
    assert Notice.objects.get(person=story.cast.bureau.person).read_at == NOW
    assert Notice.objects.get(person=story.cast.bureau2.person).read_at is None


def test_what_is_put_off_waits_for_its_time(story):
    message(story, next_attempt_at=NOW + MINUTE)
    assert everything(NOW + MINUTE - timedelta(seconds=1)) == 0
    assert everything(NOW + MINUTE) == 1


def test_no_more_is_delivered_than_asked_for(story):
    first = message(story)
    for number in range(4):
        copied = OutboxMessage.objects.get(pk=first.pk)
        copied.pk, copied.key = None, f"copy {number}"
        copied.save()
    assert [deliver(now=NOW, limit=2) for _time in range(4)] == [2, 2, 1, 0]


# --- when mail fails -----------------------------------------------------------------------------------------


def test_a_mail_that_fails_is_tried_again_after_growing_pauses_up_to_six_hours(story, server):
    told = message(story)
    server.refuses["*"] = ConnectionRefusedError("no server")
    now, pauses = NOW, []
    for attempt in range(1, 13):
        assert everything(now) == 0
        told.refresh_from_db()
        assert (told.attempts, told.delivered_at) == (attempt, None)
        assert told.last_error == "ConnectionRefusedError: no server"
        assert everything(told.next_attempt_at - timedelta(seconds=1)) == 0
        pauses.append((told.next_attempt_at - now) / MINUTE)
        now = told.next_attempt_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    assert Notice.objects.count() == 2
    server.refuses.clear()
    assert everything(now) == 1
    told.refresh_from_db()
    assert (told.delivered_at, told.last_error, len(mail.outbox)) == (now, "", 2)
    assert Notice.objects.count() == 2


def test_after_a_thousand_attempts_the_pause_is_still_six_hours(story, server):
    told = message(story, attempts=1000)
    server.refuses["*"] = OSError("no server")
    everything()
    told.refresh_from_db()
    assert told.next_attempt_at == NOW + timedelta(hours=6)


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({}), TimeoutError("slow"), ValueError("bad header"),
        UnicodeEncodeError("ascii", "张", 0, 1, "no"),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_one_address_that_fails_keeps_nobody_from_their_mail_nor_brings_it_twice(story, server, error):
    told = message(story)
    server.refuses["bureau@example.test"] = error
    assert everything() == 0
    assert [letter.to for letter in mail.outbox] == [["bureau2@example.test"]]
    for attempt in (1, 2, 3):
        told.refresh_from_db()
        assert (told.attempts, told.delivered_at) == (attempt, None)
        everything(told.next_attempt_at)
    assert server.tried.count("bureau2@example.test") == 1
    assert server.tried.count("bureau@example.test") == 4
    server.refuses.clear()
    told.refresh_from_db()
    assert everything(told.next_attempt_at) == 1
    assert sorted(letter.to[0] for letter in mail.outbox) == ["bureau2@example.test", "bureau@example.test"]


@pytest.mark.parametrize("error", [ConnectionRefusedError("no server"), ValueError("bad header")])
def test_a_message_that_fails_does_not_hold_up_the_next(story, server, error):
    stuck = message(story, person=story.cast.bureau.person)
    later = message(story, key="two", person=story.cast.bureau2.person)
    OutboxMessage.objects.filter(pk=stuck.pk).update(delivered_at=None)
    server.refuses["bureau@example.test"] = error
    assert everything() == 1
    stuck.refresh_from_db()
    later.refresh_from_db()
    assert (stuck.delivered_at, later.delivered_at) == (None, NOW)


def test_many_failures_are_an_alarm(story, server, caplog):
    message(story, attempts=8)
    server.refuses["*"] = ConnectionRefusedError("no server")
    everything()
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    caplog.clear()
    everything(NOW + DAY)
    assert {record.levelname for record in caplog.records} == {"ERROR"}


def test_what_a_worker_that_died_had_claimed_is_delivered_later(story, monkeypatch):
    told = message(story)

    class Died(BaseException):
        pass

    def die(message):
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_mail_all", die)
        pytest.raises(Died, everything)
    told.refresh_from_db()
    assert (told.delivered_at, told.next_attempt_at) == (None, NOW + MINUTE)
    assert everything() == 0
    assert everything(NOW + MINUTE) == 1
    assert (Notice.objects.count(), len(mail.outbox)) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_mail_is_sent(story, monkeypatch):
    """A mail server that takes its time must not hold the lock that every writer of an embedded database needs."""
    message(story)
    open_then = []
    monkeypatch.setattr(
        EmailMessage, "send", lambda *args, **given: open_then.append(transaction.get_connection().in_atomic_block)
    )
    assert everything() == 1
    assert open_then == [False, False]
