"""What an issue with the quality of data holds, and who sees what of it (Art. 24)."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.roles import OrganisationKind, Role
from authorizations import facts, sheets
from authorizations.models.grant import Grant
from authorizations.models.resource import DataResource, ResourceVersion
from casework.models.case import Case, CaseQuerySet
from casework.refusals import InvalidInput
from operators.models import Partnership


class QualityManager(models.Manager.from_queryset(CaseQuerySet)):
    """Issues with the version of the resource, whose name is in their title."""

    def get_queryset(self):
        """One query, however many rows are read; with the organisation, which lists show and the admin adds to none."""
        return super().get_queryset().select_related("organisation", "version_seen")


class QualityFile(Case):
    """The columns and reads of an issue. How it moves is `QualityIssue`'s business.

    `raised_by` is whoever found the problem; `organisation` stands for it towards bureau and department: a partner's
    operator, everybody else themselves.
    """

    raised_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+", null=True, verbose_name=_("operator"))
    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+", null=True)
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("department"))
    resource = models.ForeignKey(
        DataResource, models.PROTECT, related_name="quality_issues", verbose_name=_("resource")
    )
    version_seen = models.ForeignKey(ResourceVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="quality_issues", null=True, verbose_name=_("grant"))
    field = models.CharField(_("field"), max_length=120, blank=True)
    problem = models.CharField(_("kind of problem"), max_length=40)
    description = models.TextField(_("description"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    reached_bureau_at = models.DateTimeField(_("with the bureau since"), null=True)
    passed_at = models.DateTimeField(_("first passed to the department at"), null=True)
    answer_by = models.DateField(_("to be answered by"), null=True)
    returned_because = models.TextField(_("what has to be completed"), blank=True)
    operator_opinion = models.TextField(_("opinion of the operator"), blank=True)
    bureau_opinion = models.TextField(_("opinion of the bureau"), blank=True)
    ended_because = models.TextField(_("reason of the end"), blank=True)

    objects = QualityManager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["organisation", "-id"], name="quality_of_organisation"),
            models.Index(fields=["raised_by", "-id"], name="quality_of_raiser"),
            models.Index(fields=["department", "passed_at"], name="quality_of_department"),
        ]

    @property
    def title(self) -> str:
        label = dict(self.rules.options("quality_problem")).get(self.problem, self.problem)
        return f"{self.version_seen.name} · {label}"

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """Each side from the moment the issue has come to it: raiser, its operator, the bureau, the department."""
        seen = Q(pk__in=[])
        if actor.has(Role.PARTNER, Role.OPERATOR, Role.DEPARTMENT, Role.BUREAU, Role.BUREAU_LEAD):
            seen |= Q(raised_by=actor.organisation)
        if actor.has(Role.OPERATOR):
            seen |= Q(operator=actor.organisation, submitted_at__isnull=False)
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD):
            seen |= Q(reached_bureau_at__isnull=False)
        if actor.has(Role.DEPARTMENT):
            seen |= Q(department=actor.organisation, passed_at__isnull=False)
        return seen

    @classmethod
    def search(cls, text: str) -> Q:
        """By resource and by who stands for the issue; never by a partner, whom not every side is told."""
        return (
            Q(version_seen__name__icontains=text)
            | Q(resource__code__icontains=text)
            | Q(organisation__name__icontains=text)
        )

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `authorizations.facts.quality`)."""
        return facts.quality.of_issue(self, actor)

    @property
    def field_label(self) -> str:
        """The field with what it is, as the version seen has it."""
        found = next((one for one in self.version_seen.fields if one["name"] == self.field), None)
        return f"{found['label']}（{found['name']}）" if found else self.field

    @property
    def by_partner(self) -> bool:
        """Whether a partner raised it, so that its operator checks it and stands for it."""
        return self.raised_by_id != self.organisation_id

    def names_raiser(self, actor: Actor) -> bool:
        """Whether the reader is told which partner raised it: not the department, which does not need it."""
        return not actor.has(Role.DEPARTMENT) or not self.by_partner

    def names_for(self, actor: Actor) -> dict[int, str]:
        """To a department, a partner goes by the name of its operator."""
        return {} if self.names_raiser(actor) else {self.raised_by_id: self.organisation.name}

    def turn_for(self, actor: Actor) -> str:
        """A department is told the operator's name where it is the partner's turn."""
        waits_for_raiser = self.current.owner is not None and self.current.owner.name in {"raiser", "raiser or bureau"}
        return "" if self.names_raiser(actor) or not waits_for_raiser else self.organisation.name

    # --- beginning -------------------------------------------------------------------------------------------

    @classmethod
    def drafted(cls, *, by: Actor, on: datetime, resource: str, field: str, grant: str, partnership: str, **said):
        """An unsaved draft of the actor's organisation on a listed resource; a department's on one of its own."""
        found = cls._resource(resource, by)
        issue = cls(
            raised_by=by.organisation, organisation=by.organisation, resource=found, version_seen=found.listed_version,
            department_id=found.organisation_id, field=sheets.quality.known_field(found, field), **said,
        )  # fmt: skip
        if by.organisation.kind == OrganisationKind.OPERATOR:
            issue.operator = by.organisation
        if by.organisation.kind == OrganisationKind.PARTNER:
            issue.partnership = Partnership.objects.filter(organisation=by.organisation, number=partnership).first()
            if issue.partnership is None:
                raise InvalidInput({"partnership": [_now("Choose the operator on whose platform you work.")]})
            issue.organisation = issue.operator = issue.partnership.operator
        issue.grant = cls._grant(grant.strip(), found, by, issue.operator_id) if grant.strip() else None
        return issue

    @staticmethod
    def _resource(code: str, by: Actor) -> DataResource:
        offered = DataResource.objects.visible_to(by).offered().filter(Q(number=code.strip()) | Q(code=code.strip()))
        if by.has(Role.DEPARTMENT):
            offered = offered.filter(organisation=by.organisation)
        found = offered.select_related("listed_version", "organisation").first()
        if found is None:
            raise InvalidInput({"resource": [_now("There is no such resource in the catalogue for you.")]})
        return found

    @staticmethod
    def _grant(code: str, resource: DataResource, by: Actor, operator: int) -> Grant:
        mine = Grant.objects.visible_to(by).filter(code=code, resource=resource, operator=operator)
        found = mine.filter(organisation=by.organisation).first()
        if found is None:
            raise InvalidInput({"grant": [_now("Your organisation has no such grant on this resource.")]})
        return found
