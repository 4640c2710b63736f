"""Art. 12: the bureau signs the operating agreement with an approved operator only."""

import pytest

from casework.beginning import begin
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from operators.models import OperatingAgreement, OperatorApplication
from tests.desk import nothing_changes, refused
from tests.story import NOW

NOT_APPROVED = [state for state in OperatorApplication.states.by_name if state not in {"approved", "agreed"}]
TERM = {"starts_on": NOW.date().isoformat(), "years": 2}


def published(story, state="approved", **given):
    """An application of a call whose results are public."""
    case = story.application(state, **given)
    story.close(case.call)
    case.call.publish_results(by=story.cast.bureau)
    return case


def draw_up(story, case):
    return begin(OperatingAgreement, by=story.cast.bureau, application=case.number, **TERM)


def test_12a_an_agreement_is_drawn_up_with_an_approved_applicant_on_the_page(story, page):
    case = published(story)
    bureau = page(story.cast.bureau)
    assert f"operating-agreements/new/?application={case.number}" in bureau.see(case).content.decode()
    bureau.begin(OperatingAgreement, application=case.number, **TERM)
    agreement = OperatingAgreement.objects.get()
    assert (agreement.application, agreement.organisation, agreement.state) == (case, case.organisation, "draft")
    case.refresh_from_db()
    assert case.state == "agreed"


def test_12a_and_through_the_api(story, api):
    case = published(story)
    answer = api(story.cast.bureau).begin(OperatingAgreement, application=case.number, **TERM).json()
    assert (answer["application"], answer["state"], answer["ends_on"]) == (case.number, "draft", "2028-03-01")


@pytest.mark.parametrize("state", NOT_APPROVED)
def test_12a_none_is_drawn_up_with_an_applicant_who_is_not_approved(story, page, api, state):
    case = story.application(state)
    unseen = state in {"draft", "withdrawn"}
    refusal = refused(InvalidInput if unseen else GuardRefused, draw_up, story, case)
    if unseen:
        assert refusal.errors == {"application": ["There is no application with this number."]}
    else:
        assert refusal.article == "12"
        assert refusal.message == (
            "An agreement is drawn up only with an applicant whom the district government has approved."
        )
    with nothing_changes():
        shown = page(story.cast.bureau).begin(OperatingAgreement, application=case.number, **TERM)
        answer = api(story.cast.bureau).begin(OperatingAgreement, application=case.number, **TERM)
    assert shown.status_code == answer.status_code == refusal.status
    assert f'value="{case.number}"' in shown.content.decode()


def test_12a_none_is_drawn_up_before_the_results_are_public(story, page):
    case = story.application("approved")
    refusal = refused(GuardRefused, draw_up, story, case)
    assert refusal.message == "The results of the call have not been published yet."
    assert refusal.remedy == "Publish the results of the call first."
    with nothing_changes():
        shown = page(story.cast.bureau).begin(OperatingAgreement, application=case.number, **TERM)
    assert "Publish the results of the call first." in shown.content.decode()


def test_12a_one_agreement_an_application(story, page):
    agreement = story.agreement("draft")
    refused(GuardRefused, draw_up, story, agreement.application)
    with nothing_changes():
        answer = page(story.cast.bureau).begin(OperatingAgreement, application=agreement.application.number, **TERM)
    assert answer.status_code == 409


@pytest.mark.parametrize("number", ["", "SQ-2026-0404"])
def test_12a_a_number_that_is_none_is_refused_at_its_field(story, page, number):
    given = {"application": number} | TERM
    assert set(refused(InvalidInput, begin, OperatingAgreement, by=story.cast.bureau, **given).errors) == {
        "application"
    }
    with nothing_changes():
        assert page(story.cast.bureau).begin(OperatingAgreement, **given).status_code == 422


@pytest.mark.parametrize("who", ["bureau_lead", "applicant", "finance", "government", "expert1", "secadmin"])
def test_12a_nobody_but_the_bureau_draws_up_or_fixes_the_text(story, page, api, who):
    case = published(story)
    given = {"application": case.number} | TERM
    refused(NotYourStep, begin, OperatingAgreement, by=story.cast[who], **given)
    with nothing_changes():
        assert page(story.cast[who]).begin(OperatingAgreement, **given).status_code == 403
        assert api(story.cast[who]).begin(OperatingAgreement, **given).status_code == 403
    agreement = draw_up(story, case)
    refused(NotYourStep, agreement.fix_text, by=story.cast[who])
    with nothing_changes():
        assert page(story.cast[who]).take(agreement, "fix_text").status_code in {403, 404}
        assert api(story.cast[who]).take(agreement, "fix_text").status_code in {403, 404}


@pytest.mark.parametrize("who", ["operator", "outsider", "finance", "government", "bureau_lead", "partner", "sysadmin"])
def test_12a_nobody_signs_but_the_bureau_and_the_operator_of_the_agreement(story, page, api, who):
    agreement = story.agreement("signing")
    given = {"digest": agreement.text_digest, "agreed": True}
    refused(NotYourStep, agreement.sign, by=story.cast[who], **given)
    with nothing_changes():
        assert page(story.cast[who]).take(agreement, "sign", **given).status_code in {403, 404}
        assert api(story.cast[who]).take(agreement, "sign", **given).status_code in {403, 404}


@pytest.mark.parametrize("state", ["draft", "effective", "expired", "cancelled"])
@pytest.mark.parametrize("who", ["bureau", "applicant"])
def test_12a_nothing_is_signed_but_a_text_that_was_fixed_and_is_not_yet_in_force(story, page, state, who):
    agreement = story.agreement(state)
    given = {"digest": agreement.text_digest or "0" * 64, "agreed": True}
    refused(WrongState, agreement.sign, by=story.cast[who], **given)
    with nothing_changes():
        assert page(story.cast[who]).take(agreement, "sign", **given).status_code in {404, 409}


def test_12a_a_draft_is_not_seen_by_the_operator_before_there_is_a_text(story, page, api):
    agreement = story.agreement("draft")
    assert page(story.cast.applicant).see(agreement).status_code == 404
    assert api(story.cast.applicant).numbers(OperatingAgreement) == []
    agreement.fix_text(by=story.cast.bureau)
    assert api(story.cast.applicant).numbers(OperatingAgreement) == [agreement.number]
    assert api(story.cast.outsider).numbers(OperatingAgreement) == []


def test_12a_an_agreement_is_cancelled_before_signature_with_a_reason(story, page):
    agreement = story.agreement("signing")
    assert set(refused(InvalidInput, agreement.cancel, by=story.cast.bureau, reason=" ").errors) == {"reason"}
    refused(NotYourStep, agreement.cancel, by=story.cast.applicant, reason="We decline.")
    page(story.cast.bureau).take(agreement, "cancel", reason="The company declined.")
    agreement.refresh_from_db()
    assert (agreement.state, agreement.cancelled_because) == ("cancelled", "The company declined.")
    effective = story.agree(story.application("approved", who="operator"))
    effective.fix_text(by=story.cast.bureau)
    story.sign(effective, "operator", "bureau")
    refused(WrongState, effective.cancel, by=story.cast.bureau, reason="Too late.")


def test_12a_after_a_cancelled_text_another_agreement_is_drawn_up_with_the_approved_operator(story):
    agreement = story.agreement("signing")
    agreement.cancel(by=story.cast.bureau, reason="Other terms were agreed.")
    application = agreement.application
    application.refresh_from_db()
    assert application.state == "approved"
    another = story.agree(application, years=1)
    another.fix_text(by=story.cast.bureau)
    story.sign(another, "applicant", "bureau")
    assert (another.state, agreement.state) == ("effective", "cancelled")
