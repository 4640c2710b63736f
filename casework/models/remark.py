"""Remarks on a case: written once, never changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from casework.models.of_case import OfCase, OfCaseQuerySet


class RemarkQuerySet(OfCaseQuerySet):
    """Reads of remarks."""

    def visible_to(self, actor: Actor) -> "RemarkQuerySet":
        """Those for everybody who sees the case, and the internal ones of the actor's own organisation."""
        return self.filter(models.Q(visibility="parties") | models.Q(organisation=actor.organisation))


class Remark(OfCase):
    """What somebody noted on a case; internal to the own organisation, or for everybody who sees the case."""

    VISIBILITIES = [("internal", _("My organisation only")), ("parties", _("Everybody who sees this case"))]

    text = models.TextField(_("remark"))
    visibility = models.CharField(_("who may read it"), max_length=10, choices=VISIBILITIES)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = RemarkQuerySet.as_manager()

    class Meta(OfCase.Meta):
        abstract = False
        ordering = ["at", "id"]
        verbose_name = _("remark")

    def __str__(self) -> str:
        return f"{self.case_number} {self.at:%Y-%m-%d %H:%M}"
