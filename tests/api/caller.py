"""A shop with an API: the product's own WSGI application over the shop's database, and keys to call it with."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from amends.core.actor import Actor, Party
from amends.engine.audit import By
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.keys import Shown, make_key
from amends.store.connect import Database
from amends.web.app import make_app
from tests.shop import NOON, Shop


@dataclass
class StillClock:
    """Tells the time it was set to."""

    at: datetime = NOON

    def now(self) -> datetime:
        """The instant it stands at."""
        return self.at


@dataclass
class Got:
    """An answer: status, headers by lower-case name, the body as bytes."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON; None when there is none."""
        return json.loads(self.raw) if self.raw else None


@dataclass
class Api:
    """Calls the application as a client would. `key` is the merchant's whole key; another may be given to each call."""

    app: Any
    shop: Shop
    clock: StillClock
    key: str
    house: House
    keys: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, *, key: str | None = None, as_: str = "", once: str | None = None, headers: dict[str, str] | None = None) -> Got:
        """One request. A POST gets a fresh Idempotency-Key unless `once` is given ("" sends none); bytes are sent as they are."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.key if key is None else key}"} if key != "" else {}
        if raw or body is not None:
            sent["Content-Type"] = "application/json"
        if method == "POST" and once != "":
            sent["Idempotency-Key"] = once or new_id()
        if as_:
            sent["Acting-As"] = as_
        return self.send(method, path, raw, {**sent, **(headers or {})})

    def send(self, method: str, path: str, raw: bytes, headers: dict[str, str]) -> Got:
        """The bare request."""
        parts = urlsplit(path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"), "QUERY_STRING": parts.query, "SERVER_NAME": "testserver", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.input": io.BytesIO(raw), "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "CONTENT_LENGTH": str(len(raw)), "REMOTE_ADDR": "127.0.0.1",
        }
        for name, value in headers.items():
            environ["CONTENT_TYPE" if name.lower() == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"] = value
        started: dict[str, Any] = {}

        def start(status: str, given: list[tuple[str, str]], _: Any = None) -> None:
            started.update(status=int(status.split()[0]), headers={k.lower(): v for k, v in given})

        chunks = self.app(environ, start)
        try:
            return Got(started["status"], started["headers"], b"".join(chunks))
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    def key_with(self, *permissions: str) -> str:
        """A key of the merchant that holds just these."""
        return make(self.house, Actor(Party.MERCHANT, new_id(), "主账号", self.shop.merchant, frozenset({"*"})), permissions)

    def buyer(self, buyer: str = "buyer-lin") -> str:
        """The Acting-As of a buyer."""
        return f"buyer/{quote(buyer)}"


def make(house: House, maker: Actor, permissions: tuple[str, ...]) -> str:
    """A key as the settings page makes it."""
    shown = make_key(house.pool, By(maker), "钥匙", permissions, NOON)
    assert isinstance(shown, Shown), shown
    return shown.key


def open_api(shop: Shop, url: str, home: Path) -> Api:
    """The application of this shop's database, with a key that may do everything a merchant may, and one of the platform's."""
    from amends.core.cases import MACHINES
    from amends.core.permissions import permissions_of

    clock = StillClock(shop.now)
    house = House(shop.pool, clock, home, False, b"secret", Database(url))
    main = Actor(Party.MERCHANT, new_id(), "主账号", shop.merchant, frozenset({"*"}))
    key = make(house, main, tuple(permissions_of(Party.MERCHANT, MACHINES)))
    api = Api(make_app(house), shop, clock, key, house)
    api.keys["platform"] = make(house, Actor(Party.PLATFORM, new_id(), "平台", None, frozenset({"*"})), tuple(permissions_of(Party.PLATFORM, MACHINES)))
    return api
