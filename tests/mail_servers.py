"""A real IMAP server (pymap) and a real SMTP server (aiosmtpd) on the loopback, each in a thread of its own, and a wire between that can be cut."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from imapclient import IMAPClient
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer, IMAPService
from pysasl.hashing import Cleartext

USER, PASSWORD = "help@shop.test", "Swordfish-42"


class ImapBox:
    """The server's port, and putting mail into its folders as its other users would."""

    def __init__(self, port: int) -> None:
        self.port = port

    @contextlib.contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A plain client of its own."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login(USER, PASSWORD)
        yield client
        client.logout()

    def put(self, folder: str, *raws: bytes) -> None:
        """Messages arrive in a folder; it is made if it is not there."""
        with self.client() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for raw in raws:
                client.append(folder, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def seen(self, folder: str) -> list[int]:
        """UIDs that are marked as read."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            return list(client.search("SEEN"))

    def anew(self, folder: str) -> None:
        """The folder is made anew: another UIDVALIDITY, all messages gone."""
        with self.client() as client:
            client.delete_folder(folder)
            client.create_folder(folder)


async def _imap(started: threading.Event, port: list[int], stop: asyncio.Event, security: str, context: ssl.SSLContext | None) -> None:
    parser = argparse.ArgumentParser()
    IMAPService.add_arguments(parser)
    kinds = parser.add_subparsers(dest="backend")
    DictBackend.add_subparser("dict", kinds)
    given = parser.parse_args([*([] if security == "starttls" else ["--no-tls"]), "dict", "--demo-user", USER, "--demo-password", PASSWORD])
    given.__dict__.update(debug=False, skip_services=[], passlib_cfg=None)
    backend, config = await DictBackend.init(given, hash_context=Cleartext(), invalid_user_sleep=0.0, **({"ssl_context": context} if context else {}))
    config.apply_context()
    async with AsyncExitStack() as stack:
        await backend.start(stack)
        handler = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        server = await stack.enter_async_context(await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context if security == "tls" else None))
        port.append(server.sockets[0].getsockname()[1])
        started.set()
        await stop.wait()


@contextlib.contextmanager
def imap_server(security: str = "plain", context: ssl.SSLContext | None = None) -> Iterator[int]:
    """pymap with one account on a port of its own."""
    started, port, loop, stop = threading.Event(), list[int](), asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_imap(started, port, stop, security, context)), daemon=True)
    thread.start()
    assert started.wait(20), "pymap did not start"
    yield port[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(5)


@pytest.fixture(scope="session")
def imap() -> Iterator[ImapBox]:
    """An IMAP server; tests use a folder each."""
    with imap_server() as port:
        yield ImapBox(port)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who vouches for the servers' certificates."""
    return trustme.CA()


def serving(authority: trustme.CA) -> ssl.SSLContext:
    """A server's side of TLS on the loopback."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """A client that believes this authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


class Post:
    """What the SMTP server got, and what it is told to answer. `codes`: by recipient, answered to RCPT once each; `after`: called with every message taken."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[str], bytes]] = []
        self.answers: dict[str, list[str]] = {}
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Take the recipient, or answer what was set for it."""
        waiting = self.answers.get(address)
        if waiting:
            return waiting.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the message."""
        self.got.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return "250 queued as 1"


class _Doorkeeper:
    def __call__(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False) if not good else AuthResult(success=True)


@contextlib.contextmanager
def smtp_server(security: str = "plain", context: ssl.SSLContext | None = None) -> Iterator[Post]:
    """aiosmtpd, which asks for the password."""
    made = Post()
    tls = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        controller = Controller(made, "127.0.0.1", _free(), authenticator=_Doorkeeper(), auth_required=True, auth_require_tls=False, **tls)
    controller.start()
    made.port = controller.port
    yield made
    controller.stop()


@pytest.fixture
def post() -> Iterator[Post]:
    """An SMTP server."""
    with smtp_server() as made:
        yield made


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Wire:
    """Stands between client and server; `cut_after`: bytes from the server after which the line is dead, None: never."""

    def __init__(self, port: int, cut_after: int | None = None) -> None:
        self._to, self.cut_after = port, cut_after
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No new lines."""
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                threading.Thread(target=self._carry, args=(client, server, None), daemon=True).start()
                threading.Thread(target=self._carry, args=(server, client, self.cut_after), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, most: int | None) -> None:
        carried = 0
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                if most is not None and carried + len(data) > most:
                    target.sendall(data[: max(0, most - carried)])
                    break
                carried += len(data)
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
