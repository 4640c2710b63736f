"""An operator's rules for the entry and exit of partners (Art. 17)."""

from datetime import date, datetime

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.models import Organisation
from accounts.roles import Role
from casework.agreements import part_inputs
from casework.beginning import Start
from casework.inputs import Input
from casework.models.case import Case, CaseQuerySet
from casework.states import State, States, the_system
from casework.step import step
from operators.facts import partners as facts
from operators.guards import partners as guards
from operators.models.agreement import OperatingAgreement
from operators.parties import the_operator
from operators.sheets import partners as sheets
from regulation.rules import Part

STATES = States.of(
    draft=State(label=_("Draft"), owner=the_operator, task=_("Complete the rules and publish them"), article="17"),
    published=State(label=_("Published"), article="17", tone="good"),
    superseded=State(label=_("Superseded"), article="17", final=True),
    withdrawn=State(label=_("Withdrawn"), article="17", final=True),
)  # fmt: skip


def effect(rules: "PartnerRules | None") -> dict[str, Input]:
    """The day on which the rules take effect."""
    return {
        "effective_on": Input(kind="date", label=_("In effect from"), initial=rules.effective_on if rules else None)
    }


def text_inputs(rules: "PartnerRules") -> dict[str, Input]:
    """The day of effect and each part, with what the draft says."""
    return effect(rules) | part_inputs(rules)


class PartnerRulesQuerySet(CaseQuerySet):
    """Reads of rules for partners."""

    def in_force(self, *, on: date) -> "PartnerRulesQuerySet":
        """The edition of each operator that is in effect on that day, whatever has been published for later."""
        effective = self.filter(edition__gt=0, effective_on__lte=on)
        later = self.model._base_manager.filter(
            organisation=OuterRef("organisation"), edition__gt=OuterRef("edition"), effective_on__lte=on
        )
        return effective.exclude(Exists(later))


class PartnerRules(Case):
    """One edition of an operator's rules for its partners. Its organisation is the operator."""

    kind = "partner-rules"
    plural = "partner-rules"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.PARTNER, Role.REGULATOR)
    icon = "card-checklist"
    menu_group = "partners"
    draft_step = "edit"

    effective_on = models.DateField(_("in effect from"))
    parts = models.JSONField(_("parts"), default=dict)
    edition = models.PositiveSmallIntegerField(_("edition"), default=0)
    published_at = models.DateTimeField(_("published at"), null=True)
    withdrawn_because = models.TextField(_("reason for the withdrawal"), blank=True)

    objects = PartnerRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules for partners")
        verbose_name_plural = _("rules for partners")
        constraints = [
            STATES.known("partner_rules_known_state"),
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state="published"), name="one_published_rules_an_operator"
            ),
        ]

    @property
    def title(self) -> str:
        """The operator whose rules they are."""
        return self.organisation.name

    @classmethod
    def scope(cls, actor: Actor) -> models.Q:
        """An operator its own; the authorities and partners what was published."""
        seen = models.Q(pk__in=[])
        if actor.has(Role.OPERATOR):
            seen |= models.Q(organisation=actor.organisation)
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR, Role.PARTNER):
            seen |= models.Q(published_at__isnull=False)
        return seen

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `operators.facts.partners`)."""
        return facts.of_rules(self, actor)

    def required_parts(self) -> tuple[Part, ...]:
        """What the rules must settle, from the rule set."""
        return self.rules.parts("partner_rules")

    def parts_shown(self) -> list[tuple[Part, str]]:
        """Each part with what the rules say."""
        return [(part, self.parts.get(part.code, "")) for part in self.required_parts()]

    def latest(self) -> "PartnerRules | None":
        """The last published edition of the same operator."""
        return PartnerRules.objects.filter(organisation=self.organisation_id, edition__gt=0).order_by("edition").last()

    def operator_is_bound(self, on: date) -> bool:
        """Whether the operator has an operating agreement in force on that day."""
        return OperatingAgreement.objects.in_force(on=on).filter(organisation=self.organisation_id).exists()

    def is_in_force(self, on: date) -> bool:
        """Whether this edition is the one in effect on that day."""
        return PartnerRules.objects.in_force(on=on).filter(pk=self.pk).exists()

    @staticmethod
    def _build(*, by: Actor, on: datetime, effective_on: date) -> "PartnerRules":
        rules = PartnerRules(organisation=by.organisation, state=STATES.initial, effective_on=effective_on)
        if earlier := rules.latest():
            rules.parts = earlier.parts
        return rules

    start = Start(
        label=_("Draw up rules for partners"), article="17", by=(the_operator,), build=_build,
        asks=lambda actor: effect(None),
        explain=_("The draft takes over the text of the last edition, if there is one. Nobody else sees it."),
    )  # fmt: skip

    @step(
        label=_("Change the rules"), article="17", source="draft", by=[the_operator], inputs=text_inputs,
        tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, effective_on, **parts):
        self.effective_on, self.parts = effective_on, parts

    @step(
        label=_("Publish the rules"), article="17", source="draft", target="published", by=[the_operator],
        guards=[guards.operator_bound, guards.rules_complete, guards.effect_not_past, guards.effect_in_order],
        explain=_("Partners and the authorities see them at once. An earlier edition is superseded."),
    )  # fmt: skip
    def publish(self, *, by, on):
        # One after the other: of two drafts published at once the second one meets the first as its predecessor.
        Organisation.objects.select_for_update(no_key=True).get(pk=self.organisation_id)
        earlier = self.latest()
        self.edition, self.published_at = (earlier.edition if earlier else 0) + 1, on
        if earlier and earlier.state == "published":
            earlier.supersede(by=SYSTEM, on=on)

    @step(
        label=_("Supersede"), article="17", source="published", target="superseded", by=[the_system],
    )  # fmt: skip
    def supersede(self, *, by, on):
        """The operator has published a later edition."""

    @step(
        label=_("Withdraw the draft"), article="17", source="draft", target="withdrawn", by=[the_operator],
        tone="danger", inputs=sheets.reason,
    )  # fmt: skip
    def withdraw(self, *, by, on, reason):
        self.withdrawn_because = reason
