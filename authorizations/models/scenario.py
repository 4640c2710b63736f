"""Application scenarios: what data are used for. A grant and a consent hold for one of them (Art. 20, 21(1))."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from casework.models.number import NumberSeries
from regulation.rules import RuleSet


class Scenario(models.Model):
    """One organisation's scenario. Its code is issued once; gateways name it with each call."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("application scenario")
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="one_scenario_a_name")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @classmethod
    def named(cls, name: str, organisation: Organisation, *, rules: RuleSet, on: datetime) -> "Scenario":
        """The organisation's scenario of that name, entered now where there is none. Call it inside a step."""
        found = cls.objects.filter(organisation=organisation, name=name).first()
        if found is not None:
            return found
        code = NumberSeries.issue(rules.number_prefix("scenario"), timezone.localdate(on).year)
        return cls.objects.create(organisation=organisation, name=name, code=code, created_at=on)
