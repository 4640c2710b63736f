"""Background jobs of chapter 3. Each is idempotent."""

from celery import shared_task
from django.utils import timezone

from operators import jobs


@shared_task
def advance_calls() -> int:
    """Open and close the windows of calls whose time has come."""
    return jobs.advance_calls(now=timezone.now())


@shared_task
def sweep_agreements() -> int:
    """Warn of agreements that end soon and let those end whose term is over."""
    return jobs.sweep_agreements(now=timezone.now())


@shared_task
def sweep_documents() -> int:
    """Supersede documents whose later version has taken effect."""
    return jobs.sweep_documents(now=timezone.now())
