"""The platform service agreement (Art. 19(2)) between an operator and one of its partners."""

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from casework import agreements
from casework.agreements import Agreement, SideSignature
from casework.beginning import Start
from casework.inputs import Input
from casework.refusals import InvalidInput
from casework.states import Owner, State, States, the_system
from casework.step import step
from operators.facts import partners as facts
from operators.guards import partners as guards
from operators.guards import rules_today
from operators.letters import partners as letters
from operators.models.partnership import Partnership
from operators.parties import the_partners_operator, the_service_sides
from operators.sheets import partners as sheets
from operators.telling import tell

STATES = States.of(
    draft=State(
        label=_("Being drafted"), owner=the_partners_operator, task=_("Complete the text of the agreement"),
        article="19(2)",
    ),
    signing=State(
        label=_("Awaiting signatures"), owner=the_service_sides, task=_("Read and sign the agreement"),
        article="19(2)", tone="info",
    ),
    effective=State(label=_("In force"), article="19(2)", tone="good"),
    expired=State(label=_("Expired"), article="19(2)", final=True),
    terminated=State(label=_("Terminated"), article="19(2)", final=True, tone="bad"),
    cancelled=State(label=_("Cancelled before signature"), article="19(2)", final=True),
)  # fmt: skip


def text_inputs(agreement: "PlatformServiceAgreement") -> dict[str, Input]:
    """The term and each required part, with what the draft says."""
    return sheets.term(agreement) | agreements.part_inputs(agreement)


class PlatformServiceAgreement(Agreement):
    """What an operator and a partner agree on. Its organisation is the partner."""

    kind = "platform-service-agreement"
    plural = "platform-service-agreements"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.PARTNER, Role.REGULATOR)
    icon = "link-45deg"
    menu_group = "partners"
    draft_step = "edit"
    parts_list = "platform_service_agreement"
    paper = "service_agreement"

    partnership = models.ForeignKey(
        Partnership, models.PROTECT, related_name="agreements", verbose_name=_("platform partner")
    )
    ended_because = models.TextField(_("reason for the end"), blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("platform service agreement")
        verbose_name_plural = _("platform service agreements")
        constraints = [
            STATES.known("service_agreement_known_state"),
            models.UniqueConstraint(
                fields=["partnership"], condition=models.Q(state__in=["draft", "signing"]),
                name="one_service_agreement_in_preparation",
            ),
        ]  # fmt: skip

    @property
    def operator(self):
        """The operator; the other side is the partner, whose case this is."""
        return self.partnership.operator

    @property
    def operator_id(self) -> int:
        """The operator's key."""
        return self.partnership.operator_id

    @classmethod
    def scope(cls, actor: Actor) -> models.Q:
        """Its operator; the partner once there is a text to sign; the authorities those that took effect."""
        seen = models.Q(pk__in=[])
        if actor.has(Role.OPERATOR):
            seen |= models.Q(partnership__operator=actor.organisation)
        if actor.has(Role.PARTNER):
            seen |= models.Q(organisation=actor.organisation, edition__gt=0)
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD, Role.REGULATOR):
            seen |= models.Q(effective_at__isnull=False)
        return seen

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `operators.facts.partners`)."""
        return facts.of_service_agreement(self, actor)

    def sides(self) -> set[int]:
        """The organisations that must sign."""
        return {self.operator_id, self.organisation_id}

    def warned(self) -> list[Owner]:
        """Who is told that the agreement ends soon."""
        return [Owner(self.operator_id, Role.OPERATOR), Owner(self.organisation_id, Role.PARTNER)]

    def letter(self) -> dict:
        """What the text for signature says."""
        return letters.service_agreement(self)

    def siblings(self):
        """The other agreements with the same partner."""
        return PlatformServiceAgreement.objects.filter(partnership=self.partnership_id).exclude(pk=self.pk)

    def operator_is_bound(self, on: date) -> bool:
        """Whether the operator has an operating agreement in force on that day."""
        return self.partnership.operator_is_bound(on)

    def model_parts(self) -> dict[str, str]:
        """The rule set's model text of each part, with the facts of this agreement filled in."""
        partnership = self.partnership
        return {
            part.code: part.model_text(
                operator=partnership.operator.name, partner=partnership.organisation.name,
                starts_on=self.starts_on.isoformat(), ends_on=self.ends_on.isoformat(),
                number=partnership.partner_rules.number,
            )
            for part in self.required_parts()
        }  # fmt: skip

    @staticmethod
    def _build(
        *, by: Actor, on: datetime, partnership: str, starts_on: date, ends_on: date
    ) -> "PlatformServiceAgreement":
        chosen = Partnership.objects.visible_to(by).filter(number=partnership).first()
        if chosen is None:
            raise InvalidInput({"partnership": [_("There is no partner with this number.")]})
        agreement = PlatformServiceAgreement(
            partnership=chosen, organisation=chosen.organisation, state=STATES.initial, starts_on=starts_on,
            ends_on=ends_on, rule_set=rules_today().id,
        )  # fmt: skip
        agreement.parts = agreement.model_parts()
        return agreement

    start = Start(
        label=_("Draw up a platform service agreement"), article="19(2)", by=(the_partners_operator,), build=_build,
        asks=lambda actor: {
            "partnership": Input(kind="text", label=_("Number of the partner's application"), max_length=40),
            **sheets.term(None),
        },
        guards=(
            guards.operator_bound, guards.partner_accepted, guards.none_in_preparation, agreements.term_not_empty,
            guards.term_after_earlier,
        ),
    )  # fmt: skip

    @step(
        label=_("Change the text"), article="19(2)", source="draft", by=[the_partners_operator], inputs=text_inputs,
        tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, starts_on, ends_on, **parts):
        before = self.model_parts()
        self.starts_on, self.ends_on = starts_on, ends_on
        # A part left as the portal proposed it follows the term; one that was written by hand stays as written.
        left = {
            code: text for code, text in self.model_parts().items() if agreements.same_text(parts[code], before[code])
        }
        self.parts = parts | left

    @step(
        label=_("Fix the text for signature"), article="19(2)", source="draft", target="signing",
        by=[the_partners_operator],
        guards=[
            guards.partner_accepted, agreements.parts_complete, agreements.term_not_empty, guards.term_after_earlier,
        ],
        explain=_("The text is printed once as a PDF; both sides sign its digest. A later change voids signatures."),
    )  # fmt: skip
    def fix_text(self, *, by, on):
        return self.print_text(by=by, on=on)

    @step(
        label=_("Take the text back for a change"), article="19(2)", source="signing", target="draft",
        by=[the_partners_operator], tone="secondary", inputs=sheets.reason,
        explain=_("Signatures given so far become void."),
    )  # fmt: skip
    def take_back(self, *, by, on, reason):
        return self.voided_by_change(reason)

    @step(
        label=_("Sign"), article="19(2)", source="signing", by=[the_service_sides],
        guards=[
            guards.partner_accepted, guards.operator_bound, agreements.text_fixed, agreements.term_not_over,
            guards.term_after_earlier, agreements.side_not_signed,
        ],
        inputs=agreements.signature_inputs, closes_own=True, then="take_effect",
    )  # fmt: skip
    def sign(self, *, by, on, digest, agreed):
        return self.put_signature(by=by, on=on, digest=digest)

    @step(
        label=_("Take effect"), article="19(2)", source="signing", target="effective", by=[the_system],
        guards=[agreements.signed_by_every_side],
    )  # fmt: skip
    def take_effect(self, *, by, on):
        self.effective_at = on
        for owner in the_partners_operator.owners(self):
            tell(self, owner, state="effective", on=on)
        # A renewal leaves the partner's standing as it is; the first agreement lets the entry be filed.
        if self.partnership.state == "agreement":
            self.partnership.file_entry(by=SYSTEM, on=on)

    @step(
        label=_("Cancel before signature"), article="19(2)", source=["draft", "signing"], target="cancelled",
        by=[the_partners_operator], tone="danger", inputs=sheets.reason,
    )  # fmt: skip
    def cancel(self, *, by, on, reason):
        self.cancelled_because = reason

    @step(
        label=_("Lapse"), article="17", source=["draft", "signing"], target="cancelled", by=[the_system],
    )  # fmt: skip
    def lapse(self, *, by, on):
        """The partner's case ended before both had signed."""

    @step(
        label=_("Terminate the agreement"), article="19(2)", source="effective", target="terminated",
        by=[the_partners_operator], tone="danger", inputs=sheets.reason,
        explain=_("The partner can't use data from this moment, unless another agreement is in force."),
    )  # fmt: skip
    def terminate(self, *, by, on, reason):
        self.ended_because, self.ended_at = reason, on

    @step(
        label=_("End with the exit"), article="17", source="effective", target="terminated", by=[the_system],
    )  # fmt: skip
    def end(self, *, by, on):
        self.ended_at = on

    @step(
        label=_("Expire"), article="19(2)", source="effective", target="expired", by=[the_system],
        guards=[agreements.term_over],
    )  # fmt: skip
    def expire(self, *, by, on):
        """The term has ended."""


class ServiceSignature(SideSignature):
    """One side's signature over the digest of one edition of the text. Those of earlier editions stay on record."""

    agreement = models.ForeignKey(PlatformServiceAgreement, models.PROTECT, related_name="signatures")

    class Meta(SideSignature.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation", "edition"], name="one_service_signature_a_side"
            )
        ]
