"""What is said about a clock as its last day comes near: a warning, the day itself, the escalation. Once each."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.queries import bureau
from accounts.roles import Role
from casework import outbox
from casework.models.clock import Clock
from casework.models.outbox import OutboxMessage
from casework.models.task import Task
from regulation import calendar, rules
from regulation.rules import RuleSet

BATCH = 500


def plan_next_word(clock: Clock, rule_set: RuleSet) -> None:
    """Set when the sweep has to look at the clock again, from what has been said already."""
    if clock.stopped_at is not None or clock.due_on is None:
        clock.next_word_at = None
        return
    words = [
        (clock.warned_at, clock.warn_at(rule_set.warning("task").ahead)),
        (clock.due_said_at, calendar.start_of(clock.due_on)),
        (clock.escalated_at, clock.due_at),
    ]
    last_said = max((index for index, (said, _) in enumerate(words) if said is not None), default=-1)
    clock.next_word_at = next((moment for _, moment in words[last_said + 1 :]), None)


@calendar.held()
def sweep_clocks(*, now: datetime) -> int:
    """Say what is due to be said about every running clock. Idempotent; returns how many clocks were spoken of.

    A sweep that slept says only the latest word: nobody is warned of a day that has passed.
    """
    spoken = 0
    while True:
        with transaction.atomic():
            clocks = list(
                Clock.objects.select_for_update(skip_locked=True)
                .filter(stopped_at=None, next_word_at__lte=now)
                .order_by("next_word_at", "id")[:BATCH]
            )
            if not clocks:
                return spoken
            outbox.put(message for clock in clocks for message in _say(clock, now))
            Clock.objects.bulk_update(clocks, ["warned_at", "due_said_at", "escalated_at", "next_word_at"])
            spoken += len(clocks)


def _say(clock: Clock, now: datetime) -> Iterable[OutboxMessage]:
    if now >= clock.due_at:
        word, clock.escalated_at = "overdue", now
    elif now >= calendar.start_of(clock.due_on):
        word, clock.due_said_at = "due_today", now
    else:
        word, clock.warned_at = "due_soon", now
    plan_next_word(clock, rules.in_force_or_last(timezone.localdate(now)))
    for task in Task.objects.of_clock(clock).turns():
        yield _message(clock, task, word, now, organisation_id=task.organisation_id, role=task.role, to=task.person_id)
    if word == "overdue":
        # The bureau supervises the whole procedure: it hears of every side that is late, and also of a limit that runs
        # out while nobody has a task on it because the case was returned for correction.
        task = Task.objects.turns().filter(clock=clock).latest("pk")
        yield _message(clock, task, "escalated", now, organisation_id=bureau().pk, role=Role.BUREAU_LEAD)


def _message(
    clock: Clock, task: Task, word: str, now: datetime, *, organisation_id: int, role: str, to: int | None = None
) -> OutboxMessage:
    return OutboxMessage(
        case_kind=clock.case_kind, case_id=clock.case_id, case_number=clock.case_number, kind=word,
        organisation_id=organisation_id, role=role, person_id=to, created_at=now, next_attempt_at=now,
        context={"title": task.subject, "state": task.state, "due_on": clock.due_on.isoformat()},
        key=f"clock:{clock.pk}:{clock.due_on}:{word}:{task.pk}",
    )  # fmt: skip
