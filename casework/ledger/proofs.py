"""Proofs about the log as it is stored, from at most twice log n of its rows.

The roots of the full subtrees that end with an entry stand beside it, so that no proof has to read the whole log. They
need not be trusted: a proof that is wrong does not verify.
"""

from collections.abc import Callable

from casework.ledger.hashing import FUNCTIONS
from casework.ledger.merkle import (
    Span,
    consistency_path,
    full_subtrees,
    inclusion_path,
    root_of,
    roots_of,
    verify_consistency,
)
from casework.ledger.models import Entry, Head

HEX = 64
"""Digits of a node in a column."""


class NodeMissing(LookupError):
    """An entry that the proof needs is not there, or lacks the roots that belong to it."""


def inclusion(seq: int, size: int) -> dict[str, list[bytes]]:
    """By the name of the hash function: the leaf of an entry, and after it the audit path to the root at `size`."""
    return _roots([(seq, seq + 1), *inclusion_path(seq, size)])


def head_roots(head: Head) -> dict[str, bytes]:
    """By the name of the hash function: the root over everything written so far."""
    return {
        name: root_of([bytes.fromhex(node) for node in getattr(head, f"frontier_{name}")], hashed)
        for name, hashed in FUNCTIONS.items()
    }


def check_consistency(earlier: int, earlier_roots: dict[str, bytes], later: int, later_roots: dict[str, bytes]) -> None:
    """Prove from the stored log that it once had the earlier roots and has the later ones now.

    Raises:
        ProofRefused: where it did not.
        NodeMissing: where entries are gone.
    """
    paths = _roots(consistency_path(earlier, later))
    for name, hashed in FUNCTIONS.items():
        verify_consistency(earlier, later, paths[name], earlier_roots[name], later_roots[name], hashed)


def _roots(spans: list[Span]) -> dict[str, list[bytes]]:
    ends = {end - 1 for span in spans for _, end in full_subtrees(span)}
    rows = Entry.objects.only(*(f"{part}_{name}" for name in FUNCTIONS for part in ("leaf", "subtrees"))).in_bulk(ends)
    return {name: roots_of(spans, _nodes(rows, name), hashed) for name, hashed in FUNCTIONS.items()}


def _nodes(rows: dict[int, Entry], name: str) -> Callable[[Span], bytes]:
    def node(subtree: Span) -> bytes:
        start, end = subtree
        entry = rows.get(end - 1)
        if entry is None:
            raise NodeMissing(f"entry {end - 1} is missing")
        kept = getattr(entry, f"leaf_{name}") + getattr(entry, f"subtrees_{name}")
        level = (end - start).bit_length() - 1
        digits = kept[level * HEX : (level + 1) * HEX]
        if len(digits) != HEX:
            raise NodeMissing(f"entry {end - 1} lacks the roots that belong to it")
        return bytes.fromhex(digits)

    return node
