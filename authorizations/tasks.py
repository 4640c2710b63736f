"""Background jobs of chapter 4. Each is idempotent."""

from celery import shared_task
from django.utils import timezone

from authorizations import jobs


@shared_task
def sweep_use_agreements() -> int:
    """Warn of data use agreements that end soon and let those end whose term is over."""
    return jobs.sweep_use_agreements(now=timezone.now())


@shared_task
def make_exports() -> int:
    """Make the exports that users have ordered; each rests on its grant when it begins and when it ends."""
    return jobs.make_exports()
