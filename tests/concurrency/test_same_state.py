"""Different people at the same moment in the same state: nobody's word is lost, and what follows follows once."""

import io

import pytest
from django.core.management import call_command

from operators.models.panel import ConsultationOpinion, Score
from tests.concurrency.test_same_button import contiguous, press, steps_of_case
from tests.story import BODIES

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_whole_panel_scores_at_once(told, at_once):
    case = told.application("panel_review")
    answers = at_once([press(case, "score", expert, **told.marks(case)) for expert in told.panel(case)])
    assert answers == {"done": 3}
    assert Score.objects.count() == 3
    case.refresh_from_db()
    assert case.state == "consultation"
    steps = steps_of_case(case)
    assert (steps.count("score"), steps.count("complete_scoring")) == (3, 1)
    assert contiguous()


def test_every_body_gives_its_opinion_at_once(told, at_once):
    case = told.application("consultation")
    answers = at_once(
        [press(case, "give_opinion", told.cast[name], stance="agree", opinion=f"{name} agrees.") for name in BODIES]
    )
    assert answers == {"done": 2}
    assert ConsultationOpinion.objects.count() == 2
    case.refresh_from_db()
    assert case.state == "reporting"
    assert steps_of_case(case).count("complete_consultation") == 1


def test_both_sides_sign_at_once(told, at_once):
    agreement = told.agreement("signing")
    digest = agreement.text_digest
    answers = at_once(
        [press(agreement, "sign", told.cast[name], digest=digest, agreed=True) for name in ("bureau", "applicant")]
    )
    assert answers == {"done": 2}
    agreement.refresh_from_db()
    assert agreement.state == "effective"
    assert {one.organisation for one in agreement.valid_signatures()} == {
        told.cast.bureau.organisation, told.cast.applicant.organisation,
    }  # fmt: skip
    assert steps_of_case(agreement).count("take_effect") == 1


def test_one_steps_back_while_others_score(told, at_once):
    case = told.application("panel_review")
    first, *rest = told.panel(case)
    acts = [press(case, "score", expert, **told.marks(case)) for expert in rest]
    assert at_once([press(case, "step_back", first, reason="A relative works there."), *acts]) == {"done": 3}
    case.refresh_from_db()
    assert (case.state, case.sitting().count(), Score.objects.count()) == ("panel_review", 3, 2)


def test_the_ledger_is_intact_after_a_crowd(told, at_once):
    case = told.application("panel_review")
    at_once([press(case, "score", expert, **told.marks(case)) for expert in told.panel(case)] * 6)
    assert contiguous()
    said = io.StringIO()
    call_command("verify_ledger", stdout=said)
    assert "intact" in said.getvalue()
