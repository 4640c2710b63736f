"""The expert panel of one application (Art. 11) and the consultation of supervising bodies."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from operators.models.expert import Expert


class PanelDraw(models.Model):
    """One draw by lot: who was eligible, who was excluded and why, and the seed by which an auditor repeats it."""

    application = models.ForeignKey("operators.OperatorApplication", models.PROTECT, related_name="draws")
    expertise = models.CharField(_("field"), max_length=40)
    eligible = models.JSONField(_("eligible experts"))
    excluded = models.JSONField(_("excluded experts"))
    seed = models.CharField(_("seed"), max_length=64)
    drawn_at = models.DateTimeField(_("drawn at"))
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.drawn_at:%Y-%m-%d}"


class PanelSeat(models.Model):
    """One expert on the panel. A seat given up for a conflict of interest stays on record."""

    application = models.ForeignKey("operators.OperatorApplication", models.PROTECT, related_name="seats")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="seats")
    drawn_at = models.DateTimeField(_("drawn at"))
    given_up_at = models.DateTimeField(_("given up at"), null=True)
    given_up_because = models.CharField(_("reason"), max_length=400, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "expert"], name="one_seat_an_expert")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.expert}"


class Score(models.Model):
    """An expert's marks by criterion and opinion. Written once."""

    seat = models.OneToOneField(PanelSeat, models.PROTECT, related_name="score")
    marks = models.JSONField(_("marks"))
    total = models.PositiveSmallIntegerField(_("total"))
    opinion = models.TextField(_("opinion"))
    scored_at = models.DateTimeField(_("scored at"))

    def __str__(self) -> str:
        return f"{self.seat}: {self.total}"


class ConsultationOpinion(models.Model):
    """What a supervising body named in the call says of an application (Art. 11)."""

    STANCES = [
        ("agree", _("No objection")),
        ("conditions", _("No objection under conditions")),
        ("object", _("Objection")),
    ]

    application = models.ForeignKey("operators.OperatorApplication", models.PROTECT, related_name="opinions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    stance = models.CharField(_("position"), max_length=20, choices=STANCES)
    opinion = models.TextField(_("opinion"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "organisation"], name="one_opinion_a_body")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.organisation}"
