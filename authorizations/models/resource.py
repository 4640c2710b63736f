"""The catalogue: data resources that departments keep and the bureau lists, version by version (Art. 2, 5, 6)."""

from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from authorizations import facts, guards, sheets
from authorizations.parties import the_department
from authorizations.sheets.searching import searched_text
from casework.beginning import Start
from casework.inputs import Input
from casework.models.case import Case, CaseQuerySet
from casework.models.submission import HandedIn
from casework.states import State, States, the_bureau
from casework.step import step

STATES = States.of(
    draft=State(
        label=_("Being compiled"), owner=the_department, task=_("Complete the entry and hand it in"), article="6(2)"
    ),
    review=State(
        label=_("Under review by the bureau"), owner=the_bureau, task=_("Check the entry and list it"), article="5(1)",
        tone="info",
    ),
    returned=State(
        label=_("Returned for correction"), owner=the_department, task=_("Correct the entry and hand it in again"),
        article="6(2)", tone="warn",
    ),
    listed=State(label=_("In the catalogue"), article="5(1)", tone="good"),
    revision_review=State(
        label=_("In the catalogue, new version under review"), owner=the_bureau,
        task=_("Check the new version and list it"), article="5(1)", tone="info",
    ),
    delisted=State(label=_("Taken out of the catalogue"), article="5(1)", tone="warn"),
)  # fmt: skip
OFFERED = ("listed", "revision_review")
"""States in which the current version can be asked for and used."""
READERS = (
    Role.BUREAU, Role.BUREAU_LEAD, Role.DEPARTMENT, Role.OPERATOR, Role.PARTNER, Role.REGULATOR, Role.GOVERNMENT,
)  # fmt: skip
"""Who reads the catalogue: users of data, departments, the bureau, bodies that supervise."""

_SHARE = {"max_digits": 5, "decimal_places": 2, "null": True, "blank": True,
          "validators": [MinValueValidator(0), MaxValueValidator(100)]}  # fmt: skip


class ResourceText(models.Model):
    """What an entry of the catalogue says. Codes are those of the rule set's option lists.

    `fields` is a list of `{"name", "label", "type", "sensitivity"}`; the quality figures are per cent.
    """

    name = models.CharField(_("name"), max_length=120)
    summary = models.TextField(_("summary"), blank=True)
    theme = models.CharField(_("theme"), max_length=40, blank=True)
    resource_format = models.CharField(_("format"), max_length=40, blank=True)
    update_cycle = models.CharField(_("update cycle"), max_length=40, blank=True)
    openness = models.CharField(_("class of openness"), max_length=40, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    grade = models.CharField(_("grade"), max_length=40, blank=True)
    personal_information = models.BooleanField(_("holds personal information"), default=False)
    business_secret = models.BooleanField(_("holds business secrets"), default=False)
    level = models.CharField(_("administrative level"), max_length=40, blank=True)
    region = models.CharField(_("region outside the district"), max_length=60, blank=True)
    fields = models.JSONField(_("fields"), default=list)
    completeness = models.DecimalField(_("completeness (%)"), **_SHARE)
    accuracy = models.DecimalField(_("accuracy (%)"), **_SHARE)
    timeliness = models.DecimalField(_("timeliness (%)"), **_SHARE)
    contact_name = models.CharField(_("contact person"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact telephone"), max_length=30, blank=True)

    class Meta:
        abstract = True

    @property
    def needs_consent(self) -> bool:
        """Whether consent must be on file before use (Art. 20)."""
        return self.personal_information or self.business_secret

    @property
    def crosses_the_district(self) -> bool:
        """Whether the city has to coordinate, the resource being of another level or region (Art. 18(3))."""
        return self.level not in ("", "district") or bool(self.region)


TEXT_FIELDS = tuple(field.name for field in ResourceText._meta.local_fields)


class ResourceQuerySet(CaseQuerySet):
    """Reads of resources."""

    def offered(self) -> "ResourceQuerySet":
        """Resources that stand in the catalogue."""
        return self.filter(state__in=OFFERED)


class ResourceManager(models.Manager.from_queryset(ResourceQuerySet)):
    """Reads each resource with its department and the version listed, whose name is its title."""

    def get_queryset(self) -> ResourceQuerySet:
        """Resources with department and listed version."""
        return super().get_queryset().select_related("listed_version", "organisation")


class DataResource(ResourceText, Case):
    """One entry: its columns are the text the department works on, `listed_version` is what the catalogue shows."""

    kind = "resource"
    plural = "resources"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.DEPARTMENT, Role.REGULATOR)
    icon = "collection"
    menu_group = "catalogue"
    draft_step = "edit"

    code = models.CharField(_("resource code"), max_length=60, unique=True)
    listed_version = models.ForeignKey(
        "authorizations.ResourceVersion", models.PROTECT, related_name="+", null=True, verbose_name=_("listed version")
    )
    returned_because = models.TextField(_("what has to be corrected"), blank=True)
    delisted_because = models.TextField(_("reason for taking it out"), blank=True)

    objects = ResourceManager()

    class Meta:
        verbose_name = _("data resource")
        verbose_name_plural = _("data resources")
        constraints = [STATES.known("resource_known_state")]

    @property
    def title(self) -> str:
        """The name in the catalogue; before the first listing the one the department works on."""
        return self.listed_version.name if self.listed_version_id else self.name

    @classmethod
    def scope(cls, actor: Actor) -> Q:
        """The department its own, the bureau what was handed in, other readers what stands in the catalogue."""
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD):
            return ~Q(state="draft") | Q(listed_version__isnull=False)
        seen = Q(state__in=OFFERED) if actor.has(*READERS) else Q(pk__in=[])
        return seen | Q(organisation=actor.organisation) if actor.has(Role.DEPARTMENT) else seen

    @classmethod
    def search(cls, text: str) -> Q:
        """By what the catalogue is searched by; an entry never listed, which few see, by its name."""
        listed = Q(listed_version__searched__contains=sheets.searching.normalised(text))
        unlisted = Q(listed_version=None, name__icontains=text)
        return listed | unlisted | Q(code__icontains=text) | Q(organisation__name__icontains=text)

    def is_open_to(self, actor: Actor) -> bool:
        """Whether the actor sees the text being worked on: its department and the bureau. Others see the listed one."""
        own = actor.organisation is not None and self.organisation_id == actor.organisation.pk
        return actor.is_system or actor.has(Role.BUREAU, Role.BUREAU_LEAD) or (own and actor.has(Role.DEPARTMENT))

    def text_for(self, actor: Actor) -> ResourceText:
        """The text this reader may read: the one worked on, or the version listed."""
        return self if self.is_open_to(actor) else self.listed_version

    def hidden_steps(self, actor: Actor) -> frozenset[str]:
        """To other readers the history is that of the versions: who worked on the text is not theirs."""
        if self.is_open_to(actor) or actor.has(Role.REGULATOR):
            return frozenset()
        return frozenset({"begin", "edit", "submit", "submit_revision", "submit_again", "return_entry",
                          "return_revision"})  # fmt: skip

    def files_for(self, actor: Actor) -> Q:
        """Attachments belong to the text being worked on."""
        return Q() if self.is_open_to(actor) else Q(pk__in=[])

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `authorizations.facts.resource`)."""
        return facts.resource.of_resource(self, actor)

    @property
    def is_offered(self) -> bool:
        """Whether it can be asked for and used."""
        return self.state in OFFERED

    @property
    def has_changes(self) -> bool:
        """Whether the text the department works on differs from the version listed."""
        return self.listed_version is None or any(
            getattr(self, name) != getattr(self.listed_version, name) for name in TEXT_FIELDS
        )

    @staticmethod
    def _build(*, by: Actor, on: datetime, **values) -> "DataResource":
        return DataResource(organisation=by.organisation, state=STATES.initial, **sheets.resource.cleaned(values))

    start = Start(
        label=_("Enter a data resource"), article="6(2)", by=(the_department,),
        asks=lambda actor: sheets.resource.text(None), build=_build,
        guards=(guards.resource.code_free,),
    )  # fmt: skip

    # --- the department --------------------------------------------------------------------------------------

    @step(
        label=_("Change the entry"), article="6(2)", source=["draft", "returned", "listed", "delisted"],
        by=[the_department], inputs=sheets.resource.text, tone="secondary",
        explain=_("A listed version stays in force until the bureau has listed the new one."),
    )  # fmt: skip
    def edit(self, *, by, on, **values):
        sheets.resource.refuse_other_code(self, values["code"])
        for name, value in sheets.resource.cleaned(values).items():
            setattr(self, name, value)

    @step(
        label=_("Hand in for the catalogue"), article="6(2)", source=["draft", "returned"], target="review",
        by=[the_department],
        guards=[guards.resource.responsible_named, guards.resource.entry_complete, guards.resource.graded,
                guards.resource.openness_allows],
        explain=_("The bureau checks the entry and lists it."),
    )  # fmt: skip
    def submit(self, *, by, on):
        self.returned_because = ""

    @step(
        label=_("Hand in the new version"), article="6(2)", source="listed", target="revision_review",
        by=[the_department],
        guards=[guards.resource.responsible_named, guards.resource.entry_changed, guards.resource.entry_complete,
                guards.resource.graded, guards.resource.openness_allows],
    )  # fmt: skip
    def submit_revision(self, *, by, on):
        self.returned_because = ""

    # --- the bureau ------------------------------------------------------------------------------------------

    @step(
        label=_("List in the catalogue"), article="5(1)", source=["review", "revision_review"], target="listed",
        by=[the_bureau], guards=[guards.resource.openness_allows],
    )  # fmt: skip
    def enlist(self, *, by, on):
        return self._fix_version(on)

    @step(
        label=_("Return for correction"), article="5(1)", source="review", target="returned", by=[the_bureau],
        inputs=sheets.resource.defects, tone="secondary",
    )  # fmt: skip
    def return_entry(self, *, by, on, defects):
        self.returned_because = defects
        return {"defects": defects}

    @step(
        label=_("Return the new version for correction"), article="5(1)", source="revision_review", target="listed",
        by=[the_bureau], inputs=sheets.resource.defects, tone="secondary",
        explain=_("The version listed so far stays in the catalogue."),
    )  # fmt: skip
    def return_revision(self, *, by, on, defects):
        self.returned_because = defects
        return {"defects": defects}

    @step(
        label=_("Take out of the catalogue"), article="5(1)", source=["listed", "revision_review"], target="delisted",
        by=[the_bureau, the_department], tone="danger",
        inputs={"reason": Input(kind="longtext", label=_("Reason"))},
        explain=_("It can't be asked for any more, and access to it closes at once."),
    )  # fmt: skip
    def delist(self, *, by, on, reason):
        self.delisted_because = reason

    @step(
        label=_("Hand in for the catalogue again"), article="6(2)", source="delisted", target="review",
        by=[the_department],
        guards=[guards.resource.responsible_named, guards.resource.entry_complete, guards.resource.graded,
                guards.resource.openness_allows],
    )  # fmt: skip
    def submit_again(self, *, by, on):
        self.delisted_because = ""

    def _fix_version(self, on: datetime) -> dict:
        """Fix the present text as the next version."""
        number = (self.versions.aggregate(last=models.Max("round"))["last"] or 0) + 1
        text = {name: getattr(self, name) for name in TEXT_FIELDS}
        self.listed_version = ResourceVersion.objects.create(
            resource=self, round=number, submitted_at=on, searched=searched_text(self), **text,
            **ResourceVersion.fixed(text),
        )  # fmt: skip
        self.returned_because = ""
        return {"version": number, "digest": self.listed_version.digest}


class ResourceVersion(ResourceText, HandedIn):
    """One version of an entry as it was listed; a request refers to the version it asked for.

    `searched` is what the catalogue is searched by: code, name, summary, fields, department, and their pinyin.
    """

    resource = models.ForeignKey(DataResource, models.PROTECT, related_name="versions")
    searched = models.TextField(blank=True)

    class Meta(HandedIn.Meta):
        abstract = False
        verbose_name = _("version of a data resource")
        constraints = [models.UniqueConstraint(fields=["resource", "round"], name="one_text_a_version")]

    def __str__(self) -> str:
        return f"{self.resource.code} v{self.round}"

    @property
    def number(self) -> int:
        """The number of the version, from 1."""
        return self.round
