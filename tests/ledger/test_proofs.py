"""Inclusion receipts and consistency proofs out of the stored log: right, strict, and few rows."""

import math
from contextlib import contextmanager

import pytest

from casework.ledger.checkpoints import inclusion_receipt, make_checkpoint
from casework.ledger.hashing import FUNCTIONS
from casework.ledger.log import append
from casework.ledger.merkle import ProofRefused, leaf_hash, verify_inclusion
from casework.ledger.models import Entry, Head
from casework.ledger.proofs import NodeMissing, check_consistency, head_roots, inclusion
from tests.ledger.conftest import ENTRIES
from tests.ledger.entries import AT, draft, drafts
from tests.ledger.naive import audit_path, tree_hash
from tests.ledger.tampering import intruder, run

MANY = 300


def holds(receipt: dict, payload: bytes) -> bool:
    """What the holder of a receipt checks, with both functions."""
    try:
        for name, hashed in FUNCTIONS.items():
            leaf, path = bytes.fromhex(receipt[name]["leaf"]), [bytes.fromhex(one) for one in receipt[name]["path"]]
            root, size = bytes.fromhex(receipt["checkpoint"][f"root_{name}"]), receipt["checkpoint"]["size"]
            verify_inclusion(leaf_hash(payload, hashed), receipt["entry"], size, path, root, hashed)
            if leaf != leaf_hash(payload, hashed):
                return False
    except ProofRefused:
        return False
    return True


@pytest.mark.parametrize("seq", range(ENTRIES))
def test_a_receipt_holds(ledger, seq):
    assert holds(inclusion_receipt(seq), bytes(ledger[seq].payload))
    append(drafts(5))
    make_checkpoint(AT)
    later = inclusion_receipt(seq)
    assert later["checkpoint"]["size"] == ENTRIES + 5
    assert holds(later, bytes(ledger[seq].payload))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_changed_receipt_does_not_hold(ledger, name):
    receipt, payload = inclusion_receipt(4), bytes(ledger[4].payload)
    part, checkpoint = receipt[name], receipt["checkpoint"]
    other = "00" * 32
    for changed in (
        receipt | {"entry": 5},
        receipt | {"entry": ENTRIES},
        receipt | {name: part | {"leaf": other}},
        receipt | {name: part | {"path": part["path"][:-1]}},
        receipt | {name: part | {"path": part["path"][::-1]}},
        receipt | {name: part | {"path": [*part["path"], other]}},
        receipt | {name: part | {"path": [other, *part["path"][1:]]}},
        receipt | {"checkpoint": checkpoint | {f"root_{name}": other}},
        receipt | {"checkpoint": checkpoint | {"size": ENTRIES * 2}},
    ):
        assert not holds(changed, payload)
    assert not holds(receipt, payload.replace(b"draft", b"other"))
    assert holds(receipt, payload)


def test_no_receipt_before_a_checkpoint_covers_the_entry(ledger):
    append([draft()])
    for seq in (ENTRIES, ENTRIES + 5):
        with pytest.raises(LookupError):
            inclusion_receipt(seq)


def test_a_receipt_is_the_audit_path_of_the_definition(db, kept):
    data = [bytes(entry.payload) for entry in append(drafts(21))]
    for size in (1, 2, 13, 16, 21):
        for seq in range(size):
            for name, hashed in FUNCTIONS.items():
                leaf, *path = inclusion(seq, size)[name]
                assert (leaf, path) == (leaf_hash(data[seq], hashed), audit_path(seq, data[:size], hashed))


def test_every_earlier_log_is_a_beginning_of_every_later_one(db):
    roots = []
    for entry in drafts(20):
        append([entry])
        roots.append(head_roots(Head.objects.get()))
    for later in range(1, 21):
        for earlier in range(1, later + 1):
            check_consistency(earlier, roots[earlier - 1], later, roots[later - 1])
    with pytest.raises(ProofRefused):
        check_consistency(7, roots[7], 20, roots[19])
    with pytest.raises(ProofRefused):
        check_consistency(0, roots[0], 20, roots[19])


def test_the_head_knows_the_roots(db):
    assert head_roots(Head.objects.get()) == {name: hashed(b"") for name, hashed in FUNCTIONS.items()}
    data = [bytes(entry.payload) for entry in append(drafts(11))]
    assert head_roots(Head.objects.get()) == {name: tree_hash(data, hashed) for name, hashed in FUNCTIONS.items()}


def test_a_proof_reads_twice_log_n_rows_in_one_question(db, django_assert_num_queries):
    data, most = [bytes(entry.payload) for entry in append(drafts(MANY))], 2 * math.log2(MANY)
    late = head_roots(Head.objects.get())
    for earlier in (1, 100, 255, 256, 299):
        early = {name: tree_hash(data[:earlier], hashed) for name, hashed in FUNCTIONS.items()}
        with django_assert_num_queries(1), counted() as rows:
            check_consistency(earlier, early, MANY, late)
        assert 0 < len(rows) <= most
    for seq in range(0, MANY, 13):
        with django_assert_num_queries(1), counted() as rows:
            inclusion(seq, MANY)
        assert 0 < len(rows) <= most


def test_a_receipt_costs_two_questions(ledger, django_assert_num_queries):
    with django_assert_num_queries(2):
        inclusion_receipt(3)


def test_an_entry_that_is_gone_or_cut_short_is_said_so(ledger):
    with intruder():
        run("UPDATE ledger_entry SET subtrees_sm3 = '' WHERE seq = 3")
        with pytest.raises(NodeMissing, match="entry 3 lacks"):
            inclusion(5, ENTRIES)
        run("DELETE FROM ledger_entry WHERE seq = 3")
        with pytest.raises(NodeMissing, match="entry 3 is missing"):
            inclusion(5, ENTRIES)


@contextmanager
def counted():
    """Counts the entries that are made out of rows."""
    usual, made = Entry.from_db.__func__, []

    def from_db(cls, *given):
        made.append(cls)
        return usual(cls, *given)

    Entry.from_db = classmethod(from_db)
    try:
        yield made
    finally:
        del Entry.from_db
