"""Issues with the quality of data (Art. 24) as the tests over every kind of case learn of them."""

from datetime import date

from authorizations.models import QualityIssue
from tests.data_story import DataStory
from tests.kinds.told import Told, again, row_again
from tests.quality_story import CHECKED, CORRECTED
from tests.story import NOW

REASON = {"reason": "For a reason."}
LATER = {"answer_by": date(2026, 3, 20)}


def inputs(story: DataStory, case):
    return {
        "edit": lambda: {"field": "visits", "problem": "omission", "description": "Rows are missing."},
        "send_to_department": lambda: LATER,
        "withdraw": lambda: REASON,
        "reopen": lambda: REASON,
        "confirm": lambda: CHECKED,
        "return_to_partner": lambda: REASON,
        "refuse_at_operator": lambda: REASON,
        "pass_on": lambda: CHECKED | LATER,
        "return_to_raiser": lambda: REASON,
        "refuse": lambda: REASON,
        "extend_answer": lambda: LATER,
        "pass_again": lambda: CHECKED | LATER,
        "close_reopened": lambda: REASON,
        "correct": lambda: CORRECTED,
        "explain": lambda: {"answer": "The standard says so."},
    }


def situations(story: DataStory):
    return {
        "draft, a partner's": lambda: story.issue("draft", who="partner"),
        "draft, the bureau's": lambda: story.issue("draft", who="bureau"),
        "draft, a department's": lambda: story.issue("draft", who="health"),
        "returned, a partner's": lambda: story.issue("returned", who="partner"),
        "answered, a partner's": lambda: story.issue("answered", who="partner"),
        "answered, a department's": lambda: story.issue("answered", who="health"),
        "draft, resource taken out": lambda: taken_out(story),
    }


def taken_out(story: DataStory):
    case = story.issue("draft")
    case.resource.delist(by=story.cast.bureau, on=NOW, reason="No longer kept.")
    return case


def issue_again(case, number):
    """A copy with an answer of its own, where the case has one."""
    copy = again(case, number)
    for answer in case.answers.all():
        row_again(answer, issue_id=copy.pk)
    return copy


KINDS = [
    Told(
        model=QualityIssue, name="quality_issue",
        ground=lambda story: (story.user("operator"), story.user("partner")),
        bring=lambda story, state: story.issue(state),
        begin=lambda story: story.issue_values(grant=""),
        inputs=inputs, situations=situations,
        prepared={"send_to_department": lambda story, case: story.issue("draft", who="bureau")},
        listed=lambda story: story.issue("answered"), copy=issue_again,
    ),
]  # fmt: skip
