"""The 196 probes that verifiers of transparency logs are tested with, by family, over the eight leaves of that set.

98 of inclusion, 98 of consistency; a probe is what is claimed and whether it is true. The published set is that of
github.com/transparency-dev/merkle (`testdata`, as of 2024, in which a tree of size 0 proves nothing). Only sizes,
indices and the kinds of corruption are taken from it; the hashes are computed here.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tests.ledger.naive import audit_path, consistency, sha256, tree_hash

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [tree_hash(LEAVES[:size]) for size in range(len(LEAVES) + 1)]
NOTHING = sha256(b"")
OTHER = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
"""A hash of nothing in particular."""
UNSIGNED = 1 << 64
"""One less than 0 is this less 1 in the language of the published set."""


class Inclusion(NamedTuple):
    """A leaf hash claimed to stand at an index."""

    name: str
    index: int
    size: int
    root: bytes
    leaf: bytes
    proof: list[bytes]
    true: bool = False


class Consistency(NamedTuple):
    """A tree claimed to be a beginning of another."""

    name: str
    earlier: int
    later: int
    earlier_root: bytes
    later_root: bytes
    proof: list[bytes]
    true: bool = False


def inclusions() -> Iterator[Inclusion]:
    """Five true ones with what can go wrong with each; a tree of one leaf; claims about empty or too small trees."""
    for index, size in ((0, 1), (0, 8), (5, 8), (2, 3), (1, 5)):
        proof = audit_path(index, LEAVES[:size])
        true = Inclusion("true", index, size, ROOTS[size], sha256(b"\x00" + LEAVES[index]), proof, true=True)
        yield true
        yield from _corrupt_inclusion(true._replace(true=False))
    only = sha256(b"\x00data")
    for root, leaf in ((only, only), (only, b""), (b"", only), (b"", b"")):
        yield Inclusion("single", 0, 1, root, leaf, [], true=bool(root and leaf))
    for index, size in ((0, 0), (0, 1), (1, 0), (2, 1)):
        for root, leaf in ((b"", OTHER), (NOTHING, b""), (NOTHING, OTHER)):
            yield Inclusion("nothing there", index, size, root, leaf, [])


def _corrupt_inclusion(true: Inclusion) -> Iterator[Inclusion]:
    for index in ((true.index - 1) % UNSIGNED, true.index + 1, true.index ^ 2):
        yield true._replace(name="wrong index", index=index)
    for size in (true.size * 2, true.size // 2):
        yield true._replace(name="wrong size", size=size)
    yield true._replace(name="wrong leaf", leaf=b"WrongLeaf")
    for root in (NOTHING, OTHER):
        yield true._replace(name="wrong root", root=root)
    for more in (b"", true.root):
        yield true._replace(name="something behind", proof=[*true.proof, more])
        yield true._replace(name="something before", proof=[more, *true.proof])
    for proof in _one_bit_off(true.proof, 8):
        yield true._replace(name="one bit off", proof=proof)
    if true.proof:
        yield true._replace(name="last node removed", proof=true.proof[:-1])
    if len(true.proof) > 1:
        yield true._replace(name="a node put in", proof=[true.proof[0], OTHER, *true.proof[1:]])


def consistencies() -> Iterator[Consistency]:
    """Five true ones with what can go wrong with each that has a proof; and trees of size 0 and 1."""
    for earlier, later in ((1, 1), (1, 8), (6, 8), (2, 5), (6, 7)):
        proof = consistency(earlier, LEAVES[:later])
        true = Consistency("true", earlier, later, ROOTS[earlier], ROOTS[later], proof, true=True)
        yield true
        if proof:
            yield from _corrupt_consistency(true._replace(true=False))
    one, other = b"any root", b"another root"
    yield Consistency("same size, same root", 1, 1, other, other, [], true=True)
    for size in (0, 1):
        yield Consistency("same size, other root", size, size, one, other, [])
        yield Consistency("same size, not the empty root", size, size, NOTHING, other, [])
        yield Consistency("same size, needless proof", size, size, NOTHING, NOTHING, [NOTHING])
    yield Consistency("from nothing to nothing", 0, 0, one, one, [])
    yield Consistency("from nothing", 0, 1, one, other, [])
    yield Consistency("from nothing", 0, 1, NOTHING, other, [])
    yield Consistency("from nothing", 0, 1, NOTHING, NOTHING, [NOTHING])
    yield Consistency("backwards", 1, 0, one, other, [])
    yield Consistency("backwards", 2, 1, one, other, [])
    yield Consistency("no proof", 1, 2, one, other, [])


def _corrupt_consistency(true: Consistency) -> Iterator[Consistency]:
    for earlier in (true.earlier - 1, true.earlier + 1, true.earlier ^ 2):
        yield true._replace(name="wrong earlier size", earlier=earlier)
    for later in (true.later * 2, true.later // 2):
        yield true._replace(name="wrong later size", later=later)
    yield true._replace(name="wrong earlier root", earlier_root=b"WrongRoot")
    yield true._replace(name="wrong later root", later_root=b"WrongRoot")
    yield true._replace(name="swapped roots", earlier_root=true.later_root, later_root=true.earlier_root)
    yield true._replace(name="no proof", proof=[])
    for more in (b"", true.earlier_root, true.later_root):
        yield true._replace(name="something behind", proof=[*true.proof, more])
        yield true._replace(name="something before", proof=[more, *true.proof])
    yield true._replace(name="first node doubled", proof=[true.proof[0], *true.proof])
    yield true._replace(name="last node removed", proof=true.proof[:-1])
    for proof in _one_bit_off(true.proof, 16):
        yield true._replace(name="one bit off", proof=proof)


def _one_bit_off(proof: list[bytes], bit: int) -> Iterator[list[bytes]]:
    for place, node in enumerate(proof):
        yield [*proof[:place], bytes([node[0] ^ bit]) + node[1:], *proof[place + 1 :]]
