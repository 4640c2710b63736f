"""What time alone brings about in chapter 4: agreements near their end, and ended."""

from datetime import datetime

from django.utils import timezone

from accounts.queries import bureau
from accounts.roles import Role
from authorizations.models import DataUseAgreement
from authorizations.parties import role_of
from casework import outbox
from operators.jobs import take_quietly, warnings_of_end


def sweep_use_agreements(*, now: datetime) -> int:
    """Warn user and bureau of agreements that end soon, and let ended terms expire. Returns how many expired."""
    today, taken = timezone.localdate(now), 0
    for agreement in DataUseAgreement.objects.filter(state__in=["effective", "suspended"], ends_on__lt=today):
        taken += take_quietly(agreement.expire, now)
    for agreement in DataUseAgreement.objects.in_force(on=today).select_related("organisation"):
        told = [(bureau().pk, Role.BUREAU), (agreement.organisation_id, role_of(agreement.organisation))]
        outbox.put(warnings_of_end(agreement, told, now))
    return taken
