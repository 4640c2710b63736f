"""The operating agreement (Art. 12, 13): ten required parts, signed by both sides over the same text."""

import calendar as months
from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.queries import bureau
from accounts.roles import Role
from casework import agreements, papers
from casework.agreements import Agreement, SideSignature
from casework.beginning import Start
from casework.inputs import Input
from casework.refusals import InvalidInput
from casework.states import Owner, State, States, the_bureau, the_system
from casework.step import step
from operators import facts, guards, letters, sheets
from operators.models.application import OperatorApplication
from operators.parties import the_signatories

STATES = States.of(
    draft=State(label=_("Being drafted"), owner=the_bureau, task=_("Complete the text of the agreement"), article="13"),
    signing=State(
        label=_("Awaiting signatures"), owner=the_signatories, task=_("Read and sign the agreement"), article="12",
        tone="info",
    ),
    effective=State(label=_("In force"), article="13", tone="good"),
    suspended=State(label=_("Suspended"), article="29(2)", tone="warn"),
    expired=State(label=_("Expired"), article="13", final=True),
    terminated=State(label=_("Terminated or revoked"), article="14", final=True, tone="bad"),
    cancelled=State(label=_("Cancelled before signature"), article="12", final=True),
)  # fmt: skip


def years_later(day: date, years: int) -> date:
    """The last day of a term of whole years that begins on `day`: the day before the same day of the later year."""
    year = day.year + years
    same = day.replace(year=year, day=min(day.day, months.monthrange(year, day.month)[1]))
    return date.fromordinal(same.toordinal() - 1)


def _terms(agreement: "OperatingAgreement | None") -> dict[str, Input]:
    years = guards.rules_today().period("operating_agreement").value
    return {
        "starts_on": Input(
            kind="date", label=_("Begins on"), group=_("Term"), initial=agreement.starts_on if agreement else None
        ),
        "years": Input(
            kind="integer", label=_("Term in years"), min_value=1, max_value=10, group=_("Term"),
            initial=agreement.years if agreement else years,
            help=_("The measures say usually %(years)s years.") % {"years": years},
        ),
    }  # fmt: skip


def text_inputs(agreement: "OperatingAgreement") -> dict[str, Input]:
    """The term and each required part, with what the draft says."""
    return _terms(agreement) | agreements.part_inputs(agreement)


class OperatingAgreement(Agreement):
    """The agreement between the bureau and one approved operator."""

    kind = "operating-agreement"
    plural = "operating-agreements"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.REGULATOR, Role.GOVERNMENT)
    icon = "pen"
    menu_group = "selection"
    draft_step = "edit"
    parts_list = "operating_agreement"
    paper = "agreement"
    ends_from = ("effective", "suspended")

    application = models.ForeignKey(
        OperatorApplication, models.PROTECT, related_name="agreements", verbose_name=_("application")
    )
    years = models.PositiveSmallIntegerField(_("term in years"))
    suspended_because = models.TextField(_("reason for the suspension"), blank=True)
    resumed_because = models.TextField(_("reason for the resumption"), blank=True)
    ended_ground = models.CharField(_("how it ended"), max_length=20, blank=True, choices=sheets.GROUNDS)
    ended_because = models.TextField(_("reason for the end"), blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("operating agreement")
        verbose_name_plural = _("operating agreements")
        constraints = [
            STATES.known("agreement_known_state"),
            models.UniqueConstraint(
                fields=["application"], condition=~models.Q(state="cancelled"), name="one_agreement_an_application"
            ),
        ]

    @classmethod
    def scope(cls, actor: Actor) -> models.Q:
        """The bureau all; an operator its own once there is a text to sign; the authorities those signed (Art. 7)."""
        if actor.has(Role.BUREAU, Role.BUREAU_LEAD):
            return models.Q()
        seen = models.Q(pk__in=[])
        if actor.has(Role.OPERATOR):
            seen |= models.Q(organisation=actor.organisation, edition__gt=0)
        if actor.has(Role.REGULATOR, Role.GOVERNMENT):
            seen |= models.Q(effective_at__isnull=False)
        return seen

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `operators.facts`)."""
        return facts.of_agreement(self, actor)

    def sides(self) -> set[int]:
        """The organisations that must sign."""
        return {bureau().pk, self.organisation_id}

    def warned(self) -> list[Owner]:
        """Who is told that the agreement ends soon."""
        return [Owner(bureau().pk, Role.BUREAU), Owner(self.organisation_id, Role.OPERATOR)]

    def letter(self) -> dict:
        """What the text for signature says."""
        return letters.agreement(self, bureau())

    def model_parts(self) -> dict[str, str]:
        """The rule set's model text of each part, with the facts of this agreement filled in."""
        return {
            part.code: part.model_text(
                operator=self.organisation.name, bureau=bureau().name, number=self.application.document_number,
                starts_on=self.starts_on.isoformat(), ends_on=self.ends_on.isoformat(), years=self.years,
            )
            for part in self.required_parts()
        }  # fmt: skip

    @staticmethod
    def _build(*, by: Actor, on: datetime, application: str, starts_on: date, years: int) -> "OperatingAgreement":
        chosen = OperatorApplication.objects.visible_to(by).filter(number=application).first()
        if chosen is None:
            raise InvalidInput({"application": [_("There is no application with this number.")]})
        agreement = OperatingAgreement(
            application=chosen, organisation=chosen.organisation, state=STATES.initial, starts_on=starts_on,
            ends_on=years_later(starts_on, years), years=years, rule_set=guards.rules_today().id,
        )  # fmt: skip
        agreement.parts = agreement.model_parts()
        return agreement

    def begun(self, *, by: Actor, on: datetime) -> None:
        """Tell the application that its agreement has been begun."""
        self.application.bind(by=SYSTEM, on=on)

    start = Start(
        label=_("Draw up an agreement"), article="12", by=(the_bureau,), build=_build,
        asks=lambda actor: {
            "application": Input(kind="text", label=_("Number of the application"), max_length=40), **_terms(None)
        },
        guards=(guards.application_approved, guards.results_published),
    )  # fmt: skip

    @step(
        label=_("Change the text"), article="13", source="draft", by=[the_bureau], inputs=text_inputs,
        tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, starts_on, years, **parts):
        before = self.model_parts()
        self.starts_on, self.ends_on, self.years = starts_on, years_later(starts_on, years), years
        # A part left as the portal proposed it follows the term; one that was written by hand stays as written.
        left = {
            code: text for code, text in self.model_parts().items() if agreements.same_text(parts[code], before[code])
        }
        self.parts = parts | left

    @step(
        label=_("Fix the text for signature"), article="13", source="draft", target="signing", by=[the_bureau],
        guards=[agreements.parts_complete, agreements.term_not_empty],
        explain=_("The text is printed once as a PDF; both sides sign its digest. A later change voids signatures."),
    )  # fmt: skip
    def fix_text(self, *, by, on):
        return self.print_text(by=by, on=on)

    @step(
        label=_("Take the text back for a change"), article="13", source="signing", target="draft",
        by=[the_bureau], tone="secondary", inputs={"reason": Input(kind="longtext", label=_("Reason"))},
        explain=_("Signatures given so far become void."),
    )  # fmt: skip
    def take_back(self, *, by, on, reason):
        return self.voided_by_change(reason)

    @step(
        label=_("Sign"), article="12", source="signing", by=[the_signatories],
        guards=[agreements.text_fixed, agreements.term_not_over, agreements.side_not_signed],
        inputs=agreements.signature_inputs, closes_own=True, then="take_effect",
    )  # fmt: skip
    def sign(self, *, by, on, digest, agreed):
        return self.put_signature(by=by, on=on, digest=digest)

    @step(
        label=_("Take effect"), article="12", source="signing", target="effective", by=[the_system],
        guards=[agreements.signed_by_every_side],
    )  # fmt: skip
    def take_effect(self, *, by, on):
        self.effective_at = on

    @step(
        label=_("Cancel before signature"), article="12", source=["draft", "signing"], target="cancelled",
        by=[the_bureau], tone="danger", inputs={"reason": Input(kind="longtext", label=_("Reason"))},
        explain=_("The application stays approved, and another agreement can be drawn up with the applicant."),
    )  # fmt: skip
    def cancel(self, *, by, on, reason):
        self.cancelled_because = reason
        self.application.unbind(by=SYSTEM, on=on)

    # --- suspension and end: one row; what rests on the agreement is closed and opened again by derivation ------

    @step(
        label=_("Suspend the operation"), article="29(2)", source="effective", target="suspended", by=[the_bureau],
        tone="danger", inputs=sheets.reason,
        explain=_("Everything that rests on this agreement is closed at once, until the operation is resumed."),
    )  # fmt: skip
    def suspend(self, *, by, on, reason):
        self.suspended_because, self.resumed_because = reason, ""
        self._inform("suspension_notice", by=by, on=on, reason=reason)

    @step(
        label=_("Resume the operation"), article="29(2)", source="suspended", target="effective", by=[the_bureau],
        guards=[agreements.term_not_over], inputs=sheets.reason,
        explain=_("What the suspension closed is open again at once."),
    )  # fmt: skip
    def resume(self, *, by, on, reason):
        self.resumed_because = reason
        self._inform("resumption_notice", by=by, on=on, reason=reason)

    @step(
        label=_("Terminate or revoke"), article="14", source=["effective", "suspended"], target="terminated",
        by=[the_bureau], tone="danger", inputs=sheets.termination,
        explain=_("Access to data and platform is closed at once, for the operator and its partners."),
    )  # fmt: skip
    def terminate(self, *, by, on, ground, reason):
        self.ended_ground, self.ended_because, self.ended_at = ground, reason, on
        self._inform("termination_notice", by=by, on=on, reason=reason, ground=ground)

    def _inform(self, paper: str, *, by: Actor, on: datetime, reason: str, ground: str = "") -> None:
        context = letters.agreement_notice(self, on=on, reason=reason, ground=ground)
        papers.order(self, paper, by=by, at=on, context=context)

    @step(
        label=_("Expire"), article="13", source=["effective", "suspended"], target="expired", by=[the_system],
        guards=[agreements.term_over],
    )  # fmt: skip
    def expire(self, *, by, on):
        """The term has ended."""


class Signature(SideSignature):
    """One side's signature over the digest of one edition of the text. Those of earlier editions stay on record."""

    agreement = models.ForeignKey(OperatingAgreement, models.PROTECT, related_name="signatures")

    class Meta(SideSignature.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["agreement", "organisation", "edition"], name="one_signature_a_side")
        ]
