"""A resource is answered without Django's request, and as Django's way answers it: the same status, headers and body."""

import io
import json
from typing import Any

import pytest

from amends.web import api_way
from tests.api.caller import Api

NOWHERE = "0190a000-0000-7000-8000-00000000ffff"
REFUND = f"/api/v1/service-orders/{NOWHERE}/refund"
ONCE = {"CONTENT_TYPE": "application/json", "HTTP_IDEMPOTENCY_KEY": "way-1"}
REQUESTS: dict[str, tuple[str, str, str, bytes, dict[str, str]]] = {
    "list": ("GET", "/api/v1/orders", "limit=2&lang=en", b"", {}),
    "head": ("HEAD", "/api/v1/orders", "", b"", {}),
    "odd-query": ("GET", "/api/v1/orders", "odd=1&b=%00", b"", {}),
    "query-of-no-characters": ("GET", "/api/v1/orders", "a=%ff", b"", {}),
    "unknown-case": ("GET", f"/api/v1/service-orders/{NOWHERE}", "", b"", {}),
    "no-such-address": ("GET", "/api/v1/nothing", "", b"", {}),
    "no-key": ("GET", "/api/v1/orders", "", b"", {"HTTP_AUTHORIZATION": ""}),
    "wrong-method": ("DELETE", "/api/v1/orders", "", b"", {}),
    "no-idempotency-key": ("POST", REFUND, "", b"{}", {"CONTENT_TYPE": "application/json"}),
    "refused-in-english": ("POST", REFUND, "", b"{}", {**ONCE, "HTTP_ACCEPT_LANGUAGE": "en-GB,zh;q=0.2"}),
    "refused-by-cookie": ("POST", REFUND, "dry_run=true", b"[]", {**ONCE, "HTTP_COOKIE": "amends_lang=en"}),
    "not-json": ("POST", REFUND, "", b"x", {**ONCE, "CONTENT_TYPE": "text/plain; charset=x", "HTTP_IDEMPOTENCY_KEY": "way-2"}),
    "path-in-chinese": ("GET", "/api/v1/stock/杯子".encode().decode("latin-1"), "", b"", {}),
    "path-of-no-characters": ("GET", "/api/v1/stock/\xff", "", b"", {}),
    "hook": ("GET", f"/api/hooks/{NOWHERE}", "", b"", {}),
}


@pytest.mark.parametrize("asked", REQUESTS.values(), ids=REQUESTS)
def test_both_ways_answer_the_same(api: Api, asked: tuple[str, str, str, bytes, dict[str, str]]) -> None:
    quick, slow = (_answer(way, api, asked) for way in (api_way.way(api.house), api_way.ApiHandler()))
    assert quick == slow


def test_the_line_in_the_log_names_the_request(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    _answer(api_way.way(api.house), api, REQUESTS["list"])
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {k: line[k] for k in ("request", "method", "path", "status", "event", "level")} == {
        "request": "way-of-the-test", "method": "GET", "path": "/api/v1/orders", "status": 200, "event": "answered", "level": "info",
    }


@pytest.mark.parametrize(("environ", "unsafe"), [
    ({"wsgi.url_scheme": "http"}, True), ({"wsgi.url_scheme": "https"}, False), ({"wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": "https"}, False),
    ({"wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": "http"}, True),
], ids=["plain", "https", "proxied", "proxied-plain"])
def test_plain_http_goes_djangos_way_where_https_is_promised(monkeypatch: pytest.MonkeyPatch, api: Api, environ: dict[str, str], unsafe: bool) -> None:
    monkeypatch.setattr(api_way.settings, "SECURE_HSTS_SECONDS", 60, raising=False)
    monkeypatch.setattr(api_way.settings, "SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"), raising=False)
    assert api_way._unsafe(environ) is unsafe


def _answer(way: Any, api: Api, asked: tuple[str, str, str, bytes, dict[str, str]]) -> tuple[Any, ...]:
    method, path, query, body, headers = asked
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "amends.house": api.house,
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {api.key}", "HTTP_X_REQUEST_ID": "way-of-the-test", **headers,
    }
    started: list[Any] = []
    chunks = way(environ, lambda status, given, _=None: started.extend((status, sorted((k.lower(), v) for k, v in given if k != "RateLimit"))))
    return (*started, b"".join(chunks))


PIECES = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}


@pytest.mark.parametrize(("body", "status", "said"), [
    (b'{"nothing": 1}', "422 Unprocessable Entity", b"field_unknown"), (b"{}" + b" " * 300_000, "413 Content Too Large", b"body_too_large"), (b"", "422 Unprocessable Entity", b"required"),
], ids=["read", "too-much", "empty"])
def test_a_body_in_pieces_is_read_as_one_with_its_length(api: Api, body: bytes, status: str, said: bytes) -> None:
    asked = ("POST", f"/api/v1/service-orders/{NOWHERE}/reject", "", body, {**ONCE, **PIECES, "HTTP_IDEMPOTENCY_KEY": f"pieces-{len(body)}"})
    answer = _answer(api_way.way(api.house), api, asked)
    assert answer[0].split()[0] == status.split()[0]
    assert said in answer[2]


def test_a_message_of_the_outside_in_pieces_reaches_its_door(api: Api) -> None:
    hook = f"/api/hooks/{NOWHERE}"
    assert _answer(api_way.way(api.house), api, ("POST", hook, "", b"x" * 300_000, PIECES))[0].startswith("413")
    assert _answer(api_way.way(api.house), api, ("POST", hook, "", b"{}", PIECES))[0].startswith("404")
