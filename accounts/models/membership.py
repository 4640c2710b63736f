"""Which role a person holds in which organisation, one row a role."""

from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation
from accounts.models.user import User
from accounts.roles import ADMIN_ROLES, Role, fits


def today(on: datetime | None = None) -> date:
    """The day in Beijing of a moment, by default of now."""
    return timezone.localdate(on)


class MembershipQuerySet(models.QuerySet):
    """Roles by time."""

    def in_force(self, *, on: datetime | None = None) -> "MembershipQuerySet":
        """Roles held at the moment `on`, by active people in active organisations."""
        day = today(on)
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            valid_from__lte=day,
            person__is_active=True,
            organisation__active=True,
        )


class Membership(models.Model):
    """A role of a person in an organisation, from the first to the last day (both included, Beijing time).

    The three administrators are kept apart for good: an account that has or had one of their roles takes no other.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    valid_from = models.DateField(_("valid from"), default=today)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("role in an organisation")
        verbose_name_plural = _("roles in organisations")
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "role"], name="one_row_a_role"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(role__in=sorted(ADMIN_ROLES)),
                name="one_administrator_role_a_person",
                violation_error_message=_(
                    "The system, security and audit administrators are three different accounts."
                ),
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="role_known"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="role_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.person} – {self.organisation} – {self.get_role_display()}"

    def save(self, *args, **kwargs):
        """Check again under a lock on the person, so that two grants at the same moment cannot slip past each other."""
        with transaction.atomic():
            User.objects.select_for_update().get(pk=self.person_id)
            self.clean()
            super().save(*args, **kwargs)

    def clean(self):
        """Refuse a role that does not fit the organisation, and any that mixes administrators with others."""
        super().clean()
        if self.organisation_id and self.role in Role.values and not fits(self.role, self.organisation.kind):
            raise ValidationError(
                {"role": _("The role “%(role)s” is not held in an organisation of the kind “%(kind)s”.")
                % {"role": self.get_role_display(), "kind": self.organisation.get_kind_display()}}
            )  # fmt: skip
        if self.person_id:
            self._refuse_mixing()

    def _refuse_mixing(self) -> None:
        others = set(
            Membership.objects.filter(person=self.person_id).exclude(pk=self.pk).values_list("role", flat=True)
        )
        if self.role in ADMIN_ROLES and others & ADMIN_ROLES:
            raise ValidationError(
                {"role": _("The system, security and audit administrators are three different accounts.")}
            )
        if (self.role in ADMIN_ROLES and others) or others & ADMIN_ROLES:
            raise ValidationError(
                {"role": _("An administrator's account takes no part in cases. Use another account for this role.")}
            )
