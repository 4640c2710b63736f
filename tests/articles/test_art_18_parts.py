"""Art. 18: what spans departments is decided by each for its own resources, at the same time, item by item (18c)."""

import pytest

from authorizations.models import AuthorizationRequest, DataUseAgreement
from casework.models.clock import Clock
from casework.models.paper import Paper
from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from tests.desk import nothing_changes, refused

UNDECIDED = ["draft", "assessment", "correction", "coordination", "withdrawn"]


def again(case):
    return AuthorizationRequest.objects.get(pk=case.pk)


def item_of(case, who, story):
    return case.items.filter(department=story.cast[who].organisation).first()


def several(story, number: int = 3, **given):
    """A request for several resources of the same department and one of another."""
    own = [story.resource(who="health") for _one in range(number)]
    return story.request("confirmation", resources=[*own, story.resource(who="transport")], **given)


# --- side by side ---------------------------------------------------------------------------------------------


def test_18c_every_department_has_a_task_and_a_clock_of_its_own_at_once(data_story):
    case = data_story.request("confirmation")
    departments = {data_story.cast[who].organisation.pk for who in ("health", "transport")}
    tasks = Task.objects.of(case).filter(closed_at=None)
    assert set(tasks.values_list("organisation", flat=True)) == departments
    clocks = Clock.objects.of(case).filter(name="confirmation", stopped_at=None)
    assert set(clocks.values_list("organisation", flat=True)) == departments
    case.decide(by=data_story.cast.health, **data_story.decisions(case, data_story.cast.health))
    assert [task.organisation for task in tasks] == [data_story.cast.transport.organisation]
    assert [clock.organisation for clock in clocks] == [data_story.cast.transport.organisation]


def test_18c_a_department_sees_and_decides_its_own_resources_only(data_story, page, api):
    case = data_story.request("confirmation")
    own, other = item_of(case, "health", data_story), item_of(case, "transport", data_story)
    desk, program = page(data_story.cast.health), api(data_story.cast.health)
    for shown in (desk.see(case), desk.open("step", case.plural, case.number, "decide")):
        html = shown.content.decode()
        assert own.version.name in html
        assert other.version.name not in html
    assert [item["code"] for item in program.see(case).json()["items"]] == [own.resource.code]
    values = data_story.decisions(case, data_story.cast.health)
    given = values | {f"item{other.pk}_decision": "granted"}
    with nothing_changes():
        assert program.take(case, "decide", **given).status_code == 422
    desk.take(case, "decide", **given)
    assert [item.decision for item in case.items.order_by("pk")] == ["granted", ""]


def test_18c_papers_that_list_other_departments_resources_are_not_shown_to_one(data_story, page):
    case = data_story.request("authorised")
    for paper in Paper.objects.of(case):
        assert page(data_story.cast.operator).open("paper", paper.code).status_code == 200
        assert page(data_story.cast.health).open("paper", paper.code).status_code == 404


def test_18c_another_departments_decision_makes_nobodys_form_stale(data_story, page):
    case = data_story.request("confirmation")
    seen = case.version
    for who in ("health", "transport"):
        values = data_story.decisions(case, data_story.cast[who])
        answer = page(data_story.cast[who]).send("step", case.plural, case.number, "decide", version=seen, **values)
        assert answer.status_code == 302
    assert again(case).state == "authorised"
    assert again(case).version > seen


# --- item by item ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        (("granted", "granted"), "authorised"),
        (("conditional", "granted"), "authorised"),
        (("granted", "refused"), "authorised_in_part"),
        (("refused", "conditional"), "authorised_in_part"),
        (("refused", "refused"), "refused"),
    ],
)
def test_18c_the_decisions_together_make_the_outcome(data_story, page, verdicts, state):
    case = data_story.request("confirmation")
    for who, verdict in zip(("health", "transport"), verdicts, strict=True):
        values = data_story.decisions(case, data_story.cast[who], verdict)
        page(data_story.cast[who]).take(case, "decide", **values)
    assert again(case).state == state
    assert DataUseAgreement.objects.filter(request=case).count() == (state != "refused")
    decision = Paper.objects.of(case).get(kind="request_decision")
    assert decision.code in page(data_story.cast.operator).see(case).content.decode()


@pytest.mark.parametrize(("verdict", "missing"), [("refused", "reason"), ("conditional", "conditions")])
def test_18c_a_refusal_gives_its_reason_and_a_condition_is_named(data_story, page, api, verdict, missing):
    case = data_story.request("confirmation")
    health, item = data_story.cast.health, item_of(case, "health", data_story)
    values = data_story.decisions(case, health, verdict) | {f"item{item.pk}_{missing}": " "}
    assert set(refused(InvalidInput, case.decide, by=health, **values).errors) == {f"item{item.pk}_{missing}"}
    with nothing_changes():
        shown, answer = page(health).take(case, "decide", **values), api(health).take(case, "decide", **values)
    assert shown.status_code == answer.status_code == 422
    assert "Stock phrases" in shown.content.decode()


def test_18c_several_are_decided_at_once_and_one_of_them_otherwise(data_story, page):
    case = several(data_story)
    health = data_story.cast.health
    first, *rest = case.items.filter(department=health.organisation)
    given = {
        "rest_decision": "granted", f"item{first.pk}_decision": "refused", f"item{first.pk}_reason": "Not needed.",
    }  # fmt: skip
    page(health).take(case, "decide", **given)
    first.refresh_from_db()
    assert (first.decision, first.reason) == ("refused", "Not needed.")
    for item in rest:
        item.refresh_from_db()
        assert (item.decision, item.decided_by) == ("granted", health.person)
    assert case.items.get(department=data_story.cast.transport.organisation).decision == ""


@pytest.mark.parametrize(("verdict", "missing"), [("refused", "reason"), ("conditional", "conditions")])
def test_18c_what_is_decided_at_once_names_its_reason_or_conditions_once(data_story, page, verdict, missing):
    case = several(data_story)
    health = data_story.cast.health
    given = {"rest_decision": verdict}
    with nothing_changes():
        assert page(health).take(case, "decide", **given).status_code == 422
    page(health).take(case, "decide", **given | {f"rest_{missing}": "Masked data only."})
    own = case.items.filter(department=health.organisation)
    assert set(own.values_list("decision", missing)) == {(verdict, "Masked data only.")}


def test_18c_no_resource_is_left_without_a_word(data_story, page, api):
    case = several(data_story)
    health = data_story.cast.health
    first, *rest = case.items.filter(department=health.organisation)
    given = {f"item{first.pk}_decision": "granted"}
    refusal = refused(InvalidInput, case.decide, by=health, **given)
    assert set(refusal.errors) == {f"item{item.pk}_decision" for item in rest}
    with nothing_changes():
        assert page(health).take(case, "decide", **given).status_code == 422
        assert api(health).take(case, "decide", **given).status_code == 422


def test_18c_a_department_decides_once(data_story, page, api):
    case = data_story.request("confirmation")
    health = data_story.cast.health
    values = data_story.decisions(case, health)
    case.decide(by=health, **values)
    refusal = refused(GuardRefused, case.decide, by=health, **values)
    assert refusal.message == "Your department has decided on its resources already."
    with nothing_changes():
        assert page(health).take(case, "decide", **values).status_code == 409
        assert api(health).take(case, "decide", **values).status_code == 409


@pytest.mark.parametrize("who", ["bureau", "bureau_lead", "operator", "outsider", "partner", "finance", "sysadmin"])
def test_18c_nobody_but_a_department_asked_decides(data_story, page, api, who):
    case = data_story.request("confirmation", resources=[data_story.resource(who="health")])
    values = data_story.decisions(case, data_story.cast.health)
    refused(NotYourStep, case.decide, by=data_story.cast[who], **values)
    refused(NotYourStep, case.decide, by=data_story.cast.transport, **values)
    with nothing_changes():
        assert page(data_story.cast[who]).take(case, "decide", **values).status_code in {403, 404}
        assert api(data_story.cast[who]).take(case, "decide", **values).status_code in {403, 404}
        assert page(data_story.cast.transport).take(case, "decide", **values).status_code == 404


@pytest.mark.parametrize("state", UNDECIDED)
def test_18c_nothing_is_decided_before_the_assessment_is_confirmed(data_story, page, state):
    given = {"resources": [data_story.resource(level="city")]} if state == "coordination" else {}
    case = data_story.request(state, **given)
    refused(WrongState, case.decide, by=data_story.cast.health)
    with nothing_changes():
        assert page(data_story.cast.health).take(case, "decide").status_code == 404


# --- what was decided can be closed again, each department for its own -----------------------------------------


def test_18c_a_department_suspends_resumes_and_revokes_its_own_only(data_story, page):
    case = data_story.request("authorised")
    health, own, other = (
        data_story.cast.health,
        *(str(item_of(case, who, data_story).pk) for who in ("health", "transport")),
    )
    refused(InvalidInput, case.suspend_authorization, by=health, items=[other], reason="Unsound.")
    desk = page(health)
    desk.take(case, "suspend_authorization", items=[own], reason="The use is unsound.")
    assert item_of(case, "health", data_story).suspended_at
    assert item_of(case, "transport", data_story).in_force
    assert "The use is unsound." in page(data_story.cast.operator).see(case).content.decode()
    desk.take(case, "resume_authorization", items=[own], reason="Rectified.")
    assert item_of(case, "health", data_story).in_force
    desk.take(case, "revoke_authorization", items=[own], reason="Not rectified.")
    assert item_of(case, "health", data_story).revoked_at
    refused(GuardRefused, case.resume_authorization, by=health, items=[own], reason="Again.")


@pytest.mark.parametrize("who", ["operator", "partner", "outsider", "finance", "bureau_lead"])
def test_18c_nobody_else_suspends_what_was_authorised(data_story, page, who):
    case = data_story.request("authorised")
    given = {"items": [str(case.items.first().pk)], "reason": "Unsound."}
    refused(NotYourStep, case.suspend_authorization, by=data_story.cast[who], **given)
    with nothing_changes():
        assert page(data_story.cast[who]).take(case, "suspend_authorization", **given).status_code in {403, 404}
