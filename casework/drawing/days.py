"""The days of a limit as a strip: fourteen to a row, so that weekends stand below one another and a phone shows it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Protocol

from django.template.loader import render_to_string
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.safestring import SafeString

PER_ROW = 14
CELL = 23
HEIGHT = 26
ABOVE = 18
BELOW = 18
ROW = ABOVE + HEIGHT + BELOW
MARGIN = 3


class CountedDay(Protocol):
    """A day of a limit, as the working-day calendar lists it."""

    date: date
    counts: bool
    why: str
    provisional: bool


def day_strip(days: Sequence[CountedDay], due_on: date, today: date, *, uid: str = "days") -> SafeString:
    """Draw the days as SVG: working days solid, days off hatched, provisional days dashed, the limit a line.

    Args:
        days: every day from the one after receipt, in order.
        due_on: the last day; the line stands at its end, 24:00.
        today: the day up to which the strip is filled.
        uid: prefix of the ids inside, for a page with two strips.
    """
    cells = [_cell(index, one, today) for index, one in enumerate(days)]
    context = {
        "uid": uid,
        "width": min(len(days), PER_ROW) * CELL + 2 * MARGIN,
        "height": -(-len(days) // PER_ROW) * ROW + 2 * MARGIN,
        "cells": cells,
        "limits": [cell for cell in cells if cell["date"] == due_on],
        "due_on": due_on,
        "today": today,
        "counted": sum(one.counts for one in days),
        "off": sum(not one.counts for one in days),
    }
    return render_to_string("drawing/day_strip.svg", context)


def _cell(index: int, one: CountedDay, today: date) -> dict:
    row, column = divmod(index, PER_ROW)
    x, y = MARGIN + column * CELL, MARGIN + row * ROW + ABOVE
    last_of_month = (one.date + timedelta(days=1)).day == 1
    # A row that begins with the last day of a month has no room for its name beside that of the next.
    named = one.date.day == 1 or (column == 0 and not last_of_month)
    return {
        "date": one.date,
        "why": one.why,
        "counts": one.counts,
        "provisional": one.provisional,
        "status": _status(one, today),
        "today": one.date == today,
        "x": x,
        "y": y,
        "middle": x + CELL // 2,
        "end": x + CELL,
        "month": one.date if named else None,
        "weekday": _weekday(one.date),
    }


def _weekday(day: date) -> str:
    """One character: 一 to 日, or the first letter of the day."""
    name = str(WEEKDAYS_ABBR[day.weekday()])
    return name[0] if name.isascii() else name[-1]


def _status(one: CountedDay, today: date) -> str:
    if not one.counts:
        return "off"
    return "ahead" if one.date > today else "begun"
