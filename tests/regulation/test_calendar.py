"""Counting working days: against two libraries, by its properties, and past the last notice."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from regulation import calendar
from regulation.calendar import FIXED, Calendar, parse_day, parse_days
from regulation.middleware import CalendarMiddleware
from regulation.models import CalendarDay, CalendarYear
from scripts import make_golden_due

DAY = timedelta(days=1)
GOLDEN = list(csv.DictReader((Path(__file__).parent / "golden_due.csv").open(encoding="utf-8")))
receipts = st.dates(calendar.FIRST, calendar.LAST)
lengths = st.integers(1, 10_000)


def test_every_day_is_what_both_libraries_say_it_is(table):
    china = holidays.China(years=range(2023, 2027))
    days = [date(2023, 1, 1) + DAY * number for number in range(365 * 4 + 1)]
    assert days[-1] == date(2026, 12, 31)
    for day in days:
        assert table.is_working(day) == chinese_calendar.is_workday(day) == china.is_working_day(day), day
        assert table.is_published(day)


def test_the_golden_file_is_large_and_covers_each_make_up_day_and_eve():
    assert len(GOLDEN) >= 450
    assert {row["sources"] for row in GOLDEN} == {"chinesecalendar+holidays"}
    asked = {date.fromisoformat(row["receipt"]) for row in GOLDEN}
    assert set(make_golden_due.make_up_days()) <= asked
    assert len(make_golden_due.make_up_days()) == 19
    assert set(make_golden_due.eves()) - {date(2026, 12, 31)} <= asked
    assert {int(row["days"]) for row in GOLDEN} >= set(range(1, 31))


def test_each_golden_row_is_met(table):
    for row in GOLDEN:
        due = table.add(date.fromisoformat(row["receipt"]), int(row["days"]))
        assert (due.due_on.isoformat(), due.provisional) == (row["due"], False), row
        assert sum(day.counts for day in due.days) == int(row["days"]), row


def test_the_golden_file_is_what_its_script_writes():
    kept = [(row["receipt"], int(row["days"]), row["due"], row["sources"]) for row in GOLDEN]
    assert make_golden_due.rows() == kept


@pytest.mark.parametrize(
    ("received_on", "days", "due_on"),
    [
        ("2024-02-04", 1, "2024-02-05"),  # received on a make-up Sunday: the day itself is not counted
        ("2024-02-09", 1, "2024-02-18"),  # eve of Spring Festival: the make-up Sunday behind it counts
        ("2026-02-14", 5, "2026-02-28"),  # make-up Saturday and eve at once; the fifth day is a make-up Saturday
        ("2025-09-30", 5, "2025-10-14"),  # eve of National Day: 9, 10, the make-up Saturday 11, 13, 14
        ("2026-01-01", 1, "2026-01-04"),  # received on a holiday
        ("2025-12-31", 1, "2026-01-04"),  # across the end of a year
    ],
)
def test_edges_spelled_out(published, received_on, days, due_on):
    assert published.due_on(date.fromisoformat(received_on), days).isoformat() == due_on


def test_the_last_day_ends_at_24_00_in_beijing(published):
    due = published.add(date(2026, 2, 14), 1)
    assert due.due_on == date(2026, 2, 24)
    assert due.ends_at == datetime(2026, 2, 24, 16, tzinfo=UTC)
    assert due.ends_at.isoformat() == "2026-02-25T00:00:00+08:00"


def test_the_sum_says_of_each_day_whether_it_counts_and_why(published):
    with translation.override("en"):
        days = published.add(date(2025, 9, 26), 3).days
        assert [(day.date.day, day.counts, day.why) for day in days] == [
            (27, False, "weekend"),
            (28, True, "make-up working day for National Day, Mid-Autumn Festival"),
            (29, True, ""),
            (30, True, ""),
        ]
        festival = published.add(date(2026, 4, 3), 1).days
        assert [(day.counts, day.why) for day in festival] == [(False, "Qingming Festival")] * 3 + [(True, "")]
    with translation.override("zh-hans"):
        assert published.add(date(2026, 4, 3), 1).days[0].why == "清明节"
        assert published.add(date(2025, 9, 30), 1).days[0].why == "国庆节、中秋节"


@given(received_on=receipts, days=lengths)
def test_a_longer_period_or_a_later_receipt_never_ends_earlier(published, received_on, days):
    due_on = published.due_on(received_on, days)
    assert received_on < due_on
    if days > 1:
        assert published.due_on(received_on, days - 1) < due_on
    if received_on < calendar.LAST:
        assert published.due_on(received_on + DAY, days) >= due_on


@given(received_on=receipts, days=st.integers(1, 400))
def test_exactly_the_working_days_after_receipt_are_counted(published, received_on, days):
    due = published.add(received_on, days)
    counted = [day.date for day in due.days if day.counts]
    assert len(counted) == days
    assert counted[-1] == due.due_on
    assert all(published.is_working(day) for day in counted)
    assert received_on not in counted
    assert [day.date for day in due.days] == [received_on + DAY * number for number in range(1, len(due.days) + 1)]
    assert due.provisional == any(day.provisional for day in due.days)


@given(received_on=receipts, days=lengths)
def test_counting_back_gives_what_was_counted(published, received_on, days):
    due_on = published.due_on(received_on, days)
    assert published.working_days_between(received_on, due_on) == days
    assert published.working_days_between(due_on, received_on) == 0
    assert published.working_days_between(published.working_day_before(due_on, 1), due_on) == 1
    assert published.working_day_before(due_on, 0) == due_on


@pytest.mark.parametrize(
    ("received_on", "days", "due_on", "provisional"),
    [
        ("2026-12-24", 5, "2026-12-31", False),
        ("2026-12-24", 6, "2027-01-04", True),
        ("2026-12-28", 5, "2027-01-05", True),
        ("2026-12-31", 1, "2027-01-04", True),
        ("2022-12-30", 1, "2023-01-03", True),  # the day after receipt lies in 2022, whose notice is not there
        ("2022-12-31", 1, "2023-01-03", False),
        ("2027-04-30", 2, "2027-05-04", True),  # 1 and 2 May are a weekend in 2027
        ("2028-04-28", 1, "2028-05-03", True),  # 1 and 2 May 2028 are Monday and Tuesday
        ("2027-09-30", 1, "2027-10-04", True),  # only 1 to 3 October are fixed
        ("1990-01-01", 1, "1990-01-02", True),
        ("2150-12-31", 10_000, "2189-12-22", True),
    ],
)
def test_past_the_published_years_a_date_is_provisional_and_never_an_error(
    published, received_on, days, due_on, provisional
):
    due = published.add(date.fromisoformat(received_on), days)
    assert (due.due_on.isoformat(), due.provisional) == (due_on, provisional)


def test_without_any_notice_everything_is_provisional():
    due = Calendar({}, set()).add(date(2026, 2, 13), 2)
    assert (due.due_on, due.provisional) == (date(2026, 2, 17), True)


def test_the_fixed_holidays_are_those_of_the_state_councils_measures():
    assert sorted(FIXED) == [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]


@pytest.mark.parametrize(
    ("received_on", "days"),
    [(date(2026, 1, 1), 10_001), (date(2026, 1, 1), -1), (date(1989, 12, 31), 1), (date(2151, 1, 1), 1)],
)
def test_out_of_bounds_is_refused_not_answered_wrongly(published, received_on, days):
    with pytest.raises(ValueError, match="can't be counted"):
        published.add(received_on, days)


def test_no_days_left_end_on_the_day_itself(published):
    assert published.add(date(2026, 2, 14), 0).due_on == date(2026, 2, 14)


def test_a_day_somebody_set_is_not_provisional(published):
    due = published.until(date(2026, 12, 28), date(2027, 3, 1))
    assert (due.due_on, due.provisional, due.as_provisional().provisional) == (date(2027, 3, 1), False, True)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-30", "20260105", "2026-1-5", "2026-W01-1", "٢٠٢٦-٠١-٠٥"])
def test_what_is_no_day_is_refused(text):
    with translation.override("en"), pytest.raises(ValueError, match=f"^“{text}” is not a day such as 2026-01-05.$"):
        parse_day(text)


@pytest.mark.parametrize("text", ["1989-12-31", "2151-01-01", "9999-12-31", "0001-01-01"])
def test_a_day_too_far_away_is_refused(text):
    with translation.override("en"), pytest.raises(ValueError, match="^The day must lie between 1990 and 2150.$"):
        parse_day(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "10001", "9" * 5000, "five", "٥"])
def test_what_is_no_number_of_days_is_refused(text):
    said = "^The number of working days must be a whole number from 1 to 10,000.$"
    with translation.override("en"), pytest.raises(ValueError, match=said):
        parse_days(text)


def test_the_calendar_is_read_once_and_asked_for_its_state_each_time(table):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert calendar.current() is table
    assert len(queries) == 1
    assert "calendarday" not in queries[0]["sql"]


def test_held_it_is_asked_for_its_state_once(table, django_assert_num_queries):
    with django_assert_num_queries(1), calendar.held():
        assert calendar.current() is calendar.current() is table
    with django_assert_num_queries(0), calendar.held():
        pass


def test_a_request_asks_for_the_state_once_however_many_dates_it_shows(table, rf, django_assert_num_queries):
    def page(request):
        return [calendar.current() for _row in range(100)]

    with django_assert_num_queries(1):
        assert CalendarMiddleware(page)(rf.get("/")) == [table] * 100


def test_another_process_that_changes_the_table_is_noticed(table):
    assert not table.is_published(date(2027, 3, 1))
    year = CalendarYear.objects.create(year=2027, digest="d", imported_at=datetime(2026, 11, 5, tzinfo=UTC))
    CalendarDay.objects.create(year=year, date=date(2027, 3, 1), name="元旦", is_off_day=True)
    changed = calendar.current()
    assert changed is not table
    assert changed.is_published(date(2027, 3, 1))
    assert not changed.is_working(date(2027, 3, 1))
