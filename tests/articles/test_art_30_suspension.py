"""Art. 30: an operator that finds a partner in breach closes its access for the time."""

import pytest

from casework.models.outbox import OutboxMessage
from casework.refusals import GuardRefused, InvalidInput, NotYourStep
from tests.desk import nothing_changes, refused

REASON = {"reason": "Data were used outside the scenario."}


@pytest.fixture
def story(partner_story):
    return partner_story


@pytest.mark.parametrize("who", ["operator", "bureau"])
def test_30a_access_is_closed_with_a_reason_and_opened_again(story, page, api, who):
    case = story.partnership("active")
    assert set(refused(InvalidInput, case.suspend, by=story.cast[who], reason="").errors) == {"reason"}
    page(story.cast[who]).take(case, "suspend", **REASON)
    case.refresh_from_db()
    assert (case.state, case.is_in_force(), case.suspended_by_bureau) == ("suspended", False, who == "bureau")
    assert REASON["reason"] in page(story.cast.partner).see(case).content.decode()
    told = OutboxMessage.objects.of(case).filter(context__state="suspended")
    assert {message.organisation.name for message in told} == {"Partner Company"} | (
        {"Operator Company"} if who == "bureau" else set()
    )
    assert api(story.cast[who]).take(case, "resume", reason="Rectified.").json()["state"] == "active"
    case.refresh_from_db()
    assert case.is_in_force()


def test_30a_an_operator_does_not_lift_what_the_bureau_imposed(story, page, api):
    case = story.partnership("active").suspend(by=story.cast.bureau, **REASON)
    refusal = refused(GuardRefused, case.resume, by=story.cast.operator, **REASON)
    assert (refusal.article, refusal.message) == (
        "30", "The bureau has suspended this partner; only the bureau can lift that.",
    )  # fmt: skip
    with nothing_changes():
        assert page(story.cast.operator).take(case, "resume", **REASON).status_code == 409
        assert api(story.cast.operator).take(case, "resume", **REASON).status_code == 409


@pytest.mark.parametrize("who", ["partner", "partner2", "applicant", "finance", "health"])
def test_30a_nobody_else_suspends_or_resumes(story, page, api, who):
    case = story.partnership("active")
    for step in ("suspend", "resume"):
        refused(NotYourStep, getattr(case, step), by=story.cast[who], **REASON)
        with nothing_changes():
            assert page(story.cast[who]).take(case, step, **REASON).status_code in {403, 404}
            assert api(story.cast[who]).take(case, step, **REASON).status_code in {403, 404}
        if step == "suspend":
            case.suspend(by=story.cast.operator, **REASON)
