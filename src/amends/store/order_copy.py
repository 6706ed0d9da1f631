"""A batch of orders as the text that COPY reads: column by column, for one thing done to thousands of values costs a tenth of a thousand things done to one.

A column in which nothing is said is left out; the temporary table's null stands for it. What is alike in all rows is written out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import attrgetter
from typing import Any

import msgspec

from amends.core.orders import Order

Told = Iterable[str]
Column = tuple[str, str, Callable[[Sequence[Any]], Told]]
"""Name in the table, name of the field, how its values are written."""

_NULL = "\\N"
_MARKS = ("\\", "\t", "\n", "\r")
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(values: Sequence[str]) -> Told:
    whole = "".join(values)
    return [v.translate(_ESCAPED) for v in values] if any(mark in whole for mark in _MARKS) else values


def _or_null(values: Sequence[str]) -> Told:
    written = _text(values)
    return [v or _NULL for v in written] if "" in values else written


def _count(values: Sequence[int | None]) -> Told:
    return [_NULL if v is None else str(v) for v in values] if None in values else map(str, values)


def _instant(values: Sequence[Any]) -> Told:
    told = {v: v.isoformat() for v in set(values) if v is not None}
    told[None] = _NULL
    return map(told.__getitem__, values)


def _tags(values: Sequence[Sequence[str]]) -> Told:
    return ["{" + ",".join(map(_quoted, v)).translate(_ESCAPED) + "}" for v in values]


def _quoted(tag: str) -> str:
    return '"' + tag.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _columns(texts: str = "", nulls: str = "", counts: str = "", instants: str = "") -> list[Column]:
    kinds: tuple[tuple[str, Callable[[Sequence[Any]], Told]], ...] = ((texts, _text), (nulls, _or_null), (counts, _count), (instants, _instant))
    pairs = [(name.partition("="), write) for names, write in kinds for name in names.split()]
    return [(name, field or name, write) for (name, _, field), write in pairs]


_ORDERS = _columns(
    "number state buyer_id channel fulfilment_mode currency remarks", "sub_state receiver phone province city district detail",
    "buyer_level platform_delivery freight_minor=freight paid_minor=paid refunded_minor=refunded",
    "placed_at paid_at promised_ship_by shipped_at delivered_at receipt_confirmed_at completed_at balance_due_at",
)
_LINES = [
    *_columns("sku title category", "gift_sku=gift_of", "quantity unit_price_minor=unit_price paid_minor=paid coupon_minor=coupon points_used points_granted "
              "refunded_minor=refunded gift"),
    ("tags", "tags", _tags),
]
_PAYMENTS = _columns("provider provider_ref=ref method", "", "amount_minor=amount refunded_minor=refunded", "paid_at")
_PARCELS = _columns("carrier waybill", "", "", "sent_at signed_at")


@dataclass(slots=True)
class Staged:
    """A batch ready for the tables of a transaction: the orders' ids, the SKUs it speaks of, COPY statements with their text, what something is said of (`table.column`)."""

    own: list[str]
    skus: set[str] = field(default_factory=set)
    copies: list[tuple[str, bytes]] = field(default_factory=list)
    said: set[str] = field(default_factory=set)


def stage(batch: Sequence[tuple[str, Order]], new_ids: Callable[[int], Sequence[str]]) -> Staged:
    """Orders with their merchants, written out. Needs no database, so it can be done while the batch before is written."""
    orders = [o for _, o in batch]
    own = list(new_ids(len(orders)))
    staged = Staged(own)
    _write(staged, "t_orders", range(len(orders)), orders, _ORDERS, [("merchant_id", [m for m, _ in batch]), ("id", own), ("facts", _text([_facts(o) for o in orders]))])
    for table, name, columns in (("t_lines", "lines", _LINES), ("t_payments", "payments", _PAYMENTS), ("t_parcels", "parcels", _PARCELS)):
        inside = list(map(attrgetter(name), orders))
        numbers = [nr for nr, some in enumerate(inside) for _ in some]
        things = [thing for some in inside for thing in some]
        beside: list[tuple[str, Told]] = [("id", new_ids(len(things)))]
        if name != "parcels":
            beside.append(("position", [str(i) for some in inside for i, _ in enumerate(some, int(name == "lines"))]))
        if name == "lines":
            staged.skus = {line.sku for line in things}
        _write(staged, table, numbers, things, columns, beside)
    return staged


def _facts(order: Order) -> str:
    """A parcel that holds several orders is kept once, so each order also remembers its waybills itself."""
    if order.parcels:
        return msgspec.json.encode({**order.facts, "waybills": [[p.carrier, p.waybill] for p in order.parcels]}).decode()
    return msgspec.json.encode(order.facts).decode() if order.facts else "{}"


def _write(staged: Staged, table: str, numbers: Sequence[int], things: Sequence[Any], columns: Sequence[Column], beside: Sequence[tuple[str, Told]]) -> None:
    """`numbers`: of which order of the batch each thing is; `beside`: columns that are no fields of theirs, as they are to be written."""
    if not things:
        return
    names, told = ["nr", *(name for name, _ in beside)], [map(str, numbers), *(values for _, values in beside)]
    found = zip(*map(attrgetter(*(name for _, name, _ in columns)), things), strict=True)
    for (name, _, write), values in zip(columns, found, strict=True):
        alike = values.count(values[0]) == len(values)
        written: Told = write(values[:1]) if alike else write(values)
        if alike:
            word = next(iter(written))
            if word == _NULL:
                continue
            written = repeat(word)
        names.append(name)
        told.append(written)
    rows = "\n".join(map("\t".join, zip(*told, strict=False)))
    staged.copies.append((f"copy {table} ({', '.join(names)}) from stdin", f"{rows}\n".encode()))
    staged.said.update(f"{table}.{name}" for name in names)
