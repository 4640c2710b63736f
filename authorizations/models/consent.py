"""Consent on file, by scenario and resource (Art. 20)."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorizations.models.resource import DataResource
from authorizations.models.scenario import Scenario
from casework.models.attachment import Attachment


class ConsentQuerySet(models.QuerySet):
    """Reads of consents."""

    def valid(self, *, on: date) -> "ConsentQuerySet":
        """Consents that hold on a day: not withdrawn, begun, and not run out."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), withdrawn_at=None, valid_from__lte=on)


class Consent(models.Model):
    """What lets personal information or business secrets of a resource be used in a scenario, with its evidence.

    It holds for every agreement on the same resource and scenario, so a renewal needs no second one.
    """

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="consents")
    resource = models.ForeignKey(DataResource, models.PROTECT, related_name="+")
    basis = models.CharField(_("what the consent rests on"), max_length=40)
    statement = models.TextField(_("how the consent was given"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    evidence = models.ManyToManyField(Attachment, related_name="+")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("filed at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_because = models.TextField(_("reason for the withdrawal"), blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("consent")
        indexes = [models.Index(fields=["scenario", "resource"], name="consent_of_scenario")]

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.resource_id}"
