"""Figures by month as bars, one beside the other, oldest first; a part of each bar can be marked."""

from collections.abc import Sequence
from datetime import date

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

WIDTH, GAP, HEIGHT = 34, 10, 120
ABOVE, BELOW, MARGIN = 20, 34, 4


def month_bars(months: Sequence[tuple[date, int, int]], title: str, *, uid: str = "bars") -> SafeString:
    """Draw a bar a month as SVG.

    Args:
        months: first day, number, and the part of it that is marked (such as failures), oldest first.
        title: what is shown; read out.
        uid: prefix of the ids inside, for a page with two pictures.
    """
    most = max((number for _month, number, _part in months), default=0) or 1
    bars = []
    for index, (month, number, part) in enumerate(months):
        height, marked = (round(value * HEIGHT / most) for value in (number, part))
        height, marked = max(height, number > 0), max(marked, part > 0)
        x = MARGIN + index * (WIDTH + GAP)
        bars.append({
            "month": month, "number": number, "part": part, "x": x, "middle": x + WIDTH // 2,
            "y": ABOVE + HEIGHT - height, "height": height, "marked_y": ABOVE + HEIGHT - marked, "marked": marked,
            "year": month.year if index == 0 or month.month == 1 else None, "short": short(number),
        })  # fmt: skip
    context = {
        "uid": uid, "title": title, "bars": bars, "width": len(bars) * (WIDTH + GAP) - GAP + 2 * MARGIN if bars else 0,
        "height": ABOVE + HEIGHT + BELOW, "ground": ABOVE + HEIGHT,
    }  # fmt: skip
    return render_to_string("drawing/month_bars.svg", context)


def short(number: int) -> str:
    """A number in at most five signs: 950, 12k, 3.4M."""
    for size, sign in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.1f}{sign}" if number < 10 * size else f"{number // size}{sign}"
    return str(number)
