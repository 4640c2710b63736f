"""For machines that watch the portal: whether it lives, whether it is ready, and a few numbers to raise alarms on."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from accounts.addresses import client_address
from casework.ledger.models import Checkpoint, Head
from casework.models.outbox import OutboxMessage
from casework.models.task import Task

logger = logging.getLogger(__name__)


class NotReady(RuntimeError):
    """A part of the portal does not work; the message is fit for everybody to read."""


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReady(f"{len(missing)} migrations are not applied")


def _cache() -> None:
    token = secrets.token_hex(8)
    cache.set(f"ready:{token}", token, timeout=5)
    if cache.get(f"ready:{token}") != token:
        raise NotReady("does not keep what it is given")


def _ledger() -> None:
    if not Head.objects.filter(pk=1).exists():
        raise NotReady("has no head")


PARTS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
    "ledger": _ledger,
}


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part works, else 503; either way what each part says. Causes stay in the log."""
    found = {name: _said_by(name, works) for name, works in PARTS.items()}
    ready = all(said == "ok" for said in found.values())
    return JsonResponse({"ready": ready, "parts": found}, status=200 if ready else 503)


def _said_by(name: str, works: Callable[[], None]) -> str:
    try:
        works()
    except NotReady as reason:
        return str(reason)
    except (DatabaseError, RedisError, OSError) as error:
        logger.error("not ready: %s: %s", name, error)
        return "does not answer"
    return "ok"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for private addresses and for whoever sends METRICS_TOKEN as a bearer token; 403 for others."""
    if not (_is_near(client_address(request)) or _has_token(request.headers.get("Authorization", ""))):
        return HttpResponse("forbidden\n", status=403, content_type="text/plain")
    lines = []
    for name, help_text, value in _measured(timezone.now()):
        lines += [f"# HELP portal_{name} {help_text}", f"# TYPE portal_{name} gauge", f"portal_{name} {value}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_near(address: str | None) -> bool:
    return address is not None and ip_address(address).is_private


def _has_token(authorization: str) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(authorization.encode(), expected)


def _measured(now: datetime) -> list[tuple[str, str, float]]:
    """Name, help and value of each number. A number that does not exist yet is left out, never shown as zero."""
    waiting = OutboxMessage.objects.filter(delivered_at=None)
    oldest = waiting.aggregate(Min("created_at"))["created_at__min"]
    size = Head.objects.values_list("size", flat=True).get(pk=1)
    last = Checkpoint.objects.order_by("-size").first()
    overdue = Task.objects.turns().filter(closed_at=None, due_on__lt=timezone.localdate(now)).count()
    found = [
        ("tasks_overdue", "Open tasks past their last day.", overdue),
        ("outbox_waiting", "Messages not delivered yet.", waiting.count()),
        ("outbox_oldest_seconds", "Age of the oldest message not delivered.", _seconds(oldest, now) if oldest else 0),
        ("ledger_entries", "Entries in the ledger.", size),
        ("ledger_unwitnessed", "Entries that no signed checkpoint covers.", size - (last.size if last else 0)),
    ]
    if last:
        found.append(("ledger_checkpoint_seconds", "Age of the latest signed checkpoint.", _seconds(last.at, now)))
    return found


def _seconds(since: datetime, now: datetime) -> float:
    return round((now - since).total_seconds(), 1)
