"""The signature of the house (DI-10): an Ed25519 key of this installation, and what it signs.

Three things are signed, each with words of its own before it, so that a signature of one is none of another: the seal of the document (`amends.dossier json <digest>`), the paper
(`amends.dossier pdf <digest>`), and SHA256SUMS of the ZIP as it is. The key is AMENDS_SIGNING_KEY (PEM, or base64 of 32 bytes), else the file AMENDS_SIGNING_KEY_FILE, else
`signing_key.pem` in the house's directory, made when it is first needed, readable by its owner only. Only its public half is in the database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from amends.engine.key_files import keep_file
from amends.store.trouble import OperatorError

FILE = "signing_key.pem"
ALGORITHM = "Ed25519"


@dataclass(frozen=True, slots=True)
class Signer:
    """A key of the house: its id, the public half (32 bytes), and signing."""

    id: str
    public: bytes
    _key: Ed25519PrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same for the same message."""
        return self._key.sign(message)


def said(form: str, digest: str) -> bytes:
    """What is signed for a document (`json`) or a paper (`pdf`) of this digest."""
    return f"amends.dossier {form} {digest}\n".encode()


def id_of(public: bytes) -> str:
    """The name of a public key: sixteen hexadecimal digits of its hash."""
    return hashlib.sha256(public).hexdigest()[:16]


def valid(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this key signed exactly this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def pem(public: bytes) -> str:
    """A public key as openssl reads it."""
    return Ed25519PublicKey.from_public_bytes(public).public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def public_of(text: bytes) -> bytes | None:
    """The 32 bytes of a public key in PEM; None for anything else."""
    try:
        key = serialization.load_pem_public_key(text)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


def signer(home: Path) -> Signer:
    """The key of this house, made when there is none yet. Raises OperatorError when what is there is no key."""
    given, file = os.environ.get("AMENDS_SIGNING_KEY", ""), Path(os.environ.get("AMENDS_SIGNING_KEY_FILE") or home / FILE)
    if given:
        return _read(given, "AMENDS_SIGNING_KEY")
    if not file.exists():
        fresh = Ed25519PrivateKey.generate().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        keep_file(file, fresh.decode())
    return _read(file.read_text("ascii", "replace"), str(file))


@cache
def _read(text: str, where: str) -> Signer:
    try:
        found = serialization.load_pem_private_key(text.encode(), None) if "BEGIN" in text else Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as error:
        raise _no_key(where) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise _no_key(where)
    public = found.public_key().public_bytes_raw()
    return Signer(id_of(public), public, found)


def _no_key(where: str) -> OperatorError:
    return OperatorError(
        f"{where} 不是 Ed25519 私钥。用 openssl genpkey -algorithm ed25519 生成一个；已发出的卷宗用公布的旧公钥仍可核验。",
        f"{where} is no Ed25519 private key. Make one with openssl genpkey -algorithm ed25519; dossiers given out stay verifiable with the old public key that is published.",
    )
