"""Acting for somebody who is absent: for a period, within a scope, open to everybody's view."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation


class DelegationQuerySet(models.QuerySet):
    """Delegations by time."""

    def in_force(self, *, on: datetime | None = None) -> "DelegationQuerySet":
        """Delegations that hold at the moment `on`."""
        on = on or timezone.now()
        return self.filter(
            starts_at__lte=on,
            ends_at__gt=on,
            revoked_at=None,
            delegator__is_active=True,
            delegate__is_active=True,
            organisation__active=True,
        )


class Delegation(models.Model):
    """The delegate may act with the delegator's roles in the organisation, for cases of the kinds named.

    `case_kinds` is a list of slugs; an empty list means every kind. A delegation is never prolonged or changed: it is
    revoked, and another one given.
    """

    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_given", verbose_name=_("delegator")
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_held", verbose_name=_("delegate")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="delegations", verbose_name=_("organisation")
    )
    case_kinds = models.JSONField(_("kinds of case"), default=list, blank=True)
    starts_at = models.DateTimeField(_("begins at"))
    ends_at = models.DateTimeField(_("ends at"))
    reason = models.CharField(_("reason for the delegation"), max_length=200)
    created_at = models.DateTimeField(_("given at"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="delegation_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(delegate=F("delegator")), name="delegation_to_somebody_else"),
        ]

    def __str__(self):
        return f"{self.delegator} → {self.delegate}"

    @property
    def scope(self) -> frozenset[str] | None:
        """The kinds of case it covers; None where it covers all."""
        return frozenset(self.case_kinds) or None

    def is_open(self, *, on: datetime | None = None) -> bool:
        """Whether it can still be revoked."""
        return self.revoked_at is None and self.ends_at > (on or timezone.now())
