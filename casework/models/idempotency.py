"""Answers kept so that a repeated write is answered, not done again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

KEPT = timedelta(weeks=1)
"""How long an answer is kept; a key that comes later is a new one."""


class IdempotentAnswer(models.Model):
    """The answer given to a write with an `Idempotency-Key`: same key and body, same answer."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return self.key

    @classmethod
    def forget(cls, now: datetime) -> int:
        """Remove answers older than `KEPT`; returns how many. What they answered stands in the ledger."""
        return cls.objects.filter(created_at__lt=now - KEPT).delete()[0]
