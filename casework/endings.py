"""Agreements near their end and past it: a warning at each of the rule set's times, then the step that ends them."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actors import SYSTEM
from casework import outbox
from casework.agreements import Agreement
from casework.models.outbox import OutboxMessage
from casework.refusals import WrongState


def sweep(kind: type[Agreement], *, now: datetime) -> int:
    """Let agreements of a kind whose term is over expire, and warn the sides of those that end soon.

    Returns how many expired. The kind says in `ends_from` which states expire and in `warned` whom to warn.
    """
    today, taken = timezone.localdate(now), 0
    running = kind.objects.filter(state__in=kind.ends_from)
    for agreement in running.filter(ends_on__lt=today):
        taken += take_quietly(agreement.expire, now)
    for agreement in running.filter(starts_on__lte=today, ends_on__gte=today).select_related("organisation"):
        outbox.put(_warnings(agreement, now))
    return taken


def take_quietly(step, now: datetime) -> int:
    """Take a step of the system; 1 where it was taken now, 0 where somebody was faster."""
    try:
        step(by=SYSTEM, on=now)
    except WrongState:
        # Another worker was faster; the step is taken, which is all that was wanted.
        return 0
    return 1


def _warnings(agreement: Agreement, now: datetime) -> list[OutboxMessage]:
    """The warning of the nearest time reached; its key lets it be said once only."""
    left = (agreement.ends_on - timezone.localdate(now)) // timedelta(days=1)
    reached = [days for days in agreement.rules.warning("agreement_expiry").days_ahead if left <= days]
    if not reached:
        return []
    context = {"title": agreement.title, "state": agreement.state, "due_on": agreement.ends_on.isoformat()}
    return [
        OutboxMessage(
            **OutboxMessage.refers(agreement), kind="agreement_ends", organisation_id=told.organisation_id,
            role=told.role, context=context, created_at=now, next_attempt_at=now,
            key=f"ends:{agreement.number}:{agreement.ends_on}:{min(reached)}:{told.organisation_id}",
        )
        for told in agreement.warned()
    ]  # fmt: skip
