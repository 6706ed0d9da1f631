"""Opening disputes (DI-1, DI-6a, DI-9): what can be disputed now and until when, and taking one in."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import msgspec

from amends.core.actor import Actor, Party
from amends.core.divisions import province_named
from amends.core.pack_disputes import CANCEL_ORDER, SCENARIOS
from amends.core.refusal import Refusal
from amends.core.verbs.dispute import OUTCOMES
from amends.engine.deadlines import Deadlines
from amends.engine.dispute import Opened, Opening, Way
from amends.engine.ids import is_id, new_id
from amends.store import disputing
from amends.store.applying import next_numbers
from amends.store.connect import Pool
from amends.store.disputing import CaseInDispute, OrderInDispute, SeenToDispute

RECEIVED = ("received", "completed")
UNPAID = ("pending_payment", "on_hold")
OPENERS = (Party.BUYER, Party.PLATFORM)
WORDS_AT_MOST = 1000
FILES_AT_MOST = 9


def ways(pool: Pool, merchant_id: str, order_id: str, now: datetime, buyer_id: str | None = None) -> list[Way] | None:
    """What can be disputed of an order, each with the time it is open; None if there is no such order (of this buyer)."""
    if not is_id(order_id):
        return None
    with pool.connection() as conn:
        try:
            seen = disputing.see(conn, merchant_id, order_id)
        finally:
            if not conn.closed:
                conn.rollback()
    if seen.order is None or (buyer_id is not None and seen.order.buyer_id != buyer_id):
        return None
    return _ways(seen, now)


def open_dispute(pool: Pool, merchant_id: str, asked: Opening, actor: Actor, now: datetime, command_id: str) -> Opened | list[Refusal]:
    """Take a dispute in. The same command id answers what it answered first; what is in dispute already answers that dispute."""
    if not is_id(asked.order_id) or (asked.case_id and not is_id(asked.case_id)):
        return [Refusal("dispute_subject_unknown", field="case_id" if is_id(asked.order_id) else "order_id")]
    if actor.party not in OPENERS:
        return [Refusal("not_yours", {"command": "open_dispute", "party": actor.party.value})]
    if actor.party is Party.PLATFORM and not actor.may("dispute", "step_in"):
        return [Refusal("permission_missing", {"permission": "dispute.step_in"})]
    with pool.connection() as conn:
        try:
            seen = disputing.see(conn, merchant_id, asked.order_id, command=command_id, photos=list(asked.photos), lock=True)
            answer = _before(seen, asked) or _check(seen, asked, actor, now)
            if not isinstance(answer, Way):
                conn.rollback()
                return answer
            return _write(conn, merchant_id, seen, asked, answer, actor, now, command_id)
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise


def _digest(asked: Opening) -> str:
    return hashlib.sha256(msgspec.json.encode(asdict(asked))).hexdigest()[:32]


def _before(seen: SeenToDispute, asked: Opening) -> Opened | list[Refusal] | None:
    if seen.done is None:
        return None
    if seen.done.get("digest") != _digest(asked):
        return [Refusal("command_id_reused", field="command_id")]
    return Opened(seen.done["case"], seen.done["number"], seen.done["state"], replayed=True)


def _ways(seen: SeenToDispute, now: datetime) -> list[Way]:
    clocks = Deadlines.of(seen.merchant)
    section, order = clocks.pack.disputes, seen.order
    assert order is not None
    if not section.offered:
        return [Way("order", order.id, order.number, order.state, None, None, 0, (), Refusal("dispute_not_offered"))]
    return [_order_way(seen, order, clocks, now), *(_case_way(seen, case, clocks, now) for case in seen.cases)]


def _ends(seen: SeenToDispute, clocks: Deadlines, since: datetime | None) -> datetime | None:
    """Until when one may be opened, counted from receipt or from the end of a case; time that is suspended does not count (PO-15)."""
    region = province_named(seen.order.province) if seen.order is not None else ""
    return clocks.later("dispute_open", since, since + timedelta(days=clocks.pack.disputes.open_days), region) if since else None


def _order_way(seen: SeenToDispute, order: OrderInDispute, clocks: Deadlines, now: datetime) -> Way:
    received = order.receipt_confirmed_at or order.completed_at
    ends = _ends(seen, clocks, received)
    scenarios = tuple(s for s in SCENARIOS if s != CANCEL_ORDER or (received is None and order.state not in (*RECEIVED, "cancelled")))
    refusal = Refusal("dispute_not_paid") if order.state in UNPAID or not order.paid_minor else None
    if refusal is None and ends is not None and now >= ends:
        refusal = Refusal("dispute_too_late", {"until": ends.isoformat()})
    there = seen.open.get(order.id)
    return Way("order", order.id, order.number, order.state, order.paid_at, ends, order.paid_minor, scenarios, refusal, there[0] if there else "")


def _case_way(seen: SeenToDispute, case: CaseInDispute, clocks: Deadlines, now: datetime) -> Way:
    """While the merchant still has its time there is nothing to dispute; a refusal opens it, after as many as the pack says (DI-9)."""
    opens, ends, section = case.opened_at, _ends(seen, clocks, case.closed_at), clocks.pack.disputes
    refusal: Refusal | None = None
    line = next((x for x in seen.lines if x.id == case.line_id), None)
    if case.closed_at is None and not case.late and case.waits_on != "buyer" and case.due_at is not None and case.due_at > now:
        opens, refusal = case.due_at, Refusal("dispute_too_early", {"until": case.due_at.isoformat()})
    if case.state == "rejected" and line is not None and line.refused < section.refusals:
        refusal = Refusal("dispute_refused_first", {"needed": section.refusals, "now": line.refused})
    if ends is not None and now >= ends:
        refusal = Refusal("dispute_too_late", {"until": ends.isoformat()})
    there = seen.open.get(case.id)
    scenarios = tuple(s for s in SCENARIOS if (s == CANCEL_ORDER) == (case.kind == "cancellation") or (case.kind == "cancellation" and SCENARIOS[s][2] == "process"))
    return Way(case.kind, case.id, case.number, case.state, opens, ends, _paid(seen, case), scenarios, refusal, there[0] if there else "")


def _paid(seen: SeenToDispute, case: CaseInDispute) -> int:
    pieces = _pieces(case)
    return sum(line.paid_minor * pieces[line.id] // line.quantity for line in seen.lines if line.id in pieces)


def _pieces(case: CaseInDispute) -> dict[str, int]:
    return dict(case.pieces) if case.kind == "cancellation" else {case.line_id: case.quantity} if case.line_id else {}


def _check(seen: SeenToDispute, asked: Opening, actor: Actor, now: datetime) -> Way | Opened | list[Refusal]:
    order = seen.order
    if order is None or (actor.party is Party.BUYER and order.buyer_id != actor.id):
        return [Refusal("dispute_subject_unknown", field="order_id")]
    way = next((w for w in _ways(seen, now) if w.id == (asked.case_id or order.id)), None)
    if way is None:
        return [Refusal("dispute_subject_unknown", field="case_id")]
    if there := seen.open.get(way.id):
        return Opened(*there, existing=True)
    # The platform opens one when it sees reason to; its hands are not bound by the times that bind a buyer.
    if way.refusal is not None and not (actor.party is Party.PLATFORM and way.refusal.code in ("dispute_too_early", "dispute_too_late", "dispute_refused_first")):
        return [way.refusal]
    return _wrong(seen, asked, way, actor) or way


def _refused_first(seen: SeenToDispute, scenario: str) -> Refusal | None:
    """DI-9 holds for the goods, whichever way one comes: what has not been refused often enough as a service order is not disputed as an order."""
    needed = Deadlines.of(seen.merchant).pack.disputes.refusals
    refused = max((line.refused for line in seen.lines), default=0)
    received = seen.order is not None and (seen.order.receipt_confirmed_at or seen.order.state in RECEIVED)
    if needed < 2 or not received or SCENARIOS.get(scenario, ("", "", ""))[2] != "goods" or refused >= needed:
        return None
    return Refusal("dispute_refused_first", {"needed": needed, "now": refused}, "scenario")


def _wrong(seen: SeenToDispute, asked: Opening, way: Way, actor: Actor) -> list[Refusal]:
    out = []
    if asked.scenario not in way.scenarios:
        received = asked.scenario == CANCEL_ORDER and way.kind == "order"
        out.append(Refusal("dispute_cancel_received", field="scenario") if received else Refusal("dispute_scenario_unknown", field="scenario"))
    if way.kind == "order" and actor.party is not Party.PLATFORM and (again := _refused_first(seen, asked.scenario)) is not None:
        out.append(again)
    if asked.demand not in OUTCOMES or asked.demand == "nothing":
        out.append(Refusal("dispute_demand_unknown", field="demand"))
    if not asked.words.strip():
        out.append(Refusal("dispute_words_missing", field="words"))
    if len(asked.words) > WORDS_AT_MOST:
        out.append(Refusal("description_too_long", {"most": WORDS_AT_MOST, "now": len(asked.words)}, "words"))
    most = Deadlines.of(seen.merchant).pack.disputes.compensation_most(way.most) if asked.demand == "compensation" else way.most
    if asked.amount is not None and not 0 < asked.amount <= most:
        out.append(Refusal("dispute_amount_above", {"most": most, "asked": asked.amount}, "amount"))
    if len(asked.photos) > FILES_AT_MOST or set(asked.photos) - seen.photos:
        out.append(Refusal("photo_unknown", field="photos"))
    return out


def _write(conn: Any, merchant_id: str, seen: SeenToDispute, asked: Opening, way: Way, actor: Actor, now: datetime, command_id: str) -> Opened:
    order, clocks = seen.order, Deadlines.of(seen.merchant)
    assert order is not None
    case = next((c for c in seen.cases if c.id == way.id), None)
    pieces = _pieces(case) if case else {}
    goods = [line for line in seen.lines if not pieces or line.id in pieces]
    region, type_ = province_named(order.province), asked.scenario
    clock = clocks.arm("dispute_answer", type_, now, region)
    number, case_id = next_numbers(conn, merchant_id, "D", now.year, 1)[0], new_id()
    zh, en, _ = SCENARIOS[type_]
    facts = {
        "title": goods[0].title if goods else "", "kinds": len(goods), "lines": [{"line_id": i, "quantity": n} for i, n in pieces.items()], "description": asked.words.strip(),
        "order_number": order.number, "line_paid": way.most, "reason_zh": zh, "reason_en": en, "region": region, "pack": clocks.pack.id, "pack_version": clocks.pack.version,
        "clock": clock.why, "demand": asked.demand, "asked_amount": asked.amount, "parent_id": case.id if case else "", "parent_kind": case.kind if case else "order",
        "parent_number": case.number if case else order.number, "parent_state": way.state, "evidence_until": clocks.arm("evidence", type_, now, region).due_at.isoformat(),
        "by_staff": actor.name if actor.party is Party.PLATFORM else "", "filed": {"buyer": len(asked.photos)} if asked.photos else {},
    }
    side = "buyer" if actor.party is Party.BUYER else "platform"
    disputing.insert(conn, {
        "merchant": merchant_id, "id": case_id, "number": number, "state": "awaiting_merchant", "parent": case.id if case else None, "order": order.id,
        "line": case.line_id if case else None, "buyer": order.buyer_id, "type": type_, "demand": asked.demand, "sku": goods[0].sku if goods else None,
        "category": goods[0].category if goods else None, "quantity": sum(pieces.values()) or sum(line.quantity for line in goods) or 1, "due_at": clock.due_at,
        "remind_at": clock.remind_at, "clock": clock.name, "currency": order.currency, "now": now, "facts": facts, "event_id": new_id(), "files": list(asked.photos),
        "words": asked.words.strip(), "side": side, "actor_kind": actor.party.value, "actor_id": actor.id, "actor_name": actor.name, "command_id": command_id,
        "body": {"command": "open_dispute", "to": "awaiting_merchant", "input": {"scenario": type_, "demand": asked.demand, "amount": asked.amount, "quantity": sum(pieces.values()) or sum(line.quantity for line in goods) or 1}, "changes": {}},
        "answer": {"digest": _digest(asked), "case": case_id, "number": number, "state": "awaiting_merchant"},
    })
    return Opened(case_id, number, "awaiting_merchant")


__all__ = ["Opened", "Opening", "Way", "open_dispute", "ways"]
