"""Opening cancellations: what may be cancelled of an order, and taking one in (CA-1, CA-7, CA-8, CA-9, OR-5)."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec

from amends.core.actor import Actor, Party
from amends.core.cases import TABLES
from amends.core.compensation import Shipping
from amends.core.divisions import province_named
from amends.core.pack import CancelReason
from amends.core.pauses import Suspension
from amends.core.refusal import Refusal
from amends.engine import keywords
from amends.engine.alerts import of_application
from amends.engine.cancellation import OF_DISPUTES, SOURCES, Cancel, Cancelled, Pieces
from amends.engine.columns import WAITS
from amends.engine.compensation_rules import ship_stops
from amends.engine.deadlines import Deadlines
from amends.engine.flows import fast_refund, reviewer
from amends.engine.ids import is_id, new_id
from amends.store import cancelling
from amends.store.applying import next_numbers
from amends.store.cancelling import LineToCancel, OrderToCancel, SeenToCancel
from amends.store.connect import Pool

SHIPPED = ("shipped", "delivered")
RECEIVED = ("received", "completed")
UNPAID = ("pending_payment", "on_hold")


@dataclass(slots=True)
class CancelOptions:
    """What may be cancelled now: `refusal` says why nothing may; `part`: single lines or pieces may be chosen; `left` by line id."""

    order: OrderToCancel
    lines: list[LineToCancel]
    left: dict[str, int]
    part: bool
    reasons: tuple[CancelReason, ...]
    deletion_reasons: tuple[CancelReason, ...]
    fast: bool
    open_case: str | None
    refusal: Refusal | None


def cancel_options(pool: Pool, merchant_id: str, order_id: str, buyer_id: str | None = None) -> CancelOptions | None:
    """What is open to an order before receipt; None if there is no such order (of this buyer)."""
    if not is_id(order_id):
        return None
    with pool.connection() as conn:
        try:
            seen = cancelling.see(conn, merchant_id, order_id, None, lock=False)
        finally:
            if not conn.closed:
                conn.rollback()
    order = seen.order
    if order is None or (buyer_id is not None and order.buyer_id != buyer_id):
        return None
    pack = Deadlines.of(seen.merchant).pack.cancellation
    left = {line.id: left_of(line) for line in seen.lines}
    wrong = _wrong_side(order) or (None if any(left.values()) else Refusal("cancel_nothing_left"))
    open_case = next((line.open_case for line in seen.lines if line.open_case), None)
    return CancelOptions(order, seen.lines, left, not shipped(order), pack.reasons, pack.deletion_reasons, _fast(seen), open_case, wrong)


def cancel(pool: Pool, merchant_id: str, asked: Cancel, actor: Actor, now: datetime, command_id: str) -> Cancelled | list[Refusal]:
    """Take a cancellation in. The same command id answers what it answered first; goods on an open cancellation answer that one (CA-8)."""
    if not is_id(asked.order_id):
        return [Refusal("order_unknown", field="order_id")]
    with pool.connection() as conn:
        try:
            seen = cancelling.see(conn, merchant_id, asked.order_id, command_id, lock=True)
            answer = _before(seen, asked) or _check(conn, merchant_id, seen, asked, actor)
            if not isinstance(answer, dict):
                conn.rollback()
                return answer
            return _write(conn, merchant_id, seen, asked, answer, actor, now, command_id)
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise


def shipped(order: OrderToCancel) -> bool:
    """The order has left the warehouse."""
    return order.shipped_at is not None or order.state in SHIPPED


def left_of(line: LineToCancel) -> int:
    """Pieces of a line that are neither given up nor asked for."""
    return max(0, line.quantity - line.cancelled - line.held)


def cash_on_delivery(order: OrderToCancel) -> bool:
    """Paid at the door: nothing has been paid here though the order goes out (CA-9)."""
    return order.state not in UNPAID and (not order.paid_minor or "cod" in order.paid_methods)


def _fast(seen: SeenToCancel) -> bool:
    order = seen.order
    return order is not None and not shipped(order) and (order.state in UNPAID or bool(fast_refund(Deadlines.of(seen.merchant).pack, seen.merchant.settings)))


def _digest(asked: Cancel) -> str:
    return hashlib.sha256(msgspec.json.encode(asdict(asked))).hexdigest()[:32]


def _before(seen: SeenToCancel, asked: Cancel) -> Cancelled | list[Refusal] | None:
    if seen.done is None:
        return None
    if seen.done.get("digest") != _digest(asked):
        return [Refusal("command_id_reused", field="command_id")]
    return Cancelled(seen.done["case"], seen.done["number"], seen.done["state"], replayed=True)


def _wrong_side(order: OrderToCancel) -> Refusal | None:
    """OR-5, and orders that nothing can be asked of."""
    if order.receipt_confirmed_at is not None or order.state in RECEIVED:
        return Refusal("cancel_after_receipt", {"instead": "service_order", "order": order.id})
    return {"cancelled": Refusal("cancel_order_gone"), "locked": Refusal("cancel_order_locked")}.get(order.state)


def _check(conn: Any, merchant_id: str, seen: SeenToCancel, asked: Cancel, actor: Actor) -> dict[str, int] | Cancelled | list[Refusal]:
    """Pieces by line, or what stands in the way."""
    order = seen.order
    if order is None or (actor.party is Party.BUYER and order.buyer_id != actor.id):
        return [Refusal("order_unknown", field="order_id")]
    wrong = _wrong_side(order)
    if wrong is not None:
        return [wrong]
    open_case = next((line.open_case for line in seen.lines if line.open_case and (not asked.lines or line.id in {x.line_id for x in asked.lines})), None)
    if open_case is not None:
        return Cancelled(open_case, *cancelling.number_and_state(conn, merchant_id, open_case), existing=True)
    return _reason(seen, asked, actor, order) or _pieces(seen, asked, order)


def _reason(seen: SeenToCancel, asked: Cancel, actor: Actor, order: OrderToCancel) -> list[Refusal]:
    pack = Deadlines.of(seen.merchant).pack.cancellation
    if asked.deletion and actor.party is Party.BUYER:
        return [Refusal("deletion_by_staff")]
    if asked.deletion and (shipped(order) or not cash_on_delivery(order)):
        return [Refusal("deletion_needs_cod")]
    if asked.dispute and actor.party is Party.CLOCK:
        return []
    known = pack.deletion_reasons if asked.deletion else pack.reasons
    out = [] if asked.reason in {r.code for r in known} else [Refusal("cancel_reason_unknown", _told(known), "reason")]
    if asked.source not in SOURCES[:2]:  # the others are disputes' own (CA-6)
        out.append(Refusal("not_a_choice", {"zh": "来源", "en": "Source", "choices": list(SOURCES[:2])}, "source"))
    if len(asked.words) > 500:
        out.append(Refusal("description_too_long", {"most": 500, "now": len(asked.words)}, "words"))
    return out


def _told(known: tuple[CancelReason, ...]) -> dict[str, str]:
    """The reasons there are, in both languages, each with its code."""
    return {"zh": "、".join(f"{r.zh} {r.code}" for r in known), "en": ", ".join(f"{r.en} ({r.code})" for r in known)}


def _pieces(seen: SeenToCancel, asked: Cancel, order: OrderToCancel) -> dict[str, int] | list[Refusal]:
    left = {line.id: left_of(line) for line in seen.lines}
    if not asked.lines:
        whole = {i: n for i, n in left.items() if n}
        return whole or [Refusal("cancel_nothing_left")]
    out: dict[str, int] = {}
    wrong: list[Refusal] = []
    for i, want in enumerate(asked.lines):
        here = f"lines[{i}]"
        if want.line_id not in left:
            wrong.append(Refusal("line_unknown", field=f"{here}.line_id"))
        elif want.line_id in out:
            wrong.append(Refusal("line_twice", field=f"{here}.line_id"))
        elif not 0 < want.quantity <= left[want.line_id]:
            wrong.append(Refusal("quantity_too_many", {"wanted": want.quantity, "left": left[want.line_id]}, f"{here}.quantity"))
        else:
            out[want.line_id] = want.quantity
    if wrong:
        return wrong
    _gifts(seen, out, left)
    if shipped(order) and out != {i: n for i, n in left.items() if n}:
        return [Refusal("cancel_part_shipped")]
    return out


def _gifts(seen: SeenToCancel, out: dict[str, int], left: dict[str, int]) -> None:
    """A gift goes with its goods: when nothing is left of them, nothing is left of it (facts/rules.md, cancel side effects)."""
    for line in seen.lines:
        if line.gift_of and line.id not in out and left[line.id] and line.gift_of in out and out[line.gift_of] == left[line.gift_of]:
            out[line.id] = left[line.id]


def _write(conn: Any, merchant_id: str, seen: SeenToCancel, asked: Cancel, pieces: dict[str, int], actor: Actor, now: datetime, command_id: str) -> Cancelled:
    order, clocks = seen.order, Deadlines.of(seen.merchant)
    assert order is not None
    number, case_id, state = next_numbers(conn, merchant_id, "C", now.year, 1)[0], new_id(), next(iter(TABLES["cancellation"].states.values()))
    clock = clocks.arm("cancel_answer" if shipped(order) else "cancel_review", "return", now, province_named(order.province))
    lines = [{"line_id": i, "quantity": n} for i, n in pieces.items()]
    first = next(line for line in seen.lines if line.id in pieces)
    staff = actor.party is not Party.BUYER
    reason_zh, reason_en = OF_DISPUTES[asked.reason] if asked.dispute else next(
        (r.zh, r.en) for r in (*clocks.pack.cancellation.reasons, *clocks.pack.cancellation.deletion_reasons) if r.code == asked.reason
    )
    quantity, type_ = sum(pieces.values()), "deletion" if asked.deletion else ("whole" if pieces == _everything(seen) else "part")
    going = {} if asked.deletion or order.state in UNPAID else reviewer(clocks.pack, _promise(order, seen.merchant.suspensions), now, shipped=shipped(order))
    if order.state not in UNPAID and (fast := fast_refund(clocks.pack, seen.merchant.settings)):
        going["fast"] = fast
    facts = {
        "title": first.title, "kinds": len(pieces), "lines": lines, "description": asked.words.strip(), "order_number": order.number, "line_quantity": quantity,
        "line_paid": sum(line.paid_minor * pieces[line.id] // line.quantity for line in seen.lines if line.id in pieces), "reason_zh": reason_zh, "reason_en": reason_en,
        "region": province_named(order.province), "pack": clocks.pack.id, "pack_version": clocks.pack.version, "clock": clock.why, "by_staff": actor.name if staff and not asked.dispute else "",
        "shipped_at_opening": shipped(order), "shipped": shipped(order), "platform_delivery": order.platform_delivery,
        **(_of_dispute(asked) if asked.dispute else going),
    }
    alert = None if asked.dispute else of_application(keywords.live(conn, merchant_id, seen.merchant.settings), "cancellation", state.name, type_, facts)
    source = asked.source if asked.source != "buyer" or not staff else "staff"
    assert state.waits_on is not None
    cancelling.insert(conn, {
        "merchant": merchant_id, "id": case_id, "number": number, "state": state.name, "order": order.id, "buyer": order.buyer_id, "type": type_, "reason": asked.reason,
        "sku": first.sku, "category": first.category, "quantity": quantity, "waits_on": (None if asked.dispute else going.get("reviewed_by")) or WAITS.get(state.waits_on, state.waits_on.value), "due_at": clock.due_at,
        "remind_at": clock.remind_at, "clock": clock.name, "alert": alert, "currency": order.currency, "source": source, "now": now, "facts": facts, "lines": lines, "event_id": new_id(),
        "outbox_id": new_id(), "fast_id": new_id(), "fast": _fast(seen) and not asked.dispute, "actor_kind": "system" if asked.dispute else actor.party.value,
        "looked_at": not asked.dispute, "why": _why(asked, clocks) if asked.dispute else None, "actor_id": actor.id, "actor_name": actor.name,
        "body": {"command": "cancel", "to": state.name, "input": {"type": type_, "reason": asked.reason, "quantity": quantity}, "changes": {}}, "command_id": command_id,
        "answer": {"digest": _digest(asked), "case": case_id, "number": number, "state": state.name},
    })
    return Cancelled(case_id, number, state.name)


def _of_dispute(asked: Cancel) -> dict[str, Any]:
    """Whom it is from: nobody reviews it, and nothing that decides by itself is asked."""
    return {"dispute": {"id": asked.dispute_id, "number": asked.dispute}}


def _why(asked: Cancel, clocks: Deadlines) -> dict[str, Any]:
    return {"by": "dispute", "rule": asked.reason, "dispute": asked.dispute_id, "number": asked.dispute, "pack": clocks.pack.id, "version": clocks.pack.version}


def _promise(order: OrderToCancel, suspensions: Sequence[Suspension]) -> Shipping:
    """Until when the order is to be shipped, as the rule of late shipment knows it."""
    stops = ship_stops(suspensions, order.province, order.paid_at if order.promised_ship_by is not None else None)
    return Shipping(order.state, order.currency, order.paid_minor, 0, order.paid_at, order.promised_ship_by, order.shipped_at, stops=stops)


def _everything(seen: SeenToCancel) -> dict[str, int]:
    return {line.id: left_of(line) for line in seen.lines if left_of(line)}


__all__ = ["Cancel", "CancelOptions", "Cancelled", "Pieces", "cancel", "cancel_options", "cash_on_delivery", "left_of", "shipped"]
