"""Working days as the law counts them.

The day of receipt is not counted; statutory holidays and their bridge days are skipped, make-up weekends count; the
last day ends at 24:00 Beijing time. Days of a year whose notice is not published are counted Monday to Friday less the
statutory holidays with a fixed date, and whatever rests on them is provisional.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from regulation.models import CalendarDay, CalendarYear
from regulation.texts import Text

BEIJING = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(1990, 1, 1), date(2150, 12, 31)
"""The days from which periods are counted."""
DAYS_AT_MOST = 10_000
_STATUTORY = json.loads((Path(__file__).parent / "data" / "statutory.json").read_text("utf-8"))
FIXED: Mapping[tuple[int, int], str] = {(one["month"], one["day"]): one["name"] for one in _STATUTORY["fixed"]}
"""The statutory holidays with a fixed date: month and day, occasion."""
# One working day and 10,000 working days (less than 40 years) must be found on either side of any day allowed.
_LISTED_FROM, _LISTED_UNTIL = date(1950, 1, 1), date(2190, 12, 31)


def start_of(day: date) -> datetime:
    """The first moment of a day in Beijing."""
    return datetime.combine(day, time(), tzinfo=BEIJING)


def end_of(day: date) -> datetime:
    """24:00 Beijing time of a day: the first moment after it."""
    return start_of(day + timedelta(days=1))


def parse_day(text: str) -> date:
    """A day written as 2026-01-05.

    Raises:
        ValueError: with a sentence for the screen.
    """
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("“%(text)s” is not a day such as 2026-01-05.") % {"text": text}) from None
    if not FIRST <= day <= LAST:
        raise ValueError(_("The day must lie between 1990 and 2150."))
    return day


def parse_days(text: str) -> int:
    """A number of working days from 1 to 10,000.

    Raises:
        ValueError: with a sentence for the screen.
    """
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not 1 <= int(text) <= DAYS_AT_MOST:
        raise ValueError(_("The number of working days must be a whole number from 1 to 10,000."))
    return int(text)


@dataclass(frozen=True)
class Day:
    """One day of a sum: whether it counts, why it is not what its weekday says, whether its year is unpublished."""

    date: date
    counts: bool
    why: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class Due:
    """The result of a count. `days` holds every day from the one after receipt to the last one."""

    received_on: date
    due_on: date
    provisional: bool
    calendar: "Calendar"

    @property
    def ends_at(self) -> datetime:
        """The moment the limit ends: 24:00 Beijing time of the last day."""
        return end_of(self.due_on)

    @property
    def days(self) -> tuple[Day, ...]:
        """Every day considered, counted or not."""
        return tuple(self.calendar.days(self.received_on, self.due_on))

    def as_provisional(self) -> "Due":
        """The same, marked provisional because an earlier part of the sum was."""
        return replace(self, provisional=True)


class Calendar:
    """The table in memory: a sorted array of all working days, searched by bisection."""

    def __init__(self, named: Mapping[date, tuple[bool, str]], published: Set[int]):
        """`named` maps a day of a notice to whether it is off and its occasion; `published` has the notices' years."""
        self.named = named
        self.published = published

    @cached_property
    def _working(self) -> list[date]:
        days = map(date.fromordinal, range(_LISTED_FROM.toordinal(), _LISTED_UNTIL.toordinal() + 1))
        return [day for day in days if self.is_working(day)]

    def is_published(self, day: date) -> bool:
        """Whether the notice of the day's year has been loaded."""
        return day.year in self.published

    def is_working(self, day: date) -> bool:
        """Whether the day counts as a working day."""
        known = self.named.get(day)
        if known is not None:
            return not known[0]
        return day.weekday() < 5 and (day.month, day.day) not in FIXED

    def due_on(self, received_on: date, days: int) -> date:
        """The last day of a period of `days` working days, 1 to 10,000, from receipt on a day in 1990 to 2150.

        Raises:
            ValueError: outside these bounds.
        """
        if not 1 <= days <= DAYS_AT_MOST or not FIRST <= received_on <= LAST:
            raise ValueError(f"{days} working days from {received_on} can't be counted")
        return self._working[bisect_right(self._working, received_on) + days - 1]

    def add(self, received_on: date, days: int) -> Due:
        """The due day with its sum. Zero days, as when a pause left none, end on the day of receipt itself."""
        last = self.due_on(received_on, days) if days else received_on
        return Due(received_on, last, self._rests_on_unpublished(received_on, last), self)

    def until(self, received_on: date, last: date) -> Due:
        """A limit whose last day somebody set: nothing to count, nothing provisional."""
        return Due(received_on, last, False, self)

    def _rests_on_unpublished(self, received_on: date, last: date) -> bool:
        first = min(received_on + timedelta(days=1), last)
        return any(year not in self.published for year in range(first.year, last.year + 1))

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after one day and up to another, that one included; 0 where it is not later."""
        return max(bisect_right(self._working, until) - bisect_right(self._working, after), 0)

    def working_day_before(self, day: date, days: int) -> date:
        """The day that lies so many working days before another."""
        return self._working[bisect_left(self._working, day) - days] if days else day

    def days(self, received_on: date, until: date) -> Iterator[Day]:
        """Each day after receipt up to a day, with whether it counts and why not."""
        for number in range(received_on.toordinal() + 1, until.toordinal() + 1):
            day = date.fromordinal(number)
            yield Day(day, self.is_working(day), self._why(day), not self.is_published(day))

    def _why(self, day: date) -> str:
        off, name = self.named.get(day, (None, ""))
        if off is not None:
            return occasion(name) if off else _("make-up working day for %(occasion)s") % {"occasion": occasion(name)}
        if day.weekday() >= 5:
            return _("weekend")
        return occasion(FIXED.get((day.month, day.day), ""))


def occasion(name: str) -> str:
    """A holiday's name, which notices give in Chinese, in the active language; two of them may stand together."""
    words = [str(Text(word, _STATUTORY["english"].get(word, word))) for word in name.split("、")]
    return str(Text("、", ", ")).join(words)


_cached: tuple[tuple, Calendar] | None = None
_held: ContextVar[list[Calendar] | None] = ContextVar("held_calendar", default=None)


def current() -> Calendar:
    """The calendar as it stands in the table.

    Each call asks the table for its years and digests, a handful of rows: another process may have loaded a notice, and
    neither a time-out nor a message can say so in time. The days are read and listed again only when that answer
    changes. Where many dates belong together, `held()` makes it one question for all of them.
    """
    held = _held.get()
    if held:
        return held[0]
    calendar = _as_in_table()
    if held is not None:
        held.append(calendar)
    return calendar


@contextmanager
def held() -> Iterator[None]:
    """While in it, as during one request or one sweep, `current()` asks the table at most once.

    Also a decorator. Loading a notice is for outside: what was held before stays as it was.
    """
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def _as_in_table() -> Calendar:
    global _cached
    version = tuple(CalendarYear.objects.order_by("year").values_list("year", "digest"))
    if _cached is None or _cached[0] != version:
        # Ordered so that the later year's notice prevails where two speak of the same day.
        rows = CalendarDay.objects.order_by("year__year").values_list("date", "is_off_day", "name")
        _cached = (
            version,
            Calendar({day: (off, name) for day, off, name in rows}, {year for year, _digest in version}),
        )
    return _cached[1]
