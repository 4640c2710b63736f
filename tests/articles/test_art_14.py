"""Art. 14: an agreement that is terminated or revoked closes access to data and platform at once."""

import pytest
from django.utils import timezone

from casework.models.paper import Paper
from casework.refusals import InvalidInput, NotYourStep, WrongState
from operators.models import OperatingAgreement
from tests.desk import nothing_changes, refused

GIVEN = {"ground": "termination", "reason": "Not rectified."}


@pytest.fixture
def story(partner_story):
    return partner_story


@pytest.mark.parametrize("ground", ["termination", "revocation"])
@pytest.mark.parametrize("state", ["effective", "suspended"])
def test_14a_the_bureau_ends_the_agreement_and_it_binds_no_more(story, page, state, ground):
    agreement = story.operating_agreement(state=state)
    page(story.cast.bureau).take(agreement, "terminate", **GIVEN | {"ground": ground})
    agreement.refresh_from_db()
    assert (agreement.state, agreement.ended_ground, agreement.ended_because) == (
        "terminated",
        ground,
        "Not rectified.",
    )
    assert agreement.ended_at == timezone.now()
    assert not OperatingAgreement.objects.in_force(on=timezone.localdate()).exists()
    assert Paper.objects.of(agreement).get(kind="termination_notice").context["ground"] == ground
    for step, given in [("resume", {"reason": "Sorry."}), ("suspend", {"reason": "Again."}), ("terminate", GIVEN)]:
        refused(WrongState, getattr(agreement, step), by=story.cast.bureau, **given)


def test_14a_and_through_the_api(story, api):
    agreement = story.operating_agreement()
    answer = api(story.cast.bureau).take(agreement, "terminate", **GIVEN).json()
    assert (answer["state"], answer["ended_ground"]) == ("terminated", "termination")


@pytest.mark.parametrize("given", [{"ground": ""}, {"ground": "boredom"}, {"reason": " "}], ids=str)
def test_14a_a_ground_and_a_reason_are_given(story, page, api, given):
    agreement = story.operating_agreement()
    assert set(refused(InvalidInput, agreement.terminate, by=story.cast.bureau, **GIVEN | given).errors) == set(given)
    with nothing_changes():
        assert page(story.cast.bureau).take(agreement, "terminate", **GIVEN | given).status_code == 422
        assert set(api(story.cast.bureau).take(agreement, "terminate", **GIVEN | given).json()["errors"]) == set(given)


@pytest.mark.parametrize("who", ["operator", "applicant", "finance", "bureau_lead", "partner", "government"])
def test_14a_nobody_but_the_bureau_ends_it(story, page, api, who):
    agreement = story.operating_agreement()
    refused(NotYourStep, agreement.terminate, by=story.cast[who], **GIVEN)
    with nothing_changes():
        assert page(story.cast[who]).take(agreement, "terminate", **GIVEN).status_code in {403, 404}
        assert api(story.cast[who]).take(agreement, "terminate", **GIVEN).status_code in {403, 404}


@pytest.mark.parametrize("state", ["draft", "signing", "expired", "cancelled"])
def test_14a_only_an_agreement_that_binds_is_ended(story, state):
    refused(WrongState, story.agreement(state).terminate, by=story.cast.bureau, **GIVEN)


def test_14a_a_partner_of_an_operator_that_was_ended_files_nothing_new(story):
    case = story.partnership("review")
    story.operating_agreement(state="terminated")
    assert not case.operator_is_bound(timezone.localdate())
