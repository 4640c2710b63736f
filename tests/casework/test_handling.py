"""Inside an office: who handles a case, passing it on, asking a colleague. Nobody else learns of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from casework import outbox
from casework.ledger.models import Entry
from casework.models.clock import Clock
from casework.models.handling import Consultation, Handler
from casework.models.outbox import Notice, OutboxMessage
from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from tests.casework.conftest import details
from tests.desk import refused
from tests.factories.accounts import MembershipFactory
from tests.story import NOW

STATES = [
    "qualification_review",
    "correction",
    "panel_selection",
    "panel_review",
    "consultation",
    "reporting",
    "approved",
]
INSIDE = ["assign_handler", "consult_colleague", "answer_colleague"]


@pytest.fixture
def case(story):
    return story.application("qualification_review", qualification_days=10)


def key(actor) -> str:
    return str(actor.person.pk)


def handler(case) -> str:
    return Handler.objects.of(case).get().person.username


def assigned(story, case, name="bureau2"):
    return case.assign_handler(by=story.cast.bureau, person=key(story.cast[name]), reason="")


def asked(story, case, *, by="bureau", whom="bureau2", question="Is the certificate valid?"):
    return case.consult_colleague(by=story.cast[by], person=key(story.cast[whom]), question=question)


def open_question(case) -> str:
    return str(Consultation.objects.of(case).get(answered_at=None).pk)


# --- the handler ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_while_nobody_handles_the_case_anybody_of_the_office_assigns(story, state):
    case = story.application(state)
    version = case.version
    case.assign_handler(by=story.cast.bureau, person=key(story.cast.bureau2), reason="")
    held = Handler.objects.of(case).get()
    assert (held.person, held.organisation) == (story.cast.bureau2.person, story.cast.bureau.organisation)
    assert (held.since, held.assigned_by) == (NOW, story.cast.bureau.person)
    assert (case.state, case.version) == (state, version)


@pytest.mark.parametrize("state", ["draft", "decision", "refused", "withdrawn"])
def test_a_case_that_the_bureau_is_not_at_work_on_has_no_handler(story, state):
    case = story.application(state)
    refused(WrongState, assigned, story, case)


def test_the_handler_passes_the_case_on_with_a_reason(story, case):
    assigned(story, case, "bureau")
    without = refused(InvalidInput, assigned, story, case)
    assert list(without.errors) == ["reason"]
    case.assign_handler(by=story.cast.bureau, person=key(story.cast.bureau2), reason="On leave.")
    held = Handler.objects.of(case).get()
    assert (held.person, held.reason) == (story.cast.bureau2.person, "On leave.")
    assert details(action="assign_handler")[-1] == {
        "handler": story.cast.bureau2.person.pk, "before": story.cast.bureau.person.pk,
    }  # fmt: skip


def test_another_colleague_takes_the_case_over_and_passes_it_to_nobody_else(story, case):
    third = MembershipFactory(organisation=story.cast.bureau.organisation, role=Role.BUREAU).person
    assigned(story, case, "bureau2")
    given = {"by": story.cast.bureau, "reason": "It is urgent."}
    assert list(refused(InvalidInput, case.assign_handler, person=str(third.pk), **given).errors) == ["person"]
    case.assign_handler(person=key(story.cast.bureau), **given)
    assert handler(case) == "bureau"


def test_the_supervisor_assigns_and_reassigns_but_does_not_handle(story, case):
    lead = story.cast.bureau_lead
    case.assign_handler(by=lead, person=key(story.cast.bureau), reason="")
    case.assign_handler(by=lead, person=key(story.cast.bureau2), reason="Fewer cases.")
    assert handler(case) == "bureau2"
    refused(InvalidInput, case.assign_handler, by=lead, person=key(lead), reason="Myself.")


@pytest.mark.parametrize("who", ["applicant", "finance", "government", "expert1", "sysadmin", "outsider"])
@pytest.mark.parametrize("name", INSIDE)
def test_nobody_else_handles_or_asks(story, case, who, name):
    refused(NotYourStep, getattr(case, name), by=story.cast[who], person=key(story.cast.bureau2), reason="")


def test_only_colleagues_of_the_role_handle_a_case(story, case):
    for name in ("bureau_lead", "applicant", "health", "sysadmin"):
        answer = refused(
            InvalidInput, case.assign_handler, by=story.cast.bureau, person=key(story.cast[name]), reason=""
        )
        assert list(answer.errors) == ["person"]


def test_the_only_handler_has_nobody_to_pass_the_case_to(story, case):
    assigned(story, case, "bureau")
    story.cast.bureau2.person.memberships.update(valid_until="2026-01-01")
    refusal = refused(GuardRefused, assigned, story, case, "bureau")
    assert refusal.article == "9"
    assert refusal.message == "There is nobody else in your office to whom the case could be given."


def test_a_colleague_of_the_role_acts_though_another_one_handles_the_case(story, case):
    assigned(story, case, "bureau2")
    story.judge(case)
    case.pass_qualification(by=story.cast.bureau)
    assert (case.state, handler(case)) == ("panel_selection", "bureau2")


def test_who_is_given_a_case_is_told_and_nobody_else(story, case):
    OutboxMessage.objects.all().delete()
    assigned(story, case, "bureau2")
    outbox.deliver(now=NOW, limit=9)
    assert [(notice.person.username, notice.message.kind) for notice in Notice.objects.all()] == [
        ("bureau2", "assigned")
    ]
    case.assign_handler(by=story.cast.bureau, person=key(story.cast.bureau), reason="Back again.")
    assert OutboxMessage.objects.count() == 1


def test_a_form_of_another_office_stays_fresh(story, page):
    case = story.application("consultation")
    version = case.version
    assigned(story, case)
    asked(story, case)
    answer = page(story.cast.finance).send(
        "step", case.plural, case.number, "give_opinion", version=version, stance="agree", opinion="Sound."
    )
    assert answer.status_code == 302


# --- questions to colleagues ---------------------------------------------------------------------------------------


def test_a_colleague_who_is_asked_gets_a_task_and_a_notice_and_answers(story, case):
    asked(story, case)
    task = Task.objects.of(case).get(errand="answer")
    clock = Clock.objects.of(case).get()
    assert (task.person, task.state, task.clock, task.due_on) == (
        story.cast.bureau2.person, case.state, clock, clock.due_on,
    )  # fmt: skip
    assert list(OutboxMessage.objects.of(case).filter(person=story.cast.bureau2.person).values_list("kind")) == [
        ("question",)
    ]
    case.answer_colleague(by=story.cast.bureau2, consultation=open_question(case), answer="Until 2027.")
    row = Consultation.objects.of(case).get()
    assert (row.question, row.answer, row.answered_at) == ("Is the certificate valid?", "Until 2027.", NOW)
    task.refresh_from_db()
    assert (task.closed_at, task.closed_by) == (NOW, story.cast.bureau2.person)
    assert OutboxMessage.objects.of(case).get(kind="answer").person == story.cast.bureau.person
    assert Task.objects.of(case).turns().get(closed_at=None).organisation == story.cast.bureau.organisation
    assert Clock.objects.of(case).get().stopped_at is None


def test_the_supervisor_can_be_asked_and_can_ask(story, case):
    asked(story, case, whom="bureau_lead")
    case.answer_colleague(by=story.cast.bureau_lead, consultation=open_question(case), answer="Yes.")
    asked(story, case, by="bureau_lead", whom="bureau")
    assert Task.objects.awaiting(story.cast.bureau).filter(errand="answer").count() == 1


def test_two_questions_are_one_task_that_ends_with_the_last_answer(story, case):
    asked(story, case)
    asked(story, case, by="bureau_lead", question="And the address?")
    assert Task.objects.of(case).filter(errand="answer").count() == 1
    first, second = (str(pk) for pk in Consultation.objects.of(case).values_list("pk", flat=True))
    case.answer_colleague(by=story.cast.bureau2, consultation=second, answer="It is.")
    assert Task.objects.of(case).filter(errand="answer", closed_at=None).exists()
    case.answer_colleague(by=story.cast.bureau2, consultation=first, answer="It is, too.")
    assert not Task.objects.of(case).filter(errand="answer", closed_at=None).exists()


def test_only_who_was_asked_answers_and_only_once(story, case):
    asked(story, case)
    question = open_question(case)
    given = {"consultation": question, "answer": "Yes."}
    refusal = refused(GuardRefused, case.answer_colleague, by=story.cast.bureau, **given)
    assert (refusal.message, refusal.article) == ("No colleague's question waits for your answer.", "9")
    case.answer_colleague(by=story.cast.bureau2, **given)
    refused(GuardRefused, case.answer_colleague, by=story.cast.bureau2, **given)


def test_a_question_goes_to_somebody_else_of_the_office(story, case):
    for name in ("bureau", "applicant", "finance", "expert1"):
        answer = refused(InvalidInput, asked, story, case, whom=name)
        assert list(answer.errors) == ["person"]


def test_leaving_the_state_takes_the_task_away_and_the_question_can_still_be_answered(story, case):
    asked(story, case)
    story.judge(case)
    case.pass_qualification(by=story.cast.bureau)
    assert not Task.objects.of(case).filter(errand="answer", closed_at=None).exists()
    case.answer_colleague(by=story.cast.bureau2, consultation=open_question(case), answer="Late.")
    assert Consultation.objects.of(case).get().answer == "Late."


def test_an_open_question_keeps_no_clock_running(story):
    case = story.application("panel_review", panel_days=5)
    asked(story, case)
    for expert in story.panel(case):
        assert Clock.objects.of(case).filter(stopped_at=None).exists()
        case.score(by=expert, **story.marks(case))
    assert not Clock.objects.of(case).filter(name="panel_review", stopped_at=None).exists()


# --- who sees it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["applicant", "finance", "government", "bureau", "bureau_lead"])
def test_only_the_own_office_sees_handler_question_and_timeline(story, page, api, who):
    case = story.application("reporting")
    assigned(story, case)
    asked(story, case, question="A secret question?")
    case.make_report(by=story.cast.bureau, recommendation="approve", report="Sound.")
    reader = story.cast[who]
    inside = reader.organisation == story.cast.bureau.organisation
    html = page(reader).see(case).content.decode()
    told = api(reader).see(case, "timeline/").json()
    kept = api(reader).see(case, "handling/").json()
    assert ("A secret question?" in html) is inside
    assert ("Assign a handler" in html) is inside
    assert bool({"assign_handler", "consult_colleague"} & {moment["action"] for moment in told}) is inside
    assert (kept["handler"] is not None) is inside
    assert [one["question"] for one in kept["consultations"]] == (["A secret question?"] if inside else [])


def test_other_offices_are_not_told_that_a_colleague_was_asked(story, page, api, case):
    before = page(story.cast.applicant).see(case).content.decode()
    asked(story, case)
    assigned(story, case)
    after = page(story.cast.applicant).see(case).content.decode()
    assert [line for line in after.splitlines() if "csrf" not in line.lower()] == [
        line for line in before.splitlines() if "csrf" not in line.lower()
    ]
    assert [action["name"] for action in api(story.cast.applicant).see(case, "actions/").json()] == ["withdraw"]
    assert not OutboxMessage.objects.filter(kind__in=["question", "assigned"], organisation=case.organisation).exists()


def test_the_ledger_keeps_the_steps_and_no_words_of_them(story, case):
    asked(story, case)
    entry = Entry.objects.filter(action="consult_colleague").get()
    assert b"certificate" not in bytes(entry.payload)
    assert entry.organisation_id == story.cast.bureau.organisation.pk


def test_a_kind_without_handling_has_no_such_page(story, api):
    agreement = story.agreement("effective")
    assert api(story.cast.bureau).see(agreement, "handling/").status_code == 404


# --- the faces ---------------------------------------------------------------------------------------------------


def test_pages_and_api_assign_ask_and_answer(story, page, api, case):
    assert page(story.cast.bureau).take(case, "assign_handler", person=key(story.cast.bureau2)).status_code == 302
    given = {"person": key(story.cast.bureau), "question": "Why so late?"}
    assert api(story.cast.bureau2).take(case, "consult_colleague", **given).status_code == 200
    offered = {action["name"]: action for action in api(story.cast.bureau).see(case, "actions/").json()}
    [choice] = next(one for one in offered["answer_colleague"]["inputs"] if one["name"] == "consultation")["choices"]
    assert choice["label"] == "Bureau2: Why so late?"
    answer = page(story.cast.bureau).take(case, "answer_colleague", consultation=choice["value"], answer="A holiday.")
    assert answer.status_code == 302
    kept = api(story.cast.bureau2).see(case, "handling/").json()
    assert kept["handler"]["person"] == "Bureau2"
    assert [(one["asked"], one["answer"]) for one in kept["consultations"]] == [("Bureau", "A holiday.")]


def test_the_inbox_names_the_handler_and_what_is_asked(story, page, api, case):
    other = story.application("qualification_review", who="operator")
    assigned(story, case, "bureau2")
    asked(story, other)
    inbox = page(story.cast.bureau2).open("inbox").content.decode()
    assert all(words in inbox for words in ("Bureau2", "Answer a colleague&#x27;s question", other.number))
    told = api(story.cast.bureau2).get("/api/v1/tasks/").json()["results"]
    assert {(task["case_number"], task["errand"], task["handler"]) for task in told} == {
        (case.number, "", "Bureau2"), (other.number, "", None), (other.number, "answer", None),
    }  # fmt: skip


def test_the_inbox_can_be_narrowed_to_what_i_handle(story, page, api, case):
    other = story.application("qualification_review", who="operator")
    third = story.application("panel_selection", who="outsider")
    assigned(story, case, "bureau2")
    asked(story, third)

    def mine(name) -> list[tuple[str, str]]:
        told = api(story.cast[name]).get("/api/v1/tasks/?mine=1").json()["results"]
        return [(task["case_number"], task["errand"]) for task in told]

    assert mine("bureau2") == [(case.number, ""), (third.number, "answer")]
    assert mine("bureau") == mine("bureau_lead") == []
    shown = page(story.cast.bureau2).client.get("/inbox/?mine=1").content.decode()
    assert [number in shown for number in (case.number, third.number, other.number)] == [True, True, False]
    assert "You handle no case that waits" in page(story.cast.bureau).client.get("/inbox/?mine=1").content.decode()


@pytest.mark.parametrize("address", ["/inbox/", "/inbox/?mine=1"])
def test_the_handlers_cost_one_question_a_page(story, page, case, address):
    desk = page(story.cast.bureau2)
    desk.client.get(address)
    assigned(story, case)
    with CaptureQueriesContext(connection) as captured:
        desk.client.get(address)
    assert sum("casework_handler" in query["sql"].partition("FROM")[2].split(" ")[1] for query in captured) == 1
