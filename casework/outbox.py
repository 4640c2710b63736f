"""Putting messages into the outbox, and delivering them: at least once, with growing pauses after a failure."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import members_with
from accounts.roles import Role
from casework.kinds import kinds
from casework.models.outbox import Notice, OutboxMessage
from casework.words import WORDS

logger = logging.getLogger(__name__)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
ALARM_AFTER = 10
"""Attempts after which each further failure is an error in the log of the process; it is never given up silently."""


def put(messages: Iterable[OutboxMessage]) -> None:
    """Write messages in the transaction under way, with one insert; one that is there already is left alone."""
    OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)


def deliver(*, now: datetime, limit: int) -> int:
    """Deliver what waits, each message by itself. Returns how many were delivered.

    A row is claimed under a lock that other workers skip, and put off by the next pause before anything is mailed: no
    lock is held while a mail server takes its time, and what a worker that died has claimed is tried again later.
    """
    delivered = 0
    for _attempt in range(limit):
        message = _claim(now)
        if message is None:
            break
        delivered += _deliver(message, now)
    return delivered


def _claim(now: datetime) -> OutboxMessage | None:
    """The next message that is due, with the notices it brings written and its next attempt put off."""
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(delivered_at=None, next_attempt_at__lte=now)
            .select_related("organisation", "person")
            .order_by("next_attempt_at", "id")
            .first()
        )
        if message is None:
            return None
        Notice.objects.bulk_create(
            [Notice(person=person, message=message) for person in _recipients(message)], ignore_conflicts=True
        )
        message.next_attempt_at = now + min(FIRST_PAUSE * 2 ** min(message.attempts, 20), LONGEST_PAUSE)
        message.attempts += 1
        message.save(update_fields=["attempts", "next_attempt_at"])
        return message


def _deliver(message: OutboxMessage, now: datetime) -> int:
    message.last_error = _mail_all(message)
    if not message.last_error:
        message.delivered_at = now
    message.save(update_fields=["context", "last_error", "delivered_at"])
    return int(message.delivered_at is not None)


def _mail_all(message: OutboxMessage) -> str:
    """Mail everybody who has not been mailed yet; returns what went wrong, if anything did.

    An address that fails keeps nobody else from their mail and brings it to nobody twice.
    """
    mailed, problem = set(message.context.get("mailed", [])), ""
    for person in _recipients(message):
        if not person.email or person.pk in mailed:
            continue
        try:
            _mail(message, person).send()
        except Exception as error:
            # Whatever an address or a mail server makes of one mail, the others go out and this one is tried again.
            problem = f"{type(error).__name__}: {error}"[:500]
            level = logging.ERROR if message.attempts >= ALARM_AFTER else logging.WARNING
            logger.log(level, "outbox message %s failed %s times: %s", message.key, message.attempts, problem)
        else:
            mailed.add(person.pk)
    message.context = message.context | {"mailed": sorted(mailed)}
    return problem


def _recipients(message: OutboxMessage) -> Iterable[User]:
    """The people the message is for, as they are now, not as they were when it was written."""
    if message.person is not None:
        return [message.person] if message.person.is_active else []
    if message.role:
        return members_with(Role(message.role), message.organisation)
    today = message.organisation.memberships.in_force()
    return User.objects.filter(pk__in=today.values("person")).order_by("pk")


def _mail(message: OutboxMessage, person: User) -> EmailMessage:
    """A short mail without particulars: the number and where to read on. In the office's language."""
    with translation.override(settings.LANGUAGE_CODE):
        words = str(WORDS[message.kind])
        plural = kinds()[message.case_kind].plural
        address = settings.SITE_URL + reverse("case", args=[plural, message.case_number])
        body = _("%(name)s,\n\n%(words)s\nCase: %(number)s\n%(address)s\n") % {
            "name": person.name, "words": words, "number": message.case_number, "address": address,
        }  # fmt: skip
        return EmailMessage(f"{words} {message.case_number}", body, to=[person.email])
