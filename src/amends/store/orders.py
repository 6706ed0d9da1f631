"""Orders into the tables, thousands at a time: COPY into tables of the transaction, compare, then write only what differs (OR-6).

What is never lost by an import: money given back, staff's remarks, a confirmed receipt, lines that cases stand on.
A line is known again by its SKU and how many of that SKU stood before it, so lines may come in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field

import psycopg

from amends.core.orders import Order
from amends.core.refusal import Refusal
from amends.store import order_copy
from amends.store.queries import sql

NewIds = Callable[[int], Sequence[str]]

_TAKEN = ("buyer_id", "buyer_level", "channel", "fulfilment_mode", "platform_delivery", "currency", "freight_minor", "paid_minor", "placed_at")
_KEPT = ("receiver", "phone", "province", "city", "district", "detail", "paid_at", "promised_ship_by", "shipped_at", "delivered_at",
         "receipt_confirmed_at", "completed_at", "balance_due_at")
_MERGED = {
    # A shop that does not know yet that receipt was confirmed, or the order cancelled here, does not turn time back (OR-5).
    "state": "case when o.receipt_confirmed_at is not null and t.receipt_confirmed_at is null and t.state not in ('received', 'completed', 'cancelled') "
             "or o.state = 'cancelled' and (o.refunded_minor > 0 or o.facts ? 'cancelled_at') "
             # Nor one that does not know that it was shipped here. A change under way goes on while the shop only says what it may go on with (OR-7).
             "or o.facts ? 'shipped_here' and o.state = 'shipped' and t.state in ('preparing', 'awaiting_pickup', 'locked') then o.state "
             "when o.lock_id is not null and t.sub_state is null and t.shipped_at is null and t.state in ('pending_payment', 'preparing', 'awaiting_pickup', 'on_hold') then 'locked' "
             "else t.state end",
    "sub_state": "case when t.state = 'preparing' then coalesce(t.sub_state, o.sub_state) else t.sub_state end",
    **{name: f"t.{name}" for name in _TAKEN},
    **{name: f"coalesce(t.{name}, o.{name})" for name in _KEPT},
    "refunded_minor": "greatest(o.refunded_minor, t.refunded_minor)",
    "remarks": "case when t.remarks = '' then o.remarks else t.remarks end",
    "facts": "o.facts || t.facts",
}
_COLUMNS = ", ".join(["merchant_id", "id", "number", *_MERGED])
_SETS = {
    "columns": _COLUMNS,
    "merged": ", ".join(_MERGED.values()),
    "present": ", ".join(f"o.{name}" for name in _MERGED),
    "sets": ", ".join(f"{name} = {value}" for name, value in _MERGED.items()),
    "line_differs": "row(l.title, l.category, l.quantity, l.unit_price_minor, l.paid_minor, l.coupon_minor, l.points_used, l.points_granted, "
                    "greatest(l.refunded_minor, k.refunded_minor), l.tags, l.gift) is distinct from row(k.title, k.category, k.quantity, k.unit_price_minor, "
                    "k.paid_minor, k.coupon_minor, k.points_used, k.points_granted, k.refunded_minor, k.tags, k.gift)",
    "payment_differs": "row(p.method, t.currency, p.amount_minor, greatest(p.refunded_minor, q.refunded_minor), p.paid_at) "
                       "is distinct from row(q.method, q.currency, q.amount_minor, q.refunded_minor, q.paid_at)",
    "lock": "for update of o",
    "unless": "and not exists (select 1 from t_paid x where x.nr = p.nr and x.provider = p.provider and x.provider_ref = p.provider_ref)",
}


class Meanwhile(Exception):
    """Somebody brought one of the same orders while this batch was compared; do the batch again in a new transaction."""


@dataclass(slots=True)
class Put:
    """What became of a batch. `ids` and `status` (new, changed, same, refused) by index; `refused` says why, one or more for an order."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[int, Refusal]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    status: list[str] = field(default_factory=list)


def put(conn: psycopg.Connection, batch: Sequence[tuple[str, Order]], new_ids: NewIds, *, dry_run: bool = False, with_skus: bool = False) -> Put:
    """Take in checked orders, each with its merchant, no number twice. `dry_run` compares and writes nothing; `with_skus` adds unknown SKUs to the goods.

    Everything is one transaction of the caller's. Raises Meanwhile when somebody brought the same order at the same time.
    """
    return bring(conn, order_copy.stage(batch, new_ids), dry_run=dry_run, with_skus=with_skus)


def bring(conn: psycopg.Connection, staged: order_copy.Staged, *, dry_run: bool = False, with_skus: bool = False, skus: Set[str] = frozenset()) -> Put:
    """`put` for a batch that was written out before. `skus`: those that are among the goods for certain."""
    if not staged.own:
        return Put()
    conn.execute(sql("orders_tables"))
    for statement, rows in staged.copies:
        with conn.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.write(rows)
    conn.execute("analyze t_orders (merchant_id, number)")  # without it the planner takes the batch for a few rows and walks through all orders
    known = _run(conn, "orders_known", lock="" if dry_run else _SETS["lock"])
    ours = known > 0 and conn.execute("select 1 from t_orders where ours limit 1").rowcount > 0
    if known:
        if ours:
            _run(conn, "orders_ours")
        _run(conn, "orders_compare")
    _run(conn, "orders_elsewhere", unless=_SETS["unless"] if known else "")
    refused = conn.execute("select nr, code, field, fact from t_refused order by nr, code, field").fetchall()
    if refused:
        conn.execute("update t_orders set status = 'refused' where nr in (select nr from t_refused)")
    if not dry_run:
        _write(conn, staged.said, known > 0)
        if with_skus and (ours or not staged.skus <= skus):
            conn.execute(sql("orders_skus"), {"known": list(staged.skus & skus)})
    return _outcome(conn, staged.own, refused)


def _write(conn: psycopg.Connection, said: Set[str], known: bool) -> None:
    """What is new and what differs. `said`: what the batch speaks of at all."""
    if known and conn.execute("select 1 from t_orders where status = 'changed' limit 1").rowcount:
        _run(conn, "orders_news")
        _run(conn, "orders_change")
    if "t_lines.gift_sku" in said:
        _run(conn, "orders_gifts")
    _run(conn, "orders_add")
    if "t_parcels.nr" in said:
        _run(conn, "orders_parcels")


def _run(conn: psycopg.Connection, name: str, **given: str) -> int:
    """Answers how many rows its first statement touched. Raises Meanwhile when somebody else was there in between."""
    text = sql(name)
    for word, value in {**_SETS, **given}.items():
        text = text.replace("{" + word + "}", value)
    try:
        return conn.execute(text).rowcount
    except (psycopg.errors.UniqueViolation, psycopg.errors.ForeignKeyViolation) as trouble:
        raise Meanwhile from trouble


def _outcome(conn: psycopg.Connection, own: list[str], refused: list[tuple[int, str, str, str]]) -> Put:
    done = Put(ids=list(own), status=["new"] * len(own))
    for nr, order_id, status in conn.execute("select nr, id::text, status from t_orders where status <> 'new'"):
        done.ids[nr], done.status[nr] = order_id, status
    done.new, done.changed, done.unchanged = (done.status.count(word) for word in ("new", "changed", "same"))
    done.refused = [(nr, _REFUSALS[code](fact, path)) for nr, code, path, fact in refused]
    return done


_REFUSALS: dict[str, Callable[[str, str], Refusal]] = {
    "paid_below_refunded": lambda fact, path: Refusal("paid_below_refunded", {"refunded": int(fact)}, path),
    "line_in_use": lambda fact, path: Refusal("line_in_use", {"sku": fact}, path),
    "payment_in_use": lambda fact, path: Refusal("payment_in_use", {"ref": fact}, path),
    "currency_fixed": lambda fact, path: Refusal("currency_fixed", {"currency": fact}, path),
    "payment_elsewhere": lambda fact, path: Refusal("payment_elsewhere", {"number": fact}, path),
}
