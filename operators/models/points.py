"""The checklists of Art. 9(2) and 9(3): what the applicant states, what was submitted, how each point is judged."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.submission import HandedIn


class PointAnswer(models.Model):
    """The applicant's statement on one point; its evidence is attachments tagged with the point's code."""

    application = models.ForeignKey("operators.OperatorApplication", models.CASCADE, related_name="answers")
    point = models.CharField(_("point"), max_length=40)
    statement = models.TextField(_("statement"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "point"], name="one_answer_a_point")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.point}"


class Submission(HandedIn):
    """What was handed in: fields of the entity, and each point with its statement and evidence."""

    application = models.ForeignKey("operators.OperatorApplication", models.PROTECT, related_name="submissions")

    class Meta(HandedIn.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["application", "round"], name="one_submission_a_round")]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.round}"


class PointJudgement(models.Model):
    """The bureau's judgement of one point of one submission, with the reason where it is not met."""

    application = models.ForeignKey("operators.OperatorApplication", models.PROTECT, related_name="judgements")
    round = models.PositiveSmallIntegerField(_("submission no."))
    point = models.CharField(_("point"), max_length=40)
    met = models.BooleanField(_("met"))
    reason = models.TextField(_("reason"), blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    judged_at = models.DateTimeField(_("judged at"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "round", "point"], name="one_judgement_a_point_and_round"),
            models.CheckConstraint(condition=models.Q(met=True) | ~models.Q(reason=""), name="not_met_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.round} {self.point}"
