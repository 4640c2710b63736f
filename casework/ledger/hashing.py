"""The two hash functions of the ledger, side by side: SM3 (GB/T 32905) and SHA-256."""

import hashlib

from cryptography.hazmat.primitives import hashes


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def _sm3_of_openssl(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _sm3_of_cryptography(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


# Python's own build may come without SM3; the library brings its own OpenSSL.
sm3 = _sm3_of_openssl if "sm3" in hashlib.algorithms_available else _sm3_of_cryptography

# The standard's own example: a wrong build is found at start, not by an auditor.
if sm3(b"abc").hex() != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0":
    raise ImportError("SM3 of this machine gives a wrong value")

FUNCTIONS = {"sha256": sha256, "sm3": sm3}
