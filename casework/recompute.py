"""After a change of calendar: open clocks are computed again, and the ledger says which moved."""

from datetime import datetime

from django.utils import timezone

from casework.ledger.entry import EntryDraft
from casework.models.clock import Clock
from casework.models.task import NO_LIMIT, Task
from casework.sweep import plan_next_word
from casework.unit import unit_of_work
from regulation import calendar, rules


@calendar.held()
def recompute_open_clocks(*, now: datetime, because: str) -> list[Clock]:
    """Compute every running clock again; move the tasks and write an entry for each that changed.

    Args:
        because: what changed, such as the number of the official notice; stands in the ledger.
    """
    moved = []
    rule_set = rules.in_force_or_last(timezone.localdate(now))
    with unit_of_work() as (unit, _outermost):
        for clock in Clock.objects.select_for_update().filter(stopped_at=None).order_by("pk"):
            before = (clock.due_on, clock.provisional)
            clock.compute()
            if (clock.due_on, clock.provisional) == before:
                continue
            clock.forget_words()
            plan_next_word(clock, rule_set)
            clock.save()
            Task.objects.filter(clock=clock, closed_at=None).update(due_on=clock.due_on or NO_LIMIT)
            unit.draft(_entry(clock, before, now, because))
            moved.append(clock)
    return moved


def _entry(clock: Clock, before: tuple, now: datetime, because: str) -> EntryDraft:
    detail = {
        "clock": clock.name,
        "because": because,
        "due_before": before[0].isoformat() if before[0] else "",
        "due_now": clock.due_on.isoformat() if clock.due_on else "",
        "provisional": clock.provisional,
    }
    return EntryDraft(
        kind="clock", at=now, action="recompute", article=clock.article, case_kind=clock.case_kind,
        case_id=clock.case_id, case_number=clock.case_number, detail=detail,
    )  # fmt: skip
