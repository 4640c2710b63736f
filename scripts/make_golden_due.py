"""Writes tests/regulation/golden_due.csv: due dates on which two independent libraries agree.

Neither the portal's code nor its data is used: each date is counted day by day, once with chinesecalendar and once
with holidays, and a row on which they differ stops the script. Run it when a year is added: `python
scripts/make_golden_due.py`.
"""

import csv
import random
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays

FILE = Path(__file__).resolve().parent.parent / "tests" / "regulation" / "golden_due.csv"
YEARS = range(2024, 2027)
FIRST, LAST = date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31)
DAY = timedelta(days=1)
_CHINA = holidays.China(years=list(YEARS))
SOURCES: dict[str, Callable[[date], bool]] = {
    "chinesecalendar": chinese_calendar.is_workday,
    "holidays": _CHINA.is_working_day,
}


def all_days() -> Iterator[date]:
    """Every day of the years covered."""
    return (date.fromordinal(number) for number in range(FIRST.toordinal(), LAST.toordinal() + 1))


def make_up_days() -> list[date]:
    """The weekend days on which people work."""
    return [day for day in all_days() if day.weekday() >= 5 and chinese_calendar.is_workday(day)]


def eves() -> list[date]:
    """The day before each run of days off that a festival makes longer than a weekend, or that holds a festival."""
    found = []
    for day in all_days():
        if not chinese_calendar.is_workday(day) or day + DAY > LAST or chinese_calendar.is_workday(day + DAY):
            continue
        following, festival = day + DAY, False
        while following <= LAST and not chinese_calendar.is_workday(following):
            festival |= chinese_calendar.get_holiday_detail(following)[1] is not None
            following += DAY
        if festival:
            found.append(day)
    return found


def count(received_on: date, days: int, is_working: Callable[[date], bool]) -> date | None:
    """The last of so many working days after receipt; None where it lies outside the years covered."""
    day = received_on
    while days:
        day += DAY
        if day > LAST:
            return None
        days -= is_working(day)
    return day


def questions() -> list[tuple[date, int]]:
    """Which receipts and how many days, each once, in order."""
    asked = {(day, days) for day in make_up_days() for days in (1, 2, 3, 5, 10)}
    asked |= {(day, days) for day in eves() for days in (1, 2, 3, 5, 10)}
    # Received while everybody is off: the first day and the middle of the holiday.
    asked |= {(day + DAY * off, days) for day in eves() for off in (1, 3) for days in (1, 5)}
    asked |= {(date(year, 3, 1), days) for year in YEARS for days in range(1, 31)}
    asked |= {(date(year, 9, 18), days) for year in YEARS for days in range(1, 31)}
    asked |= {(date(year, 12, day), days) for year in YEARS for day in (20, 24, 28, 30, 31) for days in (1, 2, 5, 10)}
    asked |= {(date(year, 1, day), days) for year in YEARS for day in (1, 2, 3) for days in (1, 5, 20)}
    chance = random.Random(2024)
    asked |= {(FIRST + DAY * chance.randrange((LAST - FIRST).days), chance.randint(1, 60)) for _ in range(60)}
    return sorted(asked)


def rows() -> list[tuple[str, int, str, str]]:
    """Receipt, days, due date and sources of every question that lies within the years covered.

    Raises:
        SystemExit: where the sources disagree.
    """
    found = []
    for received_on, days in questions():
        answers = {name: count(received_on, days, is_working) for name, is_working in SOURCES.items()}
        if len(set(answers.values())) > 1:
            raise SystemExit(f"{received_on} + {days}: {answers}")
        due_on = answers["holidays"]
        if due_on is not None:
            found.append((received_on.isoformat(), days, due_on.isoformat(), "+".join(answers)))
    return found


def write() -> int:
    """Write the file. Returns how many rows it has."""
    found = rows()
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["receipt", "days", "due", "sources"])
        writer.writerows(found)
    return len(found)


if __name__ == "__main__":
    sys.stdout.write(f"{write()} rows\n")
