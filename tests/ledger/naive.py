"""The tree hash as RFC 6962 defines it in section 2.1, by plain recursion over the leaves' bytes."""

import hashlib


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def tree_hash(data: list[bytes], hashed=sha256) -> bytes:
    """The root over the leaves' bytes."""
    if not data:
        return hashed(b"")
    if len(data) == 1:
        return hashed(b"\x00" + data[0])
    split = 1
    while split * 2 < len(data):
        split *= 2
    return hashed(b"\x01" + tree_hash(data[:split], hashed) + tree_hash(data[split:], hashed))


def audit_path(index: int, data: list[bytes], hashed=sha256) -> list[bytes]:
    """Section 2.1.1: the audit path of a leaf."""
    if len(data) < 2:
        return []
    split = 1
    while split * 2 < len(data):
        split *= 2
    if index < split:
        return [*audit_path(index, data[:split], hashed), tree_hash(data[split:], hashed)]
    return [*audit_path(index - split, data[split:], hashed), tree_hash(data[:split], hashed)]


def consistency(earlier: int, data: list[bytes], hashed=sha256, whole: bool = True) -> list[bytes]:
    """Section 2.1.2: the proof that the first `earlier` leaves are a beginning of all."""
    if earlier == len(data):
        return [] if whole else [tree_hash(data, hashed)]
    split = 1
    while split * 2 < len(data):
        split *= 2
    if earlier <= split:
        return [*consistency(earlier, data[:split], hashed, whole), tree_hash(data[split:], hashed)]
    return [*consistency(earlier - split, data[split:], hashed, False), tree_hash(data[:split], hashed)]
