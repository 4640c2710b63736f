"""What time alone brings about: windows open and close, agreements near their end and expire."""

from datetime import datetime

from casework.endings import sweep, take_quietly
from operators.models import Call, OperatingAgreement


def advance_calls(*, now: datetime) -> int:
    """Take the steps of the window that are due. Returns how many were taken."""
    taken = 0
    for call in Call.objects.filter(state="published", opens_at__lte=now, closes_at__gt=now):
        taken += take_quietly(call.open_window, now)
    for call in Call.objects.filter(state__in=["published", "open"], closes_at__lte=now):
        taken += take_quietly(call.close_window, now)
    return taken


def sweep_agreements(*, now: datetime) -> int:
    """Warn both sides once for each of the rule set's warning times, and let ended terms expire."""
    return sweep(OperatingAgreement, now=now)
