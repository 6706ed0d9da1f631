"""A filter of a queue as data: the same thing is a link, a saved view, the range of a batch and the `where` of a read (UI-1, SO-7)."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import sql

QUEUES: dict[str, tuple[str, ...]] = {
    "review": ("reviewing",),
    "receipt": ("in_transit", "awaiting_return"),
    "processing": ("processing", "fulfilling"),
    "waiting": ("awaiting_buyer", "awaiting_delivery", "confirming"),
    "done": (),
    "all": (),
}
"""The states of each queue; the two without states are `done` (whatever has ended) and `all`."""

SORTS = ("due", "opened", "amount", "number")
DUE_WITHIN = {"urgent": timedelta(hours=1), "soon": timedelta(hours=4), "day": timedelta(days=1)}
"""What `due` may say besides `late`: within this time and not late yet (SO-9)."""


@dataclass(slots=True)
class QueueFilter:
    """What a list shows. Empty means "any". Amounts are minor units; instants aware; `person` is a uuid as text, "me" is replaced before it gets here."""

    states: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    expectations: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    person: str = ""
    nobody: bool = False
    alert: bool = False
    due: str = ""
    parcel: str = ""
    amount_from: int | None = None
    amount_to: int | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    sku: str = ""
    buyer: str = ""
    order: str = ""
    text: str = ""
    sort: str = "due"
    down: bool = field(default=False)

    def to_json(self) -> dict[str, Any]:
        """Only what is set, for a jsonb column."""
        blank = QueueFilter()
        out = {k: v for k, v in asdict(self).items() if v != getattr(blank, k)}
        return {k: v.isoformat() if isinstance(v, datetime) else list(v) if isinstance(v, tuple) else v for k, v in out.items()}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> QueueFilter:
        """The filter that `to_json` wrote; unknown names are left out, so an old view still opens."""
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in body.items() if k in known}
        for name in ("opened_from", "opened_to"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name])
        return cls(**values)


Piece = sql.Composable
_NUMBER = re.compile(r"[A-Z]-\d{4}-\d+")


def conditions(want: QueueFilter, now: datetime) -> tuple[list[Piece], dict[str, Any]]:
    """The `where` pieces over `cases c`, without merchant, kind and state, and their values. Only leakproof comparisons may use an index behind the wall."""
    out: list[Piece] = []
    values: dict[str, Any] = {"now": now}

    def add(piece: str, /, **bound: Any) -> None:
        out.append(sql.SQL(piece))
        values.update(bound)

    for name, column in (("types", "type"), ("expectations", "expectation"), ("reasons", "reason")):
        if chosen := getattr(want, name):
            add(f"c.{column} = any(%({name})s)", **{name: list(chosen)})
    if want.person:
        add("c.assignee = %(person)s", person=UUID(want.person))
    if want.nobody:
        add("c.assignee is null")
    if want.alert:
        add("c.alert is not null")
    if want.due == "late":
        add("c.due_at <= %(now)s")
    elif want.due in DUE_WITHIN:
        add("c.due_at > %(now)s and c.due_at <= %(due_to)s", due_to=now + DUE_WITHIN[want.due])
    if want.parcel:
        add("c.parcel_state = %(parcel)s", parcel=want.parcel)
    for name, test in (("amount_from", "c.amount_minor >="), ("amount_to", "c.amount_minor <="), ("opened_from", "c.opened_at >="), ("opened_to", "c.opened_at <")):
        if getattr(want, name) is not None:
            add(f"{test} %({name})s", **{name: getattr(want, name)})
    for name, column in (("sku", "sku"), ("buyer", "buyer_id")):
        if chosen := getattr(want, name):
            add(f"c.{column} = %({name})s", **{name: chosen})
    if want.order:
        add("c.order_id = (select o.id from orders o where o.merchant_id = %(merchant)s and o.number = %(order)s)", order=want.order)
    if want.text and _NUMBER.fullmatch(want.text.upper()):
        add("c.number = %(text)s", text=want.text.upper())
    elif want.text:
        add("(c.facts ->> 'title' ilike %(like)s or c.facts ->> 'description' ilike %(like)s)", like=_like(want.text))
    return out, values


def _like(text: str) -> str:
    """The text anywhere, its own wildcards taken literally."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text) + "%"
