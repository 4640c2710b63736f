"""The request for authorization of data (Art. 18): preliminary review, assessment, confirmation item by item."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import SYSTEM, Actor
from accounts.roles import Role
from authorizations import guards, letters, sheets
from authorizations.models.dossier import RequestDossier
from authorizations.parties import each_department, the_bureau_waiting, the_user
from casework import handling, papers
from casework.beginning import Start, begin
from casework.states import State, States, Until, the_bureau, the_system
from casework.step import step
from operators.parties import the_operator, the_partner, the_partners_operator

STATES = States.of(
    draft=State(label=_("Draft"), owner=the_user, task=_("Complete and submit the request"), article="18"),
    preliminary_review=State(
        label=_("Preliminary review by the operator"), owner=the_partners_operator,
        task=_("Review the partner's request"), article="18(2)", within="preliminary_review", tone="info",
    ),
    preliminary_correction=State(
        label=_("Returned by the operator for correction"), owner=the_user,
        task=_("Correct the points named and submit again"), article="18(2)", within=Until("correct_by", "18(2)"),
        keeps=("preliminary_review",), tone="warn",
    ),
    assessment=State(
        label=_("Assessment by the bureau"), owner=the_bureau, task=_("Assess the request"), article="18(1)",
        within="assessment", tone="info",
    ),
    correction=State(
        label=_("Returned by the bureau for correction"), owner=the_user,
        task=_("Correct the points named and submit again"), article="18(1)", within=Until("correct_by", "18(1)"),
        keeps=("assessment",), tone="warn",
    ),
    coordination=State(
        label=_("Waiting for the city"), owner=the_bureau, task=_("Record the city's answer"), article="18(3)",
        pauses=("assessment",), tone="paused",
    ),
    confirmation=State(
        label=_("Confirmation by the departments"), owner=each_department,
        task=_("Confirm or refuse each of your resources"), article="18(1)", within="confirmation", tone="info",
    ),
    authorised=State(label=_("Authorised"), article="18", tone="good"),
    authorised_in_part=State(label=_("Authorised in part"), article="18", tone="good"),
    refused=State(label=_("Refused"), article="18", final=True, tone="bad"),
    withdrawn=State(label=_("Withdrawn"), article="18", final=True),
)  # fmt: skip
UNDECIDED = [
    "draft", "preliminary_review", "preliminary_correction", "assessment", "correction", "coordination", "confirmation",
]  # fmt: skip
AUTHORISED = ["authorised", "authorised_in_part"]
AT_WORK = ["preliminary_review", "preliminary_correction", "assessment", "correction", "coordination", "confirmation"]
OFFICES = (the_partners_operator, the_bureau, each_department)
"""Who has people that handle a request: the partner's operator, the bureau, the departments."""
CONCLUSIONS = ("conclude_authorised", "conclude_in_part", "conclude_refused")


class AuthorizationRequest(RequestDossier):
    """One organisation's request for resources of one or several departments, for one scenario."""

    kind = "authorization-request"
    plural = "authorization-requests"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.PARTNER, Role.DEPARTMENT, Role.REGULATOR)
    icon = "send"
    menu_group = "catalogue"
    draft_step = "edit"

    class Meta(RequestDossier.Meta):
        abstract = False
        verbose_name = _("data authorization request")
        verbose_name_plural = _("data authorization requests")
        constraints = [STATES.known("request_known_state")]

    @classmethod
    def _build(cls, *, by: Actor, on: datetime, resources, copy_of, partnership="") -> "AuthorizationRequest":
        return cls.drafted(by=by, resources=resources, copy_of=copy_of, partnership=partnership, state=STATES.initial)

    start = Start(
        label=_("Request data"), article="18", by=(the_operator, the_partner),
        asks=lambda actor: sheets.request.beginning(actor, AuthorizationRequest), build=lambda **given:
        AuthorizationRequest._build(**given),
        guards=(guards.request.standing_in_force, guards.request.items_chosen),
    )  # fmt: skip

    # --- the user's steps ------------------------------------------------------------------------------------

    @step(
        label=_("Save the request"), article="18", source=["draft", "preliminary_correction", "correction"],
        by=[the_user], inputs=sheets.request.text, recorded=False, listed=False,
    )  # fmt: skip
    def edit(self, *, by, on, **values):
        self.take_text(values, on=on)

    @step(
        label=_("Choose the resources"), article="18", source=["draft", "preliminary_correction", "correction"],
        by=[the_user], inputs=sheets.request.resources, recorded=False, listed=False,
    )  # fmt: skip
    def choose_resources(self, *, by, on, resources):
        self.set_items(self.chosen(resources, by=by))

    @step(
        label=_("Submit the request"), article="18(1)", source="draft", target="assessment", by=[the_operator],
        guards=[guards.request.standing_in_force, guards.request.request_complete, guards.request.resources_offered],
        inputs=sheets.request.truth, listed=False,
        explain=_("The bureau assesses the request; then each department decides on its own resources."),
    )  # fmt: skip
    def submit(self, *, by, on, truth):
        self.received_at = on
        return self.hand_in(by=by, on=on)

    @step(
        label=_("Submit the request to the operator"), article="18(2)", source="draft", target="preliminary_review",
        by=[the_partner],
        guards=[guards.request.standing_in_force, guards.request.request_complete, guards.request.resources_offered],
        inputs=sheets.request.truth, listed=False,
        explain=_("Your operator reviews the request first; then the bureau assesses it and the departments decide."),
    )  # fmt: skip
    def submit_to_operator(self, *, by, on, truth):
        return self.hand_in(by=by, on=on)

    @step(
        label=_("Submit the correction to the operator"), article="18(2)", source="preliminary_correction",
        target="preliminary_review", by=[the_user], inputs=sheets.request.truth, listed=False,
        guards=[guards.request.request_complete, guards.request.resources_offered, guards.request.correction_in_time],
    )  # fmt: skip
    def resubmit_to_operator(self, *, by, on, truth):
        return self.hand_in(by=by, on=on)

    @step(
        label=_("Submit the correction"), article="18(1)", source="correction", target="assessment", by=[the_user],
        inputs=sheets.request.truth, listed=False,
        guards=[guards.request.request_complete, guards.request.resources_offered, guards.request.correction_in_time],
    )  # fmt: skip
    def resubmit(self, *, by, on, truth):
        return self.hand_in(by=by, on=on)

    @step(
        label=_("Withdraw the request"), article="18", source=UNDECIDED, target="withdrawn", by=[the_user],
        tone="danger", inputs=sheets.request.reason,
    )  # fmt: skip
    def withdraw(self, *, by, on, reason):
        self.withdrawn_because = reason
        return {"reason": reason}

    @step(
        label=_("Urge"), article="18", source=["preliminary_review", "assessment", "confirmation"],
        by=[the_user, the_bureau_waiting], guards=[guards.request.not_urged_today], tone="secondary",
        side_by_side=True, explain=_("Everybody whose turn it is gets a notice. Limits stay as they are."),
    )  # fmt: skip
    def urge(self, *, by, on):
        return self.urge_awaited(by=by, on=on)

    # --- inside the offices ----------------------------------------------------------------------------------

    assign_handler = handling.assign(article="18", source=AT_WORK, by=OFFICES)
    consult_colleague = handling.consult(article="18", source=AT_WORK, by=OFFICES)
    answer_colleague = handling.answer(article="18", source=AT_WORK, by=OFFICES)

    # --- the operator's preliminary review -------------------------------------------------------------------

    @step(
        label=_("Pass the preliminary review"), article="18(2)", source="preliminary_review", target="assessment",
        by=[the_partners_operator], inputs=sheets.request.opinion, guards=[guards.request.standing_in_force],
        explain=_("The request goes to the bureau, which assesses it."),
    )  # fmt: skip
    def pass_preliminary(self, *, by, on, opinion):
        self.received_at = on
        self.note(by=by, on=on, stage="preliminary_review", outcome="passed", text=opinion)

    @step(
        label=_("Return for correction"), article="18(2)", source="preliminary_review", target="preliminary_correction",
        by=[the_partners_operator], inputs=sheets.request.correction, tone="secondary",
    )  # fmt: skip
    def return_preliminary(self, *, by, on, defects, correct_by):
        self.correct_by = correct_by
        self.note(by=by, on=on, stage="preliminary_review", outcome="returned", text=defects)

    @step(
        label=_("Refuse in the preliminary review"), article="18(2)", source="preliminary_review", target="refused",
        by=[the_partners_operator], inputs=sheets.request.refusal, tone="danger",
    )  # fmt: skip
    def refuse_preliminary(self, *, by, on, reason):
        self.note(by=by, on=on, stage="preliminary_review", outcome="refused", text=reason)
        self.refuse(by=by, on=on, reason=reason)

    # --- the bureau's assessment -----------------------------------------------------------------------------

    @step(
        label=_("Confirm the assessment"), article="18(1)", source="assessment", target="confirmation",
        by=[the_bureau], inputs=sheets.request.opinion, then=CONCLUSIONS,
        guards=[guards.request.standing_in_force, guards.request.resources_offered, guards.request.city_answered],
        explain=_("Every department concerned gets its own resources to decide on, all at the same time."),
    )  # fmt: skip
    def confirm_assessment(self, *, by, on, opinion):
        self.assessed_at = on
        self.note(by=by, on=on, stage="assessment", outcome="passed", text=opinion)
        self.refuse_what_the_city_refused(on=on)

    @step(
        label=_("Return for correction"), article="18(1)", source="assessment", target="correction", by=[the_bureau],
        inputs=sheets.request.correction, tone="secondary",
        explain=_("The applicant gets one notice with everything that has to be corrected."),
    )  # fmt: skip
    def return_for_correction(self, *, by, on, defects, correct_by):
        self.correct_by = correct_by
        self.note(by=by, on=on, stage="assessment", outcome="returned", text=defects)
        papers.order(self, "request_correction", by=by, at=on, context=letters.request_correction(self, defects))

    @step(
        label=_("Refuse in the assessment"), article="18(1)", source="assessment", target="refused", by=[the_bureau],
        inputs=sheets.request.refusal, tone="danger",
    )  # fmt: skip
    def refuse_assessment(self, *, by, on, reason):
        self.note(by=by, on=on, stage="assessment", outcome="refused", text=reason)
        self.refuse(by=by, on=on, reason=reason)

    @step(
        label=_("Refuse because it was not corrected in time"), article="18", source="correction", target="refused",
        by=[the_bureau], guards=[guards.request.correction_overdue], inputs=sheets.request.refusal, tone="danger",
    )  # fmt: skip
    def refuse_uncorrected(self, *, by, on, reason):
        self.refuse(by=by, on=on, reason=reason)

    @step(
        label=_("Refuse because it was not corrected in time"), article="18(2)", source="preliminary_correction",
        target="refused", by=[the_partners_operator], guards=[guards.request.correction_overdue],
        inputs=sheets.request.refusal, tone="danger",
    )  # fmt: skip
    def refuse_uncorrected_preliminary(self, *, by, on, reason):
        self.refuse(by=by, on=on, reason=reason)

    @step(
        label=_("Take it to the city"), article="18(3)", source="assessment", target="coordination", by=[the_bureau],
        guards=[guards.request.crosses_the_district, guards.request.city_not_answered], inputs=sheets.request.letter,
        tone="secondary",
        explain=_("The request waits visibly until the city has answered; the limit of the assessment stands still."),
    )  # fmt: skip
    def take_to_city(self, *, by, on, city_letter, city_asked_on):
        self.city_letter, self.city_asked_on = city_letter, city_asked_on
        self.city_outcome, self.city_answer, self.city_answered_on = "", "", None
        return {"letter": city_letter}

    @step(
        label=_("Record the city's answer"), article="18(3)", source="coordination", target="assessment",
        by=[the_bureau], inputs=sheets.request.answer,
    )  # fmt: skip
    def record_city_answer(self, *, by, on, city_outcome, city_answer, city_answered_on, remark):
        self.take_city_answer(city_outcome, city_answer, city_answered_on)
        self.note(by=by, on=on, stage="coordination", outcome=city_outcome, text=remark)
        return {"letter": city_answer, "outcome": city_outcome}

    # --- the departments -------------------------------------------------------------------------------------

    @step(
        label=_("Decide on your resources"), article="18(1)", source="confirmation", by=[each_department],
        guards=[guards.request.own_items_undecided], inputs=sheets.request.decisions, closes_own=True,
        then=CONCLUSIONS, side_by_side=True,
        explain=_("Each resource is granted, granted with conditions, or refused with the reason."),
    )  # fmt: skip
    def decide(self, *, by, on, **values):
        return self.take_decisions(values, by=by, on=on)

    @step(
        label=_("Conclude: authorised"), article="18", source="confirmation", target="authorised", by=[the_system],
        guards=[guards.request.all_decided, guards.request.all_granted], then="draft_agreement",
    )  # fmt: skip
    def conclude_authorised(self, *, by, on):
        self._conclude(on)

    @step(
        label=_("Conclude: authorised in part"), article="18", source="confirmation", target="authorised_in_part",
        by=[the_system], guards=[guards.request.all_decided, guards.request.some_granted], then="draft_agreement",
    )  # fmt: skip
    def conclude_in_part(self, *, by, on):
        self._conclude(on)

    @step(
        label=_("Conclude: refused"), article="18", source="confirmation", target="refused", by=[the_system],
        guards=[guards.request.all_decided],
    )  # fmt: skip
    def conclude_refused(self, *, by, on):
        self.concluded_at = on
        papers.order(self, "request_decision", by=by, at=on, context=letters.request_decision(self))

    def _conclude(self, on: datetime) -> None:
        """Issue the decision; the agreement on use is drafted from what was granted (Art. 19(1))."""
        self.concluded_at = on
        papers.order(self, "request_decision", by=SYSTEM, at=on, context=letters.request_decision(self))

    # --- while it holds --------------------------------------------------------------------------------------

    @step(
        label=_("Draw up the data use agreement"), article="19(1)", source=AUTHORISED, by=[the_system],
        guards=[guards.request.no_agreement_yet],
    )  # fmt: skip
    def draft_agreement(self, *, by, on):
        begin(self.agreements.model, by=SYSTEM, on=on, request=self.number, starts_on=self.use_from,
              ends_on=self.use_until)  # fmt: skip

    @step(
        label=_("Suspend the authorization"), article="33(2)", source=AUTHORISED, by=[the_bureau, each_department],
        guards=[guards.request.something_in_force], inputs=sheets.request.suspension, tone="danger",
        explain=_("Access to the resources chosen closes at once and opens again when the suspension is lifted."),
    )  # fmt: skip
    def suspend_authorization(self, *, by, on, items, reason):
        return self.mark_items(items, by=by, reason=reason, suspended_at=on)

    @step(
        label=_("Lift the suspension"), article="33(2)", source=AUTHORISED, by=[the_bureau, each_department],
        guards=[guards.request.something_suspended], inputs=sheets.request.resumption, tone="secondary",
    )  # fmt: skip
    def resume_authorization(self, *, by, on, items, reason):
        return self.mark_items(items, by=by, reason=reason, suspended_at=None)

    @step(
        label=_("Revoke the authorization"), article="33(2)", source=AUTHORISED, by=[the_bureau, each_department],
        guards=[guards.request.something_not_revoked], inputs=sheets.request.revocation, tone="danger",
        explain=_("Access to the resources chosen closes at once and for good."),
    )  # fmt: skip
    def revoke_authorization(self, *, by, on, items, reason):
        return self.mark_items(items, by=by, reason=reason, revoked_at=on)


class RequestItem(models.Model):
    """One resource asked for, in the version it had, and what its department decided on it."""

    DECISIONS = [
        ("granted", _("Granted")),
        ("conditional", _("Granted with conditions")),
        ("refused", pgettext_lazy("of a department", "Refused")),
    ]
    GRANTED = ("granted", "conditional")

    request = models.ForeignKey(AuthorizationRequest, models.PROTECT, related_name="items")
    resource = models.ForeignKey("authorizations.DataResource", models.PROTECT, related_name="+")
    version = models.ForeignKey("authorizations.ResourceVersion", models.PROTECT, related_name="+")
    department = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=12, choices=DECISIONS, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    city_outcome = models.CharField(_("answer of the city"), max_length=10, blank=True)
    city_answer = models.CharField(_("number of the city's answer"), max_length=80, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    suspended_at = models.DateTimeField(_("suspended at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    closed_because = models.TextField(_("reason for the suspension or revocation"), blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("resource asked for")
        indexes = [models.Index(fields=["department", "request"], name="item_of_department")]
        constraints = [
            models.UniqueConstraint(fields=["request", "resource"], name="one_item_a_resource"),
            models.CheckConstraint(
                condition=models.Q(decision__in=["", "granted", "conditional", "refused"]), name="item_known_decision"
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="refused") | ~models.Q(reason=""), name="item_refused_has_reason"
            ),
            models.CheckConstraint(
                condition=~models.Q(decision="conditional") | ~models.Q(conditions=""), name="item_conditions_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.resource_id}"

    @property
    def is_granted(self) -> bool:
        """Whether the department granted it, with or without conditions."""
        return self.decision in self.GRANTED

    @property
    def in_force(self) -> bool:
        """Whether the authorization of this resource holds now."""
        return self.is_granted and self.suspended_at is None and self.revoked_at is None
