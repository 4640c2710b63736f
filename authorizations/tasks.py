"""Background jobs of chapter 4. Each is idempotent."""

from celery import shared_task
from django.utils import timezone

from authorizations import jobs


@shared_task
def sweep_use_agreements() -> int:
    """Warn of data use agreements that end soon and let those end whose term is over."""
    return jobs.sweep_use_agreements(now=timezone.now())
