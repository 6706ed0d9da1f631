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

from amends.core.told import read
from amends.engine.answers import hear
from amends.engine.house import House
from amends.store import connections, inbox
from amends.store.connections import Connection
from amends.store.inbox import Message
from amends.worker.aside import Aside
from amends.worker.log import log

Reader: TypeAlias = Callable[[House, Connection, Message, datetime], None]
A_TURN, AT_ONCE = 64, 4


def read_payment(house: House, connection: Connection, message: Message, now: datetime) -> None:
    """`{"type": "transfer", "transfer": {…}}` of docs/guides/payment-provider.md. Types we do not know are for others. Raises ValueError for nonsense."""
    body = msgspec.json.decode(message.body)
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise ValueError("not an object with a type")
    if body["type"] != "transfer":
        return
    told = read(body["transfer"]) if isinstance(body.get("transfer"), dict) else None
    if told is None:
        raise ValueError("a transfer that cannot be read")
    hear(house.pool, connection.name, told, now)


READERS: dict[str, Reader] = {"payment": read_payment}
"""By kind of connection."""


def read_due(house: House) -> int:
    """One turn; answers how many messages were tried."""
    messages = inbox.lease(house.pool, house.clock.now(), A_TURN)
    known = {c.id: c for kind in READERS for c in connections.active(house.pool, kind)}
    with ThreadPoolExecutor(AT_ONCE, "inbox") as threads:
        understood = [m for m in threads.map(lambda m: _one(house, known.get(m.connection_id), m), messages) if m is not None]
    if understood:
        inbox.done(house.pool, understood, house.clock.now())
    return len(messages)


def _one(house: House, connection: Connection | None, message: Message) -> Message | None:
    try:
        if connection is None:
            raise ValueError("its connection is switched off, or nobody reads its kind")
        READERS[connection.kind](house, connection, message, house.clock.now())
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        log.warning("message_not_understood", connection=message.connection_id, message=message.id, attempts=message.attempts, error=words[:200])
        inbox.failed(house.pool, message, house.clock.now(), words)
        return None
    return message


INBOX = Aside("inbox", lambda house: inbox.anything_due(house.pool, house.clock.now()), read_due)
"""Reading what came, beside the worker's rounds."""
