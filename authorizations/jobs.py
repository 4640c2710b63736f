"""What time alone brings about in chapter 4: agreements near their end, and ended."""

from datetime import datetime

from authorizations.models import DataUseAgreement
from casework.endings import sweep


def sweep_use_agreements(*, now: datetime) -> int:
    """Warn user and bureau of agreements that end soon, and let ended terms expire. Returns how many expired."""
    return sweep(DataUseAgreement, now=now)
