"""The simulated post office: mailboxes with their messages, as an IMAP server sees them."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Letter:
    """One message in a mailbox."""

    uid: int
    raw: bytes
    came: datetime
    flags: set[str] = field(default_factory=set)


class Office:
    """Mailboxes by address, kept in memory: after a restart there is another UIDVALIDITY and nothing in them, as when a provider makes a folder anew."""

    def __init__(self, addresses: list[str], password: str) -> None:
        self.password = password
        self.validity = int(time.time())
        self._boxes: dict[str, list[Letter]] = {address.lower(): [] for address in addresses}
        self._lock = threading.Lock()

    def has(self, address: str) -> bool:
        """Whether this address, also with something behind a plus, is a mailbox here."""
        return self._plain(address) in self._boxes

    def may(self, user: str, password: str) -> bool:
        """Whether these are a mailbox and its password."""
        return user.lower() in self._boxes and password == self.password

    def put(self, address: str, raw: bytes, now: datetime) -> None:
        """A message arrives."""
        with self._lock:
            box = self._boxes[self._plain(address)]
            head = f"Delivered-To: {address}\r\n".encode()
            box.append(Letter(box[-1].uid + 1 if box else 1, head + raw, now))

    def letters(self, user: str) -> list[Letter]:
        """What lies in a mailbox, oldest first."""
        with self._lock:
            return list(self._boxes[user.lower()])

    @staticmethod
    def _plain(address: str) -> str:
        local, _, domain = address.lower().rpartition("@")
        return f"{local.split('+', 1)[0]}@{domain}"
