"""What time alone brings about: windows open and close, agreements near their end and expire."""

from datetime import datetime

from django.utils import timezone

from casework.endings import sweep, take_quietly
from operators.models import Call, Document, OperatingAgreement, PlatformServiceAgreement


def advance_calls(*, now: datetime) -> int:
    """Take the steps of the window that are due. Returns how many were taken."""
    taken = 0
    for call in Call.objects.filter(state="published", opens_at__lte=now, closes_at__gt=now):
        taken += take_quietly(call.open_window, now)
    for call in Call.objects.filter(state__in=["published", "open"], closes_at__lte=now):
        taken += take_quietly(call.close_window, now)
    return taken


def sweep_agreements(*, now: datetime) -> int:
    """Warn the sides once for each of the rule set's warning times, and let ended terms expire.

    Operating agreements, also suspended ones, and platform service agreements.
    """
    return sweep(OperatingAgreement, now=now) + sweep(PlatformServiceAgreement, now=now)


def sweep_documents(*, now: datetime) -> int:
    """Supersede the documents whose later version has taken effect. Returns how many were."""
    today = timezone.localdate(now)
    replaced = Document.objects.filter(
        state="published", successors__published_at__isnull=False, successors__effective_on__lte=today
    )
    return sum(take_quietly(document.supersede, now) for document in replaced.distinct())
