"""Reading a folder by IMAP. Every failure is a MailTrouble with a reason that people can act on."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import ssl
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from imapclient import SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from amends.adapters.mail.protocol import ANSWER, CONNECT, Fetched, MailTrouble, Server


class Folder:
    """An open folder. `validity` is its UIDVALIDITY: with another one all UIDs mean other messages. `next_uid`: above every UID there is."""

    def __init__(self, client: IMAPClient, validity: int, next_uid: int | None) -> None:
        self._client, self.validity, self.next_uid = client, validity, next_uid

    def above(self, uid: int) -> list[int]:
        """UIDs above this one, in order. (`n:*` always names the last message, so what is not above is left out.)"""
        with _told():
            return sorted(found for found in self._client.search(["UID", f"{uid + 1}:*"]) if found > uid)

    def since(self, day: date) -> list[int]:
        """UIDs of messages that the server received on this day or later."""
        with _told():
            return sorted(self._client.search(["SINCE", day]))

    def fetch(self, uid: int, most: int) -> Fetched | None:
        """One message; its bytes only if it has at most `most` of them, otherwise its header. None when it has gone meanwhile."""
        with _told():
            facts = self._client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid)
            if not facts or b"RFC822.SIZE" not in facts:
                return None
            size, arrived = int(facts[b"RFC822.SIZE"]), facts.get(b"INTERNALDATE")
            arrived = arrived if isinstance(arrived, datetime) and arrived.tzinfo else None
            part = "BODY[]" if size <= most else "BODY[HEADER]"
            found = self._client.fetch([uid], [part.replace("BODY", "BODY.PEEK")]).get(uid, {}).get(part.encode())
        if not isinstance(found, bytes):
            return None
        return Fetched(uid, size, arrived, found) if size <= most else Fetched(uid, size, arrived, None, found)

    def seen(self, uids: list[int]) -> None:
        """Mark what was kept."""
        if uids:
            with _told():
                self._client.add_flags(uids, [SEEN], silent=True)


@contextlib.contextmanager
def folder(server: Server, name: str) -> Iterator[Folder]:
    """Sign in and open a folder; sign out at the end. Raises MailTrouble."""
    client = _connect(server)
    try:
        with _told("folder"):
            answer: dict[bytes, Any] = client.select_folder(name)
        yield Folder(client, int(answer.get(b"UIDVALIDITY", 0)), int(answer[b"UIDNEXT"]) if b"UIDNEXT" in answer else None)
    finally:
        with contextlib.suppress(Exception):
            client.logout()
        with contextlib.suppress(Exception):
            client.shutdown()


def try_reading(server: Server, name: str) -> None:
    """Sign in and open the folder, to see whether it works. Raises MailTrouble."""
    with folder(server, name):
        pass


def _connect(server: Server) -> IMAPClient:
    with _told("unreachable"):
        client = IMAPClient(
            server.host, server.port, ssl=server.security == "tls", ssl_context=server.tls() if server.security == "tls" else None, timeout=SocketTimeout(CONNECT, ANSWER)
        )
    try:
        client.normalise_times = False
        if server.security == "starttls":
            if not client.has_capability("STARTTLS"):
                raise MailTrouble("tls", "STARTTLS is not offered")
            with _told("tls"):
                client.starttls(server.tls())
        with _told("login"):
            client.login(server.user, server.password)
        # Some providers (163.com) turn away programs that do not say what they are.
        if client.has_capability("ID"):
            with contextlib.suppress(IMAPClientError, imaplib.IMAP4.error):
                client.id_({"name": "Amends", "version": "1", "vendor": "Amends"})
    except BaseException:
        with contextlib.suppress(Exception):
            client.shutdown()
        raise
    return client


@contextlib.contextmanager
def _told(otherwise: Any = "broken") -> Iterator[None]:
    """Whatever goes wrong inside, as a MailTrouble; `otherwise`: what a plain refusal of the server means here."""
    try:
        yield
    except MailTrouble:
        raise
    except LoginError as error:
        raise MailTrouble("login", _words(error)) from None
    except TimeoutError:
        raise MailTrouble("timeout") from None
    except ssl.SSLError as error:
        raise MailTrouble("tls", error.reason or _words(error)) from None
    except socket.gaierror:
        raise MailTrouble("unreachable") from None
    except imaplib.IMAP4.abort as error:
        raise MailTrouble("broken", _words(error)) from None
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        raise MailTrouble("broken" if otherwise == "unreachable" else otherwise, _words(error)) from None
    except OSError as error:
        raise MailTrouble("unreachable" if otherwise == "unreachable" else "broken", error.strerror or "") from None
    except (ValueError, KeyError, IndexError, AttributeError, EOFError) as error:
        raise MailTrouble("broken", type(error).__name__) from None


def _words(error: BaseException) -> str:
    text = " ".join(x.decode("utf-8", "replace") if isinstance(x, bytes) else str(x) for x in error.args)
    return "".join(c for c in text if c.isprintable())[:200]
