"""As much of IMAP4rev1 (RFC 3501) as a program that fetches mail asks for: signing in, one folder, searching by UID and day, fetching, marking."""

from __future__ import annotations

import re
import shlex
import socketserver
from datetime import UTC, datetime

from amends.simulators.mail_office import Letter, Office

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")
MOST = 100_000


class ImapServer(socketserver.ThreadingTCPServer):
    """Serves every mailbox of an office; a program signs in with the address and the office's password."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, address: tuple[str, int], office: Office) -> None:
        super().__init__(address, _Session)
        self.office = office


class _Session(socketserver.StreamRequestHandler):
    server: ImapServer
    user = ""
    selected = False

    def handle(self) -> None:
        """One line after the other until it signs out."""
        self._say("* OK [CAPABILITY IMAP4rev1 ID] simulated")
        while (words := self._command()) is not None:
            if len(words) < 2:
                self._say("* BAD what?")
                continue
            tag, name, rest = words[0], words[1].upper(), words[2:]
            if name == "UID" and rest:
                name, rest = f"UID {rest[0].upper()}", rest[1:]
            if name == "LOGOUT":
                self._say("* BYE good-bye", f"{tag} OK bye")
                return
            self._say(f"{tag} {self._do(name, rest)}")

    def _command(self) -> list[str] | None:
        line = self.rfile.readline(MOST)
        while found := _LITERAL.search(line):
            if not found[2]:
                self._say("+ go on")
            text = self.rfile.read(min(int(found[1]), MOST))
            line = line[: found.start()] + b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"' + self.rfile.readline(MOST)
        if not line:
            return None
        try:
            return shlex.split(line.decode("utf-8", "replace").strip())
        except ValueError:
            return []

    def _do(self, name: str, rest: list[str]) -> str:
        if name in ("CAPABILITY", "NOOP", "ID"):
            if name == "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1 ID")
            elif name == "ID":
                self._say('* ID ("name" "simulated")')
            return "OK done"
        if name == "LOGIN":
            if len(rest) != 2 or not self.server.office.may(*rest):
                return "NO [AUTHENTICATIONFAILED] wrong user or password"
            self.user = rest[0]
            return "OK done"
        if not self.user:
            return "NO sign in first"
        if name in ("SELECT", "EXAMINE"):
            return self._select(rest)
        if not self.selected:
            return "BAD choose a folder first"
        if name == "UID SEARCH":
            self._say("* SEARCH" + "".join(f" {letter.uid}" for letter in self._found(rest)))
            return "OK done"
        if name == "UID FETCH":
            return self._fetch(rest)
        if name == "UID STORE":
            for letter in self._named(rest[0]):
                letter.flags.add("\\Seen")
            return "OK done"
        return "BAD not simulated"

    def _select(self, rest: list[str]) -> str:
        if not rest or rest[0].upper() != "INBOX":
            return "NO [NONEXISTENT] no such folder"
        letters = self.server.office.letters(self.user)
        self.selected = True
        self._say(
            f"* {len(letters)} EXISTS", "* 0 RECENT", "* FLAGS (\\Seen)", "* OK [PERMANENTFLAGS (\\Seen)] yes", f"* OK [UIDVALIDITY {self.server.office.validity}] yes",
            f"* OK [UIDNEXT {letters[-1].uid + 1 if letters else 1}] yes",
        )
        return "OK [READ-WRITE] done"

    def _named(self, text: str) -> list[Letter]:
        """The messages of a set of UIDs; `n:*` always names the last one (RFC 3501, 6.4.8)."""
        letters, out = self.server.office.letters(self.user), []
        last = letters[-1].uid if letters else 0
        for part in text.split(","):
            low, _, high = part.partition(":")
            ends = sorted(last if x == "*" else int(x) for x in (low, high or low) if x == "*" or x.isdecimal())
            out += [letter for letter in letters if ends and ends[0] <= letter.uid <= ends[-1]]
        return out

    def _found(self, rest: list[str]) -> list[Letter]:
        names = [word.upper().strip("()") for word in rest]
        if "UID" in names and len(rest) > names.index("UID") + 1:
            return self._named(rest[names.index("UID") + 1].strip("()"))
        if "SINCE" in names and len(rest) > names.index("SINCE") + 1:
            day = datetime.strptime(rest[names.index("SINCE") + 1].strip("()"), "%d-%b-%Y").replace(tzinfo=UTC)
            return [letter for letter in self.server.office.letters(self.user) if letter.came >= day]
        return self.server.office.letters(self.user)

    def _fetch(self, rest: list[str]) -> str:
        asked = " ".join(rest[1:]).upper()
        for n, letter in enumerate(self._named(rest[0]), 1):
            parts = [f"UID {letter.uid}"]
            if "RFC822.SIZE" in asked:
                parts.append(f"RFC822.SIZE {len(letter.raw)}")
            if "INTERNALDATE" in asked:
                parts.append(f'INTERNALDATE "{letter.came.strftime("%d-%b-%Y %H:%M:%S +0000")}"')
            self.wfile.write(f"* {n} FETCH ({' '.join(parts)}".encode())
            if "BODY" in asked:
                whole = letter.raw if "HEADER" not in asked else letter.raw.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
                self.wfile.write(f" BODY[{'HEADER' if 'HEADER' in asked else ''}] {{{len(whole)}}}\r\n".encode() + whole)
            self.wfile.write(b")\r\n")
        return "OK done"

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
