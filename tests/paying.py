"""A simulated payment provider over real HTTP on loopback, connected to a house whose hook is served too."""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from amends.adapters.link import Link
from amends.adapters.payment.http import HttpProvider
from amends.engine.house import House
from amends.simulators.payment_bank import Bank
from amends.simulators.payment_faults import Faults
from amends.simulators.payment_server import Messenger, Server
from amends.store import connections
from amends.store.connect import PLATFORM, Pool, scope
from amends.worker.effects import perform
from amends.worker.inbox import read_due
from amends.worker.outside import LANES, perform_outside
from amends.worker.payments import look_due
from tests.shop import Shop


def fresh_secret() -> str:
    """A connection's secret."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass
class Provider:
    """The simulator, running; `name` is its connection's."""

    name: str
    connection: str
    secret: str
    url: str
    bank: Bank
    server: Server
    messenger: Messenger | None = None

    def adapter(self) -> HttpProvider:
        """Our side of the wire."""
        return HttpProvider(self.name, Link(self.url, self.secret))

    def order(self, shop: Shop, *lines: tuple[str, int, int], captured: int | None = None) -> str:
        """An order paid through this provider, which has captured the money (or another amount)."""
        order = shop.order(*lines)
        with scope(shop.pool, PLATFORM) as conn:
            conn.execute("update payments set provider = %s where order_id = %s", (self.name, order))
        paid = sum(line[2] for line in lines)
        self.capture(shop.merchant, order, paid if captured is None else captured)
        return order

    def capture(self, merchant: str, reference: str, amount: int) -> None:
        """A payment made at the checkout."""
        Link(self.url, self.secret).post("/v1/payments", {"account": UUID(merchant).hex, "reference": reference, "amount": amount, "currency": "CNY"})

    def behaves(self, **faults: Any) -> None:
        """From now on it behaves like this."""
        self.bank.faults = Faults(**faults)

    def sent(self) -> list[tuple[str, str, int]]:
        """What its books hold: key, state, amount."""
        return [tuple(r) for r in self.bank._db.execute("select key, state, amount from transfers order by rowid")]

    def back(self) -> int:
        """Minor units of refunds and payouts that have moved."""
        return int(self.bank._db.execute("select coalesce(sum(amount), 0) from transfers where state = 'moved' and kind <> 'charge'").fetchone()[0])


@contextmanager
def running(pool: Pool, now: datetime, *, site: str = "", name: str = "", state: str = "", **faults: Any) -> Iterator[Provider]:
    """A provider, connected under a name of its own; `site`: where our hook is served, empty for no messages."""
    secret, connection, name = fresh_secret(), str(uuid4()), name or f"pay{secrets.token_hex(4)}"
    bank = Bank(state, Faults(**faults))
    server = Server(("127.0.0.1", 0), bank, secret)
    bank.page = url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    with scope(pool, PLATFORM) as conn:
        connections.add(conn, {"id": connection, "name": name, "kind": "payment", "base_url": url, "secret": secret, "settings": {}}, now)
    messenger = Messenger(bank, f"{site}/api/hooks/{connection}", secret) if site else None
    if messenger:
        messenger.start()
    try:
        yield Provider(name, connection, secret, url, bank, server, messenger)
    finally:
        if messenger:
            messenger.stop.set()
            messenger.join(5)
        server.shutdown()
        server.server_close()
        bank.close()


def work(house: House, merchant: str, *, inbox: bool = True) -> int:
    """What workers do, until nothing is due at the house's time; answers how much that was."""
    total = 0
    while True:
        done = perform(house.pool, merchant, house.clock.now()) + perform_outside(house, LANES["payments"]) + (read_due(house) if inbox else 0)
        total += done
        if not done:
            return total


def look(house: House) -> int:
    """Everything that is silent is asked after once."""
    return look_due(house)
