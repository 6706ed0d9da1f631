"""What every way of giving compensation stands on: one transaction with its locks, answers kept by command id, rows begun alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from amends.core.actor import Actor, Party
from amends.core.money import Money
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.engine.ids import is_id, new_id
from amends.store import applying
from amends.store import compensated_orders as orders
from amends.store import compensations as rows
from amends.store.audit import Connection
from amends.store.compensated_orders import Held, Shop
from amends.store.compensations import Compensation
from amends.store.connect import Pool, scope

KINDS = {Party.CLOCK: "system"}


@dataclass(slots=True)
class Done:
    """What was written: the compensations, the code of a coupon if there is one, and whether it is an earlier answer."""

    compensations: list[Compensation] = field(default_factory=list)
    coupon: str = ""
    replayed: bool = False


@dataclass(slots=True)
class Desk:
    """One transaction of one merchant with the order held. Locks are taken in the order of the house: case, order, the rest."""

    conn: Connection
    merchant: str
    shop: Shop
    order: Held
    by: By
    now: datetime
    case_id: str | None = None

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.by.actor

    def begin(self, kind: str, asked: int, **more: Any) -> Compensation:
        """A compensation about this order, asked for by this actor; its number is given when it is written."""
        party = KINDS.get(self.actor.party, self.actor.party.value)
        return Compensation(
            new_id(), "", kind, "asked", self.order.id, self.order.buyer_id, self.order.currency, asked, party, self.now, asked_by=self.actor.id, asked_name=self.actor.name, **more,
        )

    def decide(self, k: Compensation, state: str, amount: int, answer: str = "") -> None:
        """Note the decision of this actor; a coupon is with the buyer at once."""
        k.state, k.amount_minor, k.answer = state, amount, answer
        k.decided_kind, k.decided_by, k.decided_name = KINDS.get(self.actor.party, self.actor.party.value), self.actor.id, self.actor.name
        k.decided_at = self.now
        if state == "granted" and k.medium == "coupon":
            k.state, k.paid_at = "paid", self.now

    def write(self, made: Sequence[Compensation], action: str) -> None:
        """Number and write them, each with its trace."""
        numbers = applying.next_numbers(self.conn, self.merchant, "K", self.now.year, len(made))
        for k, number in zip(made, numbers, strict=True):
            k.number = number
        rows.add(self.conn, self.merchant, list(made))
        for k in made:
            self.record(action, k)

    def record(self, action: str, k: Compensation) -> None:
        """The trace in the audit (ST-8)."""
        after = {"number": k.number, "kind": k.kind, "outcome": k.state, "order": self.order.number, "asked": str(Money(k.asked_minor, k.currency)), "medium": k.medium}
        after |= {"amount": str(Money(k.amount_minor, k.currency))} if k.amount_minor else {}
        after |= {name: value for name, value in (("reason", k.reason), ("words", k.words), ("answer", k.answer)) if value}
        record(self.conn, self.by, self.now, action, ("compensation", k.id), after=after, merchant_id=self.merchant)


Work = Callable[[Desk], Done | Refusal | list[Refusal]]


def at_desk(
    pool: Pool, by: By, merchant: str, order_id: str, command_id: str, asked: Any, now: datetime, work: Work, *, case_id: str | None = None, buyer_id: str | None = None,
) -> Done | list[Refusal]:
    """Do `work` on a held order, once under this command id; `asked` is what the id stands for. `buyer_id`: only this buyer's order.

    With `case_id` the case is held first and `order_id` may be left empty. Refused, nothing is written.
    """
    print_of = hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:32]
    with scope(pool, UUID(merchant)) as conn:
        if case_id is not None:
            found = _held_case(conn, merchant, case_id)
            if found is None or (order_id and order_id != found):
                return [Refusal("case_unknown")]
            order_id = found
        order = orders.order(conn, merchant, order_id, lock=True) if is_id(order_id) else None
        shop = orders.shop(conn, merchant)
        if order is None or shop is None or (buyer_id is not None and order.buyer_id != buyer_id):
            return [Refusal("order_unknown", field="order_id")]
        before = rows.done(conn, merchant, command_id)
        if before is not None:
            return _again(conn, merchant, before, print_of)
        answer = work(Desk(conn, merchant, shop, order, by, now, case_id))
        if not isinstance(answer, Done):
            conn.rollback()
            return answer if isinstance(answer, list) else [answer]
        said = {"compensation": print_of, "ids": [k.id for k in answer.compensations], "coupon": answer.coupon}
        rows.keep(conn, merchant, command_id, said, case_id, now)
    return answer


def plain(words: str) -> str:
    """Words as they are kept: without what no text holds."""
    return words.replace("\0", "").strip()


def _held_case(conn: Connection, merchant: str, case_id: str) -> str | None:
    """The order of a case whose row is now held."""
    if not is_id(case_id):
        return None
    row = conn.execute("select order_id::text from cases where merchant_id = %s and id = %s for update", (merchant, case_id)).fetchone()
    return str(row[0]) if row and row[0] else None


def _again(conn: Connection, merchant: str, before: dict[str, Any], print_of: str) -> Done | list[Refusal]:
    if before.get("compensation") != print_of:
        return [Refusal("command_id_reused", field="command_id")]
    found = [rows.one(conn, merchant, i) for i in before["ids"]]
    return Done([k for k in found if k is not None], before.get("coupon", ""), replayed=True)
