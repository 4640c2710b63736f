"""A platform partner (Art. 17): application, review, agreement, filed entry, suspension, filed exit."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from casework import papers
from casework.beginning import Start
from casework.inputs import Input
from casework.refusals import InvalidInput
from casework.states import State, States, Until, the_bureau, the_system
from casework.step import step
from operators.facts import partners as facts
from operators.guards import partners as guards
from operators.letters import partners as letters
from operators.models.agreement import OperatingAgreement
from operators.models.partner_file import ENDED, PartnerFile
from operators.models.partner_rules import PartnerRules
from operators.parties import the_partner, the_partners_operator
from operators.sheets import new_day
from operators.sheets import partners as sheets
from operators.telling import tell

STATES = States.of(
    draft=State(label=_("Draft"), owner=the_partner, task=_("Complete and submit the application"), article="17"),
    review=State(
        label=_("Under review by the operator"), owner=the_partners_operator,
        task=_("Review the application for entry"), article="17", tone="info",
    ),
    correction=State(
        label=_("Returned for correction"), owner=the_partner, task=_("Correct the points named and submit again"),
        article="17", within=Until("correct_by", "17"), tone="warn",
    ),
    agreement=State(
        label=_("Platform service agreement to be signed"), owner=the_partners_operator,
        task=_("Draw up the platform service agreement and file the entry"), article="19(2)", tone="info",
    ),
    entry_filing=State(
        label=_("Entry awaiting filing"), owner=the_bureau, task=_("Acknowledge the filing of the entry"), article="17",
        tone="info",
    ),
    active=State(label=_("Entered"), article="17", tone="good"),
    suspended=State(label=_("Access suspended"), article="30", tone="warn"),
    exit=State(
        label=_("Leaving"), owner=the_partners_operator, task=_("Settle, prove the deletion of data and file the exit"),
        article="17", tone="warn",
    ),
    exit_filing=State(
        label=_("Exit awaiting filing"), owner=the_bureau, task=_("Acknowledge the filing of the exit"), article="17",
        tone="info",
    ),
    exited=State(label=_("Left"), article="17", final=True),
    refused=State(label=_("Refused"), article="17", final=True, tone="bad"),
    withdrawn=State(label=_("Withdrawn"), article="17", final=True),
)  # fmt: skip


def _operators() -> list[tuple[str, str]]:
    """Operators that take partners today: bound by an agreement in force, with rules for partners in effect."""
    today = timezone.localdate()
    bound = OperatingAgreement.objects.in_force(on=today).values("organisation")
    found = PartnerRules.objects.in_force(on=today).filter(organisation__in=bound).order_by("organisation__name")
    return [(str(pk), name) for pk, name in found.values_list("organisation", "organisation__name")]


class Partnership(PartnerFile):
    """One partner at one operator."""

    kind = "partner"
    plural = "partners"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.PARTNER, Role.REGULATOR)
    icon = "building"
    menu_group = "partners"
    draft_step = "save_particulars"

    class Meta:
        verbose_name = _("platform partner")
        verbose_name_plural = _("platform partners")
        constraints = [
            STATES.known("partner_known_state"),
            models.UniqueConstraint(
                fields=["organisation", "operator"], condition=~Q(state__in=ENDED), name="one_partnership_an_operator"
            ),
        ]

    def facts(self, actor: Actor) -> dict:
        """What the reader's page shows (see `operators.facts.partners`)."""
        return facts.of_partnership(self, actor)

    @staticmethod
    def _build(*, by: Actor, on: datetime, operator: str) -> "Partnership":
        rules = PartnerRules.objects.in_force(on=timezone.localdate(on)).filter(organisation=operator).first()
        if rules is None:
            raise InvalidInput({"operator": [_("This operator has no rules for partners in effect.")]}, article="17")
        return Partnership(
            organisation=by.organisation, operator=rules.organisation, partner_rules=rules, state=STATES.initial
        )

    start = Start(
        label=_("Apply to be a partner"), article="17", by=(the_partner,), build=_build,
        asks=lambda actor: {
            "operator": Input(
                kind="choice", label=_("Operator"), choices=_operators,
                help=_("Operators that have published their rules for partners."),
            )
        },
        guards=(guards.operator_bound, guards.first_partnership),
        explain=_("You apply under the rules for partners that are in effect today. A draft is begun first."),
    )  # fmt: skip

    # --- the application -------------------------------------------------------------------------------------

    @step(
        label=_("Fill in the particulars"), article="17", source=["draft", "correction"], by=[the_partner],
        inputs=sheets.particulars, recorded=False, tone="secondary",
    )  # fmt: skip
    def save_particulars(self, *, by, on, **values):
        for name, value in values.items():
            setattr(self, name, value)

    @step(
        label=_("Submit the application"), article="17", source="draft", target="review", by=[the_partner],
        guards=[guards.operator_bound, guards.particulars_complete], inputs=sheets.truth,
        explain=_("The operator reviews it under its rules for partners."),
    )  # fmt: skip
    def submit(self, *, by, on, truth):
        self.submitted_at = on
        return self.hand_in(on)

    @step(
        label=_("Submit the correction"), article="17", source="correction", target="review", by=[the_partner],
        guards=[guards.particulars_complete, guards.entry_correction_in_time], inputs=sheets.truth,
    )  # fmt: skip
    def resubmit(self, *, by, on, truth):
        return self.hand_in(on)

    @step(
        label=_("Withdraw the application"), article="17", source=["draft", "review", "correction", "agreement"],
        target="withdrawn", by=[the_partner], tone="danger", inputs=sheets.reason,
    )  # fmt: skip
    def withdraw(self, *, by, on, reason):
        self.withdrawn_because = reason
        self._end_agreements(on)

    @step(
        label=_("Return for correction"), article="17", source="review", target="correction",
        by=[the_partners_operator], inputs=sheets.defects, tone="secondary",
        explain=_("Name everything that has to be corrected at once."),
    )  # fmt: skip
    def return_for_correction(self, *, by, on, correct_by, remark, **values):
        self.name_defects(values)
        self.correct_by, self.opinion = correct_by, remark
        return {"defects": sorted(self.defects)}

    @step(
        label=_("Set a new day for the correction"), article="17", source="correction", by=[the_partners_operator],
        inputs=new_day, tone="secondary",
    )  # fmt: skip
    def extend_correction(self, *, by, on, correct_by):
        self.correct_by = correct_by

    @step(
        label=_("Accept for entry"), article="17", source="review", target="agreement", by=[the_partners_operator],
        guards=[guards.operator_bound], inputs=sheets.opinion,
        explain=_("Next you draw up the platform service agreement; once both have signed, the entry is filed."),
    )  # fmt: skip
    def accept(self, *, by, on, opinion):
        self.opinion, self.defects = opinion, {}

    @step(
        label=_("Refuse"), article="17", source=["review", "agreement"], target="refused",
        by=[the_partners_operator], inputs=sheets.reason, tone="danger",
    )  # fmt: skip
    def refuse(self, *, by, on, reason):
        self.opinion = reason
        self._end_agreements(on)

    @step(
        label=_("Refuse because it was not corrected in time"), article="17", source="correction", target="refused",
        by=[the_partners_operator], guards=[guards.entry_correction_overdue], inputs=sheets.reason, tone="danger",
    )  # fmt: skip
    def refuse_uncorrected(self, *, by, on, reason):
        self.opinion = reason

    # --- the filing of the entry -----------------------------------------------------------------------------

    @step(
        label=_("File the entry"), article="17", source="agreement", target="entry_filing", by=[the_system],
        guards=[guards.operator_bound],
    )  # fmt: skip
    def file_entry(self, *, by, on):
        """The first platform service agreement has taken effect; the entry goes to the bureau."""

    @step(
        label=_("File the entry again"), article="17", source="agreement", target="entry_filing",
        by=[the_partners_operator], guards=[guards.operator_bound, guards.service_agreed], inputs=sheets.filing_answer,
    )  # fmt: skip
    def file_entry_again(self, *, by, on, answer):
        self.filing_answer = answer

    @step(
        label=_("Acknowledge the filing"), article="17", source="entry_filing", target="active", by=[the_bureau],
        guards=[guards.operator_bound, guards.service_agreed], inputs=sheets.remark,
        explain=_("The partner has entered from this moment. Operator and partner get a receipt."),
    )  # fmt: skip
    def acknowledge_entry(self, *, by, on, remark):
        self.entered_at, self.filing_remark, self.filing_answer = on, "", ""
        agreement = self.service_agreement(timezone.localdate(on))
        context = letters.entry_receipt(self, agreement, on=on, remark=remark)
        papers.order(self, "entry_receipt", by=by, at=on, context=context)
        self._tell_operator("active", on)

    @step(
        label=_("Have the filing corrected"), article="17", source="entry_filing", target="agreement",
        by=[the_bureau], inputs=sheets.filing_defects, tone="secondary",
    )  # fmt: skip
    def return_entry(self, *, by, on, remark):
        self.filing_remark, self.filing_answer = remark, ""

    # --- suspension ------------------------------------------------------------------------------------------

    @step(
        label=_("Suspend access"), article="30", source="active", target="suspended",
        by=[the_partners_operator, the_bureau], inputs=sheets.reason, tone="danger",
        explain=_("The partner's access to data is closed at once, until the suspension is lifted."),
    )  # fmt: skip
    def suspend(self, *, by, on, reason):
        self.suspended_because, self.lifted_because = reason, ""
        self.suspended_by_bureau = by.has(Role.BUREAU)
        if self.suspended_by_bureau:
            self._tell_operator("suspended", on)

    @step(
        label=_("Lift the suspension"), article="30", source="suspended", target="active",
        by=[the_partners_operator, the_bureau], guards=[guards.suspension_yours_to_lift], inputs=sheets.reason,
    )  # fmt: skip
    def resume(self, *, by, on, reason):
        self.lifted_because = reason
        if by.has(Role.BUREAU):
            self._tell_operator("active", on)

    # --- exit ------------------------------------------------------------------------------------------------

    @step(
        label=_("Begin the exit"), article="17", source=["active", "suspended"], target="exit",
        by=[the_partners_operator, the_partner], inputs=sheets.reason, tone="danger",
        explain=_("Access is closed at once. The operator then settles, proves the deletion and files the exit."),
    )  # fmt: skip
    def begin_exit(self, *, by, on, reason):
        self.exit_because, self.exit_began_at = reason, on

    @step(
        label=_("Report settlement and deletion"), article="17", source="exit", by=[the_partners_operator],
        inputs=sheets.exit_sheet, tone="secondary",
        explain=_("What you report can be changed until the exit is filed. Attach the proof on the page of the case."),
    )  # fmt: skip
    def report_exit(self, *, by, on, settlement, deletion):
        self.settlement, self.deletion = settlement, deletion

    @step(
        label=_("File the exit"), article="17", source="exit", target="exit_filing", by=[the_partners_operator],
        guards=[guards.exit_reported, guards.deletion_proved],
        explain=_("The bureau checks the settlement and the proof, and acknowledges the exit."),
    )  # fmt: skip
    def file_exit(self, *, by, on):
        """Settled, deleted and proved; the exit goes to the bureau."""

    @step(
        label=_("Acknowledge the exit"), article="17", source="exit_filing", target="exited", by=[the_bureau],
        inputs=sheets.remark,
        explain=_("The exit is filed and the platform service agreement ends. Operator and partner get a receipt."),
    )  # fmt: skip
    def acknowledge_exit(self, *, by, on, remark):
        self.exited_at, self.filing_remark = on, ""
        papers.order(self, "exit_receipt", by=by, at=on, context=letters.exit_receipt(self, on=on, remark=remark))
        self._end_agreements(on)
        self._tell_operator("exited", on)

    @step(
        label=_("Have the exit filing corrected"), article="17", source="exit_filing", target="exit",
        by=[the_bureau], inputs=sheets.filing_defects, tone="secondary",
    )  # fmt: skip
    def return_exit(self, *, by, on, remark):
        self.filing_remark = remark

    def _end_agreements(self, on: datetime) -> None:
        """With the partnership, what was agreed ends, and what is being prepared lapses."""
        for agreement in self.agreements.filter(state__in=["draft", "signing"]):
            agreement.lapse(by=SYSTEM, on=on)
        for agreement in self.agreements.filter(state="effective"):
            agreement.end(by=SYSTEM, on=on)

    def _tell_operator(self, state: str, on: datetime) -> None:
        for owner in the_partners_operator.owners(self):
            tell(self, owner, state=state, on=on)
