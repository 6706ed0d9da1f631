"""Secrets to the outside world, sealed at rest with AES-256-GCM under keys that are never in the database (OP-9, docs/decisions/0012).

A sealed text is `sealed:1:<key id>:<base64url of nonce, text and tag>`. It is bound to its place (which row it is the secret of): copied into another row it does not open.
Keys come from AMENDS_SECRET_KEY (one or several, the first seals, all open), else from the file AMENDS_SECRET_KEY_FILE, else from `secret_keys` in the house's directory.
The keyring is the process's own, read again when somebody else has changed the file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from amends.store.trouble import OperatorError

PREFIX = "sealed:1:"
FILE = "secret_keys"
KEY_BYTES, NONCE_BYTES = 32, 12
_HEX = re.compile(r"[0-9a-fA-F]{64}")


class Locked(Exception):
    """A secret that does not open here: its key is not on this keyring (`key` says which), or the text was altered. Never has the secret in it."""

    def __init__(self, key: str) -> None:
        super().__init__(f"sealed under key {key}, which this installation does not have" if key else "no key to seal with")
        self.key = key


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One key, and the short name under which sealed texts and people know it: eight hexadecimal digits of its hash."""

    id: str
    octets: bytes


def key_of(text: str) -> Key | None:
    """A key as it is written, 64 hexadecimal digits or base64 of 32 bytes; None for what is none."""
    plain = text.strip()
    try:
        octets = bytes.fromhex(plain) if _HEX.fullmatch(plain) else base64.b64decode(_padded(plain.replace("-", "+").replace("_", "/")), validate=True)
    except (ValueError, binascii.Error):
        return None
    return Key(hashlib.sha256(b"amends.secret_key\0" + octets).hexdigest()[:8], octets) if len(octets) == KEY_BYTES else None


def _padded(text: str) -> str:
    plain = text.rstrip("=")
    return plain + "=" * (-len(plain) % 4)


def fresh_key() -> str:
    """A new key as it is written."""
    return secrets.token_bytes(KEY_BYTES).hex()


def written(key: Key) -> str:
    """A key as a file of ours has it."""
    return key.octets.hex()


def sealed_under(text: str) -> str:
    """The id of the key a text is sealed under; empty for plain text."""
    return text[len(PREFIX) :].partition(":")[0] if text.startswith(PREFIX) else ""


class Keyring:
    """The keys of this process. `given`: the setting, `file`: where they are otherwise."""

    def __init__(self, given: str, file: Path | None) -> None:
        self.given, self.file, self._seen = given, file, -1
        self._keys: tuple[Key, ...] = ()
        self.known()

    def known(self) -> tuple[Key, ...]:
        """All of them, the one that seals first; read again when the file has changed. Raises OperatorError for one that is no key."""
        if self.given:
            self._keys = self._keys or _read(self.given, "AMENDS_SECRET_KEY")
        elif self.file is not None:
            try:
                changed = self.file.stat().st_mtime_ns
            except OSError:
                changed = 0
            if changed != self._seen:
                self._keys = _read(self.file.read_text("ascii", "replace"), str(self.file)) if changed else ()
                self._seen = changed
        return self._keys

    def seal(self, text: str, place: str) -> str:
        """A secret as it may lie in the database. An empty text stays empty: there is nothing to hide. Raises Locked without a key."""
        keys = self.known()
        if not text:
            return ""
        if not keys:
            raise Locked("")
        nonce = secrets.token_bytes(NONCE_BYTES)
        box = nonce + AESGCM(keys[0].octets).encrypt(nonce, text.encode(), place.encode())
        return f"{PREFIX}{keys[0].id}:{base64.urlsafe_b64encode(box).decode().rstrip('=')}"

    def open(self, text: str, place: str) -> str:
        """The secret itself. What is still plain (a row of an older release, before it is converted) is answered as it is. Raises Locked."""
        if not text.startswith(PREFIX):
            return text
        name, _, body = text[len(PREFIX) :].partition(":")
        key = next((k for k in self._keys if k.id == name), None) or next((k for k in self.known() if k.id == name), None)
        if key is None:
            raise Locked(name)
        try:
            box = base64.urlsafe_b64decode(_padded(body))
            return AESGCM(key.octets).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Locked(name) from error


def _read(text: str, where: str) -> tuple[Key, ...]:
    """Keys written beside or below each other; lines that begin with # are remarks."""
    words = [w for line in text.splitlines() if not line.lstrip().startswith("#") for w in re.split(r"[\s,]+", line) if w]
    keys = [key_of(word) for word in words]
    if None in keys:
        raise OperatorError(
            f"{where} 中第 {keys.index(None) + 1} 个密钥不对：应为 64 位十六进制或 32 字节的 base64。用 amends secrets new-key 生成一个。",
            f"Key number {keys.index(None) + 1} in {where} is no key: 64 hexadecimal digits or base64 of 32 bytes. Make one with amends secrets new-key.",
        )
    return tuple(dict.fromkeys(k for k in keys if k is not None))


_ring: Keyring | None = None


def look_in(home: Path) -> Keyring:
    """From now on this process takes its keys from the environment, else from this house's file."""
    global _ring
    _ring = Keyring(os.environ.get("AMENDS_SECRET_KEY", ""), Path(os.environ.get("AMENDS_SECRET_KEY_FILE") or home / FILE))
    return _ring


def ring() -> Keyring:
    """This process's keyring; before a house was opened only what the environment gives."""
    global _ring
    if _ring is None:
        file = os.environ.get("AMENDS_SECRET_KEY_FILE")
        _ring = Keyring(os.environ.get("AMENDS_SECRET_KEY", ""), Path(file) if file else None)
    return _ring


def seal(text: str, place: str) -> str:
    """See `Keyring.seal`."""
    return ring().seal(text, place)


def open_(text: str, place: str) -> str:
    """See `Keyring.open`."""
    return ring().open(text, place)


def locked(text: str, place: str) -> bool:
    """Whether a secret does not open here."""
    try:
        ring().open(text, place)
    except Locked:
        return True
    return False
