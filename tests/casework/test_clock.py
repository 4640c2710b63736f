"""Clocks are computed from events and the calendar, and show their sum."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from casework.ledger.models import Entry
from casework.models.clock import Clock
from casework.models.task import NO_LIMIT, Task
from casework.sweep import sweep_clocks
from regulation.models import CalendarDay, CalendarYear
from tests.casework.conftest import beijing, clock_of, details
from tests.story import DAY, Story

REVIEW = "qualification_review"


@pytest.mark.parametrize(
    ("received_on", "days", "due_on"),
    [
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 2, 14), 5, date(2026, 2, 28)),
        (date(2026, 2, 18), 1, date(2026, 2, 24)),
        (date(2026, 9, 24), 3, date(2026, 9, 30)),
        (date(2026, 9, 30), 5, date(2026, 10, 13)),
        (date(2026, 10, 10), 1, date(2026, 10, 12)),
    ],
    ids=["eve", "make-up Saturday", "within", "Mid-Autumn", "National Day", "make-up Saturday after it"],
)
def test_across_the_festivals_of_2026(db, received_on, days, due_on):
    clock = Clock(received_on=received_on, days=days)
    clock.compute()
    assert (clock.due_on, clock.provisional) == (due_on, False)
    assert sum(day.counts for day in clock.days_listed()) == days
    assert clock.due_at == beijing(due_on.day, 0, month=due_on.month) + DAY


def test_the_sum_is_shown_day_by_day(story):
    case = story.application(REVIEW, qualification_days=5)
    listed = clock_of(case, REVIEW).days_listed()
    assert [(day.date.day, day.counts, day.why) for day in listed] == [
        (3, True, ""), (4, True, ""), (5, True, ""), (6, True, ""), (7, False, "weekend"), (8, False, "weekend"),
        (9, True, ""),
    ]  # fmt: skip


def test_receipt_at_the_last_minute_of_a_day_is_received_on_that_day_in_beijing(story, now):
    now.move_to(beijing(2, 23, 59))
    assert clock_of(story.application(REVIEW, qualification_days=1), REVIEW).due_on == date(2026, 3, 3)


def test_receipt_after_midnight_in_beijing_is_received_on_the_new_day(story, now):
    now.move_to(beijing(3, 0))
    assert clock_of(story.application(REVIEW, qualification_days=1), REVIEW).due_on == date(2026, 3, 4)


def test_the_last_day_ends_at_24_00_in_beijing(story):
    clock = clock_of(story.application(REVIEW, qualification_days=5), REVIEW)
    assert not clock.overdue(beijing(9, 23, 59))
    assert clock.overdue(beijing(10, 0))


def test_without_a_limit_there_is_no_clock_and_the_task_says_so(story):
    case = story.application(REVIEW)
    assert not Clock.objects.of(case).filter(name=REVIEW).exists()
    assert [task.has_limit for task in Task.objects.of(case).filter(closed_at=None)] == [False]


# --- the calendar of the next year ---------------------------------------------------------------------------


@pytest.fixture
def december(story, now):
    """An application handed in on 29 December 2026, to be reviewed within five working days."""
    now.move_to(beijing(29, month=12))
    return story.application(REVIEW, qualification_days=5)


def notice_of_2027(path, rows):
    file = path / "2027.json"
    days = [{"name": "元旦", "date": day, "isOffDay": off} for day, off in rows]
    papers = ["https://www.gov.cn/zhengce/example.htm"]
    file.write_text(json.dumps({"year": 2027, "papers": papers, "days": days}), "utf-8")
    return file


NEW_YEAR = [("2027-01-01", True), ("2027-01-02", True), ("2027-01-03", True), ("2027-01-04", True),
            ("2027-01-09", False)]  # fmt: skip


def test_in_late_december_the_date_is_provisional(december):
    clock = clock_of(december, REVIEW)
    assert (clock.due_on, clock.provisional) == (date(2027, 1, 6), True)
    assert [day.date.isoformat() for day in clock.days_listed() if day.counts] == [
        "2026-12-30", "2026-12-31", "2027-01-04", "2027-01-05", "2027-01-06",
    ]  # fmt: skip


def test_the_notice_makes_it_definite_moves_the_task_and_stands_in_the_ledger(december, tmp_path):
    call_command("import_holidays", notice_of_2027(tmp_path, NEW_YEAR))
    clock = clock_of(december, REVIEW)
    assert (clock.due_on, clock.provisional) == (date(2027, 1, 7), False)
    assert Task.objects.of(december).get(closed_at=None).due_on == date(2027, 1, 7)
    (detail,) = details(kind="clock", action="recompute", case_number=december.number)
    assert (detail["due_before"], detail["due_now"], detail["clock"]) == ("2027-01-06", "2027-01-07", REVIEW)
    assert detail["because"].startswith("calendar 2027")


def test_a_notice_that_only_confirms_the_date_makes_it_definite(december, tmp_path):
    call_command("import_holidays", notice_of_2027(tmp_path, NEW_YEAR[:3]))
    clock = clock_of(december, REVIEW)
    assert (clock.due_on, clock.provisional) == (date(2027, 1, 6), False)
    assert len(details(kind="clock", action="recompute")) == 1


def test_loading_it_again_moves_nothing_and_writes_nothing(december, tmp_path):
    file = notice_of_2027(tmp_path, NEW_YEAR)
    call_command("import_holidays", file)
    entries = Entry.objects.count()
    call_command("import_holidays", file)
    assert Entry.objects.count() == entries


def test_what_was_said_of_the_old_day_is_said_again_of_the_new_one(december, tmp_path):
    assert sweep_clocks(now=beijing(5, month=1, year=2027)) == 1
    call_command("import_holidays", notice_of_2027(tmp_path, NEW_YEAR))
    clock = clock_of(december, REVIEW)
    assert (clock.warned_at, clock.next_word_at) == (None, beijing(6, 0, month=1, year=2027))
    assert sweep_clocks(now=beijing(6, month=1, year=2027)) == 1
    assert [(word.kind, word.context["due_on"]) for word in Story.said(december)] == [
        ("due_soon", "2027-01-06"), ("due_soon", "2027-01-07"),
    ]  # fmt: skip


def test_a_clock_that_has_stopped_is_left_alone(december, tmp_path, story):
    story.judge(december)
    december.pass_qualification(by=story.cast.bureau)
    call_command("import_holidays", notice_of_2027(tmp_path, NEW_YEAR))
    clock = clock_of(december, REVIEW)
    assert (clock.due_on, clock.provisional) == (date(2027, 1, 6), True)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([*NEW_YEAR, ("2027-02-30", True)], "Row 6"),
        ([*NEW_YEAR, ("2027-01-01", True)], "Row 6"),
        ([*NEW_YEAR, ("2029-01-01", True)], "Row 6"),
        ([("2027-01-01", "yes"), *NEW_YEAR], "Row 1"),
    ],
    ids=["no such day", "twice", "another year", "neither on nor off"],
)
def test_a_bad_row_is_named_and_changes_nothing(december, tmp_path, rows, said):
    before = (CalendarYear.objects.count(), CalendarDay.objects.count(), Entry.objects.count())
    with pytest.raises(CommandError, match=said):
        call_command("import_holidays", notice_of_2027(tmp_path, rows))
    assert (CalendarYear.objects.count(), CalendarDay.objects.count(), Entry.objects.count()) == before
    assert clock_of(december, REVIEW).due_on == date(2027, 1, 6)


# --- correction ----------------------------------------------------------------------------------------------


@pytest.fixture
def corrected(story, now):
    """Handed in on Monday 2nd (five working days), returned on Wednesday 4th, handed in again on Tuesday 10th."""

    def tell():
        case = story.application(REVIEW, qualification_days=5)
        now.move_to(beijing(4))
        story.judge(case, lacking=1)
        case.return_for_correction(by=story.cast.bureau, correct_by=date(2026, 3, 20), remark="")
        yield case
        now.move_to(beijing(10))
        case.resubmit(by=story.cast.applicant, truth=True)
        yield case

    return tell()


def test_a_correction_does_not_stop_the_clock_by_default(corrected):
    case = next(corrected)
    assert (clock_of(case, REVIEW).paused, clock_of(case, REVIEW).due_on) == (False, date(2026, 3, 9))
    case = next(corrected)
    assert clock_of(case, REVIEW).due_on == date(2026, 3, 9)
    assert Clock.objects.of(case).filter(name=REVIEW).count() == 1
    assert Task.objects.of(case).get(closed_at=None).due_on == date(2026, 3, 9)


def test_a_correction_stops_the_clock_where_the_rule_set_says_so(correction_stops_clock, corrected):
    clock = clock_of(next(corrected), REVIEW)
    assert (clock.paused, clock.due_on, clock.next_word_at) == (True, None, None)
    case = next(corrected)
    clock = clock_of(case, REVIEW)
    # Two days were used before the return, three are left: 11th, 12th, 13th.
    assert (clock.paused, clock.due_on, clock.next_word_at) == (False, date(2026, 3, 13), beijing(12, 0))
    assert Task.objects.of(case).get(closed_at=None).due_on == date(2026, 3, 13)
    listed = clock.days_listed()
    assert [day.date.day for day in listed if day.counts] == [3, 4, 11, 12, 13]
    assert {day.why for day in listed if 5 <= day.date.day <= 10} == {"paused"}


def test_a_clock_that_ran_out_before_the_return_stays_overdue(correction_stops_clock, story, now):
    case = story.application(REVIEW, qualification_days=1)
    now.move_to(beijing(5))
    story.judge(case, lacking=1)
    case.return_for_correction(by=story.cast.bureau, correct_by=date(2026, 3, 20), remark="")
    now.move_to(beijing(9))
    case.resubmit(by=story.cast.applicant, truth=True)
    assert clock_of(case, REVIEW).due_on == date(2026, 3, 3)


def test_the_day_to_correct_by_is_the_limit_and_a_new_day_moves_it(story, now):
    case = story.application("correction")
    clock = clock_of(case, "correction")
    assert (clock.due_on, clock.organisation) == (date(2026, 3, 12), story.cast.applicant.organisation)
    sweep_clocks(now=beijing(11))
    case.extend_correction(by=story.cast.bureau, correct_by=date(2026, 3, 27))
    clock.refresh_from_db()
    assert (clock.due_on, clock.warned_at, clock.next_word_at) == (date(2026, 3, 27), None, beijing(26, 0))
    assert Task.objects.of(case).get(closed_at=None).due_on == date(2026, 3, 27)


# --- sides ---------------------------------------------------------------------------------------------------


def test_each_side_has_a_clock_that_stops_when_it_has_done_its_part(story):
    case = story.application("consultation", consultation_days=5)
    clocks = Clock.objects.of(case).filter(name="consultation", stopped_at=None)
    assert {clock.organisation for clock in clocks} == {
        story.cast.finance.organisation, story.cast.cyberspace.organisation,
    }  # fmt: skip
    case.give_opinion(by=story.cast.finance, stance="agree", opinion="No objection.")
    assert [clock.organisation for clock in clocks.all()] == [story.cast.cyberspace.organisation]
    case.give_opinion(by=story.cast.cyberspace, stance="agree", opinion="No objection.")
    assert not clocks.all().exists()


def test_an_expert_drawn_later_has_the_whole_limit_from_the_draw(story, now):
    case = story.application("panel_review", panel_days=3)
    leaving = story.panel(case)[0]
    before = set(story.panel(case))
    now.move_to(beijing(4))
    case.step_back(by=leaving, reason="A relative works there.")
    (added,) = set(story.panel(case)) - before
    task = Task.objects.of(case).get(closed_at=None, person=added.person)
    assert (task.due_on, task.clock.organisation) == (date(2026, 3, 9), added.organisation)
    assert {one.organisation_id for one in Clock.objects.of(case).filter(stopped_at=None)} == {
        expert.organisation.pk for expert in story.panel(case)
    }


def test_a_seat_that_nobody_can_fill_becomes_the_bureaus_task(story):
    case = story.application("panel_review", panel_days=3)
    for _time in range(3):
        case.step_back(by=story.panel(case)[0], reason="A relative works there.")
    task = Task.objects.of(case).get(closed_at=None, organisation=story.cast.bureau.organisation)
    assert (task.role, task.due_on) == ("bureau", NO_LIMIT)
