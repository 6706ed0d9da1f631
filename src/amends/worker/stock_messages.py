"""What an ERP tells about stock (ST-K4): `{"type": "stock", "merchant": "…", "items": […], "holds": true}`, docs/guides/stock.md.

A connection speaks for the merchants that name it as their connector in their stock settings, and for nobody else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from amends.core.actor import Actor, Party
from amends.engine.audit import By
from amends.engine.house import House
from amends.engine.ids import is_id
from amends.engine.stocktaking import MOST, Said, take_in
from amends.store import merchants
from amends.store.connect import scope
from amends.store.connections import Connection
from amends.store.inbox import Message
from amends.worker.log import log


class Item(msgspec.Struct, forbid_unknown_fields=True):
    """One line of a message."""

    sku: str
    warehouse: str = ""
    on_hand: int | None = None
    change: int | None = None
    version: int | None = None
    id: str = ""


class Told(msgspec.Struct):
    """A message about stock. `holds`: what the ERP declares of itself."""

    type: str
    merchant: str = ""
    items: list[Item] = []
    holds: bool | None = None


def read_stock(house: House, connection: Connection, message: Message, now: datetime) -> None:
    """Take one message in; lines that are refused are logged and the others counted. Raises ValueError for nonsense and for somebody else's stock."""
    told = msgspec.json.decode(message.body, type=Told)
    if told.type != "stock":
        return
    if not is_id(told.merchant) or len(told.items) > MOST:
        raise ValueError("not a message about one merchant's stock")
    by = By(Actor(Party.CLOCK, connection.id, connection.name))
    with scope(house.pool, UUID(told.merchant)) as conn:
        merchant = merchants.one(conn, told.merchant, lock=told.holds is not None)
        connector: dict[str, Any] = (merchant or {"settings": {}})["settings"].get("stock_connector") or {}
        if merchant is None or connector.get("name") != connection.name:
            raise ValueError(f"merchant {told.merchant} has not named {connection.name} as its connector")
        if told.holds is not None and told.holds != bool(connector.get("holds")):
            merchants.change(conn, told.merchant, {**merchant, "settings": {**merchant["settings"], "stock_connector": {**connector, "holds": told.holds}}})
        lines = [Said(x.sku, x.warehouse, x.on_hand, x.change, x.version, x.id or f"{message.id}:{n}") for n, x in enumerate(told.items)]
        answers = take_in(conn, by, told.merchant, lines, now, connection.name) if lines else []
    if wrong := [a for a in answers if a.refusal is not None]:
        log.warning("stock_lines_refused", connection=connection.name, message=message.id, merchant=told.merchant, lines=len(wrong), first=wrong[0].refusal.code if wrong[0].refusal else "")
