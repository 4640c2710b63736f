"""The application to become an operator (Art. 9–11): from the draft to the decision of the district government."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from casework import handling, papers
from casework.beginning import Start
from casework.refusals import InvalidInput
from casework.states import State, States, Until, the_applicant, the_bureau, the_government, the_system
from casework.step import step
from operators import guards, letters, sheets
from operators.models import lots
from operators.models.call import Call
from operators.models.dossier import Dossier
from operators.models.points import PointAnswer
from operators.parties import the_consulted, the_panel

QUALIFICATION = Until("qualification_limit", "9")
STATES = States.of(
    draft=State(label=_("Draft"), owner=the_applicant, task=_("Complete and submit the application"), article="10"),
    qualification_review=State(
        label=_("Qualification review"), owner=the_bureau, task=_("Judge the qualification point by point"),
        article="9", within=QUALIFICATION, tone="info",
    ),
    correction=State(
        label=_("Returned for correction"), owner=the_applicant, task=_("Correct the points named and submit again"),
        article="9", within=Until("correct_by", "9"), keeps=("qualification_review",), tone="warn",
    ),
    panel_selection=State(
        label=_("Panel to be drawn"), owner=the_bureau, task=_("Draw the expert panel"), article="11", tone="info",
    ),
    panel_review=State(
        label=_("Expert panel review"), owner=the_panel, task=_("Read the application and score it"), article="11",
        within=Until("panel_limit", "11"), tone="info",
    ),
    consultation=State(
        label=_("Consultation of supervising bodies"), owner=the_consulted, task=_("Give your opinion"),
        article="11", within=Until("consultation_limit", "11"), tone="info",
    ),
    reporting=State(
        label=_("Report to be made"), owner=the_bureau, task=_("Report the result to the district government"),
        article="11", tone="info",
    ),
    decision=State(
        label=_("Awaiting the district government's decision"), owner=the_government,
        task=_("Decide on the application"), article="11", tone="info",
    ),
    approved=State(
        label=_("Approved"), owner=the_bureau, task=_("Publish the results and draw up the agreement"), article="12",
        tone="good",
    ),
    agreed=State(label=_("Agreement drawn up"), article="12", tone="good"),
    refused=State(label=_("Refused"), article="11", final=True, tone="bad"),
    withdrawn=State(label=_("Withdrawn"), article="10", final=True),
)  # fmt: skip

BUREAU_AT_WORK = ["qualification_review", "correction", "panel_selection", "panel_review", "consultation", "reporting"]
BEFORE_DECISION = ["draft", *BUREAU_AT_WORK]
HANDLED = [*BUREAU_AT_WORK, "approved"]


class OperatorApplication(Dossier):
    """One organisation's application to one call."""

    kind = "operator-application"
    plural = "operator-applications"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.REGULATOR, Role.GOVERNMENT, Role.EXPERT)
    icon = "file-text"
    menu_group = "selection"
    draft_step = "save_entity"

    class Meta:
        verbose_name = _("operator application")
        verbose_name_plural = _("operator applications")
        permissions = [("score_operatorapplication", "Can score this application as a member of its panel")]
        constraints = [
            STATES.known("application_known_state"),
            models.UniqueConstraint(
                fields=["call", "organisation"], condition=~Q(state="withdrawn"), name="one_application_a_call"
            ),
        ]

    # --- beginning -------------------------------------------------------------------------------------------

    @staticmethod
    def _build(*, by: Actor, on: datetime, call: str) -> "OperatorApplication":
        chosen = Call.objects.visible_to(by).filter(number=call).first()
        if chosen is None:
            raise InvalidInput({"call": [_("There is no call with this number.")]})
        return OperatorApplication(organisation=by.organisation, call=chosen, state=STATES.initial)

    start = Start(
        label=_("Apply"), article="10", by=(the_applicant,), asks=lambda actor: sheets.call_choice(actor), build=_build,
        guards=(guards.window_open, guards.first_application),
    )  # fmt: skip

    # --- the applicant's steps -------------------------------------------------------------------------------

    @step(
        label=_("Save the applicant's particulars"), article="9(2)", source=["draft", "correction"],
        by=[the_applicant], inputs=sheets.entity, recorded=False, listed=False,
    )  # fmt: skip
    def save_entity(self, *, by, on, **values):
        for name, value in values.items():
            setattr(self, name, value)

    @step(
        label=_("Save a statement"), article="9", source=["draft", "correction"], by=[the_applicant],
        inputs=sheets.statement, recorded=False, listed=False,
    )  # fmt: skip
    def save_answer(self, *, by, on, point, statement):
        PointAnswer.objects.update_or_create(application=self, point=point, defaults={"statement": statement})

    @step(
        label=_("Submit the application"), article="10", source="draft", target="qualification_review",
        by=[the_applicant], guards=[guards.window_open, guards.first_application, guards.answers_complete],
        inputs=sheets.truth, listed=False,
        explain=_("You get an acknowledgment with the number. The bureau then reviews the points one by one."),
    )  # fmt: skip
    def submit(self, *, by, on, truth):
        self.submitted_at = on
        return self.hand_in(on, by)

    @step(
        label=_("Submit the correction"), article="9", source="correction", target="qualification_review",
        by=[the_applicant], guards=[guards.answers_complete, guards.correction_in_time], inputs=sheets.truth,
        listed=False,
    )  # fmt: skip
    def resubmit(self, *, by, on, truth):
        return self.hand_in(on, by)

    @step(
        label=_("Withdraw the application"), article="10", source=BEFORE_DECISION, target="withdrawn",
        by=[the_applicant], tone="danger", inputs=sheets.reason,
    )  # fmt: skip
    def withdraw(self, *, by, on, reason):
        self.withdrawn_because = reason

    # --- the bureau's review ---------------------------------------------------------------------------------

    @step(
        label=_("Judge the points"), article="9", source="qualification_review", by=[the_bureau],
        inputs=sheets.judgements,
        explain=_("Nothing is sent to the applicant until you return, pass or refuse the application."),
    )  # fmt: skip
    def judge(self, *, by, on, **values):
        for point, met, reason in sheets.judged_points(self, values):
            self.judgements.update_or_create(
                round=self.round, point=point,
                defaults={"met": met, "reason": reason, "judged_by": by.person, "judged_at": on},
            )  # fmt: skip

    @step(
        label=_("Return for correction"), article="9", source="qualification_review", target="correction",
        by=[the_bureau], guards=[guards.all_points_judged, guards.some_point_not_met], inputs=sheets.correction,
        tone="secondary",
        explain=_("The applicant gets one notice with every point that is not met."),
    )  # fmt: skip
    def return_for_correction(self, *, by, on, correct_by, remark):
        self.correct_by = correct_by
        papers.order(self, "correction_notice", by=by, at=on, context=letters.correction_notice(self, remark))

    @step(
        label=_("Set a new day for the correction"), article="9", source="correction", by=[the_bureau],
        inputs=sheets.new_day, tone="secondary",
    )  # fmt: skip
    def extend_correction(self, *, by, on, correct_by):
        self.correct_by = correct_by

    @step(
        label=_("Pass the qualification review"), article="9", source="qualification_review",
        target="panel_selection", by=[the_bureau], guards=[guards.all_points_judged, guards.all_points_met],
    )  # fmt: skip
    def pass_qualification(self, *, by, on):
        """Every point is met; the panel can be drawn."""

    @step(
        label=_("Refuse for lack of qualification"), article="9", source="qualification_review", target="refused",
        by=[the_bureau], guards=[guards.all_points_judged, guards.some_point_not_met], inputs=sheets.remark,
        tone="danger",
    )  # fmt: skip
    def refuse_qualification(self, *, by, on, remark):
        self.decision_remark = remark
        papers.order(self, "refusal", by=by, at=on, context=letters.refusal(self))

    @step(
        label=_("Refuse because it was not corrected in time"), article="9", source="correction", target="refused",
        by=[the_bureau], guards=[guards.correction_overdue], inputs=sheets.remark, tone="danger",
    )  # fmt: skip
    def refuse_uncorrected(self, *, by, on, remark):
        self.decision_remark = remark
        papers.order(self, "refusal", by=by, at=on, context=letters.refusal(self))

    # --- inside the bureau -----------------------------------------------------------------------------------

    assign_handler = handling.assign(article="9", source=HANDLED, by=[the_bureau])
    consult_colleague = handling.consult(article="9", source=HANDLED, by=[the_bureau])
    answer_colleague = handling.answer(article="9", source=HANDLED, by=[the_bureau])

    # --- panel, consultation, decision -----------------------------------------------------------------------

    @step(
        label=_("Draw the panel"), article="11", source="panel_selection", target="panel_review", by=[the_bureau],
        guards=[guards.enough_experts],
        explain=_("Experts are drawn by lot from the pool; those with a conflict of interest are left out."),
    )  # fmt: skip
    def draw_panel(self, *, by, on):
        return lots.draw(self, by=by, on=on)

    @step(
        label=_("Fill the vacant seats"), article="11", source="panel_review", by=[the_bureau],
        guards=[guards.seat_vacant, guards.enough_experts], closes_own=True,
    )  # fmt: skip
    def fill_seats(self, *, by, on):
        return lots.draw(self, by=by, on=on)

    @step(
        label=_("Step back for a conflict of interest"), article="5(4)", source="panel_review", by=[the_panel],
        guards=[guards.not_yet_scored], inputs=sheets.conflict, tone="secondary", closes_own=True,
        explain=_("Another expert is drawn in your place. Your declaration is kept for later panels."),
    )  # fmt: skip
    def step_back(self, *, by, on, reason):
        return lots.replace(self, by=by, on=on, reason=reason)

    @step(
        label=_("Excuse an expert"), article="5(4)", source="panel_review", by=[the_bureau],
        guards=[guards.score_awaited], inputs=sheets.excuse, tone="secondary",
        explain=_("Another expert is drawn in the place of one who can't go on. Scores given so far stay."),
    )  # fmt: skip
    def excuse_expert(self, *, by, on, seat, reason):
        return lots.excuse(self, by=by, on=on, seat=seat, reason=reason)

    @step(
        label=_("Score the application"), article="11", source="panel_review", by=[the_panel],
        guards=[guards.not_yet_scored, guards.without_conflict], inputs=sheets.score, closes_own=True,
        then="complete_scoring",
        explain=_("A score is final. Nobody sees it until every expert has scored."),
    )  # fmt: skip
    def score(self, *, by, on, opinion, **marks):
        lots.write_score(self, by=by, on=on, opinion=opinion, marks=marks)

    @step(
        label=_("Complete the panel review"), article="11", source="panel_review", target="consultation",
        by=[the_system], guards=[guards.all_seats_scored],
    )  # fmt: skip
    def complete_scoring(self, *, by, on):
        """Every expert has scored; the supervising bodies are consulted."""

    @step(
        label=_("Give an opinion"), article="11", source="consultation", by=[the_consulted],
        guards=[guards.opinion_not_given], inputs=sheets.opinion, closes_own=True, then="complete_consultation",
    )  # fmt: skip
    def give_opinion(self, *, by, on, stance, opinion):
        self.opinions.create(
            organisation=by.organisation, stance=stance, opinion=opinion, given_by=by.person, given_at=on
        )

    @step(
        label=_("Complete the consultation"), article="11", source="consultation", target="reporting",
        by=[the_system], guards=[guards.all_opinions_in],
    )  # fmt: skip
    def complete_consultation(self, *, by, on):
        """Every body named in the call has answered; the bureau reports."""

    @step(
        label=_("Report to the district government"), article="11", source="reporting", target="decision",
        by=[the_bureau], inputs=sheets.report,
    )  # fmt: skip
    def make_report(self, *, by, on, recommendation, report):
        self.recommendation, self.report = recommendation, report

    @step(
        label=_("Approve"), article="11", source="decision", target="approved", by=[the_government],
        inputs=sheets.decision,
    )  # fmt: skip
    def approve(self, *, by, on, **values):
        self.decide(values)
        papers.order(self, "decision", by=by, at=on, context=letters.decision(self))

    @step(
        label=_("Refuse"), article="11", source="decision", target="refused", by=[the_government],
        inputs=sheets.refusal, tone="danger",
    )  # fmt: skip
    def refuse(self, *, by, on, **values):
        self.decide(values)
        papers.order(self, "refusal", by=by, at=on, context=letters.refusal(self))

    @step(
        label=_("Draw up the agreement"), article="12", source="approved", target="agreed", by=[the_system],
    )  # fmt: skip
    def bind(self, *, by, on):
        """An operating agreement with the applicant has been begun."""

    @step(
        label=_("Free for another agreement"), article="12", source="agreed", target="approved", by=[the_system],
    )  # fmt: skip
    def unbind(self, *, by, on):
        """The agreement was cancelled before signature; another one can be drawn up."""
