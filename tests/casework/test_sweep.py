"""What is said as a last day comes near: once each, to whom it concerns, however often or late the job runs."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from casework.models.outbox import Notice
from casework.outbox import deliver
from casework.sweep import sweep_clocks
from tests.casework.conftest import beijing, clock_of
from tests.factories.accounts import MembershipFactory

REVIEW = "qualification_review"


@pytest.fixture
def case(story):
    """Handed in on Monday 2 March, to be reviewed within five working days: by the end of Monday 9 March."""
    return story.application(REVIEW, qualification_days=5)


def kinds(story, case):
    return [word.kind for word in story.said(case)]


def test_each_word_at_its_moment(story, case):
    for moment, expected in (
        (beijing(5, 23, 59), []),
        (beijing(6, 0), ["due_soon"]),
        (beijing(8, 23, 59), ["due_soon"]),
        (beijing(9, 0), ["due_soon", "due_today"]),
        (beijing(9, 23, 59), ["due_soon", "due_today"]),
        (beijing(10, 0), ["due_soon", "due_today", "overdue", "escalated"]),
        (beijing(30), ["due_soon", "due_today", "overdue", "escalated"]),
    ):
        sweep_clocks(now=moment)
        assert kinds(story, case) == expected, moment


def test_one_working_day_ahead_skips_the_holiday(story, now):
    now.move_to(beijing(12, month=2))
    case = story.application(REVIEW, qualification_days=3)  # 13th, 14th (make-up), 24th
    sweep_clocks(now=beijing(13, 23, 59, month=2))
    assert kinds(story, case) == []
    sweep_clocks(now=beijing(14, 0, month=2))
    assert kinds(story, case) == ["due_soon"]


def test_every_hour_for_a_month_says_each_word_once(story, case):
    spoken = sum(sweep_clocks(now=beijing(2) + timedelta(hours=hour)) for hour in range(24 * 30))
    assert kinds(story, case) == ["due_soon", "due_today", "overdue", "escalated"]
    assert spoken == 3
    assert clock_of(case, REVIEW).next_word_at is None


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (beijing(9, 12), ["due_today"]),
        (beijing(12), ["overdue", "escalated"]),
    ],
)
def test_a_sweep_that_slept_says_only_the_latest(story, case, first, expected):
    sweep_clocks(now=first)
    assert kinds(story, case) == expected


def test_the_same_moment_twice_says_nothing_more(story, case):
    assert (sweep_clocks(now=beijing(9)), sweep_clocks(now=beijing(9))) == (1, 0)


def test_who_is_told(story, case):
    sweep_clocks(now=beijing(6))
    sweep_clocks(now=beijing(10))
    bureau = story.cast.bureau.organisation
    assert [(word.kind, word.role, word.organisation) for word in story.said(case)] == [
        ("due_soon", Role.BUREAU, bureau), ("overdue", Role.BUREAU, bureau), ("escalated", Role.BUREAU_LEAD, bureau),
    ]  # fmt: skip


def test_the_bureaus_supervisor_hears_of_every_side_that_is_late(story):
    case = story.application("consultation", consultation_days=1)
    sweep_clocks(now=beijing(4))
    late = {(word.kind, word.organisation.name, word.role) for word in story.said(case)}
    assert late == {
        ("overdue", "Finance Department", Role.REGULATOR),
        ("overdue", "Cyberspace Office", Role.REGULATOR),
        ("escalated", "Data Authority", Role.BUREAU_LEAD),
    }


def test_a_person_without_a_seat_is_not_told(story):
    case = story.application("panel_review", panel_days=1)
    first = story.panel(case)[0]
    case.score(by=first, **story.marks(case))
    sweep_clocks(now=beijing(4))
    told = {word.person for word in story.said(case) if word.kind == "overdue"}
    assert told == {expert.person for expert in story.panel(case)[1:]}


def test_what_has_been_done_is_not_spoken_of(story, case):
    story.judge(case)
    case.pass_qualification(by=story.cast.bureau)
    assert sweep_clocks(now=beijing(10)) == 0
    assert kinds(story, case) == []


def test_a_limit_that_runs_out_while_the_case_is_returned_is_escalated(story, now, case):
    story.judge(case, lacking=1)
    case.return_for_correction(by=story.cast.bureau, correct_by=beijing(20).date(), remark="")
    sweep_clocks(now=beijing(12))
    assert [(word.kind, word.role) for word in story.said(case)] == [("escalated", Role.BUREAU_LEAD)]


def test_the_words_reach_people_once(story, case, mailoutbox):
    MembershipFactory(person=story.cast.bureau2.person, organisation=story.cast.bureau.organisation,
                      role=Role.BUREAU_LEAD)  # fmt: skip
    sweep_clocks(now=beijing(10))
    while deliver(now=beijing(10), limit=50):
        pass
    notices = Notice.objects.filter(message__kind__in=["overdue", "escalated"])
    assert sorted(notices.values_list("person__username", "message__kind")) == [
        ("bureau", "overdue"), ("bureau2", "escalated"), ("bureau2", "overdue"), ("bureau_lead", "escalated"),
    ]  # fmt: skip
    assert deliver(now=beijing(11), limit=50) == 0


def test_the_command_takes_a_time_and_says_how_many(case):
    said = StringIO()
    call_command("sweep_clocks", now="2026-03-06T00:00", stdout=said)
    assert said.getvalue() == "1\n"


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01T00:00"])
def test_the_command_refuses_what_is_no_time(db, text):
    with pytest.raises(CommandError, match="is not a time such as 2026-01-05T09:00"):
        call_command("sweep_clocks", now=text)


def test_a_sweep_of_many_takes_no_more_questions_than_rows_need(story, django_assert_max_num_queries):
    call = story.call(qualification_days=5)
    for who in ("applicant", "operator", "outsider"):
        story.application(REVIEW, who=who, call=call)
    with django_assert_max_num_queries(14):
        assert sweep_clocks(now=beijing(6)) == 3
