"""Art. 6: a department names who answers for its data, grades them, and keeps its entries up to date."""

import pytest

from accounts.models import AccountEvent
from authorizations.models import DataResource
from casework.beginning import begin
from casework.refusals import GuardRefused, InvalidInput, NotYourStep
from tests.desk import nothing_changes, refused
from tests.kinds.catalogue import changed, incomplete, nobody_named

NAMED = {
    "responsible_unit": "Data Office", "responsible_person": "Su Wen", "responsible_phone": "0755-00000002",
    "email": "data@health.test",
}  # fmt: skip


def test_6a_a_department_names_its_responsible_unit_and_person(data_story, page):
    health = data_story.cast.health
    answer = page(health).send("department", **NAMED)
    assert answer.status_code == 302
    organisation = health.organisation
    organisation.refresh_from_db()
    assert {name: getattr(organisation, name) for name in NAMED} == NAMED
    event = AccountEvent.objects.get(kind="organisation_changed")
    assert (event.by, event.organisation) == (health.person, organisation)
    assert sorted(event.detail["fields"]) == sorted(NAMED)


def test_6a_saving_what_stands_there_is_no_event(data_story, page):
    desk = page(data_story.cast.health)
    desk.send("department", **NAMED)
    desk.send("department", **NAMED)
    assert AccountEvent.objects.filter(kind="organisation_changed").count() == 1


@pytest.mark.parametrize(
    ("field", "value"), [("responsible_unit", ""), ("responsible_person", " "), ("responsible_phone", "call me"),
                         ("email", "nobody")],
)  # fmt: skip
def test_6a_what_is_missing_or_wrong_is_said_at_its_field(data_story, page, field, value):
    organisation = data_story.cast.health.organisation
    with nothing_changes():
        answer = page(data_story.cast.health).send("department", **NAMED | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    organisation.refresh_from_db()
    assert organisation.responsible_unit == ""
    assert not AccountEvent.objects.filter(kind="organisation_changed").exists()


@pytest.mark.parametrize("who", ["bureau", "operator", "partner", "finance", "expert1", "sysadmin"])
def test_6a_nobody_else_enters_it(data_story, page, who):
    with nothing_changes():
        assert page(data_story.cast[who]).open("department").status_code == 403
        assert page(data_story.cast[who]).send("department", **NAMED).status_code == 403


def test_6a_the_page_shows_people_and_figures(data_story, page):
    data_story.resource("listed")
    data_story.resource("draft")
    data_story.resource("listed", who="transport")
    data_story.request("confirmation")
    answer = page(data_story.cast.health).open("department")
    assert [(one["state"], one["count"]) for one in answer.context["figures"]] == [("draft", 1), ("listed", 2)]
    assert [(one["plural"], one["count"]) for one in answer.context["tasks"]] == [
        ("authorization-requests", 1), ("resources", 1),
    ]  # fmt: skip
    assert answer.context["quality"][0] == ("Issues received", 0)
    html = answer.content.decode()
    assert "Health" in html
    assert "Transport" not in html


def test_6a_an_entry_is_not_handed_in_before_both_are_named(data_story, page, api):
    resource, health = nobody_named(data_story), data_story.cast.health
    refusal = refused(GuardRefused, resource.submit, by=health)
    assert (refusal.article, refusal.remedy) == ("6(1)", "Enter both under “Our department”.")
    with nothing_changes():
        assert page(health).take(resource, "submit").status_code == 409
        assert api(health).take(resource, "submit").status_code == 409
    page(health).send("department", **NAMED)
    resource.submit(by=health)
    assert resource.state == "review"


def test_6a_a_department_enters_grades_and_hands_in_on_the_page(data_story, page):
    health = data_story.department("health")
    page(health).begin(DataResource, **data_story.resource_values("HE-1"))
    resource = DataResource.objects.get()
    assert (resource.state, resource.grade, resource.fields[1]["sensitivity"]) == ("draft", "general", "s2")
    page(health).take(resource, "submit")
    resource.refresh_from_db()
    assert resource.state == "review"


def test_6a_and_through_the_api(data_story, api):
    health = data_story.department("health")
    answer = api(health).begin(DataResource, **data_story.resource_values("HE-1")).json()
    assert answer["working_text"]["fields"][0] == {
        "name": "district", "label": "District", "type": "code", "sensitivity": "s1",
    }  # fmt: skip
    resource = DataResource.objects.get()
    assert api(health).change(resource, **data_story.resource_values("HE-1", grade="important")).status_code == 200
    assert api(health).take(resource, "submit").json()["state"] == "review"


def test_6a_an_entry_with_a_gap_is_not_handed_in(data_story, page):
    resource, health = incomplete(data_story), data_story.cast.health
    refusal = refused(GuardRefused, resource.submit, by=health)
    assert (refusal.message, refusal.details) == ("The entry is not complete.", ("summary",))
    with nothing_changes():
        assert page(health).take(resource, "submit").status_code == 409


@pytest.mark.parametrize("lacking", ["openness", "grade"])
def test_6a_nor_is_one_without_class_or_grade(data_story, api, lacking):
    health = data_story.department("health")
    resource = begin(DataResource, by=health, **data_story.resource_values("HE-1", **{lacking: ""}))
    assert refused(GuardRefused, resource.submit, by=health).article == "5(3)"
    with nothing_changes():
        assert api(health).take(resource, "submit").status_code == 409


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("visits | Visits | number", "Line 1: four cells are needed: name, what it is, type, level."),
        ("a | A | text | s1\n\nb | B | figure | s1", "Line 3: the type or the level is not known."),
        ("a | A | text | s9", "Line 1: the type or the level is not known."),
        ("a | A | text | s1\na | B | text | s1", "Line 2: the field “a” stands twice."),
    ],
)
def test_6a_a_field_that_cannot_be_read_is_named_by_its_line(data_story, page, lines, message):
    resource, health = data_story.resource("draft"), data_story.cast.health
    values = data_story.resource_values(resource.code, fields=lines)
    assert refused(InvalidInput, resource.edit, by=health, **values).errors == {"fields": [message]}
    with nothing_changes():
        shown = page(health).take(resource, "edit", **values)
    assert shown.status_code == 422
    assert message in shown.content.decode()


def test_6a_fields_are_typed_by_label_or_by_code(data_story):
    resource, health = data_story.resource("draft"), data_story.cast.health
    fields = "a ｜ A ｜ Date ｜ Level 3 (sensitive)\nb\tB\tplace\ts4"
    resource.edit(by=health, **data_story.resource_values(resource.code, fields=fields))
    assert [(field["type"], field["sensitivity"]) for field in resource.fields] == [("date", "s3"), ("place", "s4")]


def test_6a_a_new_version_is_handed_in_while_the_old_one_holds(data_story, page, api):
    resource, health = changed(data_story), data_story.cast.health
    page(health).take(resource, "submit_revision")
    resource.refresh_from_db()
    assert resource.state == "revision_review"
    assert api(data_story.cast.partner).see(resource).json()["listed_version"]["summary"] == "What HE-001 holds."
    resource.enlist(by=data_story.cast.bureau)
    assert (resource.state, resource.listed_version.round) == ("listed", 2)
    assert api(data_story.cast.partner).see(resource).json()["listed_version"]["summary"] == "Written anew."


def test_6a_nothing_new_is_no_new_version(data_story, page):
    resource, health = data_story.resource("listed"), data_story.cast.health
    assert refused(GuardRefused, resource.submit_revision, by=health).article == "6(2)"
    with nothing_changes():
        assert page(health).take(resource, "submit_revision").status_code == 409


def test_6a_the_code_of_a_listed_resource_stays(data_story, page):
    resource, health = data_story.resource("listed"), data_story.cast.health
    values = data_story.resource_values("HE-777")
    refusal = refused(InvalidInput, resource.edit, by=health, **values)
    assert refusal.errors == {"code": ["The code of a resource that has been listed stays as it is."]}
    with nothing_changes():
        assert page(health).take(resource, "edit", **values).status_code == 422


def test_6a_a_code_is_given_once(data_story, page, api):
    taken, other = data_story.resource("draft"), data_story.resource("draft", who="transport")
    transport = data_story.cast.transport
    values = data_story.resource_values(taken.code)
    assert set(refused(InvalidInput, other.edit, by=transport, **values).errors) == {"code"}
    refused(GuardRefused, begin, DataResource, by=transport, **values)
    with nothing_changes():
        assert page(transport).begin(DataResource, **values).status_code == 409
        assert api(transport).begin(DataResource, **values).status_code == 409


@pytest.mark.parametrize("who", ["transport", "bureau", "operator", "partner", "finance", "sysadmin"])
def test_6a_nobody_else_works_on_an_entry(data_story, page, api, who):
    resource, actor = data_story.resource("listed"), data_story.cast[who]
    values = data_story.resource_values(resource.code, summary="Not mine.")
    refused(NotYourStep, resource.edit, by=actor, **values)
    with nothing_changes():
        assert page(actor).take(resource, "edit", **values).status_code in {403, 404}
        assert api(actor).take(resource, "edit", **values).status_code in {403, 404}


def test_6a_an_entry_is_taken_out_corrected_and_handed_in_again(data_story, page):
    resource, health = data_story.resource("listed"), data_story.cast.health
    page(health).take(resource, "delist", reason="To be collected anew.")
    resource.refresh_from_db()
    assert (resource.state, resource.delisted_because) == ("delisted", "To be collected anew.")
    resource.edit(by=health, **data_story.resource_values(resource.code, summary="Collected anew."))
    resource.submit_again(by=health)
    resource.enlist(by=data_story.cast.bureau)
    assert (resource.state, resource.listed_version.round) == ("listed", 2)
