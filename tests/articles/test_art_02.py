"""Art. 2: how open a resource is, and that one which is not open needs a legal basis to be authorised."""

import pytest

from authorizations.models import AuthorizationRequest, DataResource
from casework.beginning import begin
from casework.refusals import GuardRefused, InvalidInput, Refusal
from tests.desk import nothing_changes, refused
from tests.kinds.catalogue import not_open

BASIS = "Housing Safety Rules, Art. 8"


@pytest.mark.parametrize("openness", ["unconditional", "conditional"])
def test_2a_an_open_resource_enters_the_catalogue(data_story, api, openness):
    resource = data_story.resource("listed", openness=openness)
    assert resource.listed_version.openness == openness
    partner = api(data_story.cast.partner)
    assert partner.see(resource).json()["listed_version"]["openness"] == openness


def test_2a_there_are_three_classes_and_no_other(data_story, page, api):
    health = data_story.department("health")
    values = data_story.resource_values("HE-1", openness="secret")
    assert set(refused(InvalidInput, begin, DataResource, by=health, **values).errors) == {"openness"}
    with nothing_changes():
        assert page(health).begin(DataResource, **values).status_code == 422
        assert api(health).begin(DataResource, **values).status_code == 422


def test_2a_a_resource_that_is_not_open_is_not_entered_without_a_legal_basis(data_story, page, api):
    health = data_story.department("health")
    values = data_story.resource_values("HE-1", openness="not_open", legal_basis=" ")
    assert set(refused(InvalidInput, begin, DataResource, by=health, **values).errors) == {"legal_basis"}
    with nothing_changes():
        shown = page(health).begin(DataResource, **values)
        answer = api(health).begin(DataResource, **values)
    assert shown.status_code == answer.status_code == 422
    assert set(answer.json()["errors"]) == {"legal_basis"}


def test_2a_nor_does_one_get_past_the_form_into_review(data_story, page, api):
    resource, health = not_open(data_story), data_story.cast.health
    refusal = refused(GuardRefused, resource.submit, by=health)
    assert (refusal.article, refusal.status) == ("2(2)", 409)
    assert refusal.message == "A resource that is not open does not enter the catalogue."
    with nothing_changes():
        shown = page(health).take(resource, "submit")
        answer = api(health).take(resource, "submit")
    assert shown.status_code == answer.status_code == 409
    assert "Record the legal basis" in shown.content.decode()


@pytest.mark.parametrize("state", ["review", "revision_review"])
def test_2a_nor_does_the_bureau_list_one(data_story, page, api, state):
    resource, bureau = data_story.resource(state), data_story.cast.bureau
    # What no step lets through is refused at the last one all the same.
    DataResource.objects.filter(pk=resource.pk).update(openness="not_open", legal_basis="")
    assert refused(GuardRefused, resource.enlist, by=bureau).article == "2(2)"
    with nothing_changes():
        assert page(bureau).take(resource, "enlist").status_code == 409
        assert api(bureau).take(resource, "enlist").status_code == 409


def test_2a_with_a_legal_basis_it_enters_and_says_so(data_story, page):
    resource = data_story.resource("listed", openness="not_open", legal_basis=BASIS)
    html = page(data_story.cast.partner).open("catalogue-entry", resource.number).content.decode()
    assert BASIS in html
    assert "It is not open; it can be requested on the legal basis named." in html


@pytest.mark.parametrize("state", ["draft", "review", "returned", "delisted"])
def test_2a_what_does_not_stand_in_the_catalogue_is_neither_seen_nor_offered(data_story, page, api, state):
    operator = data_story.user("operator")
    resource = data_story.resource(state, openness="not_open", legal_basis=BASIS)
    given = {"resources": [resource.code], "copy_of": ""}
    refused(Refusal, begin, AuthorizationRequest, by=operator, **given)
    with nothing_changes():
        assert page(operator).open("catalogue-entry", resource.number).status_code == 404
        assert page(operator).see(resource).status_code == 404
        assert api(operator).see(resource).status_code == 404
        assert page(operator).send("basket-add", resource.number).status_code == 404
