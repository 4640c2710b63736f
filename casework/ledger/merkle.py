"""Merkle trees as in RFC 6962 and RFC 9162: roots, inclusion and consistency proofs, and their strict verification.

A leaf is `H(0x00 ‖ bytes)`, a node `H(0x01 ‖ left ‖ right)`. Everything takes the hash function as an argument, so that
SM3 and SHA-256 stand side by side. Verification refuses whatever is not exactly a proof of what is claimed.

A proof is first a list of spans of leaves, whose roots are then put together from full subtrees, the only nodes that
never change as the log grows. So a proof costs O(log n) nodes, wherever they are kept.
"""

from collections.abc import Callable, Iterable, Sequence

Hash = Callable[[bytes], bytes]
Span = tuple[int, int]
"""Leaves from the first number up to, not including, the second."""


class ProofRefused(ValueError):
    """A proof does not prove what it is said to prove."""


def leaf_hash(data: bytes, hashed: Hash) -> bytes:
    """The hash of a leaf."""
    return hashed(b"\x00" + data)


def node_hash(left: bytes, right: bytes, hashed: Hash) -> bytes:
    """The hash of an inner node."""
    return hashed(b"\x01" + left + right)


def completed(frontier: Sequence[bytes], size: int, leaf: bytes, hashed: Hash) -> list[bytes]:
    """The roots of the full subtrees that end with a new leaf, itself first, in a tree that had `size` leaves."""
    nodes, left = [leaf], len(frontier)
    while size & 1:
        left -= 1
        nodes.append(node_hash(frontier[left], nodes[-1], hashed))
        size >>= 1
    return nodes


def grown(frontier: Sequence[bytes], nodes: Sequence[bytes]) -> list[bytes]:
    """The frontier (roots of the largest full subtrees, from the left) after a leaf that completed these nodes."""
    return [*frontier[: len(frontier) + 1 - len(nodes)], nodes[-1]]


def root_of(frontier: Sequence[bytes], hashed: Hash) -> bytes:
    """The root of the tree with this frontier; the hash of nothing for the empty tree."""
    if not frontier:
        return hashed(b"")
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root, hashed)
    return root


def full_subtrees(span: Span) -> list[Span]:
    """The full subtrees that make up a span of a proof, from the left."""
    start, end = span
    found = []
    while start < end:
        size = 1 << (end - start).bit_length() - 1
        found.append((start, start + size))
        start += size
    return found


def _middle(start: int, end: int) -> int:
    """Where a tree splits: behind the largest power of two smaller than its size."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def inclusion_path(index: int, size: int) -> list[Span]:
    """The spans whose roots prove that a leaf stands in the tree of `size` leaves, from the leaf upwards."""
    if not 0 <= index < size:
        raise ProofRefused("no such leaf")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_path(earlier: int, later: int) -> list[Span]:
    """The spans whose roots prove that the earlier tree is a beginning of the later one."""
    if not 0 < earlier <= later:
        raise ProofRefused("no such earlier tree")
    start, end, path = 0, later, []
    while earlier != end:
        middle = _middle(start, end)
        if earlier <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    if start:
        path.append((start, end))
    return path[::-1]


def roots_of(spans: Iterable[Span], node: Callable[[Span], bytes], hashed: Hash) -> list[bytes]:
    """The root of each span, put together from the full subtrees that `node` knows."""
    return [root_of([node(subtree) for subtree in full_subtrees(span)], hashed) for span in spans]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes, hashed: Hash) -> None:
    """Check that the leaf stands at `index` in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2).

    Raises:
        ProofRefused: where it does not follow from the proof.
    """
    if not 0 <= index < size:
        raise ProofRefused("no such leaf")
    _refuse_other_lengths([leaf, root, *proof], hashed)
    node, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if node & 1 or node == last:
            found = node_hash(step, found, hashed)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, step, hashed)
        node, last = node >> 1, last >> 1
    if last != 0 or found != root:
        raise ProofRefused("the proof does not lead to the root")


def verify_consistency(
    earlier: int, later: int, proof: Sequence[bytes], earlier_root: bytes, later_root: bytes, hashed: Hash
) -> None:
    """Check that the earlier tree is a beginning of the later one (RFC 9162, 2.1.4.2).

    A tree of no leaves proves nothing about what follows, so it is refused rather than accepted for any root.

    Raises:
        ProofRefused: where it does not follow from the proof.
    """
    if not 0 < earlier <= later:
        raise ProofRefused("no such earlier tree")
    if earlier == later:
        if proof or earlier_root != later_root:
            raise ProofRefused("trees of the same size must have the same root and need no proof")
        return
    _refuse_other_lengths([earlier_root, later_root, *proof], hashed)
    steps = [earlier_root, *proof] if earlier & (earlier - 1) == 0 else proof
    if not proof:
        raise ProofRefused("the proof is empty")
    node, last = earlier - 1, later - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofRefused("the proof is too long")
        if node & 1 or node == last:
            first, second = node_hash(step, first, hashed), node_hash(step, second, hashed)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, step, hashed)
        node, last = node >> 1, last >> 1
    if last != 0 or first != earlier_root or second != later_root:
        raise ProofRefused("the proof does not lead to both roots")


def _refuse_other_lengths(values: Iterable[bytes], hashed: Hash) -> None:
    width = len(hashed(b""))
    if any(len(value) != width for value in values):
        raise ProofRefused("a hash has the wrong length")
