"""What time alone brings about: windows open and close, agreements near their end and expire, versions take over."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.actors import SYSTEM
from casework import outbox
from casework.agreements import Agreement
from casework.models.outbox import OutboxMessage
from casework.refusals import WrongState
from operators.models import Call, Document, OperatingAgreement, PlatformServiceAgreement


def advance_calls(*, now: datetime) -> int:
    """Take the steps of the window that are due. Returns how many were taken."""
    taken = 0
    for call in Call.objects.filter(state="published", opens_at__lte=now, closes_at__gt=now):
        taken += _take(call.open_window, now)
    for call in Call.objects.filter(state__in=["published", "open"], closes_at__lte=now):
        taken += _take(call.close_window, now)
    return taken


def sweep_agreements(*, now: datetime) -> int:
    """Warn the sides once for each of the rule set's warning times, and let ended terms expire.

    Operating agreements, also suspended ones, and platform service agreements.
    """
    today, taken = timezone.localdate(now), 0
    operating = OperatingAgreement.objects.filter(state__in=["effective", "suspended"])
    service = PlatformServiceAgreement.objects.filter(state="effective").select_related("partnership")
    for running in (operating, service):
        for agreement in running.filter(ends_on__lt=today):
            taken += _take(agreement.expire, now)
        for agreement in running.filter(starts_on__lte=today, ends_on__gte=today).select_related("organisation"):
            outbox.put(_warnings(agreement, now))
    return taken


def sweep_documents(*, now: datetime) -> int:
    """Supersede the documents whose later version has taken effect. Returns how many were."""
    today = timezone.localdate(now)
    replaced = Document.objects.filter(
        state="published", successors__published_at__isnull=False, successors__effective_on__lte=today
    )
    return sum(_take(document.supersede, now) for document in replaced.distinct())


def _take(step, now: datetime) -> int:
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
            **OutboxMessage.refers(agreement), kind="agreement_ends", organisation_id=side.organisation_id,
            role=side.role, context=context, created_at=now, next_attempt_at=now,
            key=f"ends:{agreement.kind}:{agreement.pk}:{agreement.ends_on}:{min(reached)}:{side.organisation_id}",
        )
        for side in agreement.warned()
    ]  # fmt: skip
