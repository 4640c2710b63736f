"""Art. 29(2): problems found suspend the operation; rectified, it is resumed."""

import pytest
from django.utils import timezone

from casework.models.outbox import OutboxMessage
from casework.models.paper import Paper
from casework.outbox import deliver
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from operators.jobs import sweep_agreements
from operators.models import OperatingAgreement
from tests.desk import nothing_changes, refused
from tests.story import DAY

REASON = {"reason": "Logs were not kept."}


@pytest.fixture
def story(partner_story):
    return partner_story


def test_29a_the_bureau_suspends_and_the_agreement_is_not_in_force_in_that_instant(story, page):
    agreement = story.operating_agreement()
    today = timezone.localdate()
    page(story.cast.bureau).take(agreement, "suspend", **REASON)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.suspended_because, agreement.is_in_force()) == (
        "suspended",
        *REASON.values(),
        False,
    )
    assert not OperatingAgreement.objects.in_force(on=today).exists()
    notice = Paper.objects.of(agreement).get(kind="suspension_notice")
    assert (notice.context["reason"], notice.context["addressee"]) == ("Logs were not kept.", "Operator Company")
    while deliver(now=timezone.now(), limit=50):
        pass
    assert story.cast.operator.person.notices.filter(message__context__state="suspended").count() == 1


def test_29a_resuming_needs_no_repair(story, api):
    partner = story.partnership("active")
    agreement = story.operating_agreement(state="suspended")
    rows = {"state": "active", "version": type(partner).objects.get(pk=partner.pk).version}
    assert api(story.cast.bureau).take(agreement, "resume", reason="Rectified.").json()["state"] == "effective"
    assert OperatingAgreement.objects.in_force(on=timezone.localdate()).get() == agreement
    partner.refresh_from_db()
    assert {"state": partner.state, "version": partner.version} == rows
    assert Paper.objects.of(agreement).filter(kind="resumption_notice").count() == 1


@pytest.mark.parametrize("who", ["operator", "applicant", "finance", "bureau_lead", "partner", "government"])
@pytest.mark.parametrize("step", ["suspend", "resume"])
def test_29a_nobody_but_the_bureau_suspends_or_resumes(story, page, api, who, step):
    agreement = story.operating_agreement(state="effective" if step == "suspend" else "suspended")
    refused(NotYourStep, getattr(agreement, step), by=story.cast[who], **REASON)
    with nothing_changes():
        assert page(story.cast[who]).take(agreement, step, **REASON).status_code in {403, 404}
        assert api(story.cast[who]).take(agreement, step, **REASON).status_code in {403, 404}


def test_29a_a_reason_is_given_and_the_state_fits(story, page, api):
    agreement = story.operating_agreement()
    assert set(refused(InvalidInput, agreement.suspend, by=story.cast.bureau, reason=" ").errors) == {"reason"}
    refused(WrongState, agreement.resume, by=story.cast.bureau, **REASON)
    with nothing_changes():
        assert page(story.cast.bureau).take(agreement, "suspend", reason="").status_code == 422
        assert api(story.cast.bureau).take(agreement, "resume", **REASON).json()["code"] == "wrong-state"


def test_29a_the_term_runs_on_while_the_operation_is_suspended(story, now):
    agreement = story.operating_agreement(state="suspended")
    now.move_to(now_at(agreement, -30))
    sweep_agreements(now=timezone.now())
    assert OutboxMessage.objects.of(agreement).filter(kind="agreement_ends").count() == 2
    now.move_to(now_at(agreement, 1))
    refused(GuardRefused, agreement.resume, by=story.cast.bureau, **REASON)
    assert sweep_agreements(now=timezone.now()) == 1
    agreement.refresh_from_db()
    assert agreement.state == "expired"


def now_at(agreement, days: int):
    return timezone.now() + (agreement.ends_on - timezone.localdate()) + days * DAY
