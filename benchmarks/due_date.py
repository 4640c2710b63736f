"""A due date against the least it can cost: one bisection of a list of working days."""

import random
from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from timeit import repeat

from regulation.calendar import Calendar
from regulation.holidays import shipped

QUESTIONS, RUNS = 20_000, 15


def seconds(count: Callable[[date, int], date], asked: list[tuple[date, int]]) -> float:
    """The seconds one question takes: the best of several runs, since noise only ever adds to it."""
    return min(repeat(lambda: [count(day, days) for day, days in asked], number=1, repeat=RUNS)) / len(asked)


def main() -> float:
    """Print and return how many times the floor a due date costs. The goal is at most 2."""
    notices = list(shipped())
    named = {day: (off, name) for notice in notices for day, name, off in notice.days}
    calendar = Calendar(named, {notice.year for notice in notices})
    # The floor knows the published years only, which is the shortest list that can answer.
    first, last = date(2023, 1, 1), date(2026, 12, 31)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    working = [day for day in every if calendar.is_working(day)]

    def floor(received_on: date, days: int) -> date:
        return working[bisect_right(working, received_on) + days - 1]

    chance = random.Random(1)
    asked = [(first + timedelta(days=chance.randrange(1300)), chance.randint(1, 30)) for _ in range(QUESTIONS)]
    if [floor(*one) for one in asked] != [calendar.due_on(*one) for one in asked]:
        raise SystemExit("due date: the floor and the calendar disagree")
    least, ours = seconds(floor, asked), seconds(calendar.due_on, asked)
    print(f"due date: {ours / least:.2f} × bisect (floor {least * 1e6:.2f} µs, goal ≤ 2)")
    return ours / least


if __name__ == "__main__":
    main()
