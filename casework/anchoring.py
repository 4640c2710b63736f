"""Account events in the ledger: who was given which role, when, can't be rewritten unnoticed either.

Every few minutes one entry holds the digest of the events written since. Network addresses stay out: the digest of a
value that can be guessed would give it away (Art. 38).
"""

import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import AccountEvent
from casework.ledger import rows
from casework.ledger.entry import EntryDraft, canonical_json, instant
from casework.ledger.hashing import sha256
from casework.ledger.log import append
from casework.ledger.models import Entry

logger = logging.getLogger(__name__)

SETTLED = timedelta(minutes=10)
"""An event this old is written for good: no transaction that could still bring an earlier number lasts as long."""
ACTION = "anchor_events"


def anchor(now: datetime) -> int:
    """Write the entry over the settled events that no entry covers yet; returns their number."""
    with transaction.atomic():
        # Two runs at once would anchor the same events twice.
        rows.lock_head()
        events = list(_events().filter(id__gt=_last(), at__lte=now - SETTLED))
        if events:
            detail = {"first": events[0]["id"], "last": events[-1]["id"], "count": len(events), "sha256": _over(events)}
            append([EntryDraft(kind="account", at=now, action=ACTION, detail=detail)])
    return len(events)


def check() -> list[int]:
    """The numbers of the entries whose events are not what they were; each is an error in the log of the process."""
    wrong = []
    for entry in Entry.objects.filter(kind="account", action=ACTION).order_by("seq").iterator():
        said = _said(entry)
        events = list(_events().filter(id__range=(said["first"], said["last"])))
        if (len(events), _over(events)) != (said["count"], said["sha256"]):
            logger.error("account events %s to %s differ from ledger entry %s", said["first"], said["last"], entry.seq)
            wrong.append(entry.seq)
    return wrong


def _events():
    names = ("id", "at", "kind", "person_id", "by_id", "organisation_id", "detail")
    return AccountEvent.objects.order_by("id").values(*names)


def _last() -> int:
    found = Entry.objects.filter(kind="account", action=ACTION).order_by("-seq").first()
    return _said(found)["last"] if found else 0


def _said(entry: Entry) -> dict:
    return json.loads(bytes(entry.payload))["detail"]


def _over(events: Iterable[dict]) -> str:
    return sha256(canonical_json({"events": [event | {"at": instant(event["at"])} for event in events]})).hex()
