"""Telling a side that the kernel does not tell by itself: neither whose turn it is nor whose case it is."""

from datetime import datetime

from casework import outbox
from casework.models.outbox import OutboxMessage
from casework.states import Owner


def tell(case, owner: Owner, *, state: str, on: datetime) -> None:
    """Put word into the outbox that the case moves on to `state`; called in the body of the step that moves it."""
    outbox.put([
        OutboxMessage(
            **OutboxMessage.refers(case), kind="progress", organisation_id=owner.organisation_id, role=owner.role,
            context={"title": case.title, "state": state}, created_at=on, next_attempt_at=on,
            key=f"{case.kind}:{case.pk}:{case.version + 1}:{state}:told:{owner.organisation_id}",
        )
    ])  # fmt: skip
