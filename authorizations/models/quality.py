"""An issue with the quality of data, traced back step by step (Art. 24): operator, bureau, department, answer."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from authorizations import guards, letters, sheets
from authorizations.models.quality_file import QualityFile
from authorizations.models.resource import ResourceVersion
from authorizations.parties import (
    the_department_concerned,
    the_judge_of_the_answer,
    the_raiser,
    the_raising_bureau,
    the_raising_department,
    the_raising_operator,
    the_raising_partner,
)
from casework import papers
from casework.beginning import Start
from casework.states import State, States, Until, the_bureau
from casework.step import step
from operators.parties import the_partners_operator
from operators.telling import tell

STATES = States.of(
    draft=State(label=_("Draft"), owner=the_raiser, task=_("Complete the issue and send it"), article="24"),
    operator_check=State(
        label=_("Being checked by the operator"), owner=the_partners_operator, task=_("Check the partner's issue"),
        article="24", tone="info",
    ),
    returned=State(
        label=_("Sent back to be completed"), owner=the_raiser, task=_("Complete the issue and send it again"),
        article="24", tone="warn",
    ),
    bureau_check=State(
        label=_("Being checked by the bureau"), owner=the_bureau, task=_("Check the issue and pass it on"),
        article="24", tone="info",
    ),
    with_department=State(
        label=_("With the department"), owner=the_department_concerned, task=_("Correct the data or give reasons"),
        article="24", within=Until("answer_by", "24"), tone="info",
    ),
    answered=State(
        label=_("Answered"), owner=the_judge_of_the_answer, task=_("Accept the answer or reopen the issue"),
        article="24", tone="info",
    ),
    reopened=State(
        label=_("Reopened, with the bureau"), owner=the_bureau, task=_("Pass the issue on again or close it"),
        article="24", tone="warn",
    ),
    closed=State(label=_("Closed"), article="24", final=True, tone="good"),
    refused=State(label=_("Not pursued"), article="24", final=True, tone="bad"),
    withdrawn=State(label=_("Withdrawn"), article="24", final=True),
)  # fmt: skip
UNANSWERED = ["draft", "operator_check", "returned", "bureau_check", "with_department"]
IN_HAND = ["draft", "returned"]
SENT = (guards.quality.raiser_in_standing, guards.quality.resource_listed)


class QualityIssue(QualityFile):
    """One problem with one resource, or with one field of it."""

    kind = "quality-issue"
    plural = "quality-issues"
    icon = "exclamation-triangle"
    menu_group = "catalogue"
    states = STATES
    audience = (Role.BUREAU, Role.BUREAU_LEAD, Role.OPERATOR, Role.PARTNER, Role.DEPARTMENT)
    draft_step = "edit"

    class Meta(QualityFile.Meta):
        abstract = False
        verbose_name = _("data quality issue")
        verbose_name_plural = _("data quality issues")
        constraints = [STATES.known("quality_issue_known_state")]

    @classmethod
    def _build(cls, *, grant: str = "", partnership: str = "", **given) -> "QualityIssue":
        return cls.drafted(grant=grant, partnership=partnership, state=STATES.initial, **given)

    start = Start(
        label=_("Raise a quality issue"), article="24",
        by=(the_raising_partner, the_raising_operator, the_raising_department, the_raising_bureau),
        asks=sheets.quality.beginning, build=lambda **given: QualityIssue._build(**given), guards=SENT,
        explain=_("A draft is begun first, to which you can add evidence before you send it."),
    )  # fmt: skip

    # --- the raiser ------------------------------------------------------------------------------------------

    @step(
        label=_("Change the issue"), article="24", source=IN_HAND, by=[the_raiser], inputs=sheets.quality.text,
        recorded=False, tone="secondary",
    )  # fmt: skip
    def edit(self, *, by, on, field, problem, description):
        self.field = sheets.quality.known_field(self.resource, field)
        self.problem, self.description = problem, description

    @step(
        label=_("Send to the operator"), article="24", source=IN_HAND, target="operator_check",
        by=[the_raising_partner], guards=SENT,
        explain=_("Your operator checks the issue and sends it on to the bureau, which asks the department."),
    )  # fmt: skip
    def send_to_operator(self, *, by, on):
        self._sent(on)

    @step(
        label=_("Send to the bureau"), article="24", source=IN_HAND, target="bureau_check",
        by=[the_raising_operator, the_raising_department], guards=SENT,
        explain=_("The bureau checks the issue and passes it to the department with a day to answer by."),
    )  # fmt: skip
    def send_to_bureau(self, *, by, on):
        self._sent(on)
        self.reached_bureau_at = self.reached_bureau_at or on

    @step(
        label=_("Send to the department"), article="24", source=IN_HAND, target="with_department",
        by=[the_raising_bureau], guards=SENT, inputs=sheets.quality.answer_by,
    )  # fmt: skip
    def send_to_department(self, *, by, on, answer_by):
        self._sent(on)
        self.reached_bureau_at = self.reached_bureau_at or on
        return self._passed(answer_by, on)

    @step(
        label=_("Withdraw the issue"), article="24", source=[*UNANSWERED, "reopened"], target="withdrawn",
        by=[the_raiser], inputs=sheets.quality.reason, tone="danger",
    )  # fmt: skip
    def withdraw(self, *, by, on, reason):
        self.ended_because = reason

    @step(
        label=_("Accept the answer"), article="24", source="answered", target="closed", by=[the_judge_of_the_answer],
    )  # fmt: skip
    def accept(self, *, by, on):
        """The problem is solved, or the reasons convince."""

    @step(
        label=_("Reopen the issue"), article="24", source="answered", target="reopened",
        by=[the_judge_of_the_answer], inputs=sheets.quality.reason, tone="secondary",
        explain=_("It goes back to the department through the bureau, with your reason."),
    )  # fmt: skip
    def reopen(self, *, by, on, reason):
        answer = self.answers.order_by("round").last()
        answer.reopened_at, answer.reopened_because = on, reason
        answer.save()
        return {"round": answer.round, "reason": reason}

    # --- the operator ----------------------------------------------------------------------------------------

    @step(
        label=_("Confirm and send to the bureau"), article="24", source="operator_check", target="bureau_check",
        by=[the_partners_operator], inputs=sheets.quality.opinion,
    )  # fmt: skip
    def confirm(self, *, by, on, opinion):
        self.operator_opinion = opinion
        self.reached_bureau_at = self.reached_bureau_at or on
        self._tell_partner("bureau_check", on)

    @step(
        label=_("Send back to be completed"), article="24", source="operator_check", target="returned",
        by=[the_partners_operator], inputs=sheets.quality.reason, tone="secondary",
    )  # fmt: skip
    def return_to_partner(self, *, by, on, reason):
        self.returned_because = reason

    @step(
        label=_("Do not pursue"), article="24", source="operator_check", target="refused", by=[the_partners_operator],
        inputs=sheets.quality.reason, tone="danger", explain=_("The partner is told the reason."),
    )  # fmt: skip
    def refuse_at_operator(self, *, by, on, reason):
        self.ended_because = reason
        self._tell_partner("refused", on)

    # --- the bureau ------------------------------------------------------------------------------------------

    @step(
        label=_("Pass to the department"), article="24", source="bureau_check", target="with_department",
        by=[the_bureau], inputs=sheets.quality.passing,
    )  # fmt: skip
    def pass_on(self, *, by, on, opinion, answer_by):
        self.bureau_opinion = opinion
        self._tell_partner("with_department", on)
        return self._passed(answer_by, on)

    @step(
        label=_("Send back to be completed"), article="24", source="bureau_check", target="returned",
        by=[the_bureau], inputs=sheets.quality.reason, tone="secondary",
        explain=_("Whoever raised the issue completes it and sends it the same way again."),
    )  # fmt: skip
    def return_to_raiser(self, *, by, on, reason):
        self.returned_because = reason

    @step(
        label=_("Do not pursue"), article="24", source="bureau_check", target="refused", by=[the_bureau],
        inputs=sheets.quality.reason, tone="danger",
    )  # fmt: skip
    def refuse(self, *, by, on, reason):
        self.ended_because = reason
        self._tell_partner("refused", on)

    @step(
        label=_("Set a new day for the answer"), article="24", source="with_department", by=[the_bureau],
        inputs=sheets.quality.answer_by, tone="secondary",
    )  # fmt: skip
    def extend_answer(self, *, by, on, answer_by):
        self.answer_by = answer_by
        return {"answer_by": answer_by.isoformat()}

    @step(
        label=_("Pass to the department again"), article="24", source="reopened", target="with_department",
        by=[the_bureau], inputs=sheets.quality.passing,
    )  # fmt: skip
    def pass_again(self, *, by, on, opinion, answer_by):
        self.bureau_opinion = opinion
        self._tell_partner("with_department", on)
        return self._passed(answer_by, on)

    @step(
        label=_("Close: the answer stands"), article="24", source="reopened", target="closed", by=[the_bureau],
        inputs=sheets.quality.reason, tone="secondary",
    )  # fmt: skip
    def close_reopened(self, *, by, on, reason):
        self.ended_because = reason
        self._tell_partner("closed", on)

    # --- the department --------------------------------------------------------------------------------------

    @step(
        label=_("Report the correction"), article="24", source="with_department", target="answered",
        by=[the_department_concerned], inputs=sheets.quality.correction,
    )  # fmt: skip
    def correct(self, *, by, on, answer, corrected_on, new_version):
        found = self.resource.versions.filter(pk=new_version).first() if new_version else None
        return self._answer("corrected", answer, by=by, on=on, corrected_on=corrected_on, version=found)

    @step(
        label=_("Give reasons for not correcting"), article="24", source="with_department", target="answered",
        by=[the_department_concerned], inputs=sheets.quality.explanation, tone="secondary",
    )  # fmt: skip
    def explain(self, *, by, on, answer):
        return self._answer("explained", answer, by=by, on=on)

    # --- what steps do ---------------------------------------------------------------------------------------

    def _sent(self, on: datetime) -> None:
        self.submitted_at = self.submitted_at or on
        self.returned_because = ""

    def _passed(self, answer_by, on: datetime) -> dict:
        self.answer_by, self.passed_at = answer_by, self.passed_at or on
        return {"answer_by": answer_by.isoformat()}

    def _answer(self, outcome: str, text: str, *, by, on: datetime, corrected_on=None, version=None) -> dict:
        answer = QualityAnswer.objects.create(
            issue=self, round=self.answers.count() + 1, outcome=outcome, text=text, corrected_on=corrected_on,
            version=version, answer_by=self.answer_by, answered_at=on, answered_by=by.person,
        )  # fmt: skip
        papers.order(self, "quality_answer", by=by, at=on, context=letters.quality_answer(self, answer))
        return {"round": answer.round, "outcome": outcome}

    def _tell_partner(self, state: str, on: datetime) -> None:
        """The kernel tells whoever stands for the issue; the partner behind it is told here."""
        if self.by_partner:
            for owner in the_raiser.owners(self):
                tell(self, owner, state=state, on=on)


class QualityAnswer(models.Model):
    """One answer of the department; after a reopening there is another one."""

    OUTCOMES = [("corrected", _("Corrected")), ("explained", _("Not corrected, with reasons"))]

    issue = models.ForeignKey(QualityIssue, models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField(_("answer no."))
    outcome = models.CharField(_("outcome"), max_length=10, choices=OUTCOMES)
    text = models.TextField(_("answer"))
    corrected_on = models.DateField(_("corrected on"), null=True)
    version = models.ForeignKey(ResourceVersion, models.PROTECT, related_name="+", null=True)
    answer_by = models.DateField(_("to be answered by"))
    answered_at = models.DateTimeField(_("answered at"))
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(_("reopened at"), null=True)
    reopened_because = models.TextField(_("reason for the reopening"), blank=True)

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "round"], name="one_quality_answer_a_round"),
            models.CheckConstraint(
                condition=Q(outcome="explained") | Q(corrected_on__isnull=False), name="correction_has_its_day"
            ),
        ]
        indexes = [models.Index(fields=["answered_at"], name="quality_answered")]

    def __str__(self) -> str:
        return f"{self.issue_id} #{self.round}"

    @property
    def was_corrected(self) -> bool:
        """Whether the data were corrected."""
        return self.outcome == "corrected"
