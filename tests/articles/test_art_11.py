"""Art. 11: experts review, supervising bodies are heard, the district government decides. No step is skipped."""

import pytest

from accounts.actors import SYSTEM
from casework.ledger.models import Entry
from casework.models.paper import Paper
from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from casework.step import steps_of
from operators.models import OperatorApplication
from tests.desk import nothing_changes, refused
from tests.machines.table import inputs
from tests.story import DAY, DECISION, NOW

COURSE = [
    "draft", "qualification_review", "panel_selection", "panel_review", "consultation", "reporting", "decision",
    "approved", "agreed",
]  # fmt: skip
STEPS = {
    "submit": ("applicant", "draft"),
    "pass_qualification": ("bureau", "qualification_review"),
    "draw_panel": ("bureau", "panel_selection"),
    "score": ("panel", "panel_review"),
    "complete_scoring": ("system", "panel_review"),
    "give_opinion": ("finance", "consultation"),
    "complete_consultation": ("system", "consultation"),
    "make_report": ("bureau", "reporting"),
    "approve": ("government", "decision"),
    "refuse": ("government", "decision"),
    "bind": ("system", "approved"),
}
SKIPS = [
    (state, step)
    for state in [*COURSE, "correction", "refused", "withdrawn"]
    for step, (_who, source) in STEPS.items()
    if state != source
]
DECIDE = DECISION | {"decided_on": NOW.date().isoformat()}


def whoever(story, case, step):
    who = STEPS[step][0]
    if who == "system":
        return SYSTEM
    if who == "panel":
        # Before the draw nobody is of the panel, so that an expert is refused as a person.
        return story.panel(case)[0] if story.panel(case) else story.cast.expert1
    return story.cast[who]


@pytest.mark.parametrize(("state", "step"), SKIPS)
def test_11a_no_step_is_taken_before_or_after_its_turn(story, page, api, state, step):
    case = story.application(state)
    by, given = whoever(story, case, step), inputs(story, case, step)
    nobody_sits = step == "score" and not case.seats.exists()
    refusal = refused(NotYourStep if nobody_sits else WrongState, getattr(case, step), by=by, **given)
    if not nobody_sits:
        assert str(case.get_state_display()) in refusal.message
        assert refusal.remedy == "Reload the page to see what has been done and whose turn it is."
    if by is SYSTEM:
        by = story.cast.bureau
    with nothing_changes():
        shown, answer = page(by).take(case, step, **given), api(by).take(case, step, **given)
    assert shown.status_code == answer.status_code
    assert shown.status_code in {403, 404, 409}
    if shown.status_code == 409:
        assert answer.json()["code"] == "wrong-state"


def test_11a_the_course_is_walked_on_pages_and_api_and_every_step_stands_in_the_ledger(story, page, api):
    case = story.application("qualification_review")
    bureau = page(story.cast.bureau)
    bureau.take(case, "judge", **story.judgements(case))
    bureau.take(case, "pass_qualification")
    bureau.take(case, "draw_panel")
    for expert in story.panel(case):
        page(expert).take(case, "score", **story.marks(case))
    api(story.cast.finance).take(case, "give_opinion", stance="agree", opinion="No objection.")
    page(story.cast.cyberspace).take(case, "give_opinion", stance="agree", opinion="No objection.")
    api(story.cast.bureau).take(case, "make_report", recommendation="approve", report="Sound.")
    page(story.cast.government).take(case, "approve", **DECIDE)
    entries = Entry.objects.filter(case_kind=case.kind, case_id=case.pk, kind="step").order_by("seq")
    moves = [(entry.old_state, entry.new_state) for entry in entries if entry.old_state != entry.new_state]
    assert moves == list(zip(["", *COURSE[:7]], COURSE[:8], strict=True))
    assert {entry.article for entry in entries} <= {"9", "10", "11"}


# --- the panel -----------------------------------------------------------------------------------------------


def test_11a_the_review_goes_on_when_the_last_expert_has_scored_and_not_before(story, page):
    case = story.application("panel_review")
    for number, expert in enumerate(story.panel(case), start=1):
        refused(GuardRefused, case.complete_scoring, by=SYSTEM)
        page(expert).take(case, "score", **story.marks(case))
        case.refresh_from_db()
        assert case.state == ("consultation" if number == 3 else "panel_review")
    assert case.mean_score() == 95


def test_11a_a_vacant_seat_holds_the_review(story):
    case = story.application("panel_review", seats=5)
    case.step_back(by=story.panel(case)[0], reason="I advised the company.")
    for expert in story.panel(case):
        case.score(by=expert, **story.marks(case))
    assert case.state == "panel_review"
    refused(GuardRefused, case.complete_scoring, by=SYSTEM)


def test_11a_a_bureau_that_calls_the_systems_step_is_refused(story):
    case = story.application("panel_review")
    refused(NotYourStep, case.complete_scoring, by=story.cast.bureau)


# --- the supervising bodies ----------------------------------------------------------------------------------


def test_11a_every_body_named_is_consulted_and_the_report_waits_for_all(story, page):
    case = story.application("consultation")
    waiting = Task.objects.of(case).filter(closed_at=None)
    assert {task.organisation.name for task in waiting} == {"Finance Department", "Cyberspace Office"}
    page(story.cast.finance).take(case, "give_opinion", stance="agree", opinion="No objection.")
    assert [task.organisation.name for task in waiting.all()] == ["Cyberspace Office"]
    refusal = refused(GuardRefused, case.complete_consultation, by=SYSTEM)
    assert refusal.details == ("Cyberspace Office",)
    refused(WrongState, case.make_report, by=story.cast.bureau, recommendation="approve", report="Sound.")
    page(story.cast.cyberspace).take(case, "give_opinion", stance="agree", opinion="No objection.")
    case.refresh_from_db()
    assert case.state == "reporting"


def test_11a_a_body_gives_one_opinion(story, page, api):
    case, given = story.application("consultation"), {"stance": "object", "opinion": "We object."}
    case.give_opinion(by=story.cast.finance, **given)
    refusal = refused(GuardRefused, case.give_opinion, by=story.cast.finance, **given)
    assert refusal.message == "Your organisation has given its opinion already."
    with nothing_changes():
        assert page(story.cast.finance).take(case, "give_opinion", **given).status_code == 409
        assert api(story.cast.finance).take(case, "give_opinion", **given).status_code == 409


def test_11a_a_call_without_a_body_to_consult_is_not_published(story):
    call = story.call("draft")
    call.consulted.clear()
    refusal = refused(GuardRefused, call.publish, by=story.cast.bureau)
    assert refusal.message == "No supervising body is named to be consulted."
    assert refusal.remedy == "Change the call and choose at least one."


def test_11a_an_objection_does_not_decide_but_stands_before_the_government(story, page):
    case = story.application("consultation")
    case.give_opinion(by=story.cast.finance, stance="object", opinion="The accounts are unclear.")
    case.give_opinion(by=story.cast.cyberspace, stance="agree", opinion="No objection.")
    case.make_report(by=story.cast.bureau, recommendation="refuse", report="One body objects.")
    text = page(story.cast.government).see(case).content.decode()
    for words in ("The accounts are unclear.", "One body objects.", "Feasible.", "Mean score"):
        assert words in text


# --- the report ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "value"), [("recommendation", ""), ("recommendation", "wait"), ("report", "  ")])
def test_11a_a_report_has_a_recommendation_and_words(story, page, api, field, value):
    case = story.application("reporting")
    given = {"recommendation": "approve", "report": "Sound."} | {field: value}
    assert set(refused(InvalidInput, case.make_report, by=story.cast.bureau, **given).errors) == {field}
    with nothing_changes():
        assert page(story.cast.bureau).take(case, "make_report", **given).status_code == 422
        assert api(story.cast.bureau).take(case, "make_report", **given).status_code == 422


def test_11a_the_government_sees_an_application_from_the_report_on(story, api, page):
    case = story.application("reporting")
    assert page(story.cast.government).see(case).status_code == 404
    case.make_report(by=story.cast.bureau, recommendation="approve", report="Sound.")
    assert api(story.cast.government).numbers(OperatorApplication) == [case.number]
    task = Task.objects.of(case).get(closed_at=None)
    assert (task.organisation, task.role) == (story.cast.government.organisation, "government")


# --- the decision --------------------------------------------------------------------------------------------


def test_11a_the_government_approves_with_a_document_number(story, page):
    case = story.application("decision")
    page(story.cast.government).take(case, "approve", **DECIDE)
    case.refresh_from_db()
    assert (case.state, case.document_number, case.decided_on) == ("approved", "District letter 2026-12", NOW.date())
    paper = Paper.objects.of(case).get(kind="decision")
    assert (paper.context["document_number"], paper.context["approved"]) == ("District letter 2026-12", True)
    assert "District letter 2026-12" in page(story.cast.applicant).see(case).content.decode()


def test_11a_the_government_refuses_with_reasons_that_the_applicant_reads(story, page):
    case = story.application("decision")
    page(story.cast.government).take(case, "refuse", **DECIDE | {"decision_remark": "The team is too small."})
    case.refresh_from_db()
    assert (case.state, case.decision_remark) == ("refused", "The team is too small.")
    assert Paper.objects.of(case).get(kind="refusal").context["reasons"] == "The team is too small."
    assert "The team is too small." in page(story.cast.applicant).see(case).content.decode()


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        ("approve", "document_number", " "), ("approve", "decided_on", ""),
        ("approve", "decided_on", (NOW + DAY).date().isoformat()),
        ("approve", "decided_on", (NOW - DAY).date().isoformat()),
        ("refuse", "decided_on", "1900-01-01"), ("refuse", "document_number", ""),
        ("refuse", "decided_on", "yesterday"), ("refuse", "decision_remark", " \n "),
    ],
)  # fmt: skip
def test_11a_a_decision_without_number_day_or_reasons_is_refused(story, page, api, step, field, value):
    case = story.application("decision")
    given = DECIDE | {field: value}
    assert set(refused(InvalidInput, getattr(case, step), by=story.cast.government, **given).errors) == {field}
    with nothing_changes():
        shown = page(story.cast.government).take(case, step, **given)
        answer = api(story.cast.government).take(case, step, **given)
    assert shown.status_code == answer.status_code == 422
    assert set(answer.json()["errors"]) == {field}
    assert "There is a problem" in shown.content.decode()


@pytest.mark.parametrize("who", ["bureau", "bureau_lead", "finance", "applicant", "expert1", "auditadmin"])
@pytest.mark.parametrize("step", ["approve", "refuse"])
def test_11a_nobody_but_the_government_decides(story, page, api, who, step):
    case = story.application("decision")
    by = story.panel(case)[0] if who == "expert1" else story.cast[who]
    refused(NotYourStep, getattr(case, step), by=by, **DECIDE)
    with nothing_changes():
        assert page(by).take(case, step, **DECIDE).status_code in {403, 404}
        assert api(by).take(case, step, **DECIDE).status_code in {403, 404}


def test_11a_the_recommendation_does_not_bind_the_government(story):
    case = story.application("reporting")
    case.make_report(by=story.cast.bureau, recommendation="refuse", report="Weak.")
    case.approve(by=story.cast.government, **DECISION)
    assert (case.state, case.recommendation) == ("approved", "refuse")


# --- the results ---------------------------------------------------------------------------------------------


def test_11a_results_are_published_when_every_application_is_decided(story, page):
    call = story.call()
    first, second = (story.application("decision", who=who, call=call) for who in ("applicant", "operator"))
    draft = story.application(call=call, who="outsider")
    story.decide(first)
    story.close(call)
    refusal = refused(GuardRefused, call.publish_results, by=story.cast.bureau)
    assert refusal.message == "Not every application of this call has been decided."
    assert refusal.details == (second.number,)
    with nothing_changes():
        assert second.number in page(story.cast.bureau).take(call, "publish_results").content.decode()
    public = page(None)
    assert "Applicant Company" not in public.open("public-call", call.number).content.decode()
    story.decide(second, "refuse")
    page(story.cast.bureau).take(call, "publish_results")
    text = public.open("public-call", call.number).content.decode()
    for words in ("Applicant Company", "Selected", "Operator Company", "Not selected", "District letter 2026-12"):
        assert words in text
    assert draft.organisation.name not in text


@pytest.mark.parametrize("state", ["draft", "published", "open", "decided", "withdrawn"])
def test_11a_results_are_published_after_the_window_and_once(story, state):
    call = story.call(state)
    refused(WrongState, call.publish_results, by=story.cast.bureau)


def test_11a_every_step_of_the_course_is_among_those_tried():
    moving = {name for name, step in steps_of(OperatorApplication).items() if step.target in COURSE[1:]}
    assert moving - {"resubmit", "unbind"} <= set(STEPS)
