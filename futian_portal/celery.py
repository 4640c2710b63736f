"""The Celery application, and when each background job runs (Beijing time)."""

import os

from celery import Celery
from celery.loaders.app import AppLoader
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "futian_portal.settings")


class Loader(AppLoader):
    """Makes the folders of the file broker, which it does not make itself, before the worker connects."""

    def on_worker_init(self) -> None:
        """Called once when a worker starts."""
        if not settings.REDIS_URL:
            for name in ("queue", "control"):
                (settings.BROKER_DIR / name).mkdir(parents=True, exist_ok=True)


def every(seconds: int, task: str) -> dict:
    """A job at a fixed distance. One not begun before its successor is dropped, so a halted worker has no backlog."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


def daily(hour: int, minute: int, task: str) -> dict:
    """A job once a day. Beat makes up for one it slept through."""
    return {"task": task, "schedule": crontab(hour=hour, minute=minute)}


app = Celery("futian_portal", loader="futian_portal.celery:Loader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "deliver-outbox": every(10, "casework.tasks.deliver_outbox"),
    "render-papers": every(10, "casework.tasks.render_papers"),
    "advance-calls": every(60, "operators.tasks.advance_calls"),
    "anchor-events": every(300, "casework.tasks.anchor_events"),
    "checkpoint-ledger": every(60, "casework.tasks.checkpoint_ledger"),
    "sweep-clocks": every(300, "casework.tasks.sweep_clocks"),
    "sweep-agreements": daily(0, 10, "operators.tasks.sweep_agreements"),
    "make-exports": every(10, "authorizations.tasks.make_exports"),
    "sweep-use-agreements": daily(0, 20, "authorizations.tasks.sweep_use_agreements"),
    "sweep-documents": daily(0, 15, "operators.tasks.sweep_documents"),
    "forget-answers": daily(2, 0, "casework.tasks.forget_answers"),
    "reconcile-ledger": daily(2, 30, "casework.tasks.reconcile_ledger"),
}
