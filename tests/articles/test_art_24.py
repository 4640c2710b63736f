"""Art. 24: an issue with the quality of data is traced step by step to the department, which corrects or explains."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from authorizations.figures import quality_figures
from authorizations.models import QualityAnswer, QualityIssue
from casework import attachments
from casework.beginning import begin
from casework.models.clock import Clock
from casework.models.paper import Paper
from casework.models.task import Task
from casework.queries import timeline
from casework.refusals import GuardRefused, InvalidInput, NotVisible, NotYourStep, WrongState
from casework.sweep import sweep_clocks
from tests.desk import nothing_changes, refused
from tests.quality_story import CHECKED, CORRECTED
from tests.story import DAY, NOW

BY = {"answer_by": (NOW + 10 * DAY).date()}


def turn(case):
    return set(Task.objects.of(case).filter(closed_at=None).values_list("organisation__name", "role"))


def test_24a_a_partners_issue_goes_step_by_step_to_the_department_and_back_on_the_pages(data_story, page):
    cast, resource = data_story.cast, data_story.resource()
    values = data_story.issue_values("partner", resource=resource)
    partner, operator, bureau, health = (page(cast[name]) for name in ("partner", "operator", "bureau", "health"))
    partner.begin(QualityIssue, **values)
    case = QualityIssue.objects.get()
    assert [desk.see(case).status_code for desk in (partner, operator, bureau, health)] == [200, 404, 404, 404]
    partner.take(case, "send_to_operator")
    assert turn(case) == {("Operator Company", Role.OPERATOR)}
    assert [desk.see(case).status_code for desk in (operator, bureau, health)] == [200, 404, 404]
    operator.take(case, "confirm", **CHECKED)
    assert turn(case) == {("Data Authority", Role.BUREAU)}
    assert [desk.see(case).status_code for desk in (bureau, health)] == [200, 404]
    bureau.take(case, "pass_on", **CHECKED, **BY)
    assert turn(case) == {("Health Department", Role.DEPARTMENT)}
    health.take(case, "correct", **CORRECTED)
    assert turn(case) == {("Partner Company", Role.PARTNER)}
    shown = partner.see(case).content.decode()
    assert "The codes were mapped anew." in shown
    partner.take(case, "accept")
    case.refresh_from_db()
    assert case.state == "closed"
    assert Paper.objects.of(case).get().kind == "quality_answer"


def test_24a_and_through_the_api(data_story, api):
    cast, resource = data_story.cast, data_story.resource()
    values = data_story.issue_values("partner", resource=resource)
    begun = api(cast.partner).begin(QualityIssue, **values)
    assert begun.status_code == 201
    case = QualityIssue.objects.get()
    api(cast.partner).take(case, "send_to_operator")
    api(cast.operator).take(case, "confirm", **CHECKED)
    api(cast.bureau).take(case, "pass_on", **CHECKED, **BY)
    answered = api(cast.health).take(case, "explain", answer="The standard of 2024 says so.")
    assert answered.json()["state"] == "answered"
    (answer,) = answered.json()["answers"]
    assert (answer["outcome"], answer["text"]) == ("explained", "The standard of 2024 says so.")
    reopened = api(cast.partner).take(case, "reopen", reason="That standard was replaced.")
    assert (reopened.json()["state"], turn(case)) == ("reopened", {("Data Authority", Role.BUREAU)})
    api(cast.bureau).take(case, "pass_again", **CHECKED, **BY)
    api(cast.health).take(case, "correct", **CORRECTED)
    assert api(cast.partner).take(case, "accept").json()["state"] == "closed"
    assert [one.outcome for one in QualityAnswer.objects.all()] == ["explained", "corrected"]


def test_24a_an_operators_own_begins_at_the_bureau_and_the_bureaus_own_at_the_department(data_story):
    own = data_story.issue("draft")
    own.send_to_bureau(by=data_story.cast.operator)
    assert (own.state, turn(own)) == ("bureau_check", {("Data Authority", Role.BUREAU)})
    bureaus = data_story.issue("draft", who="bureau")
    refused(WrongState, bureaus.pass_on, by=data_story.cast.bureau, **CHECKED, **BY)
    bureaus.send_to_department(by=data_story.cast.bureau, **BY)
    assert (bureaus.state, turn(bureaus)) == ("with_department", {("Health Department", Role.DEPARTMENT)})


def test_24a_a_department_raises_one_about_its_own_and_the_bureau_judges_its_answer(data_story):
    other = data_story.resource(who="transport")
    values = data_story.issue_values("health", resource=other)
    assert set(refused(InvalidInput, begin, QualityIssue, by=data_story.cast.health, **values).errors) == {"resource"}
    case = data_story.issue("answered", who="health")
    assert turn(case) == {("Data Authority", Role.BUREAU)}
    refused(NotYourStep, case.accept, by=data_story.cast.health)
    case.accept(by=data_story.cast.bureau)
    assert case.state == "closed"


@pytest.mark.parametrize("verb", ["refuse_at_operator", "return_to_partner"])
def test_24a_the_operator_refuses_or_sends_back_with_a_reason(data_story, page, verb):
    case = data_story.issue("operator_check")
    refused(InvalidInput, getattr(case, verb), by=data_story.cast.operator, reason=" ")
    page(data_story.cast.operator).take(case, verb, reason="The rows are not named.")
    case.refresh_from_db()
    assert case.state == {"refuse_at_operator": "refused", "return_to_partner": "returned"}[verb]
    assert "The rows are not named." in page(data_story.cast.partner).see(case).content.decode()
    assert case.reached_bureau_at is None
    assert page(data_story.cast.bureau).see(case).status_code == 404


STEPS = {
    "confirm": ("operator_check", CHECKED, {"operator"}),
    "pass_on": ("bureau_check", CHECKED | BY, {"bureau", "bureau2"}),
    "correct": ("with_department", CORRECTED, {"health"}),
    "explain": ("with_department", {"answer": "It is right."}, {"health"}),
    "accept": ("answered", {}, {"partner"}),
    "reopen": ("answered", {"reason": "Still wrong."}, {"partner"}),
    "close_reopened": ("reopened", {"reason": "The answer stands."}, {"bureau", "bureau2"}),
}


@pytest.mark.parametrize("verb", STEPS)
def test_24a_nobody_takes_anothers_step(data_story, page, api, verb):
    state, values, theirs = STEPS[verb]
    case = data_story.issue(state, who="partner")
    for who in ("partner", "partner2", "operator", "outsider", "bureau", "bureau_lead", "health", "transport",
                "finance", "secadmin"):  # fmt: skip
        if who in theirs:
            continue
        refused(NotYourStep, getattr(case, verb), by=data_story.cast[who], **values)
        with nothing_changes():
            assert page(data_story.cast[who]).take(case, verb, **values).status_code in {403, 404}
            assert api(data_story.cast[who]).take(case, verb, **values).status_code in {403, 404}


def test_24a_nobody_sees_it_who_is_not_on_the_way(data_story, page, api):
    case = data_story.issue("answered", who="partner")
    for who in ("partner2", "outsider", "applicant", "transport", "finance", "government", "expert1", "secadmin"):
        assert page(data_story.cast[who]).see(case).status_code == 404
        assert api(data_story.cast[who]).see(case).status_code == 404
        assert case not in QualityIssue.objects.visible_to(data_story.cast[who])


def test_24a_the_department_is_not_told_which_partner_raised_it(data_story, page, api):
    cast = data_story.cast
    cast.partner.person.name = "Tian Qinghe"
    cast.partner.person.save()
    case = data_story.issue("draft", who="partner")
    attachments.receive(case, SimpleUploadedFile("rows.txt", b"Rows 7 and 9"), by=cast.partner)
    data_story.bring_issue(case, "answered", "partner")
    page(cast.partner).send("remark", case.plural, case.number, text="We wait.", visibility="parties")
    names = {"Partner Company", "Tian Qinghe"}
    desk, program = page(cast.health), api(cast.health)
    found = desk.client.get(f"/cases/{case.plural}/?q=Partner Company")
    rest = [program.see(case, rest) for rest in ("", "timeline/", "attachments/", "papers/")]
    shown = [desk.see(case), desk.open("cases", case.plural), *rest]
    for answer in shown:
        assert answer.status_code == 200
        body = answer.content.decode()
        assert not [name for name in names if name in body], answer.request["PATH_INFO"]
    assert "rows.txt" in shown[0].content.decode()
    assert "We wait." in shown[0].content.decode()
    assert rest[0].json()["raised_by"] == "Operator Company"
    assert all(moment.actor for moment in timeline(case, cast.health))
    assert case.number not in found.content.decode()
    assert api(cast.bureau).see(case).json()["raised_by"] == "Partner Company"
    assert "Partner Company" in page(cast.operator).see(case).content.decode()
    assert "Partner Company" not in str(Paper.objects.of(case).get().context)


def test_24a_the_day_to_answer_by_is_an_input_whose_clock_warns_and_escalates(data_story, now):
    case = data_story.issue("bureau_check")
    past = {"answer_by": (NOW - DAY).date()}
    assert set(refused(InvalidInput, case.pass_on, by=data_story.cast.bureau, **CHECKED, **past).errors) == {
        "answer_by"
    }
    case.pass_on(by=data_story.cast.bureau, **CHECKED, answer_by=(NOW + 3 * DAY).date())
    clock = Clock.objects.of(case).get(stopped_at=None)
    assert (clock.name, clock.article, clock.due_on) == ("with_department", "24", (NOW + 3 * DAY).date())
    case.extend_answer(by=data_story.cast.bureau, answer_by=(NOW + 4 * DAY).date())
    clock.refresh_from_db()
    assert clock.due_on == (NOW + 4 * DAY).date()
    now.move_to(NOW + 5 * DAY)
    sweep_clocks(now=NOW + 5 * DAY)
    assert "escalated" in {message.kind for message in data_story.said(case)}
    assert quality_figures(data_story.cast.health.organisation).open_overdue == 1
    late = case.explain(by=data_story.cast.health, answer="It is right.")
    figures = quality_figures(late.department)
    assert (figures.answered, figures.in_time, figures.open_overdue) == (1, 0, 0)


def test_24a_what_cannot_be_is_refused_at_its_field(data_story, page):
    values = data_story.issue_values()
    for wrong in (
        {"resource": "NONE"},
        {"field": "salary"},
        {"problem": "smell"},
        {"description": ""},
        {"grant": "QX-1"},
    ):
        errors = refused(InvalidInput, begin, QualityIssue, by=data_story.cast.operator, **values | wrong).errors
        assert set(errors) == set(wrong)
    with nothing_changes():
        assert page(data_story.cast.operator).begin(QualityIssue, **values | {"field": "salary"}).status_code == 422
    draft = data_story.resource("review")
    refused(InvalidInput, begin, QualityIssue, by=data_story.cast.operator, **values | {"resource": draft.code})


def test_24a_it_names_a_grant_of_its_own_or_none(data_story):
    grant = data_story.grant()
    values = data_story.issue_values(resource=grant.resource, grant=grant.code)
    case = begin(QualityIssue, by=data_story.cast.operator, **values)
    assert case.grant == grant
    partners = data_story.issue_values("partner", resource=grant.resource, grant=grant.code)
    assert set(refused(InvalidInput, begin, QualityIssue, by=data_story.cast.partner, **partners).errors) == {"grant"}


def test_24a_users_without_an_agreement_in_force_raise_none(data_story, page, api):
    values = data_story.issue_values() | {"grant": ""}
    refused(GuardRefused, begin, QualityIssue, by=data_story.cast.outsider, **values)
    with nothing_changes():
        assert page(data_story.cast.outsider).begin(QualityIssue, **values).status_code == 409
        assert api(data_story.cast.finance).begin(QualityIssue, **values).status_code == 403
    case = data_story.issue("draft")
    data_story.operating_agreement(state="suspended")
    refused(GuardRefused, case.send_to_bureau, by=data_story.cast.operator)


@pytest.mark.parametrize("state", ["closed", "refused", "withdrawn"])
def test_24a_what_has_ended_stays_ended(data_story, state):
    case = data_story.issue(state)
    refused(WrongState, case.reopen, by=data_story.cast.operator, reason="Again.")
    refused(WrongState, case.withdraw, by=data_story.cast.operator, reason="Again.")


def test_24a_figures_count_a_departments_issues_in_a_period(data_story, page, api):
    health, cast = data_story.cast.health.organisation, data_story.cast
    data_story.issue("draft")
    data_story.issue("bureau_check")
    data_story.issue("with_department")
    data_story.issue("closed")
    data_story.issue("reopened", who="partner")
    explained = data_story.issue("with_department", who="bureau")
    explained.explain(by=cast.health, answer="It is right.")
    found = quality_figures(health, NOW.date(), NOW.date())
    assert found.as_data() == {
        "raised": 4, "answered": 3, "in_time": 3, "corrected": 2, "reopened": 1, "open_overdue": 0,
    }  # fmt: skip
    assert quality_figures(health, (NOW + DAY).date()).raised == 0
    assert quality_figures(health, None, (NOW - DAY).date()).raised == 0
    assert quality_figures(cast.transport.organisation).raised == 0
    shown = page(cast.bureau).client.get("/quality/?from=2026-03-01").content.decode()
    assert "Health Department" in shown
    assert page(cast.health).client.get("/quality/?format=xlsx").status_code == 200
    assert (
        "Health Department" not in page(cast.transport).client.get("/quality/").content.decode().partition("<main")[2]
    )
    for who in ("operator", "partner", "finance", "secadmin"):
        assert page(cast[who]).client.get("/quality/").status_code == 403


def test_24a_another_cannot_even_ask_for_it(data_story, api):
    case = data_story.issue("answered", who="partner")
    refused_answer = api(data_story.cast.partner2).take(case, "accept")
    assert refused_answer.status_code == NotVisible.status
    assert api(data_story.cast.partner2).numbers(QualityIssue) == []
