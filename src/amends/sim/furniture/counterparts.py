"""The demo's outside world: a payment provider and carriers that are reached over the network, and what the provider captured before (MO-5, LO-4)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amends.engine.ids import new_id
from amends.sim.furniture.sayings import CARRIERS
from amends.store import connections
from amends.store.connect import PLATFORM, Pool, scope

PROVIDER = "wechat"
"""The other way the demo's buyers pay by, alipay, has no connection: finance transfers and records by hand, so that both can be seen."""
NOWHERE = "http://127.0.0.1:9"
"""Until the simulators are started and say where they listen."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """One connection and the secret its simulator signs with."""

    id: str
    name: str
    kind: str
    secret: str


def connect(pool: Pool, now: datetime, secret: Callable[[], str]) -> list[Counterpart]:
    """The demo's connections, made once; `secret` makes a new one."""
    for kind, name, called in (("payment", PROVIDER, ""), *(("carrier", prefix.lower(), carrier) for carrier, prefix in CARRIERS)):
        fresh = new_id()
        with scope(pool, PLATFORM) as conn:
            if connections.add(conn, {"id": fresh, "name": name, "kind": kind, "base_url": NOWHERE, "secret": secret(), "settings": {}}, now) and called:
                conn.execute("insert into carrier_names (name, connection_id) values (lower(%s), %s) on conflict do nothing", (called, fresh))
    return [Counterpart(c.id, c.name, c.kind, c.secret) for kind in ("payment", "carrier") for c in connections.active(pool, kind)]


def moved(pool: Pool, counterpart: Counterpart, base_url: str, now: datetime) -> None:
    """The simulator of this connection listens here now."""
    with scope(pool, PLATFORM) as conn:
        connections.change(conn, counterpart.id, base_url, True, now)


def write_captures(pool: Pool, file: Path) -> int:
    """What buyers paid through the provider, a line of JSON each, for its simulator; what finance gave back by hand is not there to be refunded again."""
    with scope(pool, PLATFORM) as conn:
        rows = conn.execute(
            "select merchant_id, provider_ref, amount_minor - refunded_minor, currency, extract(epoch from paid_at)::float8 from payments where provider = %s and amount_minor > refunded_minor order by paid_at, id",
            (PROVIDER,),
        ).fetchall()
    lines = [json.dumps({"account": merchant.hex, "reference": ref, "amount": amount, "currency": currency, "at": at}) for merchant, ref, amount, currency, at in rows]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return len(lines)
