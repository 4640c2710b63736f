"""What time alone brings about in chapter 4: agreements near their end, and ended."""

from datetime import datetime

from django.utils import timezone

from authorizations import exports
from authorizations.models import DataUseAgreement
from casework.endings import sweep, take_quietly


def sweep_use_agreements(*, now: datetime) -> int:
    """Let agreements make way for successors whose term has begun, let ended terms expire, warn user and bureau.

    Returns how many were replaced or expired.
    """
    begun = {"successors__state": "effective", "successors__starts_on__lte": timezone.localdate(now)}
    replaced = DataUseAgreement.objects.filter(state__in=DataUseAgreement.ends_from, **begun).distinct()
    return sum(take_quietly(earlier.replace, now) for earlier in replaced) + sweep(DataUseAgreement, now=now)


def make_exports(limit: int = 20) -> int:
    """Make the exports that wait, at most so many. Returns how many were made or refused."""
    return sum(1 for _number in range(limit) if exports.make_next())
