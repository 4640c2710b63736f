"""Writing to the ledger: the only place where entries come from."""

from collections.abc import Sequence
from datetime import UTC

from django.db import connection, transaction

from casework.ledger import rows
from casework.ledger.entry import EntryDraft, canonical_json, said_by
from casework.ledger.hashing import FUNCTIONS
from casework.ledger.merkle import completed, grown, leaf_hash
from casework.ledger.models import Entry, Head
from casework.ledger.verifier import COLUMNS


class NotInTransaction(RuntimeError):
    """Entries must be written in the transaction of what they tell of."""


def append(drafts: Sequence[EntryDraft]) -> list[Entry]:
    """Write entries in order: lock the head, insert, move the head. Call it as the last thing before commit.

    Raises:
        NotInTransaction: outside a transaction.
        TypeError, ValueError: for a draft that has no one spelling; nothing is written then.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("ledger entries are written inside the transaction they belong to")
    if not drafts:
        return []
    head = rows.lock_head()
    entries = [_entry(draft, head) for draft in drafts]
    rows.insert(entries)
    rows.move(head)
    return entries


def record_now(draft: EntryDraft) -> Entry:
    """Write one entry in a transaction of its own, as for a refusal whose step was rolled back."""
    with transaction.atomic():
        return append([draft])[0]


def entries_of(case_kind: str, case_id: int):
    """The entries about a case, the latest first."""
    return Entry.objects.filter(case_kind=case_kind, case_id=case_id).order_by("-seq")


def _entry(draft: EntryDraft, head: Head) -> Entry:
    """The entry that follows on the head, which is moved past it in memory.

    The columns are taken from what the bytes say, not from the draft: there is one source for both.
    """
    said = said_by(draft, head.size, head.last_leaf)
    columns = {column: said[key] for column, key in COLUMNS.items()} | {"at": draft.at.astimezone(UTC)}
    entry = Entry(seq=head.size, payload=canonical_json(said), **columns)
    for name, hashed in FUNCTIONS.items():
        frontier = [bytes.fromhex(node) for node in getattr(head, f"frontier_{name}")]
        nodes = completed(frontier, head.size, leaf_hash(entry.payload, hashed), hashed)
        leaf, *subtrees = [node.hex() for node in nodes]
        setattr(entry, f"leaf_{name}", leaf)
        setattr(entry, f"subtrees_{name}", "".join(subtrees))
        setattr(head, f"frontier_{name}", [node.hex() for node in grown(frontier, nodes)])
    head.size, head.last_leaf = head.size + 1, entry.leaf_sha256
    return entry
