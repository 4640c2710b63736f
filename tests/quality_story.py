"""Brings an issue with the quality of data into each state of its life, by steps only."""

from datetime import date, timedelta

from django.utils import timezone

from authorizations.models import QualityIssue
from casework.beginning import begin

CHECKED = {"opinion": "Checked: it is as described."}
ANSWER_BY = {"answer_by": date(2026, 3, 12)}
CORRECTED = {"answer": "The codes were mapped anew.", "corrected_on": date(2026, 3, 2), "new_version": ""}


class QualityStory:
    """Issues as partner, operator, department and bureau raise them. Mixed into the story of data."""

    def issue_values(self, who: str = "operator", *, resource=None, **given) -> dict:
        """What is entered to raise one."""
        resource = resource or self.resource()
        if who.startswith("partner") or who in {"operator", "applicant", "outsider"}:
            self.user(who)
        values = {"resource": resource.code, "field": "district", "problem": "error", "description": "Wrong codes."}
        if who.startswith("partner"):
            values["partnership"] = self.in_standing(who).number
        return values | given

    def issue(self, state: str = "draft", *, who: str = "operator", resource=None, **given) -> QualityIssue:
        """An issue in a state; one that only a partner's passes through is a partner's."""
        who = "partner" if state == "operator_check" else who
        case = begin(QualityIssue, by=self.cast[who], **self.issue_values(who, resource=resource, **given))
        self.bring_issue(case, state, who)
        assert case.state == state
        return case

    def bring_issue(self, case: QualityIssue, state: str, who: str) -> None:
        """Take steps until the issue is in the state."""
        actor, bureau = self.cast[who], self.cast.bureau
        if state == "draft":
            return
        if state == "withdrawn":
            case.withdraw(by=actor, reason="Found to be right.")
            return
        if who.startswith("partner"):
            case.send_to_operator(by=actor)
            if state == "operator_check":
                return
            if state == "returned":
                case.return_to_partner(by=self.cast.operator, reason="Name the rows.")
                return
            case.confirm(by=self.cast.operator, **CHECKED)
        elif who == "bureau":
            case.send_to_department(by=actor, **self.answer_by())
        else:
            case.send_to_bureau(by=actor)
        if state == "returned":
            case.return_to_raiser(by=bureau, reason="Name the rows.")
        if state == "refused":
            case.refuse(by=bureau, reason="Not an error.")
        if state in {"bureau_check", "returned", "refused"}:
            return
        if who != "bureau":
            case.pass_on(by=bureau, **CHECKED, **self.answer_by())
        if state == "with_department":
            return
        case.correct(by=self.department_of(case), **CORRECTED)
        judge = bureau if who in {"bureau", "health", "transport"} else actor
        if state == "closed":
            case.accept(by=judge)
        if state == "reopened":
            case.reopen(by=judge, reason="Two districts are still wrong.")

    @staticmethod
    def answer_by() -> dict:
        """A day to answer by, ten days ahead."""
        return {"answer_by": timezone.localdate() + timedelta(days=10)}

    def department_of(self, case: QualityIssue):
        """Somebody of the department that keeps the resource."""
        return next(actor for actor in self.cast if actor.organisation.pk == case.department_id)
