"""Grants: access to one resource in one scenario under one agreement. Whether it is usable is derived (law 3)."""

from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import Role
from authorizations.models.consent import Consent
from authorizations.models.request import AuthorizationRequest, RequestItem
from authorizations.models.resource import OFFERED, DataResource, ResourceVersion
from authorizations.models.scenario import Scenario
from casework.models.number import NumberSeries
from operators.models import OperatingAgreement, Partnership


class GrantQuerySet(models.QuerySet):
    """Reads of grants."""

    def visible_to(self, actor: Actor) -> "GrantQuerySet":
        """The user its own, the operator its partners', a department those on its resources, authorities all."""
        if not actor.is_authenticated or actor.organisation is None:
            return self.none()
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR):
            return self
        seen = Q(pk__in=[])
        if actor.has(Role.OPERATOR, Role.PARTNER):
            seen |= Q(organisation=actor.organisation)
        if actor.has(Role.OPERATOR):
            seen |= Q(operator=actor.organisation)
        if actor.has(Role.DEPARTMENT):
            seen |= Q(item__department=actor.organisation)
        return self.filter(seen)

    def usable(self, *, on: date) -> "GrantQuerySet":
        """Grants that can be used on a day: everything above them is in force. The one query that decides."""
        operating = OperatingAgreement.objects.in_force(on=on).filter(organisation=OuterRef("operator"))
        standing = Partnership.objects.in_force(on=on).filter(pk=OuterRef("partnership"))
        consents = Consent.objects.valid(on=on).filter(scenario=OuterRef("scenario"), resource=OuterRef("resource"))
        return self.filter(
            Q(partnership=None) | Q(Exists(standing)),
            Q(version__personal_information=False, version__business_secret=False) | Q(Exists(consents)),
            Exists(operating),
            agreement__state="effective", agreement__starts_on__lte=on, agreement__ends_on__gte=on,
            item__decision__in=RequestItem.GRANTED, item__suspended_at=None, item__revoked_at=None,
            resource__state__in=OFFERED,
        )  # fmt: skip

    def closed(self, *, on: date) -> "GrantQuerySet":
        """Grants that can't be used on a day."""
        return self.filter(~self._usable_itself(on))

    def with_usable(self, *, on: date) -> "GrantQuerySet":
        """Each grant with `is_usable`: whether it can be used on a day."""
        return self.annotate(is_usable=self._usable_itself(on))

    def _usable_itself(self, on: date) -> Exists:
        return Exists(self.model.objects.usable(on=on).filter(pk=OuterRef("pk")).order_by())


class Grant(models.Model):
    """Access of one organisation to one resource in one scenario. It is never closed: what it rests on is."""

    code = models.CharField(_("code of the grant"), max_length=40, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("user"))
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("operator"))
    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+", null=True)
    request = models.ForeignKey(AuthorizationRequest, models.PROTECT, related_name="grants")
    agreement = models.ForeignKey("authorizations.DataUseAgreement", models.PROTECT, related_name="grants")
    item = models.ForeignKey(RequestItem, models.PROTECT, related_name="grants")
    resource = models.ForeignKey(DataResource, models.PROTECT, related_name="grants")
    version = models.ForeignKey(ResourceVersion, models.PROTECT, related_name="+")
    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="grants")
    made_at = models.DateTimeField(_("made at"))

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "resource", "scenario"], name="one_grant_a_resource_and_use")
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="grant_of_user"),
            models.Index(fields=["operator", "-id"], name="grant_of_operator"),
        ]

    def __str__(self) -> str:
        return self.code

    def is_usable_on(self, on: date) -> bool:
        """Whether it can be used on a day."""
        return type(self).objects.usable(on=on).filter(pk=self.pk).exists()

    @classmethod
    def make_for(cls, agreement, *, on: datetime) -> list[str]:
        """The grants of an agreement that takes effect, one a resource and scenario; returns their codes."""
        request, year = agreement.request, timezone.localdate(on).year
        prefix = agreement.rules.number_prefix("grant")
        made = [
            cls(
                code=NumberSeries.issue(prefix, year), organisation=agreement.organisation,
                operator=agreement.operator, partnership_id=request.partnership_id, request=request,
                agreement=agreement, item=item, resource_id=item.resource_id, version_id=item.version_id,
                scenario_id=agreement.scenario_id, made_at=on,
            )
            for item in agreement.covered()
        ]  # fmt: skip
        return [grant.code for grant in cls.objects.bulk_create(made)]
