"""Background jobs of the kernel. Each is idempotent: a job may run twice, late, or side by side with another."""

from celery import shared_task
from django.utils import timezone

from casework import anchoring, outbox, papers, sweep
from casework.kinds import kinds
from casework.ledger import checkpoints, reconciliation
from casework.models.idempotency import IdempotentAnswer


@shared_task
def sweep_clocks() -> int:
    """Warn and escalate what is due now."""
    return sweep.sweep_clocks(now=timezone.now())


@shared_task
def deliver_outbox() -> int:
    """Deliver notices and e-mail that wait in the outbox."""
    return outbox.deliver(now=timezone.now(), limit=200)


@shared_task
def render_papers() -> int:
    """Print the papers that steps have ordered."""
    return papers.render_waiting()


@shared_task
def checkpoint_ledger() -> None:
    """Sign the ledger's head every five minutes or thousand entries."""
    checkpoints.checkpoint_if_due(timezone.now())


@shared_task
def anchor_events() -> int:
    """Enter what happened to accounts into the ledger."""
    return anchoring.anchor(timezone.now())


@shared_task
def forget_answers() -> int:
    """Remove answers to repeated writes that nobody will repeat any more."""
    return IdempotentAnswer.forget(timezone.now())


@shared_task
def reconcile_ledger() -> int:
    """Match case rows and account events with the ledger; the reconciliation itself raises the alarm over a gap."""
    rows = (
        (kind, pk, last_entry)
        for kind, model in kinds().items()
        for pk, last_entry in model.objects.order_by("pk").values_list("pk", "last_entry").iterator()
    )
    return len(reconciliation.reconcile(rows)) + len(anchoring.check())
