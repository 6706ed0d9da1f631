"""A signed JSON service over HTTP: an object in, an object out. Answers can be lost on the way although the work was done."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from amends.simulators.signatures import request_is_signed

MOST_BYTES = 1_000_000
Record = dict[str, Any]
Route: TypeAlias = Callable[[Record], Record]


class Refused(Exception):
    """The request itself is wrong: a status and the word for it."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


class Server(ThreadingHTTPServer):
    """Routes by method and path, such as `POST /v1/pickups`. `loss`: the share of answers that never arrive."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], secret: str, routes: Mapping[str, Route], loss: float, chance: random.Random) -> None:
        super().__init__(address, _Handler)
        self.secret, self.routes, self.loss, self._chance, self._lock = secret, routes, loss, chance, threading.Lock()

    def loses(self) -> bool:
        """Whether this answer is lost."""
        with self._lock:
            return self._chance.random() < self.loss


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body in one packet, or each answer waits 40 ms for an acknowledgement
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """A question."""
        self._serve(b"")

    def do_POST(self) -> None:
        """A request with a body."""
        size = self.headers.get("content-length") or ""
        if not size.isdecimal() or int(size) > MOST_BYTES:
            self.close_connection = True
            self._answer(413, {"error": "too_large"})
            return
        self._serve(self.rfile.read(int(size)))

    def _serve(self, body: bytes) -> None:
        if not request_is_signed(self.server.secret, {k.lower(): v for k, v in self.headers.items()}, self.command, self.path, body, time.time()):
            self._answer(401, {"error": "signature"})
            return
        route = self.server.routes.get(f"{self.command} {urlsplit(self.path).path}")
        try:
            if route is None:
                raise Refused(404, "unknown_path")
            status, said = 200, route(_object(body))
        except Refused as refused:
            status, said = refused.status, {"error": refused.error}
        if self.server.loses():
            self.close_connection = True  # it was done, and nobody hears of it
            return
        self._answer(status, said)

    def _answer(self, status: int, said: Record) -> None:
        text = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a demo has enough to read."""


def _object(body: bytes) -> Record:
    try:
        found = json.loads(body) if body else {}
    except ValueError as error:
        raise Refused(422, "not_json") from error
    if not isinstance(found, dict):
        raise Refused(422, "not_an_object")
    return found
