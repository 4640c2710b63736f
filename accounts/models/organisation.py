"""Organisations: the parties of Art. 3 and 5–8."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.credit_code import CreditCodeField
from accounts.roles import OrganisationKind


class Organisation(models.Model):
    """A body that takes part. `owner` is the body that owns it, for conflicts of interest (Art. 11).

    Departments name a responsible unit and a responsible person (Art. 6).
    """

    name = models.CharField(_("name"), max_length=200, unique=True)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices)
    uscc = CreditCodeField(_("unified social credit code"), null=True, blank=True, unique=True)
    owner = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="owned", verbose_name=_("owned by")
    )
    responsible_unit = models.CharField(_("responsible unit"), max_length=120, blank=True)
    responsible_person = models.CharField(_("responsible person"), max_length=60, blank=True)
    responsible_phone = models.CharField(_("telephone of the responsible unit"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind__in=[OrganisationKind.BUREAU, OrganisationKind.GOVERNMENT], active=True),
                name="one_bureau_and_one_government",
                violation_error_message=_("The district has one data authority and one government, and it is there."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values),
                name="organisation_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(owner=None) | ~Q(owner=F("id")),
                name="organisation_not_its_own_owner",
                violation_error_message=_("An organisation does not own itself."),
            ),
        ]

    def __str__(self):
        return self.short_name or self.name

    def clean(self):
        """Refuse owners in a ring: the chain of owners has to end."""
        super().clean()
        seen, owner = {self.pk} - {None}, self.owner
        while owner is not None:
            if owner.pk in seen:
                raise ValidationError({"owner": _("This would make the organisation an owner of itself.")})
            seen.add(owner.pk)
            owner = owner.owner
