"""Roots and proofs against the definition, against known values, and against 196 probes of which 12 are true."""

import pytest

from casework.ledger.hashing import FUNCTIONS, sha256, sm3
from casework.ledger.merkle import (
    ProofRefused,
    completed,
    consistency_path,
    full_subtrees,
    grown,
    inclusion_path,
    leaf_hash,
    root_of,
    roots_of,
    verify_consistency,
    verify_inclusion,
)
from casework.ledger.verifier import Tree
from tests.ledger.naive import audit_path, consistency, tree_hash
from tests.ledger.probes import LEAVES, ROOTS, consistencies, inclusions

MOST = 40
DATA = [bytes([number]) * (number % 5) for number in range(MOST)]
BOTH = pytest.mark.parametrize("hashed", FUNCTIONS.values(), ids=FUNCTIONS)


def accepts(verify, *claim) -> bool:
    try:
        verify(*claim, sha256)
    except ProofRefused:
        return False
    return True


def test_of_98_inclusions_6_are_true():
    probes = list(inclusions())
    said = [accepts(verify_inclusion, one.leaf, one.index, one.size, one.proof, one.root) for one in probes]
    assert [one for one, answer in zip(probes, said, strict=True) if answer != one.true] == []
    assert (len(said), sum(said)) == (98, 6)


def test_of_98_consistencies_6_are_true():
    probes = list(consistencies())
    claims = [(one.earlier, one.later, one.proof, one.earlier_root, one.later_root) for one in probes]
    said = [accepts(verify_consistency, *claim) for claim in claims]
    assert [one for one, answer in zip(probes, said, strict=True) if answer != one.true] == []
    assert (len(said), sum(said)) == (98, 6)


def test_the_196_probes_hold_12_true_ones_and_184_false_ones():
    true = [one.true for one in (*inclusions(), *consistencies())]
    assert (len(true), sum(true), true.count(False)) == (196, 12, 184)


def test_known_roots():
    assert ROOTS[0].hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert ROOTS[1].hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert ROOTS[8].hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    frontier: list[bytes] = []
    for size, data in enumerate(LEAVES):
        assert root_of(frontier, sha256) == ROOTS[size]
        frontier = grown(frontier, completed(frontier, size, leaf_hash(data, sha256), sha256))
    assert root_of(frontier, sha256) == ROOTS[8]


def test_both_functions_give_the_values_of_their_standards():
    assert sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@BOTH
def test_a_growing_tree_has_the_roots_of_the_definition(hashed):
    frontier, kept = [], {}
    for size, data in enumerate(DATA):
        nodes = completed(frontier, size, leaf_hash(data, hashed), hashed)
        for level, node in enumerate(nodes):
            kept[(size + 1 - (1 << level), size + 1)] = node
        frontier = grown(frontier, nodes)
        assert root_of(frontier, hashed) == tree_hash(DATA[: size + 1], hashed)
    assert kept == {span: tree_hash(DATA[slice(*span)], hashed) for span in kept}
    assert len(kept) < 2 * MOST


@BOTH
@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 16, MOST])
def test_the_verifiers_tree_is_the_same_in_chunks_of_any_size(hashed, chunk):
    tree, above = Tree(hashed), []
    for first in range(0, MOST, chunk):
        above += tree.extend([leaf_hash(data, hashed) for data in DATA[first : first + chunk]])
        size = min(first + chunk, MOST)
        assert tree.root() == tree_hash(DATA[:size], hashed).hex()
    for seq, digits in enumerate(above):
        ends = [1 << level for level in range(1, 7) if (seq + 1) % (1 << level) == 0]
        assert digits == "".join(tree_hash(DATA[seq + 1 - width : seq + 1], hashed).hex() for width in ends)


@BOTH
def test_every_proof_up_to_forty_leaves(hashed):
    def node(span):
        return tree_hash(DATA[slice(*span)], hashed)

    roots = [tree_hash(DATA[:size], hashed) for size in range(MOST + 1)]
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = roots_of(inclusion_path(index, size), node, hashed)
            assert proof == audit_path(index, DATA[:size], hashed)
            verify_inclusion(leaf_hash(DATA[index], hashed), index, size, proof, roots[size], hashed)
        for earlier in range(1, size + 1):
            proof = roots_of(consistency_path(earlier, size), node, hashed)
            assert proof == consistency(earlier, DATA[:size], hashed)
            verify_consistency(earlier, size, proof, roots[earlier], roots[size], hashed)


def test_no_proof_of_another_leaf_or_tree_is_taken():
    for size in range(1, 17):
        for index in range(size):
            proof, leaf = audit_path(index, DATA[:size]), leaf_hash(DATA[index], sha256)
            for other in set(range(size)) - {index}:
                assert not accepts(verify_inclusion, leaf, other, size, proof, tree_hash(DATA[:size]))
        for earlier in range(1, size):
            proof = consistency(earlier, DATA[:size])
            for other in set(range(1, size)) - {earlier}:
                roots = tree_hash(DATA[:other]), tree_hash(DATA[:size])
                assert not accepts(verify_consistency, other, size, proof, *roots)


def test_an_inner_node_is_no_leaf():
    inside = leaf_hash(LEAVES[0], sha256) + leaf_hash(LEAVES[1], sha256)
    assert leaf_hash(inside, sha256) != ROOTS[2]


def test_no_path_leads_out_of_the_tree():
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(ProofRefused):
            inclusion_path(index, size)
    for earlier, later in ((0, 0), (0, 3), (4, 3)):
        with pytest.raises(ProofRefused):
            consistency_path(earlier, later)
    assert full_subtrees((8, 15)) == [(8, 12), (12, 14), (14, 15)]
