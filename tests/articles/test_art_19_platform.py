"""Art. 19(2): a partner signs a platform service agreement with the operator before it enters."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from casework.beginning import begin
from casework.models.outbox import OutboxMessage
from casework.refusals import GuardRefused, InvalidInput, NotYourStep, WrongState
from operators.jobs import sweep_agreements
from operators.models import PlatformServiceAgreement, ServiceSignature
from regulation import rules as rule_sets
from tests.desk import nothing_changes, refused
from tests.kinds.partners import agreement_ended
from tests.partner_story import TERM
from tests.story import DAY, NOW

PARTS = ["services", "term", "fees", "entry_exit", "rights_duties", "confidentiality"]
LATER = {"starts_on": date(2027, 3, 2), "ends_on": date(2028, 3, 1)}
REASON = {"reason": "For a reason."}


@pytest.fixture
def story(partner_story):
    return partner_story


def typed(values: dict) -> dict:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def test_19b_the_agreement_has_the_required_parts_with_the_facts_filled_in(story):
    parts = rule_sets.in_force(NOW.date()).parts("platform_service_agreement")
    assert [part.code for part in parts] == PARTS
    agreement = story.service_agreement("draft")
    assert list(agreement.parts) == PARTS
    assert "Operator Company" in agreement.parts["services"]
    assert "Partner Company" in agreement.parts["services"]
    assert "2027-03-01" in agreement.parts["term"]
    assert agreement.partnership.partner_rules.number in agreement.parts["entry_exit"]


def test_19b_the_operator_draws_it_up_on_the_page_and_through_the_api(story, page, api):
    case = story.partnership("agreement")
    assert f"?partnership={case.number}" in page(story.cast.operator).see(case).content.decode()
    page(story.cast.operator).begin(PlatformServiceAgreement, partnership=case.number, **typed(TERM))
    agreement = PlatformServiceAgreement.objects.get()
    assert (agreement.state, agreement.partnership, agreement.organisation) == ("draft", case, case.organisation)
    assert page(story.cast.partner).see(agreement).status_code == 404
    agreement.cancel(by=story.cast.operator, **REASON)
    answer = api(story.cast.operator).begin(PlatformServiceAgreement, partnership=case.number, **typed(TERM)).json()
    assert (answer["partnership"], answer["operator"], answer["ends_on"]) == (
        case.number, "Operator Company", "2027-03-01",
    )  # fmt: skip


@pytest.mark.parametrize("state", ["review", "correction", "refused", "withdrawn", "exit", "exited"])
def test_19b_none_is_drawn_up_with_a_partner_that_was_not_accepted_or_is_leaving(story, api, state):
    case = story.partnership(state)
    given = {"partnership": case.number} | LATER
    kind = GuardRefused if case.submitted_at else InvalidInput
    refused(kind, begin, PlatformServiceAgreement, by=story.cast.operator, **given)
    with nothing_changes():
        answer = api(story.cast.operator).begin(PlatformServiceAgreement, **typed(given))
    assert answer.status_code in {409, 422}


@pytest.mark.parametrize("who", ["applicant", "partner", "bureau", "finance"])
def test_19b_nobody_else_draws_it_up(story, page, api, who):
    case = story.partnership("agreement")
    given = {"partnership": case.number} | TERM
    refused(InvalidInput if who == "applicant" else NotYourStep, begin, PlatformServiceAgreement, by=story.cast[who],
            **given)  # fmt: skip
    with nothing_changes():
        assert page(story.cast[who]).begin(PlatformServiceAgreement, **typed(given)).status_code in {403, 422}
        assert api(story.cast[who]).begin(PlatformServiceAgreement, **typed(given)).status_code in {403, 422}


@pytest.mark.parametrize("code", PARTS)
def test_19b_a_text_without_one_of_the_parts_is_not_fixed(story, page, api, code):
    agreement = story.service_agreement("draft")
    page(story.cast.operator).take(agreement, "edit", **typed(TERM), **agreement.parts | {code: " "})
    agreement.refresh_from_db()
    title = next(part.title for part in agreement.required_parts() if part.code == code)
    refusal = refused(GuardRefused, agreement.fix_text, by=story.cast.operator)
    assert (refusal.article, refusal.details) == ("19(2)", (title,))
    with nothing_changes():
        assert api(story.cast.operator).take(agreement, "fix_text").json()["details"] == [title]


@pytest.mark.parametrize("order", [("operator", "partner"), ("partner", "operator")])
def test_19b_both_sign_the_same_digest_in_any_order_and_the_entry_is_filed(story, page, api, order):
    agreement = story.service_agreement("signing")
    given = {"digest": agreement.text_digest, "agreed": True}
    page(story.cast[order[0]]).take(agreement, "sign", **given)
    agreement.refresh_from_db()
    assert (agreement.state, agreement.partnership.state) == ("signing", "agreement")
    refused(GuardRefused, agreement.sign, by=story.cast[order[0]], **given)
    assert api(story.cast[order[1]]).take(agreement, "sign", **given).json()["state"] == "effective"
    agreement.refresh_from_db()
    assert (agreement.partnership.state, agreement.effective_at) == ("entry_filing", NOW)
    assert set(ServiceSignature.objects.values_list("organisation__name", "digest")) == {
        (name, agreement.text_digest) for name in ("Operator Company", "Partner Company")
    }


def test_19b_another_digest_is_not_signed_and_a_change_voids_signatures(story, page, api):
    agreement = story.service_agreement("signing")
    read = agreement.text_digest
    story.sign_service(agreement, "partner")
    page(story.cast.operator).take(agreement, "take_back", **REASON)
    agreement.refresh_from_db()
    agreement.edit(by=story.cast.operator, **TERM, **agreement.parts | {"fees": "Free."})
    agreement.fix_text(by=story.cast.operator)
    given = {"digest": read, "agreed": True}
    refused(InvalidInput, agreement.sign, by=story.cast.partner, **given)
    with nothing_changes():
        assert api(story.cast.partner).take(agreement, "sign", **given).status_code == 422
    story.sign_service(agreement, "operator")
    assert agreement.state == "signing"


@pytest.mark.parametrize("who", ["partner2", "applicant", "bureau", "finance", "outsider"])
def test_19b_nobody_signs_but_the_two_sides(story, page, api, who):
    agreement = story.service_agreement("signing")
    given = {"digest": agreement.text_digest, "agreed": True}
    refused(NotYourStep, agreement.sign, by=story.cast[who], **given)
    with nothing_changes():
        assert page(story.cast[who]).take(agreement, "sign", **given).status_code in {403, 404}
        assert api(story.cast[who]).take(agreement, "sign", **given).status_code in {403, 404}


@pytest.mark.parametrize("state", ["suspended", "terminated"])
def test_19b_nothing_is_signed_while_the_operator_itself_may_not_operate(story, state):
    agreement = story.service_agreement("signing")
    story.operating_agreement(state=state)
    given = {"digest": agreement.text_digest, "agreed": True}
    assert refused(GuardRefused, agreement.sign, by=story.cast.partner, **given).article == "19(2)"


def test_19b_no_entry_is_acknowledged_without_an_agreement(story, page, api):
    case = agreement_ended(story)
    refusal = refused(GuardRefused, case.acknowledge_entry, by=story.cast.bureau, remark="")
    assert (refusal.article, refusal.message) == (
        "19(2)", "No platform service agreement between the operator and the partner is in force.",
    )  # fmt: skip
    with nothing_changes():
        assert page(story.cast.bureau).take(case, "acknowledge_entry", remark="").status_code == 409
        assert api(story.cast.bureau).take(case, "acknowledge_entry", remark="").status_code == 409


def test_19b_a_renewal_follows_the_term_before_and_leaves_the_standing_as_it_is(story, api):
    case = story.partnership("active")
    overlapping = {"partnership": case.number, "starts_on": date(2027, 3, 1), "ends_on": date(2028, 3, 1)}
    refusal = refused(GuardRefused, begin, PlatformServiceAgreement, by=story.cast.operator, **overlapping)
    assert refusal.details == (f"{case.agreements.get().number} runs until 2027-03-01.",)
    renewal = story.draw_up(case, **LATER)
    refused(GuardRefused, story.draw_up, case, **LATER)
    story.sign_service(renewal, "operator", "partner")
    case.refresh_from_db()
    assert (renewal.state, case.state) == ("effective", "active")
    assert [case.is_in_force(day) for day in (date(2027, 3, 1), date(2027, 3, 2), date(2028, 3, 2))] == [
        True, True, False,
    ]  # fmt: skip
    assert case.entered_at == NOW


def test_19b_a_term_that_is_empty_or_over_is_refused(story):
    case = story.partnership("agreement")
    empty = {"starts_on": TERM["ends_on"], "ends_on": TERM["starts_on"]}
    refused(GuardRefused, story.draw_up, case, **empty)
    past = story.draw_up(case, starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1))
    past.fix_text(by=story.cast.operator)
    given = {"digest": past.text_digest, "agreed": True}
    refused(GuardRefused, past.sign, by=story.cast.partner, **given)


def test_19b_the_operator_terminates_with_a_reason_and_use_ends_with_it(story, page, api):
    case = story.partnership("active")
    agreement = case.agreements.get()
    assert set(refused(InvalidInput, agreement.terminate, by=story.cast.operator, reason=" ").errors) == {"reason"}
    for who in ("partner", "bureau", "applicant"):
        refused(NotYourStep, agreement.terminate, by=story.cast[who], **REASON)
        with nothing_changes():
            assert page(story.cast[who]).take(agreement, "terminate", **REASON).status_code in {403, 404}
    assert api(story.cast.operator).take(agreement, "terminate", **REASON).json()["state"] == "terminated"
    assert not case.is_in_force()
    refused(WrongState, agreement.terminate, by=story.cast.operator, **REASON)


def test_19b_both_sides_are_warned_and_the_agreement_expires_after_its_last_day(story, now):
    agreement = story.partnership("active").agreements.get()
    told = OutboxMessage.objects.of(agreement).filter(kind="agreement_ends")
    counts = []
    for left in (91, 90, 90, 30, 7):
        now.move_to(NOW + (agreement.ends_on - NOW.date()) - left * DAY)
        sweep_agreements(now=timezone.now())
        counts.append(told.count())
    assert counts == [0, 2, 2, 4, 6]
    assert set(told.values_list("organisation__name", "role")) == {
        ("Operator Company", "operator"), ("Partner Company", "partner"),
    }  # fmt: skip
    now.move_to(NOW + (agreement.ends_on - NOW.date()) + DAY)
    assert [sweep_agreements(now=timezone.now()), sweep_agreements(now=timezone.now())] == [1, 0]
    agreement.refresh_from_db()
    assert agreement.state == "expired"
    assert not agreement.partnership.is_in_force()


def test_19b_the_authorities_see_an_agreement_once_it_has_taken_effect(story, api):
    agreement = story.service_agreement("signing")
    for who in ("bureau", "finance", "partner2", "applicant"):
        assert api(story.cast[who]).numbers(PlatformServiceAgreement) == []
    story.sign_service(agreement, "operator", "partner")
    for who in ("bureau", "finance", "operator", "partner"):
        assert api(story.cast[who]).numbers(PlatformServiceAgreement) == [agreement.number]
    for who in ("partner2", "applicant", "government"):
        assert api(story.cast[who]).numbers(PlatformServiceAgreement) == []
    assert agreement.ends_on - agreement.starts_on > timedelta(days=1)
