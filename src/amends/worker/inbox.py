"""What connections told us, understood by the kind of connection: payment, carrier, stock (MO-5, LO-1, ST-K).

A reader gets one message at a time, several in threads. It may get a message twice, and messages in any order; what it does must not mind. It raises when
a message cannot be acted on now: then it comes again with back-off, until it is given up and the platform's people resend it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeAlias

import msgspec

from amends.core.told import read as read_told
from amends.engine.answers import hear
from amends.engine.house import House
from amends.store import connections, inbox
from amends.store.connections import Connection
from amends.store.inbox import Message
from amends.worker.aside import Aside
from amends.worker.carrier_messages import read_carrier
from amends.worker.log import log
from amends.worker.stock_messages import read_stock

Reader: TypeAlias = Callable[[House, Connection, Message, datetime], None]
Together: TypeAlias = Callable[[House, Connection, list[Message], datetime], None]
A_TURN, AT_ONCE = 256, 4


def read_payment(house: House, connection: Connection, message: Message, now: datetime) -> None:
    """`{"type": "transfer", "transfer": {…}}` of docs/guides/payment-provider.md. Types we do not know are for others. Raises ValueError for nonsense."""
    body = msgspec.json.decode(message.body)
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise ValueError("not an object with a type")
    if body["type"] != "transfer":
        return
    told = read_told(body["transfer"]) if isinstance(body.get("transfer"), dict) else None
    if told is None:
        raise ValueError("a transfer that cannot be read")
    hear(house.pool, connection.name, told, now)


READERS: dict[str, Reader] = {"payment": read_payment, "stock": read_stock}
"""By kind of connection."""
TOGETHER: dict[str, Together] = {"carrier": read_carrier}
"""Kinds whose messages are read many at once: ten thousand scans are not ten thousand transactions. What a batch cannot do is done one by one."""


def read_due(house: House) -> int:
    """One turn; answers how many messages were tried."""
    messages = inbox.lease(house.pool, house.clock.now(), A_TURN)
    known = {c.id: c for kind in (*READERS, *TOGETHER) for c in connections.active(house.pool, kind)}
    understood = [m for c in known.values() if c.kind in TOGETHER and _many(house, c, mine := [m for m in messages if m.connection_id == c.id]) for m in mine]
    read = {(m.connection_id, m.id) for m in understood}
    rest = [m for m in messages if (m.connection_id, m.id) not in read]
    with ThreadPoolExecutor(AT_ONCE, "inbox") as threads:
        understood += [m for m in threads.map(lambda m: _one(house, known.get(m.connection_id), m), rest) if m is not None]
    if understood:
        inbox.done(house.pool, understood, house.clock.now())
    return len(messages)


def _many(house: House, connection: Connection, messages: list[Message]) -> bool:
    """Whether all of them could be read at once."""
    try:
        if len(messages) > 1:
            TOGETHER[connection.kind](house, connection, messages, house.clock.now())
    except Exception as error:
        log.warning("messages_one_by_one", connection=connection.id, messages=len(messages), error=f"{type(error).__name__}: {error}"[:200])
        return False
    return len(messages) > 1


def _one(house: House, connection: Connection | None, message: Message) -> Message | None:
    try:
        if connection is None:
            raise ValueError("its connection is switched off, or nobody reads its kind")
        if connection.kind in TOGETHER:
            TOGETHER[connection.kind](house, connection, [message], house.clock.now())
        else:
            READERS[connection.kind](house, connection, message, house.clock.now())
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        log.warning("message_not_understood", connection=message.connection_id, message=message.id, attempts=message.attempts, error=words[:200])
        inbox.failed(house.pool, message, house.clock.now(), words)
        return None
    return message


INBOX = Aside("inbox", lambda house: inbox.anything_due(house.pool, house.clock.now()), read_due)
"""Reading what came, beside the worker's rounds."""
