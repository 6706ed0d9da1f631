"""As much of SMTP (RFC 5321) as a program that sends mail asks for: signing in, one message at a time, and the ways of being told no."""

from __future__ import annotations

import base64
import binascii
import random
import socketserver
import threading
from collections.abc import Callable
from typing import TypeAlias

from amends.simulators.mail_office import Office

Taken: TypeAlias = Callable[[str, str, bytes], None]
MOST = 30_000_000


class SmtpServer(socketserver.ThreadingTCPServer):
    """Takes mail of those who sign in with a mailbox of the office and hands each message to `taken(sender, recipient, raw)`.

    Addresses that begin with `nobody` are refused for good; `grey` is the share of first tries that are put off (greylisting).
    """

    daemon_threads = allow_reuse_address = True

    def __init__(self, address: tuple[str, int], office: Office, taken: Taken, grey: float, chance: random.Random) -> None:
        super().__init__(address, _Session)
        self.office, self.taken = office, taken
        self._grey, self._chance, self._known, self._lock = grey, chance, set[tuple[str, str]](), threading.Lock()

    def puts_off(self, sender: str, recipient: str) -> bool:
        """Whether this pair is to come again later; the second time it may come in."""
        with self._lock:
            new = (sender, recipient) not in self._known
            self._known.add((sender, recipient))
            return new and self._chance.random() < self._grey


class _Session(socketserver.StreamRequestHandler):
    server: SmtpServer
    user = sender = ""

    def handle(self) -> None:
        """One line after the other until it says good-bye."""
        self.recipients: list[str] = []
        self._say("220 simulated ESMTP")
        while line := self.rfile.readline(2000).decode("utf-8", "replace"):
            name, _, rest = line.strip().partition(" ")
            answer = self._do(name.upper(), rest)
            self._say(answer)
            if answer.startswith("221"):
                return

    def _do(self, name: str, rest: str) -> str:
        if name in ("EHLO", "HELO"):
            return "250-simulated\r\n250-AUTH PLAIN LOGIN\r\n250-8BITMIME\r\n250 SMTPUTF8" if name == "EHLO" else "250 simulated"
        if name == "QUIT":
            return "221 bye"
        if name in ("NOOP", "RSET"):
            return "250 OK"
        if name == "AUTH":
            return self._auth(rest)
        if not self.user:
            return "530 5.7.0 Authentication required"
        if name == "MAIL":
            self.sender, self.recipients = _address(rest), []
            return "250 OK"
        if name == "RCPT":
            return self._rcpt(_address(rest))
        if name == "DATA":
            return self._data()
        return "502 5.5.2 not simulated"

    def _auth(self, rest: str) -> str:
        way, _, first = rest.partition(" ")
        try:
            if way.upper() == "PLAIN":
                _, user, password = _plain(first or self._ask("")).split("\0")
            else:
                user, password = _plain(first or self._ask("VXNlcm5hbWU6")), _plain(self._ask("UGFzc3dvcmQ6"))
        except (ValueError, binascii.Error):
            return "535 5.7.8 unreadable"
        if not self.server.office.may(user, password):
            return "535 5.7.8 wrong user or password"
        self.user = user
        return "235 2.7.0 welcome"

    def _ask(self, words: str) -> str:
        self._say(f"334 {words}")
        return self.rfile.readline(2000).decode("ascii", "replace").strip()

    def _rcpt(self, recipient: str) -> str:
        if recipient.startswith("nobody"):
            return "550 5.1.1 no such user here"
        if self.server.puts_off(self.sender, recipient):
            return "450 4.2.0 greylisted, come again"
        self.recipients.append(recipient)
        return "250 OK"

    def _data(self) -> str:
        if not self.recipients:
            return "503 5.5.1 to whom?"
        self._say("354 go on")
        lines, size = [], 0
        while (line := self.rfile.readline(1_000_000)) and line != b".\r\n":
            size += len(line)
            if size <= MOST:
                lines.append(line[1:] if line.startswith(b".") else line)
        if size > MOST:
            return "552 5.3.4 too large"
        for recipient in self.recipients:
            self.server.taken(self.sender, recipient, b"".join(lines))
        return "250 2.0.0 taken"

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0].strip().lower()


def _plain(text: str) -> str:
    return base64.b64decode(text.encode("ascii"), validate=True).decode("utf-8")
