"""What time alone brings about: windows open and close, agreements near their end and expire."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.queries import bureau
from accounts.roles import Role
from casework import outbox
from casework.models.outbox import OutboxMessage
from casework.refusals import WrongState
from operators.models import Call, OperatingAgreement


def advance_calls(*, now: datetime) -> int:
    """Take the steps of the window that are due. Returns how many were taken."""
    taken = 0
    for call in Call.objects.filter(state="published", opens_at__lte=now, closes_at__gt=now):
        taken += _take(call.open_window, now)
    for call in Call.objects.filter(state__in=["published", "open"], closes_at__lte=now):
        taken += _take(call.close_window, now)
    return taken


def sweep_agreements(*, now: datetime) -> int:
    """Warn both sides once for each of the rule set's warning times, and let ended terms expire."""
    today, taken = timezone.localdate(now), 0
    for agreement in OperatingAgreement.objects.filter(state="effective", ends_on__lt=today):
        taken += _take(agreement.expire, now)
    for agreement in OperatingAgreement.objects.in_force(on=today).select_related("organisation"):
        outbox.put(_warnings(agreement, now))
    return taken


def _take(step, now: datetime) -> int:
    try:
        step(by=SYSTEM, on=now)
    except WrongState:
        # Another worker was faster; the step is taken, which is all that was wanted.
        return 0
    return 1


def _warnings(agreement: OperatingAgreement, now: datetime) -> list[OutboxMessage]:
    """The warning of the nearest time reached; its key lets it be said once only."""
    left = (agreement.ends_on - timezone.localdate(now)) // timedelta(days=1)
    reached = [days for days in agreement.rules.warning("agreement_expiry").days_ahead if left <= days]
    if not reached:
        return []
    context = {"title": agreement.title, "state": agreement.state, "due_on": agreement.ends_on.isoformat()}
    return [
        OutboxMessage(
            **OutboxMessage.refers(agreement), kind="agreement_ends", organisation_id=organisation_id, role=role,
            context=context, created_at=now, next_attempt_at=now,
            key=f"ends:{agreement.pk}:{agreement.ends_on}:{min(reached)}:{organisation_id}",
        )
        for organisation_id, role in [(bureau().pk, Role.BUREAU), (agreement.organisation_id, Role.OPERATOR)]
    ]  # fmt: skip
