"""Art. 5(1), 5(3): the bureau keeps the catalogue; supply meets demand; objections are heard."""

import pytest

from authorizations.models import Need, Objection
from casework import papers
from casework.beginning import begin
from casework.models.clock import Clock
from casework.models.paper import Paper
from casework.models.task import Task
from casework.refusals import InvalidInput, NotYourStep, WrongState
from tests.catalogue_story import ANSWER, NEED, REASON
from tests.desk import nothing_changes, refused
from tests.kinds.catalogue import changed
from tests.story import DAY, NOW

# --- the bureau keeps the catalogue -----------------------------------------------------------------------------


def test_5a_the_bureau_checks_an_entry_and_lists_it_on_the_page(data_story, page):
    resource, bureau = data_story.resource("review"), page(data_story.cast.bureau)
    assert "List in the catalogue" in bureau.see(resource).content.decode()
    bureau.take(resource, "enlist")
    resource.refresh_from_db()
    assert (resource.state, resource.listed_version.round) == ("listed", 1)
    assert len(resource.listed_version.digest) == 64


def test_5a_and_through_the_api(data_story, api):
    resource = data_story.resource("review")
    answer = api(data_story.cast.bureau).take(resource, "enlist").json()
    assert (answer["state"], answer["listed_version"]["version"]) == ("listed", 1)


def test_5a_it_returns_an_entry_with_everything_that_has_to_be_corrected(data_story, page):
    resource, health = data_story.resource("review"), data_story.cast.health
    refused(InvalidInput, resource.return_entry, by=data_story.cast.bureau, defects=" ")
    page(data_story.cast.bureau).take(resource, "return_entry", defects="Name the update cycle.")
    resource.refresh_from_db()
    assert resource.state == "returned"
    assert "Name the update cycle." in page(health).see(resource).content.decode()
    resource.submit(by=health)
    assert (resource.state, resource.returned_because) == ("review", "")


def test_5a_the_review_marks_what_differs_from_the_version_listed(data_story, page):
    resource, health = data_story.resource("listed"), data_story.cast.health
    fields = "district | District | code | s1\nvisits | Visits a day | number | s3\nward | Ward | text | s2"
    values = data_story.resource_values(resource.code, summary="Written anew.", fields=fields)
    resource.edit(by=health, **values)
    resource.submit_revision(by=health)
    shown = page(data_story.cast.bureau).see(resource)
    assert [line.label for line in shown.context["lines"] if line.changed] == ["Summary"]
    assert [(line.name, line.change) for line in shown.context["field_lines"]] == [
        ("district", ""), ("visits", "changed"), ("ward", "new"),
    ]  # fmt: skip
    html = shown.content.decode()
    assert "Listed so far: What HE-001 holds." in html
    assert "Visits · Number · Level 2 (internal)" in html
    step = page(data_story.cast.bureau).open("step", resource.plural, resource.number, "enlist").content.decode()
    assert "Listed so far: What HE-001 holds." in step


def test_5a_a_new_version_that_is_returned_leaves_the_old_one_in_place(data_story, page):
    resource = data_story.resource("revision_review")
    page(data_story.cast.bureau).take(resource, "return_revision", defects="Say since when.")
    resource.refresh_from_db()
    assert (resource.state, resource.listed_version.round, resource.returned_because) == (
        "listed", 1, "Say since when.",
    )  # fmt: skip


def test_5a_every_version_stays_to_be_read(data_story, api):
    resource = changed(data_story)
    resource.submit_revision(by=data_story.cast.health)
    resource.enlist(by=data_story.cast.bureau)
    versions = api(data_story.cast.partner).see(resource, "versions/").json()
    assert [(one["version"], one["summary"]) for one in versions] == [(2, "Written anew."), (1, "What HE-001 holds.")]


@pytest.mark.parametrize("who", ["health", "transport", "operator", "partner", "finance", "bureau_lead", "sysadmin"])
def test_5a_nobody_but_the_bureau_lists(data_story, page, api, who):
    resource, actor = data_story.resource("review"), data_story.cast[who]
    refused(NotYourStep, resource.enlist, by=actor)
    with nothing_changes():
        assert page(actor).take(resource, "enlist").status_code in {403, 404}
        assert api(actor).take(resource, "enlist").status_code in {403, 404}


@pytest.mark.parametrize("state", ["draft", "returned", "listed", "delisted"])
def test_5a_nothing_is_listed_that_was_not_handed_in(data_story, page, state):
    resource, bureau = data_story.resource(state), data_story.cast.bureau
    refused(WrongState, resource.enlist, by=bureau)
    with nothing_changes():
        assert page(bureau).take(resource, "enlist").status_code in {404, 409}


@pytest.mark.parametrize("who", ["operator", "partner", "transport", "finance", "government"])
@pytest.mark.parametrize("state", ["listed, changed", "revision_review"])
def test_5a_others_never_read_the_text_being_worked_on(data_story, page, api, who, state):
    canary = "CANARY-7f3"
    resource, health = data_story.resource("listed"), data_story.cast.health
    names = {"name": canary, "summary": canary, "fields": f"{canary} | {canary} | text | s1", "contact_name": canary}
    resource.edit(by=health, **data_story.resource_values(resource.code, **names))
    if state == "revision_review":
        resource.submit_revision(by=health)
    reader = data_story.cast[who]
    pages = [
        page(reader).see(resource), page(reader).open("catalogue-entry", resource.number),
        page(reader).open("catalogue"), page(reader).open("cases", "resources"),
        page(reader).client.get(f"/cases/resources/?q={canary}"), page(reader).client.get(f"/catalogue/?q={canary}"),
    ]  # fmt: skip
    answers = [
        api(reader).see(resource), api(reader).see(resource, "versions/"), api(reader).get("/api/v1/resources/"),
        api(reader).see(resource, "timeline/"), api(reader).get("/api/v1/resources/?q=canary-7f3"),
    ]  # fmt: skip
    assert {answer.status_code for answer in (*pages, *answers)} == {200}
    assert pages[4].context["listing"].rows == []
    assert pages[5].context["listing"].rows == []
    for answer in (*pages[:4], *answers):
        assert canary not in answer.content.decode()
    assert answers[0].json()["working_text"] is None
    assert answers[4].json()["results"] == []
    assert api(health).see(resource).json()["working_text"]["name"] == canary


# --- supply and demand ------------------------------------------------------------------------------------------


def test_5c_a_need_is_posted_routed_answered_and_closed_on_the_pages(data_story, page):
    cast = data_story.cast
    page(cast.partner).begin(Need, **NEED)
    need = Need.objects.get()
    page(cast.bureau).take(need, "route", **data_story.routed_to("health"))
    need.refresh_from_db()
    assert (need.state, need.department) == ("routed", cast.health.organisation)
    assert Clock.objects.of(need).get(stopped_at=None).due_on == NOW.date() + 14 * DAY
    page(cast.health).take(need, "answer", **ANSWER)
    need.refresh_from_db()
    shown = page(cast.partner).see(need).content.decode()
    assert "It will be provided" in shown
    assert "2026-04-01" in shown
    page(cast.partner).take(need, "close", **REASON)
    need.refresh_from_db()
    assert need.state == "closed"


def test_5c_and_through_the_api(data_story, api):
    cast, resource = data_story.cast, data_story.resource()
    need = Need.objects.get(
        number=api(cast.operator).begin(Need, **NEED | {"wanted_by": "2026-05-01"}).json()["number"]
    )
    routed = {"department": str(cast.health.organisation.pk), "answer_by": "", "note": ""}
    assert api(cast.bureau).take(need, "route", **routed).json()["state"] == "routed"
    # The bureau set no limit, and the measures have none.
    assert not Clock.objects.of(need).exists()
    exists = {"outcome": "exists", "provide_by": "", "resource": resource.code, "reasons": "By clinic."}
    answer = api(cast.health).take(need, "answer", **exists).json()["answers"][0]
    assert (answer["outcome"], answer["resource"]) == ("exists", resource.code)


def test_5c_the_bureau_answers_itself_or_does_not_take_it_up_with_the_reason(data_story, page):
    bureau = page(data_story.cast.bureau)
    answered, declined = data_story.need(), data_story.need(who="partner")
    bureau.take(answered, "answer_directly", **ANSWER | {"outcome": "cannot", "provide_by": ""})
    bureau.take(declined, "decline", reason="It is no public data.")
    answered.refresh_from_db()
    declined.refresh_from_db()
    assert (answered.state, declined.state) == ("answered", "declined")
    assert "It is no public data." in page(data_story.cast.partner).see(declined).content.decode()
    assert set(refused(InvalidInput, data_story.need().decline, by=data_story.cast.bureau, reason="").errors) == {
        "reason"
    }


def test_5c_a_need_that_was_not_met_is_reopened_and_keeps_its_answers(data_story, page):
    need = data_story.need("answered")
    page(data_story.cast.operator).take(need, "reopen", reason="Weekly is not enough.")
    need.refresh_from_db()
    assert need.state == "posted"
    assert Task.objects.of(need).get(closed_at=None).organisation == data_story.cast.bureau.organisation
    need.answer_directly(by=data_story.cast.bureau, **ANSWER)
    assert need.answers.count() == 2


def test_5c_a_department_hands_back_what_is_not_its_business(data_story, page):
    need, health = data_story.need("routed"), data_story.cast.health
    page(health).take(need, "hand_back", reason="Traffic is not ours.")
    need.refresh_from_db()
    assert (need.state, need.department) == ("posted", None)
    assert page(health).see(need).status_code == 404
    assert "Traffic is not ours." in page(data_story.cast.bureau).see(need).content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outcome": "will_provide", "provide_by": ""}, "provide_by"),
        ({"outcome": "will_provide", "provide_by": "2026-03-01"}, "provide_by"),
        ({"outcome": "exists", "resource": ""}, "resource"),
        ({"outcome": "exists", "resource": "HE-404"}, "resource"),
        ({"outcome": "perhaps"}, "outcome"),
        ({"reasons": " "}, "reasons"),
    ],
)
def test_5c_an_answer_says_when_where_and_why(data_story, page, api, given, field):
    need, health = data_story.need("routed"), data_story.cast.health
    values = ANSWER | given
    assert set(refused(InvalidInput, need.answer, by=health, **values).errors) == {field}
    with nothing_changes():
        assert page(health).take(need, "answer", **values).status_code == 422
        values["provide_by"] = str(values["provide_by"])
        assert api(health).take(need, "answer", **values).status_code == 422


def test_5c_an_entry_that_is_not_listed_is_no_answer(data_story):
    need, draft = data_story.need("routed"), data_story.resource("draft")
    values = ANSWER | {"outcome": "exists", "resource": draft.code}
    assert set(refused(InvalidInput, need.answer, by=data_story.cast.health, **values).errors) == {"resource"}


@pytest.mark.parametrize("who", ["transport", "partner", "outsider", "expert1", "sysadmin", "government"])
def test_5c_a_need_is_seen_by_its_sides_only(data_story, page, api, who):
    need, actor = data_story.need("routed"), data_story.cast[who]
    refused(NotYourStep, need.answer, by=actor, **ANSWER)
    with nothing_changes():
        assert page(actor).see(need).status_code == 404
        assert page(actor).take(need, "answer", **ANSWER).status_code == 404
        assert api(actor).see(need).status_code == 404
        assert api(actor).numbers(Need) == []
    assert need.number not in page(actor).open("cases", "needs").content.decode()


@pytest.mark.parametrize("who", ["finance", "bureau_lead"])
def test_5c_supervision_looks_and_changes_nothing(data_story, page, who):
    need, actor = data_story.need("routed"), data_story.cast[who]
    assert page(actor).see(need).status_code == 200
    refused(NotYourStep, need.decline, by=actor, **REASON)
    refused(NotYourStep, need.answer, by=actor, **ANSWER)


@pytest.mark.parametrize("who", ["health", "bureau", "finance", "citizen", "sysadmin"])
def test_5c_a_need_is_posted_by_operators_and_partners(data_story, page, api, who):
    actor = data_story.cast[who]
    refused(NotYourStep, begin, Need, by=actor, **NEED)
    with nothing_changes():
        assert page(actor).begin(Need, **NEED).status_code == 403
        assert api(actor).begin(Need, **NEED | {"wanted_by": "2026-05-01"}).status_code == 403


# --- objections -------------------------------------------------------------------------------------------------


def test_5c_an_objection_to_a_refusal_is_heard_with_the_department_and_answered_on_paper(data_story, page):
    cast = data_story.cast
    request = data_story.request("authorised_in_part")
    item = request.items.get(decision="refused")
    values = {"about": "decision", "resource": item.resource.code, "request": request.number, "grounds": "Needed."}
    page(cast.operator).begin(Objection, **values)
    objection = Objection.objects.get()
    page(cast.bureau).take(objection, "ask_department", question="Why?", opinion_by="2026-03-20")
    objection.refresh_from_db()
    asked = next(actor for actor in cast if actor.organisation == item.resource.organisation)
    page(asked).take(objection, "give_opinion", opinion="It would identify people.")
    page(cast.bureau).take(objection, "reject", reasons="The department is right.")
    objection.refresh_from_db()
    assert (objection.state, objection.opinion) == ("rejected", "It would identify people.")
    paper = Paper.objects.of(objection).get()
    assert papers.rendered(paper).sha256
    shown = page(cast.operator).see(objection).content.decode()
    assert "The department is right." in shown
    assert "It would identify people." not in shown
    assert request.number not in page(asked).see(objection).content.decode()


@pytest.mark.parametrize("about", ["openness", "grade", "data"])
def test_5c_an_objection_to_an_entry_is_upheld_through_the_api(data_story, api, about):
    cast, resource = data_story.cast, data_story.resource()
    number = api(cast.partner).begin(Objection, **data_story.objection_values(resource, about=about)).json()["number"]
    objection = Objection.objects.get(number=number)
    given = {"reasons": "It is aggregated.", "measure": "Graded anew by the department."}
    assert api(cast.bureau).take(objection, "uphold", **given).json()["state"] == "upheld"
    answer = api(cast.partner).see(objection).json()
    assert (answer["measure"], answer["question"]) == ("Graded anew by the department.", None)


def test_5c_the_bureau_goes_on_without_an_opinion_that_does_not_come(data_story, page):
    objection = data_story.objection("opinion")
    page(data_story.cast.bureau).take(objection, "go_on")
    objection.refresh_from_db()
    assert objection.state == "submitted"


@pytest.mark.parametrize("given", [{"reasons": "", "measure": "x"}, {"reasons": "x", "measure": " "}])
def test_5c_a_decision_has_reasons_and_what_follows(data_story, page, given):
    objection, bureau = data_story.objection(), data_story.cast.bureau
    refused(InvalidInput, objection.uphold, by=bureau, **given)
    with nothing_changes():
        assert page(bureau).take(objection, "uphold", **given).status_code == 422


def test_5c_nobody_objects_to_what_was_not_refused_or_is_not_theirs(data_story, page):
    operator = data_story.user("operator")
    resources = [data_story.resource(who="health"), data_story.resource(who="transport")]
    granted, other = data_story.request("authorised", resources=resources), data_story.request(
        "authorised_in_part", who="partner", resources=resources)  # fmt: skip
    refused_code = other.items.get(decision="refused").resource.code
    base = {"about": "decision", "grounds": "Needed."}
    for values, field in (
        ({"request": granted.number, "resource": resources[0].code}, "resource"),
        ({"request": other.number, "resource": refused_code}, "request"),
        ({"request": "", "resource": refused_code}, "request"),
        ({"about": "grade", "request": "", "resource": "HE-404"}, "resource"),
    ):
        assert set(refused(InvalidInput, begin, Objection, by=operator, **base | values).errors) == {field}
        with nothing_changes():
            assert page(operator).begin(Objection, **base | values).status_code == 422


@pytest.mark.parametrize("who", ["health", "partner", "outsider", "transport", "sysadmin"])
def test_5c_an_objection_is_seen_by_its_sides_only(data_story, page, api, who):
    objection, actor = data_story.objection(), data_story.cast[who]
    refused(NotYourStep, objection.reject, by=actor, reasons="No.")
    with nothing_changes():
        assert page(actor).see(objection).status_code == 404
        assert api(actor).see(objection).status_code == 404
        assert api(actor).numbers(Objection) == []


def test_5c_the_entry_a_user_objects_to_must_be_theirs_to_see(data_story):
    hidden = data_story.resource("review")
    values = data_story.objection_values(hidden)
    assert set(refused(InvalidInput, begin, Objection, by=data_story.cast.operator, **values).errors) == {"resource"}
