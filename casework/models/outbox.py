"""The outbox: what is to be told to whom, written in the step's transaction and delivered after it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from casework.models.of_case import OfCase


class OutboxMessage(OfCase):
    """A message to everybody with a role (any, if empty) in an organisation, or to one person. `key` makes it once.

    `context` says what the message is about, and under `mailed` who has been mailed already.
    """

    kind = models.CharField(max_length=30)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    context = models.JSONField(default=dict)
    key = models.CharField(max_length=150, unique=True)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta(OfCase.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["next_attempt_at"], name="outbox_waiting", condition=models.Q(delivered_at=None)),
        ]

    def __str__(self) -> str:
        return self.key


class Notice(models.Model):
    """A message as it reached a person inside the portal."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="notices")
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "message"], name="one_notice_a_person")]
        indexes = [models.Index(fields=["person"], name="notice_unread", condition=models.Q(read_at=None))]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id}"
