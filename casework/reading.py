"""Readings of protected files are entries of the ledger, like steps."""

from datetime import datetime

from accounts.actors import Actor
from casework import effects
from casework.ledger import log


def record(case, *, by: Actor, at: datetime, what: str, sha256: str) -> None:
    """Write that the actor has read a file of the case."""
    log.record_now(
        effects.draft(
            case, "read", by=by, on=at, kind="reading", old=case.state, detail={"what": what, "sha256": sha256}
        )
    )
