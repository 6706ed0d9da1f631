"""Orders into the house by API, webhook and file: one or thousands at once, each good one kept, each bad one answered (OR-6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from amends.core import order_record
from amends.core.order_fields import STATES
from amends.core.orders import Order, confirm_by_itself
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.audit import record as put_on_record
from amends.engine.ids import is_id, new_ids
from amends.store import order_news, order_receipt, receipts_due, shops
from amends.store import orders as store
from amends.store.connect import PLATFORM, Pool, scope

BATCH = 4000
_TRIES = 4
T = TypeVar("T")


@dataclass(slots=True)
class TakenIn:
    """The answer for one record, in the order they were given: its status (new, changed, same, refused), its id, and why not."""

    status: str
    id: str = ""
    number: str = ""
    refusals: Sequence[Refusal] = ()


def take_in(pool: Pool, merchant_id: str, records: Sequence[Mapping[str, Any]], now: datetime, *, with_skus: bool = True) -> list[TakenIn]:
    """Orders as records of JSON (`core.order_record`) for one merchant; answers by index. A record that is wrong never stops another."""
    with scope(pool, UUID(merchant_id)) as conn:
        shop = shops.shop(conn, merchant_id)
    if shop is None:
        return [TakenIn("refused", refusals=[Refusal("merchant_unknown", {"name": merchant_id}, "merchant")]) for _ in records]
    answers: list[TakenIn] = []
    good: list[tuple[int, Order]] = []
    seen: dict[str, int] = {}
    refs: set[tuple[str, str]] = set()
    for i, record in enumerate(records):
        order, wrong = order_record.read(record)
        if order is not None and order.number in seen:
            wrong = [Refusal("order_twice", {"number": order.number, "line": seen[order.number] + 1}, "number")]
        elif order is not None and (twice := next((p for p in order.payments if (p.provider, p.ref) in refs), None)):
            wrong = [Refusal("payment_elsewhere", {"number": twice.ref}, "payments")]
        answers.append(TakenIn("refused", number=order.number if order else "", refusals=wrong))
        if order is not None and not wrong:
            seen[order.number] = i
            refs |= {(p.provider, p.ref) for p in order.payments}
            good.append((i, settle(order, shop, now)))
    for start in range(0, len(good), BATCH):
        part = good[start : start + BATCH]
        batch = [(merchant_id, order) for _, order in part]
        done = in_peace(partial(_put, pool, merchant_id, batch, with_skus))
        for (i, _), id_, status in zip(part, done.ids, done.status, strict=True):
            answers[i].status, answers[i].id = status, id_ if status != "refused" else ""
        for nr, refusal in done.refused:
            answers[part[nr][0]].refusals = [*answers[part[nr][0]].refusals, refusal]
    return answers


def _put(pool: Pool, merchant_id: str, batch: Sequence[tuple[str, Order]], with_skus: bool) -> store.Put:
    with scope(pool, UUID(merchant_id)) as conn:
        return store.put(conn, batch, new_ids, with_skus=with_skus)


def settle(order: Order, shop: shops.Shop, now: datetime) -> Order:
    """What the record leaves to the merchant: its fulfilment mode, and receipt that confirmed itself long ago (OR-4)."""
    if not order.fulfilment_mode:
        order.fulfilment_mode = shop.fulfilment_mode
    return confirm_by_itself(order, now, shop.confirm_after_days)


def in_peace(work: Callable[[], T]) -> T:
    """Do a batch; again, in a new transaction, when another brought one of its orders at the same time."""
    for _ in range(_TRIES - 1):
        try:
            return work()
        except store.Meanwhile:
            continue
    return work()


def confirm_receipts(pool: Pool, now: datetime) -> int:
    """Confirm receipt of every order delivered longer ago than its merchant's days (OR-4); answers how many. For the worker, as often as it likes."""
    with scope(pool, PLATFORM) as conn:
        due = receipts_due.merchants(conn, now)
    total = 0
    for merchant_id, days in due:
        while True:
            with scope(pool, UUID(merchant_id)) as conn:
                some = receipts_due.confirm(conn, merchant_id, now, timedelta(days=days))
                order_news.received(conn, merchant_id, some, now)
            total += len(some)
            if len(some) < receipts_due.AT_ONCE:
                break
    return total


def confirm_receipt(pool: Pool, merchant_id: str, order_id: str, buyer_id: str | None, now: datetime, by: By | None = None) -> Refusal | None:
    """Receipt of a shipped or delivered order, confirmed by its buyer, or with `by` by staff or a key, audited (OR-4).

    Once confirmed it stays so: asking again changes nothing. `order_unknown` for another buyer's order, `not_shipped` before it was sent.
    """
    with scope(pool, UUID(merchant_id)) as conn:
        order = order_receipt.locked(conn, merchant_id, order_id) if is_id(order_id) else None
        if order is None or (buyer_id is not None and order["buyer_id"] != buyer_id):
            return Refusal("order_unknown", field="order_id")
        if order["receipt_confirmed_at"] is not None or order["state"] in ("received", "completed"):
            return None
        if order["state"] == "cancelled":
            return Refusal("order_cancelled")
        if order["state"] not in ("shipped", "delivered"):
            zh, en = STATES[order["state"]]
            return Refusal("not_shipped", {"zh": zh, "en": en})
        who = {"confirmed_by": "buyer", "confirmed_by_id": order["buyer_id"]} if by is None else {"confirmed_by": by.actor.party.value, "confirmed_by_id": by.actor.id}
        order_receipt.confirm(conn, merchant_id, order_id, now, {**who, "confirmed_at": now.isoformat()})
        order_news.received(conn, merchant_id, [order_id], now)
        if by is not None:
            put_on_record(conn, by, now, "receipt_confirmed", ("order", order_id), before={"state": order["state"]}, after={"state": "received", "number": order["number"]}, merchant_id=merchant_id)
    return None
