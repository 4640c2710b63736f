"""Who signs checkpoints: an Ed25519 key in a file outside the database. SM2 or a token fits the same interface."""

import os
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from casework.ledger.hashing import sha256


class KeyMissing(RuntimeError):
    """There is no signing key; the message says how to make one."""


class Signer(Protocol):
    """What a checkpoint needs of a key."""

    key_id: str

    def sign(self, data: bytes) -> bytes:
        """The signature over the data."""


class Ed25519Signer:
    """A key read from a PEM file."""

    def __init__(self, key: Ed25519PrivateKey):
        self._key = key
        self.key_id = key_id(key.public_key())

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(data)


def key_id(public: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the public key."""
    return sha256(public.public_bytes_raw()).hex()[:16]


def signer() -> Ed25519Signer:
    """The signer with the key file of the settings.

    Raises:
        KeyMissing: where there is no such file.
    """
    path = Path(settings.LEDGER_KEY_FILE)
    if not path.exists():
        raise KeyMissing(f"There is no signing key at {path}. `manage.py ledger_key` makes one.")
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyMissing(f"{path} holds no Ed25519 key.")
    return Ed25519Signer(key)


def make_key(path: Path) -> Ed25519PublicKey:
    """Write a new private key, readable by its owner alone, and add its public key to the file beside it.

    To change the key, move the private one away: the public keys of earlier checkpoints stay.

    Raises:
        FileExistsError: where there is a key already; it is never overwritten.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
    public = key.public_key()
    with public_keys_file(path).open("ab") as file:
        file.write(public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    return public


def public_keys_file(private: Path | None = None) -> Path:
    """Where the public keys stand, beside the private one: those in use before included."""
    return Path(private or settings.LEDGER_KEY_FILE).with_suffix(".pub")
