"""Calls of data under grants: one record a call, figures by month kept beside them. Metadata only (Art. 4, 24).

Rows are written by `authorizations.call_logs` alone, a batch at a time; they are never changed or deleted (triggers).
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from authorizations.models.grant import Grant


class CallRecord(models.Model):
    """One call as the gateway of the `source` reported it: when, what came of it, how much; never what was in it."""

    OUTCOMES = [("success", _("Successful")), ("failure", _("Failed")), ("denied", _("Denied"))]

    source = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, verbose_name=_("reported by")
    )
    call_id = models.CharField(_("id of the call"), max_length=64)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="calls", db_index=False)
    at = models.DateTimeField(_("called at"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=OUTCOMES)
    rows = models.BigIntegerField(_("rows returned"))
    bytes = models.BigIntegerField(_("bytes returned"))
    duration_ms = models.IntegerField(_("duration in milliseconds"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("call record")
        verbose_name_plural = _("call records")
        constraints = [models.UniqueConstraint(fields=["source", "call_id"], name="one_record_a_call")]
        indexes = [models.Index(fields=["grant", "at"], name="call_of_grant")]

    def __str__(self) -> str:
        return self.call_id


class UsageMonthQuerySet(models.QuerySet):
    """Reads of the figures by month."""

    def visible_to(self, actor: Actor) -> "UsageMonthQuerySet":
        """The figures of the grants that the actor may see."""
        return self.filter(grant__in=Grant.objects.visible_to(actor))


class UsageMonth(models.Model):
    """What the records of one grant and one month (Beijing time) come to; `month` is its first day.

    Written in the transaction that takes the records in. `failures` counts every call that returned nothing, whether
    it failed or was denied.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="months", db_index=False)
    month = models.DateField(_("month"))
    calls = models.BigIntegerField(_("calls"))
    failures = models.BigIntegerField(_("calls failed or denied"))
    rows = models.BigIntegerField(_("rows returned"))
    last_call_at = models.DateTimeField(_("last call at"))

    objects = UsageMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("calls in a month")
        verbose_name_plural = _("calls by month")
        constraints = [models.UniqueConstraint(fields=["grant", "month"], name="one_row_a_grant_and_month")]
        indexes = [models.Index(fields=["month"], name="usage_of_month")]

    def __str__(self) -> str:
        return f"{self.grant_id} {self.month:%Y-%m}"
