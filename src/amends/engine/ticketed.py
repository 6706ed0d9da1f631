"""What a ticket's decisions look at, and what they leave beside the case: words, turns, what it is about, refunds in the merchant's place (05-tickets)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from amends.core import movements as m
from amends.core.case import Case
from amends.core.cases.service_order import SERVICE_ORDER
from amends.core.commands import Command, verb
from amends.core.effects import amount
from amends.core.effects_ticket import turn_took
from amends.core.machine import Decision, Look
from amends.core.movements import Granted
from amends.core.pauses import running_time
from amends.core.rules_judgement import ENDED
from amends.core.rules_ticket import compensates
from amends.core.rules_ticket_second import standing
from amends.core.told import Key
from amends.engine.deadlines import Deadlines
from amends.engine.disputed import paid_for, room_by_line
from amends.engine.ids import new_id

if TYPE_CHECKING:
    from amends.engine.beside import Beside
    from amends.engine.facts import Facts

TICKET_MONEY = frozenset({"decide_ticket", "refund_for_merchant", "carry_out", "approve_decision"})
"""Commands of a ticket that look at the money of its order."""
TICKET_AWARDS = TICKET_MONEY - {"carry_out"}
"""Commands that may compensate, and so look at what else of the order has: one cap holds over all of it (DI-6)."""
TICKET_GIVEN = TICKET_MONEY
"""Commands that look at what the buyer was given on the order, and at the service order opened for it."""


def of_ticket(facts: Facts, case: Case, command: Command | None) -> dict[str, Any]:
    """The facts of `core.rules_ticket`."""
    clocks, money, others = facts.clocks_of(case), facts.money, facts.awarded.of(case)
    pack, ended = clocks.pack, case.closed_at
    paid, elsewhere = paid_for(case, money), others["compensated_elsewhere"] + int(case.body.get("compensated", 0))
    return {
        "tickets": pack.tickets, "disputes": pack.disputes, "suspended": _suspended(clocks, case, facts.now), "reopen_until": clocks.later("ticket_reopen", ended, ended + timedelta(days=pack.tickets.reopen_days), case.body.get("region", "")) if ended else None, "room": sum(room_by_line(case, money).values()), "paid": paid, "bound": _bound(facts, getattr(command, "number", "")),
        "refunded": sum(grant[4] for grant in money.grants.get(case.order_id, ())), "compensated": facts.compensated.get(case.order_id, 0), "opened": _opened(facts, case),
        "goods": _goods(facts, case), "goods_paid": _goods_paid(facts, case), "compensated_elsewhere": elsewhere, "compensated_by": others["compensated_by"], "award_room": max(0, pack.disputes.compensation_most(paid) - elsewhere),
    }


def _suspended(clocks: Deadlines, case: Case, now: datetime) -> int:
    """Seconds of this turn in which the clock of its answer stood still; measures leave them out (PO-15)."""
    began, clock = case.body.get("turn_began"), (case.body.get("clock") or {}).get("clock")
    stops = clocks.stops(clock, case.body.get("region", "")) if began and clock else []
    start = datetime.fromisoformat(began) if stops and began else now
    return int(((now - start) - running_time(start, now, clocks.calendar, "all", stops)).total_seconds()) if stops and start < now else 0


def _goods(facts: Facts, case: Case) -> int:
    """What can still be given back of the goods a decision is about: of the line bound, else of the whole order."""
    room, line = room_by_line(case, facts.money), case.body.get("line_id")
    return room.get(line, 0) if line else sum(room.values())


def _goods_paid(facts: Facts, case: Case) -> int:
    """What was paid for those goods, freight left out: their worth where they go out anew."""
    order, line = facts.money.order(case.order_id), case.body.get("line_id")
    return sum(amount for id_, amount in order.paid_by_line().items() if not line or id_ == line) if order is not None else 0


def _opened(facts: Facts, case: Case) -> dict[str, Any] | None:
    """The service order opened for a ticket: whether the buyer still has to send the goods, and whether it can still end without having given anything."""
    found = facts.opened.get(case.id)
    if found is None:
        return None
    number, state, granted, received = found
    step = SERVICE_ORDER.steps[state].get("end_by_judgement")
    return {"number": number, "with_buyer": state == "awaiting_return", "ends": not granted and received is None and (step is not None or state in ENDED)}


def _bound(facts: Facts, number: str) -> dict[str, str] | None:
    """What a number stands for; a case before an order of the same number, which says more."""
    found = sorted((row for row in facts.numbers if row[0] == number), key=lambda row: row[1] == "order")
    if not number or not found:
        return None
    _, kind, id_, order, order_number, buyer, line = found[0]
    return {"kind": kind, "number": number, "case": "" if kind == "order" else id_, "order": order or "", "order_number": order_number, "buyer": buyer, "line": line}


def say(beside: Beside, look: Look, decision: Decision) -> None:
    """Words and attachments; a mail about them names their message."""
    words, photos, actor = getattr(look.command, "words", ""), list(getattr(look.command, "photos", ())), look.actor
    if not words and not photos:
        return
    message = new_id()
    beside.add(look, "add_messages", id=message, case_id=look.case.id, actor_kind=actor.party.value, actor_id=actor.id, actor_name=actor.name, body=words, file_ids=photos)
    for effect, body in decision.effects:
        if effect == "mail_ticket" and isinstance(body, dict):
            body["message"] = message


def reply(beside: Beside, look: Look, decision: Decision) -> None:
    """The merchant's opinion: its words, and the turn it ends (TI-3, TI-8)."""
    say(beside, look, decision)
    if decision.event == "ticket_replied":
        _turn(beside, look, "answered", result=getattr(look.command, "result", ""), took=decision.changes["took"], documents=decision.changes["with_documents"], by_name=look.actor.name)


def ran_out(beside: Beside, look: Look, decision: Decision) -> None:
    """A turn that ended in silence is recorded against the merchant, and charged where the pack says so (TI-2)."""
    if look.case.kind != "ticket" or decision.state != "transferred" or look.case.state == "transferred":
        return
    _turn(beside, look, "transferred", result=None, took=turn_took(look), documents=False, by_name="")
    penalty = beside.facts.clocks_of(look.case).pack.tickets.transfer_penalty
    if penalty:
        decision.changes["penalty"] = penalty
        beside.book.charged(look, m.penalty_charged(penalty, look.case.currency, source="merchant"))


def _turn(beside: Beside, look: Look, outcome: str, **row: Any) -> None:
    body = look.case.body
    beside.add(look, "add_ticket_turns", case_id=look.case.id, turn=body.get("turns", 1), outcome=outcome, origin=look.case.type, subject=look.case.reason, in_time=not body.get("late"), **row)


def bind(beside: Beside, look: Look, decision: Decision) -> None:
    """Order, case and buyer of the ticket's row follow what it is bound to (TI-7)."""
    found = decision.changes
    buyer = next((row[5] for row in beside.facts.numbers if row[0] == found["bound_number"]), "")
    beside.add(look, "bind_tickets", id=look.case.id, order_id=found["bound_order"] or None, parent_id=found["bound_case"] or None, buyer_id=buyer)
    look.case.order_id = found["bound_order"]
    look.case.buyer_id = look.case.buyer_id or buyer


def decide(beside: Beside, look: Look, decision: Decision) -> None:
    """What the platform decided is said when it stands; while it waits for a second person nobody reads it (DI-6)."""
    if not decision.changes.get("pending"):
        say(beside, look, decision)


def approve(beside: Beside, look: Look, decision: Decision) -> None:
    """What a second person approved stands, in the words of whoever wrote it; the remark of the second stays with the platform."""
    (refund if verb(standing(look).command) == "refund_for_merchant" else say)(beside, standing(look), decision)


def refund(beside: Beside, look: Look, decision: Decision) -> None:
    """The platform refunds in the merchant's place: granted line by line as far as each line has room, borne by the merchant (TI-5)."""
    if decision.changes.get("pending"):
        return
    say(beside, look, decision)
    if compensates(look):
        _compensate(beside, look)
        return
    case, left = look.case, amount(look)
    by_line: dict[str | None, int] = {}
    for line, room in room_by_line(case, beside.facts.money).items():
        part = min(left, room)
        if part:
            by_line[line], left = part, left - part
            beside.add(look, "grant_refunds", id=new_id(), case_id=case.id, order_id=case.order_id, line_id=line, quantity=0, amount_minor=part, currency=case.currency)
            beside.facts.money.grant((case.order_id, case.id, line, 0, part))
    decision.changes["refund_lines"] = {line or "freight": part for line, part in by_line.items()}
    freight = by_line.get(None, 0)
    beside.book.given(look, decision, m.refund_granted(Granted(sum(by_line.values()) - freight, freight, "merchant"), case.currency), {"lines": {line: part for line, part in by_line.items() if line}})


def _compensate(beside: Beside, look: Look) -> None:
    """Compensation that was decided: paid beside the order's money, as a judgement awards it (DI-6), so what was refunded already does not stand in its way."""
    case, facts = look.case, beside.facts
    award, by = str(uuid5(UUID(case.id), f"award {case.version + 1}")), {"merchant": amount(look)}
    request, pack = uuid5(UUID(award), "payout"), facts.clocks_of(case).pack
    beside.book.awarded(look, m.judged_award(by, case.currency), award, {"what": "compensation"})
    beside.add(
        look, "award_judgements", id=award, request=request, key=str(Key(UUID(case.merchant_id), request, 1)), send=uuid5(request, "send 1"), case_id=case.id, order_id=case.order_id,
        buyer_id=case.body.get("bound_buyer") or case.buyer_id, amount_minor=amount(look), send_minor=amount(look), currency=case.currency, reason="compensation", year=look.now.year,
        decided_by=look.actor.id, decided_name=look.actor.name, decided_kind="platform",
        explanation={"rule": "TI-5", "pack": pack.id, "version": pack.version, "ticket": case.number, "what": "compensation", "by": by},
    )
    facts.compensated[case.order_id] = facts.compensated.get(case.order_id, 0) + amount(look)


WRITES: dict[str, Callable[[Beside, Look, Decision], None]] = {
    "reply": reply, "follow_up": say, "hand_back": say, "decide_ticket": decide, "approve_decision": approve, "carry_out": say, "resolve_ticket": say, "close_ticket": say, "refund_for_merchant": refund,
    "bind_ticket": bind,
}
