"""The simulated provider over HTTP: the contract of docs/guides/payment-provider.md, a page where charges are paid, and messages sent in the background."""

from __future__ import annotations

import html
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from amends.simulators.payment_bank import Bank, Refused, Row
from amends.simulators.signatures import message_headers, request_is_signed

MOST_BYTES = 100_000
A_PAGE = 500
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
POSTS = {"/v1/refunds": "refund", "/v1/payouts": "payout", "/v1/charges": "charge"}


class Server(ThreadingHTTPServer):
    """One provider: its books, the secret it shares, and whether the next answer to a key is lost."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], bank: Bank, secret: str) -> None:
        self.bank, self.secret = bank, secret
        self._asked: dict[str, int] = {}
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def loses(self, key: str) -> bool:
        """Whether this answer gets lost; drawn anew each time the key is asked for, so that it arrives some time."""
        with self._lock:
            times = self._asked[key] = self._asked.get(key, 0) + 1
        return self.bank.faults.happens("lose", f"answer {times} {key}")


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # head and body in one packet, or each answer waits 40 ms for an acknowledgement
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: ten thousand refunds are ten thousand lines."""

    def do_GET(self) -> None:
        """Transfers, statements, the page of a charge, and how things stand."""
        path, bank = unquote(urlsplit(self.path).path), self.server.bank
        if path == "/":
            return self._json(200, bank.count())
        if path.startswith("/pay/"):
            return self._page(path.removeprefix("/pay/"))
        if not self._signed(b""):
            return self._json(401, {"error": "signature"})
        bank.end_due(time.time())
        if path.startswith("/v1/transfers/"):
            return self._answer(lambda: bank.told(path.removeprefix("/v1/transfers/")), "")
        return self._answer(self._statement, "") if path == "/v1/statement" else self._json(404, {"error": "no_such_address"})

    def do_POST(self) -> None:
        """What is asked for; the buyer's payment; payments of the shop's checkout."""
        size, path, bank = int(self.headers.get("content-length") or 0), unquote(urlsplit(self.path).path), self.server.bank
        if size > MOST_BYTES:
            self.close_connection = True
            return self._json(413, {"error": "too_large"})
        body = self.rfile.read(size)
        if path.startswith("/pay/"):
            return self._pay(path.removeprefix("/pay/"))
        if not self._signed(body):
            return self._json(401, {"error": "signature"})
        try:
            given = json.loads(body)
        except ValueError:
            given = None
        if not isinstance(given, dict):
            return self._json(400, {"error": "not_json"})
        key, now = str(given.get("key", "")), time.time()
        if path in POSTS:
            return self._answer(lambda: bank.ask(POSTS[path], given, now), key)
        if path == "/v1/payments":
            return self._answer(lambda: bank.capture(given, now), "")
        if path.startswith("/v1/charges/") and path.endswith("/cancel"):
            return self._answer(lambda: bank.cancel(path.removeprefix("/v1/charges/").removesuffix("/cancel"), now), key)
        return self._json(404, {"error": "no_such_address"})

    def _signed(self, body: bytes) -> bool:
        return request_is_signed(self.server.secret, {k.lower(): v for k, v in self.headers.items()}, self.command, self.path, body, time.time())

    def _answer(self, work: Callable[[], Row], key: str) -> None:
        try:
            found = work()
        except Refused as refused:
            return self._json(refused.status, {"error": refused.code})
        if key and self.server.loses(key):
            self.close_connection = True  # it was done, and nobody hears of it
            return None
        return self._json(200, found)

    def _statement(self) -> Row:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        try:
            since, until = (datetime.fromisoformat(query[name]).astimezone(UTC).timestamp() for name in ("from", "to"))
        except (KeyError, ValueError) as error:
            raise Refused(422, "range_wrong") from error
        lines, following = self.server.bank.statement(since, until, query.get("account", ""), query.get("after", ""), A_PAGE)
        return {"lines": lines, "next": following}

    def _page(self, key: str) -> None:
        found = self.server.bank.find(key)
        if found is None or found["kind"] != "charge":
            return self._html(404, "<h1>没有这笔收款 · No such payment</h1>")
        said = {"accepted": "待支付 · to be paid", "moved": "已支付 · paid", "cancelled": "已取消 · cancelled"}.get(str(found["state"]), "")
        amount = f"{found['amount'] / 100:.2f} {html.escape(found['currency'])}"
        button = '<form method="post"><button>支付 · Pay</button></form>' if found["state"] == "accepted" else ""
        return self._html(200, f"<h1>{amount}</h1><p>{html.escape(found['words'])}</p><p>{html.escape(said)}</p>{button}")

    def _pay(self, key: str) -> None:
        try:
            self.server.bank.pay(key, time.time())
        except Refused:
            return self._html(404, "<h1>没有这笔收款 · No such payment</h1>")
        self.send_response(303)
        self.send_header("location", self.path)
        self.send_header("content-length", "0")
        return self.end_headers()

    def _html(self, status: int, inner: str) -> None:
        page = '<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>模拟支付 · Simulated payment</title>'
        page += f'<style>body{{font:18px system-ui;max-width:24rem;margin:15vh auto;padding:0 1rem}}button{{font:inherit;width:100%;padding:.8rem}}</style><body>{inner}</body></html>'
        self._send(status, "text/html; charset=utf-8", page.encode())

    def _json(self, status: int, found: Row) -> None:
        self._send(status, "application/json", json.dumps(found, ensure_ascii=False).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Messenger(threading.Thread):
    """Lets transfers end when their time has come, and sends the messages about them until they arrive."""

    def __init__(self, bank: Bank, hook: str, secret: str) -> None:
        super().__init__(name="messenger", daemon=True)
        self.bank, self.hook, self.secret, self.stop = bank, hook, secret, threading.Event()

    def run(self) -> None:
        """Until `stop` is set."""
        while not self.stop.is_set():
            busy = self.bank.end_due(time.time())
            for message in self.bank.messages_due(time.time()) if self.hook else ():
                busy += 1
                self.bank.message_sent(message["id"], time.time(), arrived=self._send(message))
            if not busy:
                self.stop.wait(0.05)

    def _send(self, message: Row) -> bool:
        body = message["body"].encode()
        request = urllib.request.Request(self.hook, body, message_headers(self.secret, message["id"], body, time.time()))
        try:
            with _DIRECT.open(request, timeout=5) as answer:
                return bool(200 <= answer.status < 300)
        except (urllib.error.URLError, OSError, ValueError):
            return False
