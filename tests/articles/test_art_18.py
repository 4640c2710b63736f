"""Art. 18(1), 18: an operator's request is assessed by the bureau, then decided by each department for its own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from authorizations.models import AuthorizationRequest, BasketItem, DataUseAgreement
from casework.beginning import begin
from casework.models.paper import Paper
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from tests.data_story import BACK, TEXT, YES
from tests.desk import nothing_changes, refused
from tests.story import NOW

NOT_THE_BUREAU = ["bureau_lead", "operator", "outsider", "partner", "health", "finance", "government", "secadmin"]
ASSESSING = {
    "confirm_assessment": YES,
    "return_for_correction": BACK,
    "refuse_assessment": {"reason": "The purpose is not clear."},
}


def fill_basket(story, who: str, *resources) -> None:
    actor = story.user(who)
    for resource in resources:
        BasketItem.objects.create(person=actor.person, organisation=actor.organisation, resource=resource)


def again(case):
    """The case as it is now."""
    return AuthorizationRequest.objects.get(pk=case.pk)


# --- asking ---------------------------------------------------------------------------------------------------


def test_18a_a_basket_becomes_a_request_in_four_clicks(data_story, page):
    one, other = data_story.resource(who="health", personal_information="yes"), data_story.resource(who="transport")
    fill_basket(data_story, "operator", one, other)
    desk = page(data_story.cast.operator)
    shown = desk.open("basket").content.decode()
    assert shown.index("Health Department") < shown.index(one.name) < shown.index("Transport Department")
    assert "Personal information" in shown
    to_text = desk.send("basket")
    case = AuthorizationRequest.objects.get()
    assert to_text.url == reverse("request-text", args=[case.number])
    assert not BasketItem.objects.exists()
    to_check = desk.send("request-text", case.number, version=case.version, **TEXT)
    assert to_check.url == reverse("request-check", args=[case.number])
    checked = desk.client.get(to_check.url).content.decode()
    assert TEXT["purpose"] in checked
    assert other.name in checked
    sent = desk.send("request-check", case.number, version=again(case).version, truth=True)
    assert sent.url == reverse("request-submitted", args=[case.number])
    confirmation = desk.client.get(sent.url).content.decode()
    assert case.number in confirmation
    assert Paper.objects.of(case).get().code in confirmation
    assert "each department decides on its own resources" in confirmation
    case = again(case)
    assert (case.state, case.round, case.received_at) == ("assessment", 1, case.submitted_at)


def test_18a_and_through_the_api(data_story, api):
    one, other = data_story.resource(who="health"), data_story.resource(who="transport")
    program = api(data_story.user("operator"))
    made = program.begin(AuthorizationRequest, resources=[one.code, other.number]).json()
    case = AuthorizationRequest.objects.get(number=made["number"])
    assert [item["code"] for item in made["items"]] == [one.code, other.code]
    given = TEXT | {"use_from": "2026-04-01", "use_until": "2027-03-31"}
    assert program.change(case, **given).status_code == 200
    assert program.take(case, "submit", truth=True).json()["state"] == "assessment"
    bureau = api(data_story.cast.bureau)
    assert bureau.take(case, "confirm_assessment", **YES).json()["state"] == "confirmation"
    for who in ("health", "transport"):
        values = data_story.decisions(case, data_story.cast[who])
        answer = api(data_story.cast[who]).take(case, "decide", **values).json()
    assert answer["state"] == "authorised"
    assert [item["decision"] for item in answer["items"]] == ["granted"]
    assert len(program.see(case).json()["items"]) == 2


@pytest.mark.parametrize("who", ["health", "bureau", "finance", "government", "expert1", "sysadmin"])
def test_18a_nobody_but_operators_and_partners_has_a_basket(data_story, page, api, who):
    resource = data_story.resource()
    given = {"resources": [resource.code], "copy_of": ""}
    refused(NotYourStep, begin, AuthorizationRequest, by=data_story.cast[who], **given)
    with nothing_changes():
        assert page(data_story.cast[who]).open("basket").status_code == 403
        assert page(data_story.cast[who]).send("basket").status_code == 403
        assert api(data_story.cast[who]).begin(AuthorizationRequest, resources=[resource.code]).status_code == 403


def test_18a_an_empty_basket_makes_no_request(data_story, page):
    desk = page(data_story.user("operator"))
    assert "The basket is empty." in desk.open("basket").content.decode()
    with nothing_changes():
        answer = desk.send("basket")
    assert answer.status_code == 409
    assert "No resource is asked for." in answer.content.decode()


def test_18a_what_left_the_catalogue_is_named_and_stays_in_the_basket(data_story, page):
    resource = data_story.resource(who="health")
    fill_basket(data_story, "operator", resource)
    resource.delist(by=data_story.cast.bureau, reason="No longer kept.")
    desk = page(data_story.cast.operator)
    assert "Not in the catalogue any more" in desk.open("basket").content.decode()
    with nothing_changes():
        answer = desk.send("basket")
    assert answer.status_code == 422
    assert f"“{resource.code}” is not in the catalogue." in answer.content.decode()


def test_18a_a_basket_is_the_persons_own(data_story, page):
    fill_basket(data_story, "operator", data_story.resource())
    data_story.operating_agreement("outsider")
    assert "The basket is empty." in page(data_story.cast.outsider).open("basket").content.decode()


def test_18a_an_operator_without_an_agreement_in_force_asks_for_nothing(data_story, page, api):
    case = data_story.request("assessment")
    codes = [case.items.first().resource.code]
    data_story.operating_agreement(state="suspended")
    operator = data_story.cast.operator
    refusal = refused(GuardRefused, begin, AuthorizationRequest, by=operator, resources=codes, copy_of="")
    assert refusal.article == "18"
    with nothing_changes():
        assert api(operator).begin(AuthorizationRequest, resources=codes).status_code == 409
        assert page(operator).begin(AuthorizationRequest, resources=codes[0]).status_code == 409
    assert refused(GuardRefused, case.confirm_assessment, by=data_story.cast.bureau, **YES).article == "18"


# --- drafts ---------------------------------------------------------------------------------------------------


def test_18a_a_draft_is_saved_half_done(data_story, page):
    case = data_story.request("draft")
    desk = page(data_story.cast.operator)
    answer = desk.send("request-text", case.number, version="1", purpose="Half a thought", stop="1")
    assert answer.url == reverse("request-prepare", args=[case.number])
    listed = desk.client.get(answer.url).content.decode()
    assert "Still missing:" in listed
    assert "Cannot start yet" in listed
    assert again(case).purpose == "Half a thought"


def test_18a_nothing_typed_is_lost_by_an_error_or_a_stale_page(data_story, page):
    case = data_story.request("draft")
    desk = page(data_story.cast.operator)
    with nothing_changes():
        wrong = desk.send("request-text", case.number, version="1", **TEXT | {"use_until": TEXT["use_from"]})
    assert wrong.status_code == 422
    assert TEXT["purpose"] in wrong.content.decode()
    case.edit(by=data_story.cast.operator, **TEXT)
    with nothing_changes():
        stale = desk.send("request-text", case.number, version="1", **TEXT | {"purpose": "My other thought"})
    assert stale.status_code == 412
    assert "My other thought" in stale.content.decode()


def test_18a_resources_are_taken_out_and_put_in_while_it_is_a_draft(data_story, page):
    case = data_story.request("draft")
    first, second = case.items.select_related("resource")
    third = data_story.resource(who="transport")
    fill_basket(data_story, "operator", third)
    desk = page(data_story.cast.operator)
    desk.send("request-resources", case.number, version="1", remove=first.pk)
    desk.send("request-resources", case.number, version=again(case).version, basket="1")
    assert [item.resource for item in case.items.order_by("pk")] == [second.resource, third]
    assert not BasketItem.objects.exists()
    desk.send("request-resources", case.number, version=again(case).version, resources=f"{first.resource.code}\n")
    with nothing_changes():
        item = case.items.get()
        answer = desk.send("request-resources", case.number, version=again(case).version, remove=item.pk)
        unknown = desk.send("request-resources", case.number, version=again(case).version, resources="NO-SUCH-1")
    assert answer.status_code == 409
    assert "at least one resource" in answer.content.decode()
    assert unknown.status_code == 422
    assert "NO-SUCH-1" in unknown.content.decode()


def test_18a_nothing_incomplete_is_submitted(data_story, page, api):
    case = data_story.request("draft")
    refusal = refused(GuardRefused, case.submit, by=data_story.cast.operator, truth=True)
    assert "purpose" in refusal.details
    with nothing_changes():
        shown = page(data_story.cast.operator).send("request-check", case.number, version=case.version, truth=True)
        answer = api(data_story.cast.operator).take(case, "submit", truth=True)
    assert shown.status_code == answer.status_code == 409
    case.edit(by=data_story.cast.operator, **TEXT)
    with nothing_changes():
        assert page(data_story.cast.operator).send("request-check", case.number).status_code == 422


@pytest.mark.parametrize("name", ["request-prepare", "request-text", "request-resources", "request-check"])
def test_18a_nobody_else_prepares_it_and_nobody_after_it_was_handed_in(data_story, page, name):
    draft, sent = data_story.request("draft"), data_story.request("assessment")
    with nothing_changes():
        for who in ("bureau", "health", "outsider", "partner", "finance"):
            assert page(data_story.cast[who]).open(name, draft.number).status_code in {403, 404}
            assert page(data_story.cast[who]).send(name, draft.number, **TEXT).status_code in {403, 404}
        assert page(data_story.cast.operator).open(name, sent.number).status_code == 409
        assert page(data_story.cast.operator).send(name, sent.number, **TEXT).status_code == 409


# --- the bureau's assessment ----------------------------------------------------------------------------------


def test_18a_the_bureau_confirms_and_the_departments_get_it(data_story, page):
    case = data_story.request("assessment")
    health = page(data_story.cast.health)
    assert health.see(case).status_code == 404
    page(data_story.cast.bureau).take(case, "confirm_assessment", **YES)
    case = again(case)
    assert (case.state, case.assessed_at is not None) == ("confirmation", True)
    assert YES["opinion"] in health.see(case).content.decode()


@pytest.mark.parametrize("step", ASSESSING)
@pytest.mark.parametrize("who", NOT_THE_BUREAU)
def test_18a_nobody_but_the_bureau_assesses(data_story, page, api, who, step):
    case = data_story.request("assessment")
    refused(NotYourStep, getattr(case, step), by=data_story.cast[who], **ASSESSING[step])
    with nothing_changes():
        assert page(data_story.cast[who]).take(case, step, **ASSESSING[step]).status_code in {403, 404}
        given = {name: str(value) for name, value in ASSESSING[step].items()}
        assert api(data_story.cast[who]).take(case, step, **given).status_code in {403, 404}


def test_18a_a_refusal_in_the_assessment_gives_its_reason_and_ends_it(data_story, page):
    case = data_story.request("assessment")
    assert set(refused(InvalidInput, case.refuse_assessment, by=data_story.cast.bureau, reason=" ").errors) == {
        "reason"
    }
    page(data_story.cast.bureau).take(case, "refuse_assessment", reason="The purpose is not clear.")
    case = again(case)
    assert (case.state, case.refused_because) == ("refused", "The purpose is not clear.")
    assert "The purpose is not clear." in page(data_story.cast.operator).see(case).content.decode()
    assert Paper.objects.of(case).filter(kind="request_decision").exists()
    assert page(data_story.cast.health).see(case).status_code == 404


def test_18a_a_resource_that_left_the_catalogue_is_not_passed_on(data_story):
    case = data_story.request("assessment")
    resource = case.items.first().resource
    resource.delist(by=data_story.cast.bureau, reason="No longer kept.")
    refusal = refused(GuardRefused, case.confirm_assessment, by=data_story.cast.bureau, **YES)
    assert (refusal.article, refusal.details) == ("5(1)", (resource.name,))


# --- withdrawal, copy, urging ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "user", "readers"),
    [("correction", "operator", ("bureau", "finance")), ("preliminary_correction", "partner", ("operator",))],
)
def test_18a_while_a_correction_is_written_others_see_what_was_handed_in(data_story, page, api, state, user, readers):
    request, cast = data_story.request(state, who=user), data_story.cast
    first, second = request.items.order_by("pk")
    added = data_story.resource(code="HE-999")
    request.edit(by=cast[user], **TEXT | {"scenario": "Another scenario", "purpose": "Being rewritten."})
    request.choose_resources(by=cast[user], resources=[first.resource.code, added.code])
    path = f"/api/v1/authorization-requests/{request.number}/"
    for who in readers:
        told = api(cast[who]).get(path).json()
        assert told == api(cast[who]).get("/api/v1/authorization-requests/").json()["results"][0]
        assert (told["scenario"], told["purpose"]) == ({"code": None, "name": TEXT["scenario"]}, TEXT["purpose"])
        assert [item["code"] for item in told["items"]] == [first.resource.code]
        html = page(cast[who]).see(request).content.decode()
        assert "Being rewritten." not in html
        assert added.code not in html
    own = api(cast[user]).get(path).json()
    assert (own["scenario"]["name"], own["purpose"]) == ("Another scenario", "Being rewritten.")
    assert [item["code"] for item in own["items"]] == [first.resource.code, added.code]
    assert second.resource.code not in str(own)


@pytest.mark.parametrize("state", ["draft", "assessment", "correction", "coordination", "confirmation"])
def test_18a_the_applicant_withdraws_until_it_is_decided(data_story, page, state):
    given = {"resources": [data_story.resource(level="city")]} if state == "coordination" else {}
    case = data_story.request(state, **given)
    assert set(refused(InvalidInput, case.withdraw, by=data_story.cast.operator, reason="").errors) == {"reason"}
    refused(NotYourStep, case.withdraw, by=data_story.cast.bureau, reason="We decline.")
    page(data_story.cast.operator).take(case, "withdraw", reason="Changed plans.")
    assert (again(case).state, again(case).withdrawn_because) == ("withdrawn", "Changed plans.")


@pytest.mark.parametrize("state", ["authorised", "authorised_in_part", "refused"])
def test_18a_nothing_decided_is_withdrawn(data_story, page, state):
    case = data_story.request(state)
    refused(WrongState, case.withdraw, by=data_story.cast.operator, reason="Changed plans.")
    with nothing_changes():
        answer = page(data_story.cast.operator).take(case, "withdraw", reason="Changed plans.")
    assert answer.status_code == 409


@pytest.mark.parametrize("state", ["authorised", "authorised_in_part", "refused", "withdrawn"])
def test_18a_an_ended_request_is_copied_as_a_new_one(data_story, page, state):
    case = data_story.request(state)
    gone = case.items.first().resource
    gone.delist(by=data_story.cast.bureau, reason="No longer kept.")
    desk = page(data_story.cast.operator)
    assert reverse("request-copy", args=[case.number]) in desk.see(case).content.decode()
    desk.send("request-copy", case.number)
    copy = AuthorizationRequest.objects.latest("pk")
    assert (copy.state, copy.purpose, copy.scenario, copy.copied_from) == ("draft", case.purpose, case.scenario, case)
    assert gone not in {item.resource for item in copy.items.all()}
    assert all(item.decision == "" for item in copy.items.all())


@pytest.mark.parametrize("who", ["outsider", "bureau", "health"])
def test_18a_nobody_copies_what_is_not_theirs(data_story, page, api, who):
    case = data_story.request("authorised")
    if who == "outsider":
        data_story.operating_agreement("outsider")
    with nothing_changes():
        status = page(data_story.cast[who]).send("request-copy", case.number).status_code
        answer = api(data_story.cast[who]).begin(AuthorizationRequest, resources=[], copy_of=case.number)
    assert status in {403, 404}
    assert answer.status_code in {403, 422}


def test_18a_those_whose_turn_it_is_are_urged_once_a_day(data_story, page):
    case = data_story.request("assessment")
    desk = page(data_story.cast.operator)
    desk.take(case, "urge")
    assert [(word.kind, word.organisation) for word in data_story.said(case)] == [
        ("urged", data_story.cast.bureau.organisation)
    ]
    refusal = refused(GuardRefused, case.urge, by=data_story.cast.operator)
    assert refusal.message == "They have been urged today already."
    with nothing_changes():
        assert desk.take(case, "urge").status_code == 409
    refused(NotYourStep, case.urge, by=data_story.cast.bureau)
    case.confirm_assessment(by=data_story.cast.bureau, on=NOW + timedelta(minutes=1), **YES)
    case.urge(by=data_story.cast.bureau, on=NOW + timedelta(minutes=2))
    assert len(data_story.said(case)) == 3


def test_18a_the_agreement_is_drafted_from_what_was_authorised(data_story, page):
    case = data_story.request("authorised_in_part")
    agreement = DataUseAgreement.objects.get()
    assert (agreement.request, agreement.state) == (case, "draft")
    assert agreement.number in page(data_story.cast.bureau).see(case).content.decode()
    assert agreement.number not in page(data_story.cast.operator).see(case).content.decode()
    data_story.request("refused")
    assert DataUseAgreement.objects.count() == 1
