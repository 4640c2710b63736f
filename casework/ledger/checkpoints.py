"""Checkpoints: signed statements of the log's size and roots that leave the machine, and receipts under them."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from casework.ledger import rows
from casework.ledger.entry import canonical_json, instant
from casework.ledger.merkle import ProofRefused
from casework.ledger.models import Checkpoint, Head
from casework.ledger.proofs import NodeMissing, check_consistency, head_roots, inclusion
from casework.ledger.signing import signer
from casework.ledger.verifier import checkpoint_in, last_line

EVERY = timedelta(minutes=5)
ENTRIES = 1000


class Inconsistent(RuntimeError):
    """The log no longer begins with what was witnessed; no further checkpoint is signed."""


def statement(size: int, root_sha256: str, root_sm3: str, at: datetime) -> bytes:
    """The bytes that are signed."""
    return canonical_json({"at": instant(at), "root_sha256": root_sha256, "root_sm3": root_sm3, "size": size, "v": 1})


def as_dict(checkpoint: Checkpoint) -> dict:
    """A checkpoint as it leaves the machine."""
    return {
        "v": 1, "size": checkpoint.size, "root_sha256": checkpoint.root_sha256, "root_sm3": checkpoint.root_sm3,
        "at": instant(checkpoint.at), "key_id": checkpoint.key_id, "signature": checkpoint.signature,
    }  # fmt: skip


def checkpoint_if_due(now: datetime) -> Checkpoint | None:
    """Sign the head where there is something new and five minutes or a thousand entries have gone by."""
    size = Head.objects.values_list("size", flat=True).get(pk=1)
    last = _last_witnessed()
    if size == (last["size"] if last else 0):
        return None
    if last and now - datetime.fromisoformat(last["at"]) < EVERY and 0 < size - last["size"] < ENTRIES:
        return None
    return make_checkpoint(now)


def make_checkpoint(now: datetime) -> Checkpoint:
    """Sign the head and put the checkpoint into the table and the file.

    Raises:
        Inconsistent: where the log no longer has the roots last witnessed.
        casework.ledger.signing.KeyMissing: without a key.
        ValueError: for an empty log.
    """
    key = signer()
    with transaction.atomic():
        head, roots = _locked_head()
        if head.size == 0:
            raise ValueError("there is nothing to sign yet")
        _refuse_rewritten(_last_witnessed(), head.size, roots)
        named = {f"root_{name}": root.hex() for name, root in roots.items()}
        signature = key.sign(statement(head.size, at=now, **named)).hex()
        made, created = Checkpoint.objects.get_or_create(
            size=head.size, defaults={**named, "at": now, "key_id": key.key_id, "signature": signature}
        )
        if created:
            _publish(made)
    return made


def _last_witnessed() -> dict | None:
    """The last line of the file another account keeps; the table, which an intruder could rewrite, only without it."""
    path = Path(settings.LEDGER_CHECKPOINT_FILE)
    if path.exists() and (line := last_line(path)):
        return checkpoint_in(line, f"the last line of {path}")
    last = Checkpoint.objects.order_by("-size").first()
    return as_dict(last) if last else None


def _locked_head() -> tuple[Head, dict[str, bytes]]:
    try:
        head = rows.lock_head()
        return head, head_roots(head)
    except (ValueError, TypeError) as error:
        raise Inconsistent("The head of the log holds no roots any more.") from error


def _refuse_rewritten(witnessed: dict | None, size: int, roots: dict[str, bytes]) -> None:
    if witnessed is None:
        return
    try:
        earlier = {name: bytes.fromhex(witnessed[f"root_{name}"]) for name in roots}
        check_consistency(witnessed["size"], earlier, size, roots)
    except (ProofRefused, NodeMissing, ValueError) as error:
        raise Inconsistent(
            f"The log does not begin with the {witnessed['size']} entries witnessed at {witnessed['at']}: {error}."
        ) from error


def _publish(checkpoint: Checkpoint) -> None:
    path = Path(settings.LEDGER_CHECKPOINT_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(as_dict(checkpoint), sort_keys=True) + "\n")


def latest(number: int) -> list[dict]:
    """The last checkpoints, the latest first."""
    return [as_dict(one) for one in Checkpoint.objects.order_by("-size")[:number]]


def inclusion_receipt(seq: int) -> dict:
    """An entry's leaf with its audit paths under the latest checkpoint: what both sides of a decision may keep.

    Raises:
        LookupError: where no checkpoint covers the entry yet.
    """
    checkpoint = Checkpoint.objects.filter(size__gt=seq).order_by("-size").first()
    if checkpoint is None:
        raise LookupError(seq)
    receipt: dict = {"entry": seq, "checkpoint": as_dict(checkpoint)}
    for name, (leaf, *path) in inclusion(seq, checkpoint.size).items():
        receipt[name] = {"leaf": leaf.hex(), "path": [node.hex() for node in path]}
    return receipt
