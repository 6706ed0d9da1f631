"""What the product asks of mail servers, and how it is told that they could not (TI-4).

- **Reading** (`imap.py`): the folder's UIDVALIDITY, the UIDs above one we know, a message's bytes as they are, its size before they are fetched, and the flag \\Seen
  once it is kept. Nothing is ever deleted or moved. What was taken is known by UID and by Message-ID, never by flags, so people may read the same mailbox with their own programs.
- **Sending** (`smtp.py`): one message to one recipient. The bytes, the Message-ID among them, are fixed before the first try. SMTP delivers at least once: when the line breaks
  after the last byte and before the server's answer, nobody can know whether it was taken, and it is sent again under the same Message-ID, by which most mailboxes show it once.
- **Security**: `tls` from the first byte, `starttls` (refused when the server does not offer it; never silently plain), `plain` (only to this machine; the settings see to it).
  Certificates are checked against the system's authorities (SSL_CERT_FILE adds one's own).
- **Time**: connecting 10 s, an answer 20 s, the answer to a whole message 60 s, for servers look into it before they take it.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

CONNECT, ANSWER, TAKEN = 10.0, 20.0, 60.0
"""Seconds: to connect, for an answer, for the answer to a message."""
SECURITY = ("tls", "starttls", "plain")
Why = Literal["unreachable", "timeout", "tls", "login", "folder", "broken", "later", "never", "locked"]


@dataclass(frozen=True, slots=True)
class Server:
    """Where and as whom. The password never stands in a text made of this."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = field(default="", repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False)

    def tls(self) -> ssl.SSLContext:
        """How certificates are checked."""
        return self.context or ssl.create_default_context()


class MailTrouble(OSError):
    """A mail server that could not, or would not. `why`: unreachable, timeout, tls, login, folder, broken (the line or the protocol), later (4xx), never (5xx), locked (our own password does not open).

    `words`: the server's own, without anything of ours.
    """

    def __init__(self, why: Why, words: str = "") -> None:
        super().__init__(f"{why}: {words}" if words else why)
        self.why, self.words = why, words


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message on the server: its UID, size, when the server received it, and its bytes; None when it is larger than asked for."""

    uid: int
    size: int
    arrived: datetime | None
    raw: bytes | None
    head: bytes = b""
