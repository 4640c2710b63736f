"""Art. 18(3): the bureau takes resources across levels or regions to the city; the request waits for it visibly."""

from datetime import timedelta

import pytest

from authorizations.models import AuthorizationRequest
from casework.models.clock import Clock
from casework.models.task import Task
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from tests.casework.conftest import clock_of
from tests.data_story import TEXT, YES
from tests.desk import nothing_changes, refused
from tests.story import DAY, NOW

LETTER = {"city_letter": "District letter 2026-7", "city_asked_on": NOW.date()}
ANSWER = {"city_outcome": "agreed", "city_answer": "City letter 2026-3", "city_answered_on": NOW.date(), "remark": ""}


def again(case):
    return AuthorizationRequest.objects.get(pk=case.pk)


def crossing(story, state="assessment", **given):
    """A request for a resource of the district and one of the city."""
    given = given or {"level": "city"}
    resources = [story.resource(who="health"), story.resource(who="transport", **given)]
    return story.request(state, resources=resources)


@pytest.mark.parametrize("given", [{"level": "city"}, {"level": "province"}, {"region": "Another district"}])
def test_18d_a_resource_of_another_level_or_region_goes_to_the_city_first(data_story, page, api, given):
    case = crossing(data_story, **given)
    refusal = refused(GuardRefused, case.confirm_assessment, by=data_story.cast.bureau, **YES)
    assert (refusal.article, refusal.remedy) == ("18(3)", "Take the request to the city first.")
    assert refusal.details == (case.items.last().version.name,)
    with nothing_changes():
        assert page(data_story.cast.bureau).take(case, "confirm_assessment", **YES).status_code == 409
        assert api(data_story.cast.bureau).take(case, "confirm_assessment", **YES).status_code == 409


def test_18d_it_waits_visibly_with_letter_and_article_and_goes_on_from_the_answer(data_story, page):
    case = crossing(data_story)
    bureau = page(data_story.cast.bureau)
    bureau.take(case, "take_to_city", **LETTER)
    assert again(case).state == "coordination"
    for who in ("bureau", "operator", "finance"):
        html = page(data_story.cast[who]).see(case).content.decode()
        for words in ("Waiting for the city", LETTER["city_letter"], "2026-03-02", "paused", "Art. 18(3)"):
            assert words in html, (who, words)
    task = Task.objects.of(case).get(closed_at=None)
    assert (task.organisation, task.has_limit) == (data_story.cast.bureau.organisation, False)
    bureau.take(case, "record_city_answer", **ANSWER)
    assert again(case).state == "assessment"
    assert ANSWER["city_answer"] in page(data_story.cast.operator).see(case).content.decode()
    bureau.take(case, "confirm_assessment", **YES)
    assert again(case).state == "confirmation"


def test_18d_and_through_the_api(data_story, api):
    case = crossing(data_story)
    bureau = api(data_story.cast.bureau)
    given = LETTER | {"city_asked_on": "2026-03-02"}
    assert bureau.take(case, "take_to_city", **given).json()["state"] == "coordination"
    answer = bureau.take(case, "record_city_answer", **ANSWER | {"city_answered_on": "2026-03-02"}).json()
    assert (answer["state"], answer["city_outcome"], answer["city_answer"]) == (
        "assessment", "agreed", "City letter 2026-3",
    )  # fmt: skip


def test_18d_the_limit_stands_still_while_the_city_is_asked_and_the_day_of_the_answer_is_not_counted(data_story):
    case = crossing(data_story)
    clock = clock_of(case, "assessment")
    # Received on Monday, 2 March: the fifth working day is Monday, 9 March.
    assert clock.due_on.isoformat() == "2026-03-09"
    asked = NOW + 2 * DAY
    case.take_to_city(by=data_story.cast.bureau, on=asked, **LETTER)
    clock.refresh_from_db()
    assert (clock.paused, clock.due_on, clock.next_word_at) == (True, None, None)
    # Two days are used (3 and 4 March); three are left from the day after the answer of Friday, 20 March.
    case.record_city_answer(by=data_story.cast.bureau, on=NOW + 18 * DAY, **ANSWER)
    clock.refresh_from_db()
    assert clock.due_on.isoformat() == "2026-03-25"
    assert Clock.objects.of(case).filter(name="assessment").count() == 1


def test_18d_where_the_city_does_not_agree_its_resources_are_refused_and_the_others_go_on(data_story, page):
    case = crossing(data_story, "coordination")
    data_story.city_answers(case, "refused")
    case.confirm_assessment(by=data_story.cast.bureau, **YES)
    own, citys = case.items.order_by("pk")
    assert (own.decision, citys.decision) == ("", "refused")
    assert "City letter 2026-3" in citys.reason
    assert "City letter 2026-3" in page(data_story.cast.operator).see(case).content.decode()
    assert [one.organisation for one in Task.objects.of(case).filter(closed_at=None)] == [
        data_story.cast.health.organisation
    ]
    data_story.decide_all(case, "granted")
    assert case.state == "authorised_in_part"


def test_18d_where_the_city_refuses_everything_the_request_is_refused_at_once(data_story):
    case = data_story.request("coordination", resources=[data_story.resource(level="city")])
    data_story.city_answers(case, "refused")
    case.confirm_assessment(by=data_story.cast.bureau, **YES)
    assert again(case).state == "refused"


def test_18d_a_resource_added_by_a_correction_after_the_answer_goes_to_the_city_too(data_story):
    case = crossing(data_story, "coordination")
    data_story.city_answers(case)
    bureau, operator = data_story.cast.bureau, data_story.cast.operator
    case.return_for_correction(by=bureau, defects="Name every resource.", correct_by=(NOW + 9 * DAY).date())
    new = data_story.resource(who="health", level="province")
    codes = [item.resource.code for item in case.items.select_related("resource")]
    case.choose_resources(by=operator, resources=[*codes, new.code])
    case.resubmit(by=operator, truth=True)
    assert refused(GuardRefused, case.confirm_assessment, by=bureau, **YES).details == (new.name,)
    case.take_to_city(by=bureau, city_letter="District letter 2026-8", city_asked_on=NOW.date())
    data_story.city_answers(case, "refused")
    case.confirm_assessment(by=bureau, **YES)
    assert list(case.items.order_by("pk").values_list("city_outcome", "decision")) == [
        ("", ""), ("agreed", ""), ("refused", "refused"),
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["operator", "outsider", "partner", "health", "finance", "bureau_lead", "government"])
def test_18d_nobody_but_the_bureau_deals_with_the_city(data_story, page, api, who):
    case = crossing(data_story)
    refused(NotYourStep, case.take_to_city, by=data_story.cast[who], **LETTER)
    with nothing_changes():
        assert page(data_story.cast[who]).take(case, "take_to_city", **LETTER).status_code in {403, 404}
        answer = api(data_story.cast[who]).take(case, "take_to_city", **LETTER)
        assert answer.status_code in {403, 404}
    data_story.ask_city(case)
    refused(NotYourStep, case.record_city_answer, by=data_story.cast[who], **ANSWER)


def test_18d_what_belongs_to_the_district_is_not_taken_to_the_city(data_story, page, api):
    case = data_story.request("assessment")
    refusal = refused(GuardRefused, case.take_to_city, by=data_story.cast.bureau, **LETTER)
    assert refusal.message == "Every resource asked for belongs to this district."
    with nothing_changes():
        assert page(data_story.cast.bureau).take(case, "take_to_city", **LETTER).status_code == 409
        given = LETTER | {"city_asked_on": "2026-03-02"}
        assert api(data_story.cast.bureau).take(case, "take_to_city", **given).status_code == 409


def test_18d_the_city_is_not_asked_twice_and_nothing_is_answered_before_it_was_asked(data_story):
    case = crossing(data_story)
    refused(WrongState, case.record_city_answer, by=data_story.cast.bureau, **ANSWER)
    data_story.ask_city(case)
    before = ANSWER | {"city_answered_on": NOW.date() - timedelta(days=1)}
    refusal = refused(InvalidInput, case.record_city_answer, by=data_story.cast.bureau, **before)
    assert set(refusal.errors) == {"city_answered_on"}
    data_story.city_answers(case)
    assert refused(GuardRefused, case.take_to_city, by=data_story.cast.bureau, **LETTER).message == (
        "The city has answered already."
    )


@pytest.mark.parametrize("missing", ["city_letter", "city_asked_on"])
def test_18d_the_letter_has_its_number_and_date(data_story, page, missing):
    case = crossing(data_story)
    given = LETTER | {missing: ""}
    assert set(refused(InvalidInput, case.take_to_city, by=data_story.cast.bureau, **given).errors) == {missing}
    with nothing_changes():
        assert page(data_story.cast.bureau).take(case, "take_to_city", **given).status_code == 422
    assert TEXT["purpose"] in page(data_story.cast.bureau).see(case).content.decode()
