"""Call records as a gateway sends them, for tests and the benchmark."""

import gzip
import json
from collections.abc import Iterable

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from authorizations.models import CallRecord, UsageMonth
from tests.desk import Api

PATH = "/api/v1/call-logs/"
AT = "2026-03-02T10:00:00+08:00"


def record(grant, call_id: str = "c-1", /, **given) -> dict:
    """One record; a value of None leaves the name out."""
    said = {
        "call_id": call_id, "grant": grant if isinstance(grant, str) else grant.code, "at": AT, "outcome": "success",
        "rows": 10, "bytes": 2048, "duration_ms": 35,
    } | given  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def lines(records: Iterable) -> bytes:
    """Records, or lines as they are, one a line."""
    return b"".join(
        (one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode()) + b"\n" for one in records
    )


def send(desk: Api, records, *, query: str = "", packed: bool = False, **headers):
    """Send a batch with the token of the desk."""
    body = records if isinstance(records, bytes) else lines(records)
    if packed:
        body, headers = gzip.compress(body), headers | {"Content-Encoding": "gzip"}
    return desk.client.post(PATH + query, body, content_type="application/x-ndjson", headers=desk.headers | headers)


def taken(answer) -> tuple[int, int, int]:
    """New, known and bad lines of an answer."""
    said = answer.json()
    return said["taken"], said["known"], said["bad"]


def months_of_the_records() -> list[tuple]:
    """What the months must say, counted from the records."""
    counted = (
        CallRecord.objects.annotate(begun=TruncMonth("at"))
        .values_list("grant", "begun")
        .annotate(
            number=Count("id"), failed=Count("id", filter=~Q(outcome="success")), returned=Sum("rows"), last=Max("at")
        )
        .order_by("grant", "begun")
    )
    return [(grant, timezone.localdate(begun), *figures) for grant, begun, *figures in counted]


def months_kept() -> list[tuple]:
    """What the months say."""
    columns = ("grant", "month", "calls", "failures", "rows", "last_call_at")
    return list(UsageMonth.objects.order_by("grant", "month").values_list(*columns))
