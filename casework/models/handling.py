"""Who in an office handles a case, and what its people ask each other about it. Nobody else sees either."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from casework.models.of_case import OfCase, OfCaseQuerySet


class OfOfficeQuerySet(OfCaseQuerySet):
    """Reads of what belongs to one office alone."""

    def visible_to(self, actor: Actor) -> "OfOfficeQuerySet":
        """The rows of the organisation acted for."""
        return self.filter(organisation=actor.organisation)


class Handler(OfCase):
    """The person who handles a case in an organisation; one at a time. `reason` says why it was passed on."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handler"))
    since = models.DateTimeField(_("since"))
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta(OfCase.Meta):
        abstract = False
        verbose_name = _("handler")
        indexes = []
        constraints = [
            models.UniqueConstraint(fields=["case_kind", "case_id", "organisation"], name="one_handler_an_office")
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.person_id}"


class Consultation(OfCase):
    """A question to a colleague about a case, and the answer once it is given."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    question = models.TextField(_("question"))
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = OfOfficeQuerySet.as_manager()

    class Meta(OfCase.Meta):
        abstract = False
        ordering = ["asked_at", "id"]
        verbose_name = _("question to a colleague")

    def __str__(self) -> str:
        return f"{self.case_number} {self.asked_at:%Y-%m-%d %H:%M}"
