"""Twenty people press the same button: one effect, one entry of that step, nineteen clear refusals."""

import pytest

from accounts.actors import SYSTEM
from casework.beginning import begin
from casework.ledger.models import Entry, Head
from casework.models.task import Task
from casework.sweep import sweep_clocks
from operators.jobs import advance_calls
from operators.models import Call, OperatingAgreement, OperatorApplication
from operators.models.panel import PanelDraw, PanelSeat
from tests.machines.table import inputs
from tests.story import DAY, NOW

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 20


def press(case, step, by, **given):
    """What one person does: their own copy of the case, then the button."""

    def act():
        getattr(type(case).objects.get(pk=case.pk), step)(by=by, on=NOW, **given)

    return act


def steps_of_case(case):
    return list(
        Entry.objects.filter(case_kind=case.kind, case_id=case.pk, kind="step").order_by("seq").values_list(
            "action", flat=True
        )
    )  # fmt: skip


def refusals_of(case, step):
    return Entry.objects.filter(case_kind=case.kind, case_id=case.pk, kind="refusal", action=step).count()


def contiguous():
    """The ledger's numbers have no gap, and the head stands behind the last one."""
    numbers = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    return numbers == list(range(len(numbers))) and Head.objects.get().size == len(numbers)


def drafted(told):
    return told.call("draft", opens_at=NOW + DAY)


def completed(told):
    case = told.application()
    told.complete(case)
    return case


def judged(told):
    case = told.application("qualification_review")
    told.judge(case)
    return case


BUTTONS = {
    "publish": (drafted, "bureau", "published"),
    "submit": (completed, "applicant", "qualification_review"),
    "pass_qualification": (judged, "bureau", "panel_selection"),
    "draw_panel": (lambda told: told.application("panel_selection"), "bureau", "panel_review"),
    "make_report": (lambda told: told.application("reporting"), "bureau", "decision"),
    "approve": (lambda told: told.application("decision"), "government", "approved"),
    "publish_results": (lambda told: told.call("closed"), "bureau", "decided"),
    "fix_text": (lambda told: told.agreement("draft"), "bureau", "signing"),
}


@pytest.mark.parametrize("step", BUTTONS)
def test_twenty_at_the_same_button(told, at_once, step):
    bring, who, reached = BUTTONS[step]
    case = bring(told)
    before, given = steps_of_case(case), inputs(told, case, step)
    answers = at_once([press(case, step, told.cast[who], **given)] * PEOPLE)
    assert answers == {"done": 1, "WrongState": PEOPLE - 1}
    case.refresh_from_db()
    assert case.state == reached
    assert steps_of_case(case) == [*before, step]
    assert refusals_of(case, step) == PEOPLE - 1
    assert Task.objects.of(case).filter(closed_at=None).count() == len(list(case.current.owner.owners(case))
                                                                       if case.current.owner else [])  # fmt: skip
    assert contiguous()


def test_twenty_draws_draw_one_panel(told, at_once):
    case = told.application("panel_selection")
    at_once([press(case, "draw_panel", told.cast.bureau)] * PEOPLE)
    assert (PanelDraw.objects.count(), PanelSeat.objects.count()) == (1, 3)


def test_one_expert_twenty_times_scores_once(told, at_once):
    case = told.application("panel_review")
    answers = at_once([press(case, "score", told.panel(case)[0], **told.marks(case))] * PEOPLE)
    assert answers == {"done": 1, "GuardRefused": PEOPLE - 1}
    assert steps_of_case(case).count("score") == 1
    assert contiguous()


def test_approve_and_refuse_at_once_give_one_decision(told, at_once):
    case = told.application("decision")
    verbs = ["approve", "refuse"] * (PEOPLE // 2)
    answers = at_once([press(case, verb, told.cast.government, **inputs(told, case, verb)) for verb in verbs])
    assert answers == {"done": 1, "WrongState": PEOPLE - 1}
    assert {*steps_of_case(case)} & {"approve", "refuse"} in ({"approve"}, {"refuse"})


def test_twenty_stale_pages_are_told_so(told, at_once):
    call = told.call("draft")
    given = told.call_values(subject="Changed") | {"version": call.version}
    answers = at_once([press(call, "edit", told.cast.bureau, **given)] * PEOPLE)
    assert answers == {"done": 1, "StaleVersion": PEOPLE - 1}


def test_two_schedulers_open_a_window_once(told, at_once):
    call = begin(Call, by=told.cast.bureau, on=NOW - 2 * DAY, **told.call_values())
    call.publish(by=told.cast.bureau, on=NOW - 2 * DAY)
    assert at_once([lambda: advance_calls(now=NOW)] * 4) == {"done": 4}
    assert steps_of_case(call).count("open_window") == 1


def test_two_sweeps_warn_once(told, at_once):
    case = told.application("qualification_review", qualification_days=1)
    assert at_once([lambda: sweep_clocks(now=NOW + 5 * DAY)] * 4) == {"done": 4}
    kinds = [message.kind for message in told.said(case)]
    assert sorted(kinds) == ["escalated", "overdue"]


def test_case_numbers_are_gapless_under_twenty_beginnings(told, at_once):
    def act():
        begin(Call, by=told.cast.bureau, on=NOW, **told.call_values())

    assert at_once([act] * PEOPLE) == {"done": PEOPLE}
    assert sorted(Call.objects.values_list("number", flat=True)) == [f"TZ-2026-{n:04d}" for n in range(1, PEOPLE + 1)]
    assert contiguous()


def test_a_refused_beginning_uses_no_number(told, at_once):
    call = told.call()

    def act():
        begin(OperatorApplication, by=told.cast.applicant, on=NOW, call=call.number)

    assert at_once([act] * PEOPLE) == {"done": 1, "GuardRefused": PEOPLE - 1}
    other = begin(OperatorApplication, by=told.cast.operator, on=NOW, call=call.number)
    assert (OperatorApplication.objects.first().number, other.number) == ("SQ-2026-0001", "SQ-2026-0002")


def test_twenty_drafts_of_one_agreement_make_one(told, at_once):
    case = told.application("approved")
    told.close(case.call).publish_results(by=told.cast.bureau, on=NOW)

    def act():
        begin(
            OperatingAgreement, by=told.cast.bureau, on=NOW, application=case.number, starts_on=NOW.date(), years=2
        )  # fmt: skip

    assert at_once([act] * PEOPLE) == {"done": 1, "GuardRefused": PEOPLE - 1}
    assert OperatingAgreement.objects.count() == 1
    assert contiguous()


def test_the_system_is_refused_like_everybody(told, at_once):
    call = told.call("open")
    answers = at_once([lambda: Call.objects.get(pk=call.pk).close_window(by=SYSTEM, on=call.closes_at)] * PEOPLE)
    assert answers == {"done": 1, "WrongState": PEOPLE - 1}
