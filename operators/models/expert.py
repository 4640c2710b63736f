"""The pool of experts (Art. 5(4)): who they are, what they know, and whom they must not judge."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from operators import guards


class Expert(models.Model):
    """A person in the pool. `expertise` holds codes of the rule set's list of fields."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert", verbose_name=_("person")
    )
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("employer"))
    expertise = models.JSONField(_("fields of expertise"), default=list)
    post = models.CharField(_("post or title"), max_length=100, blank=True)
    active = models.BooleanField(_("available"), default=True)

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")

    def __str__(self) -> str:
        return self.person.name

    def expertise_labels(self) -> list[str]:
        """The fields in words."""
        labels = dict(guards.rules_today().options("expertise"))
        return [labels.get(code, code) for code in self.expertise]

    def conflict_with(self, organisation: Organisation) -> str:
        """Why this expert must not judge the organisation, or an empty string.

        Recorded: the expert's employer is the organisation, owns it, is owned by it, or has the same owner; or the
        expert holds a role in the organisation besides. Declared: the expert said so, before or when drawn.
        """
        theirs = {self.employer_id, self.employer.owner_id} - {None}
        its = {organisation.pk, organisation.owner_id} - {None}
        if self.employer_id == organisation.pk:
            return "employer"
        if theirs & its:
            return "owner"
        if any(held.organisation_id == organisation.pk for held in self.person.memberships.all()):
            return "member"
        if any(conflict.organisation_id == organisation.pk for conflict in self.conflicts.all()):
            return "declared"
        return ""


class ConflictDeclaration(models.Model):
    """An expert's own word that a conflict of interest with an organisation exists. Never taken back, only added."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="conflicts", verbose_name=_("expert"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    reason = models.CharField(_("reason"), max_length=400)
    declared_at = models.DateTimeField(_("declared at"))

    class Meta:
        verbose_name = _("declared conflict of interest")
        verbose_name_plural = _("declared conflicts of interest")
        constraints = [models.UniqueConstraint(fields=["expert", "organisation"], name="conflict_declared_once")]

    def __str__(self) -> str:
        return f"{self.expert} / {self.organisation}"
