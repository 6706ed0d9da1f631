"""The signed way out, against a server that answers anything at all: what does not count as an answer is always an OSError, so it is asked again."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from amends.adapters import link
from amends.adapters.link import Link, NotFound, Turned, Unreachable
from amends.adapters.payment.http import HttpProvider
from amends.adapters.payment.protocol import RefundAsked
from amends.simulators.signatures import request_is_signed
from tests.paying import fresh_secret

SECRET = fresh_secret()
KEY = "a" * 32 + "." + "b" * 32 + ".1"
RIGHT = {"kind": "refund", "key": KEY, "account": "a" * 32, "payment": "P1", "amount": 5, "currency": "CNY", "state": "moved", "reference": "R1"}


class Anything(BaseHTTPRequestHandler):
    """Answers what the test has put into `said`: status, headers, body; and keeps what came."""

    protocol_version = "HTTP/1.1"
    said: tuple[int, dict[str, str], bytes] = (200, {}, b"{}")
    came: list[tuple[str, str, dict[str, str], bytes]] = []

    def log_message(self, *_):
        pass

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.came.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        status, headers, text = Anything.said
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in ({"content-length": str(len(text))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = _answer


@pytest.fixture(scope="module")
def server():
    running = ThreadingHTTPServer(("127.0.0.1", 0), Anything)
    threading.Thread(target=running.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


@pytest.fixture
def provider(server):
    Anything.came.clear()
    return HttpProvider("anything", Link(server + "/base/", SECRET))


def says(status, body, **headers):
    Anything.said = (status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def ask(provider):
    return provider.refund(RefundAsked(KEY, "a" * 32, "P1", 5, "CNY"))


def test_what_is_sent_is_signed_over_method_path_query_and_body(provider):
    says(200, RIGHT)
    assert ask(provider).state == "moved"
    method, path, headers, body = Anything.came[0]
    assert (method, path, headers["idempotency-key"]) == ("POST", "/base/v1/refunds", KEY)
    assert json.loads(body) == {"key": KEY, "payment": "P1", "account": "a" * 32, "amount": 5, "currency": "CNY", "words": ""}
    assert request_is_signed(SECRET, headers, method, path, body, time.time())
    assert not request_is_signed(SECRET, headers, method, path + "?x", body, time.time())
    assert not request_is_signed(SECRET, headers, method, path, body + b" ", time.time())
    assert not request_is_signed(SECRET, headers, method, path, body, time.time() + 301)
    assert not request_is_signed(fresh_secret(), headers, method, path, body, time.time())
    provider.link.get("/v1/statement", {"from": "2026-05-01T00:00:00+08:00"})
    method, path, headers, body = Anything.came[1]
    assert path == "/base/v1/statement?from=2026-05-01T00%3A00%3A00%2B08%3A00"
    assert request_is_signed(SECRET, headers, method, path, body, time.time())
    assert headers["amends-id"] != Anything.came[0][2]["amends-id"]


@pytest.mark.parametrize(("status", "body", "kind"), [
    (200, b"", Unreachable), (200, b"[]", Unreachable), (200, b"{}", Unreachable), (200, b"<html>", Unreachable), (200, b"\xff", Unreachable), (204, b"", Unreachable),
    (302, b"{}", Unreachable), (500, b"{}", Unreachable), (503, b"busy", Unreachable), (429, b"{}", Unreachable), (404, b"nothing", NotFound), (401, b'{"error":"signature"}', Turned),
    (409, b'{"error":"key_reused"}', Turned), (422, b"[1]", Turned), (0, b"", Unreachable),
    (200, RIGHT | {"key": "another"}, Unreachable), (200, RIGHT | {"kind": "payout"}, Unreachable), (200, RIGHT | {"amount": "5"}, Unreachable), (200, RIGHT | {"amount": True}, Unreachable),
    (200, RIGHT | {"currency": "YUAN"}, Unreachable), (200, RIGHT | {"state": ""}, Unreachable), (200, RIGHT | {"at": "soon"}, Unreachable), (200, {k: v for k, v in RIGHT.items() if k != "amount"}, Unreachable),
], ids=str)
def test_what_does_not_count_as_an_answer(provider, status, body, kind):
    says(status, body)
    with pytest.raises(Unreachable) as raised:
        ask(provider)
    assert type(raised.value) is kind


def test_a_redirect_is_never_followed(provider, server):
    says(307, b"{}", location=f"{server}/elsewhere")
    with pytest.raises(Unreachable):
        ask(provider)
    assert [path for _, path, _, _ in Anything.came] == ["/base/v1/refunds"]


def test_too_much_and_too_slow_are_given_up(provider, monkeypatch):
    monkeypatch.setattr(link, "MOST_BYTES", 1000)
    says(200, b" " * 1001)
    with pytest.raises(Unreachable, match="more than 1000 bytes"):
        ask(provider)
    monkeypatch.setattr(link, "WHOLE", -1.0)
    says(200, RIGHT)
    with pytest.raises(Unreachable, match="slower"):
        ask(provider)


def test_unknown_when_looked_for_is_an_answer_and_any_other_404_is_not(provider):
    says(404, {"error": "unknown_key"})
    assert provider.look(KEY) is None
    says(404, b"no such address")
    with pytest.raises(NotFound):
        provider.look(KEY)


def test_a_statement_that_never_ends_or_cannot_be_read(provider, monkeypatch):
    from datetime import UTC, datetime

    from amends.adapters.payment import http

    monkeypatch.setattr(http, "PAGES", 3)
    day = datetime(2026, 5, 1, tzinfo=UTC)
    says(200, {"lines": [RIGHT], "next": "more"})
    with pytest.raises(Unreachable, match="3 pages"):
        list(provider.statement(day, day))
    for body in ({"lines": [RIGHT]}, {"lines": {}, "next": ""}, {"lines": [5], "next": ""}, {"lines": [{"kind": "refund"}], "next": ""}):
        says(200, body)
        with pytest.raises(Unreachable):
            list(provider.statement(day, day))
    says(200, {"lines": [RIGHT, RIGHT], "next": ""})
    assert len(list(provider.statement(day, day, "a" * 32))) == 2


def test_nobody_there_and_no_address():
    for url in ("http://127.0.0.1:9", "http://nowhere.invalid", "ftp://127.0.0.1"):
        with pytest.raises(Unreachable):
            HttpProvider("x", Link(url, SECRET)).look(KEY)
    for url, secret in (("http://127.0.0.1:9", ""), ("http://127.0.0.1:9", "whsec_"), ("http://127.0.0.1:9", "whsec_ä"), ("http://[::1", SECRET)):
        with pytest.raises(ValueError, match=r"signs nothing|ASCII|IPv6"):
            Link(url, secret)
