"""Rows of other tables that follow from a decision: stock, talk, receipts, parcels, ratings, refunds granted.

Each command that leaves a trace beside its case has one small function here, by its verb.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from amends.core.commands import verb
from amends.core.effects import amount
from amends.core.machine import Decision, Look
from amends.core.money import Money
from amends.core.negotiation import as_agreed
from amends.core.refund import Settlement, settle
from amends.core.stock import why_ended
from amends.core.verbs.buyer import RATINGS
from amends.engine import advancing, calling, judged_money, marking, ticket_times, ticketed
from amends.engine.bookkeeping import Book
from amends.engine.facts import Facts
from amends.engine.goods import STOCK_MOVES
from amends.engine.ids import new_id

Rows: TypeAlias = dict[str, list[dict[str, Any]]]
ONE_ROW_EACH = {"add_parcels": ("carrier", "waybill", "direction"), "add_ratings": ("case_id",), "pay_charges": ("order_id",), "pay_claims": ("order_id",), "mark_parcels": ("case_id", "direction")}
"""Queries that write a row they may find there already: by these columns a row comes once in one run of the query."""
MARKS = {"parcel_signed": ("back", "signed"), "goods_received": ("back", "registered"), "replacement_delivered": ("replacement original", "delivered")}
DIRECTIONS = {
    "ship_back": "back", "book_pickup": "back", "drop_off": "back", "pickup_confirmed": "back", "ship_replacement": "replacement", "reissue_offline": "replacement",
    "exchange_offline": "replacement", "return_original": "original",
}
PARCEL_STATES = {
    "ship_back": "sent", "book_pickup": "sent", "drop_off": "sent", "parcel_signed": "signed", "register_receipt": "registered", "ship_replacement": "out",
    "reissue_offline": "out", "exchange_offline": "out", "return_original": "out", "replacement_delivered": "delivered",
}

MONEY_OF_ORDER = ("grant_refunds", "reverse_refunds")


class Beside:
    """Gathers the rows by the name of the query that writes them.

    In rounds: what a later command of a batch leaves about the same case, or the same parcel, is written after what an earlier one left.
    """

    def __init__(self, facts: Facts, now: datetime) -> None:
        self.facts, self.now, self.book = facts, now, Book()
        self._rounds: list[Rows] = []
        self._round_of: dict[str, int] = {}
        self._keys: set[tuple[Any, ...]] = set()
        self._money: dict[str, tuple[int, str]] = {}

    def rows(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Queries with their rows, in the order they run: stock and holds first, as they are locked."""
        posted = [("post_ledger", self.book.rows)] if self.book.rows else []
        return [*self.facts.shelves.rows(), *(pair for some in self._rounds for pair in some.items()), *posted]

    def note(self, look: Look, decision: Decision) -> None:
        """Everything this decision leaves beside the case."""
        name = verb(look.command)
        self._round_of[look.case.id] = self._round_of.get(look.case.id, -1) + 1
        for effect, body in decision.effects:
            if effect in STOCK_MOVES:
                STOCK_MOVES[effect](self.facts.shelves, look, body)
            if effect == "cancel_goods":
                self._cancel(look, decision, body)
            if effect == "restore_goods":
                self._restore(look, body)
            if effect in ("ask_difference", "return_difference", "drop_difference"):
                self.book.difference(look, decision, effect, body)
        if name in PARCEL_STATES:
            decision.changes["parcel_state"] = PARCEL_STATES[name]
        if decision.event in MARKS:
            direction, state = MARKS[decision.event]
            self._add(look, "mark_parcels", case_id=look.case.id, direction=direction, state=state)
        if name in DIRECTIONS:
            self._parcel(look, DIRECTIONS[name])
        if name in ("correct_waybill", "pickup_off"):
            self._correct(look)
        if name == "book_pickup":
            self._add(look, "add_pickups", case_id=look.case.id, **decision.changes["parcel"])
        if "quantity" in decision.changes:
            self.facts.pieces.setdefault(look.case.body.get("line_id", ""), {})[look.case.id] = decision.changes["quantity"]
        ticket_times.note(self, look, decision)
        if writes := WRITES.get(name):
            writes(self, look, decision)
        if "advance" in decision.changes:
            advancing.carry(self, look, decision)
        if "call_open" in decision.changes:
            calling.carry(self, look, decision)
        held_now = any(effect == "hold_stock" for effect, _ in decision.effects)
        new_type = look.case.type if held_now else decision.changes.get("type", look.case.type)
        if why := why_ended(look.case.state, decision.state, decision.closed, look.case.type, new_type):
            self.facts.shelves.release(look.case.id, why, look.actor)
        for photo in getattr(look.command, "photos", ()):
            self.facts.filed[photo] = look.case.id
            self._add(look, "file_photos", id=photo, case_id=look.case.id)

    def add(self, look: Look, query: str, **row: Any) -> None:
        """One row for a query, after what this batch has left about the same case."""
        self._add(look, query, **row)

    def _add(self, look: Look, query: str, **row: Any) -> None:
        at = self._round_of[look.case.id]
        if query in MONEY_OF_ORDER:  # what one case gives back must be written before another case gives it out again
            before, last = self._money.get(look.case.order_id, (at, query))
            at = max(at, before + (last != query))
            self._money[look.case.order_id] = (at, query)
        if unique := ONE_ROW_EACH.get(query):
            key = tuple(row[column] for column in unique)
            while (at, query, key) in self._keys:
                at += 1
            self._keys.add((at, query, key))
            self._round_of[look.case.id] = at
        while len(self._rounds) <= at:
            self._rounds.append({})
        self._rounds[at].setdefault(query, []).append(row)

    def _cancel(self, look: Look, decision: Decision, body: Any) -> None:
        """The pieces leave their order, and what they gave is granted line by line."""
        for line in body["lines"]:
            self._add(look, "cancel_lines", order_id=look.case.order_id, line_id=line["line_id"], quantity=line["quantity"])
        if look.to == "refunding":
            self.grant(look, decision)

    def _restore(self, look: Look, body: Any) -> None:
        """The pieces are part of their order again (DI-8)."""
        for line in body["lines"]:
            self._add(look, "restore_lines", order_id=look.case.order_id, line_id=line["line_id"], quantity=line["quantity"])

    def _parcel(self, look: Look, direction: str) -> None:
        waybill = getattr(look.command, "waybill", "")
        if waybill:
            carrier = getattr(look.command, "carrier", "") or "—"
            self._add(look, "add_parcels", id=new_id(), order_id=look.case.order_id or None, case_id=look.case.id, direction=direction, carrier=carrier, waybill=waybill)

    def _correct(self, look: Look) -> None:
        """A right number for a wrong one: the parcel that was never there goes, so that nobody searches for it."""
        out = "original" if "reason" in look.case.body.get("parcel", {}) else "replacement"
        back = look.case.state == "in_transit"
        self._add(look, "drop_parcels", case_id=look.case.id, direction="back" if back else "replacement original")
        self._parcel(look, "back" if back else out)  # a pick-up that is off names no waybill, and leaves no parcel

    def grant(self, look: Look, decision: Decision) -> None:
        """The amount decided, spread over the lines it counts on (MO-1, MO-2)."""
        case, typed = look.case, amount(look)
        entitled = self.facts.entitled(case, look.command)
        if entitled is None or not typed:
            return
        settled = settle(Money(typed, case.currency), entitled, reason=getattr(look.command, "adjust_reason", "") or "processing", may_override=True)
        by_line: Mapping[str | None, int] = settled.by_line if isinstance(settled, Settlement) else {None: typed}
        decision.changes["refund_parts"] = [
            {"label": p.label, "amount": p.amount, "payer": p.payer, "line_id": p.line_id, "medium": p.medium, "pieces": p.pieces} for p in entitled.parts
        ]
        decision.changes["refund_lines"] = {line or "freight": part for line, part in by_line.items()}
        pieces = {p.line_id: p.pieces for p in entitled.parts if p.label == "paid"}
        for line, part in by_line.items():
            quantity = pieces.get(line, 0) if line else 0
            if part or quantity:
                self._add(look, "grant_refunds", id=new_id(), case_id=case.id, order_id=case.order_id, line_id=line, quantity=quantity, amount_minor=part, currency=case.currency)
                self.facts.money.grant((case.order_id, case.id, line, quantity, part))
        (self.book.advanced if verb(look.command) == "advance_refund" else self.book.granted)(look, decision, entitled, by_line)

    def reverse(self, look: Look, decision: Decision) -> None:
        """冲正: the grants of this case count no more."""
        self._add(look, "reverse_refunds", case_id=look.case.id)
        self.facts.money.revoke(look.case)
        self.book.reversed(look, decision)

    def differ(self, look: Look, decision: Decision) -> None:
        """An exchange for a cheaper SKU: the difference counts on the line that was bought (MO-1); for a dearer one the buyer is asked for it."""
        more, case, line = int(decision.changes.get("difference", 0)), look.case, look.case.body.get("line_id", "")
        if more < 0:
            row = {"case_id": case.id, "order_id": case.order_id, "line_id": line, "quantity": 0, "amount_minor": -more, "currency": case.currency}
            self._add(look, "grant_refunds", id=new_id(), **row)
            self.facts.money.grant((case.order_id, case.id, line, 0, -more))
        if decision.state == "collecting":
            decision.changes["charge"] = charge = new_id()
            row = {"case_id": case.id, "order_id": case.order_id, "buyer_id": case.buyer_id, "amount_minor": more, "currency": case.currency}
            self._add(look, "add_charges", id=charge, outbox_id=new_id(), words=getattr(look.command, "sku", ""), **row)

    def agree(self, look: Look, decision: Decision) -> None:
        """An accepted proposal leaves what the command it stands for would have left (SO-28)."""
        would = as_agreed(look)
        if decision.state == "confirming":
            self.grant(would, decision)
        elif decision.state in ("collecting", "fulfilling"):
            self.differ(would, decision)

    def ran_out(self, look: Look, decision: Decision) -> None:
        """The end of a clock: a difference nobody paid is asked for no more, and what a pack's own rule gives at zero is granted as any refund (SO-29)."""
        self.drop(look, decision)
        if look.case.kind == "dispute":
            judged_money.carry(self, look, decision)
        ticketed.ran_out(self, look, decision)
        if look.case.kind == "service_order" and any(effect == "pay_refund" for effect, _ in decision.effects):
            self.grant(look, decision)

    def drop(self, look: Look, decision: Decision) -> None:
        """The difference is not asked for any more."""
        if look.case.state == "collecting":
            self._add(look, "drop_charges", case_id=look.case.id, outbox_id=new_id())

    def paid(self, look: Look, decision: Decision) -> None:
        """The difference came in: from now on it is part of what the buyer paid for this line. An advance paid back is another thing."""
        if look.case.state == "claiming_back":
            return
        charge, case = getattr(look.command, "charge", ""), look.case
        given = {"order_id": case.order_id, "line_id": case.body.get("line_id"), "reference": getattr(look.command, "reference", "")}
        by_hand = verb(look.command) == "record_payment"
        self._add(look, "pay_charges", id=charge, payment_id=new_id(), by_hand=by_hand, outbox_id=new_id(), **given)
        if came := self.facts.charges.get(case.id, {}).pop(charge, None):
            self.book.paid(look, charge, came, "" if by_hand else self.facts.providers.get(charge, ""))

    def transfer(self, look: Look, decision: Decision) -> None:
        """The money of one request went back: the provider says so, or finance moved it by hand."""
        request, by_hand = getattr(look.command, "request", ""), verb(look.command) == "record_transfer"
        self._add(look, "settle_requests", id=request, reference=getattr(look.command, "reference", ""), by_hand=by_hand)
        if amount_moved := self.facts.requests.get(look.case.id, {}).pop(request, None):
            self.book.moved(look, request, amount_moved, "" if by_hand else self.facts.providers.get(request, ""))

    def refuse_transfer(self, look: Look, decision: Decision) -> None:
        """The provider refused one request; it waits for finance (MO-3)."""
        request = getattr(look.command, "request", "")
        self._add(look, "fail_requests", id=request, code=getattr(look.command, "code", ""), words=getattr(look.command, "words", ""))
        self.facts.failed.add(request)

    def ask_again(self, look: Look, decision: Decision) -> None:
        """A request that failed goes to the provider once more, under a new key (MO-3)."""
        request = getattr(look.command, "request", "")
        self._add(look, "retry_requests", id=request)
        self.facts.failed.discard(request)

    def say(self, look: Look, decision: Decision) -> None:
        """Words between buyer and merchant."""
        words, photos = getattr(look.command, "words", ""), list(getattr(look.command, "photos", ()))
        if words or photos:
            actor = look.actor
            self._add(look, "add_messages", id=new_id(), case_id=look.case.id, actor_kind=actor.party.value, actor_id=actor.id, actor_name=actor.name, body=words, file_ids=photos)

    def file_evidence(self, look: Look, decision: Decision) -> None:
        """Files that a side files: kept as they are, with their digests, from now on (DI-5). What an answer brings is evidence too."""
        c: Any = look.command
        if c.photos:
            actor, kind = look.actor, getattr(c, "evidence", "") or "other"
            self._add(
                look, "add_evidence", case_id=look.case.id, side=actor.side.value, kind=kind, words=c.words, file_ids=list(c.photos), actor_id=actor.id, actor_name=actor.name,
                version=look.case.version + 1,
            )

    def staff_note(self, look: Look, decision: Decision) -> None:
        """A note among staff."""
        actor = look.actor
        self._add(look, "add_notes", id=new_id(), case_id=look.case.id, person_id=actor.id, person_name=actor.name, side=actor.side.value, body=getattr(look.command, "words", ""))

    def receipt(self, look: Look, decision: Decision) -> None:
        """The receipt as registered."""
        c: Any = look.command
        outcome = "kept" if c.condition == "kept_by_buyer" else c.condition
        self._add(
            look, "add_receipts", id=new_id(), case_id=look.case.id, quantity=c.received or 0, outcome=outcome, packaging=c.packaging, appearance=c.appearance, function=c.function,
            accessories_complete=c.accessories == "complete", disposition=c.disposition, inspector=look.actor.id, inspector_name=look.actor.name,
            file_ids=list(c.photos), note=c.note,
        )

    def rate(self, look: Look, decision: Decision) -> None:
        """1 to 5, from very dissatisfied to very satisfied."""
        c: Any = look.command
        self._add(look, "add_ratings", case_id=look.case.id, buyer_id=look.case.buyer_id, score=RATINGS.index(c.rating) + 1, text=c.words)

    def answer_rating(self, look: Look, decision: Decision) -> None:
        """The merchant's answer."""
        self._add(look, "answer_ratings", case_id=look.case.id, answer=getattr(look.command, "words", ""), answered_by=look.actor.id)


WRITES: dict[str, Callable[[Beside, Look, Decision], None]] = {
    **dict.fromkeys(("adjudicate", "confirm_judgement", "uphold_appeal", "carry_out_judgement", "accept_settlement"), judged_money.carry),
    "advance_refund": Beside.grant, "waive_claim": Beside.say, "claim_back": Beside.say, "settle_advance": Beside.say,
    "refund": Beside.grant, "refund_without_return": Beside.grant, "refund_at_merchants_cost": Beside.grant, "reverse_refund": Beside.reverse,
    "exchange": Beside.differ, "decline": Beside.drop, "run_out": Beside.ran_out, "difference_paid": Beside.paid, "record_payment": Beside.paid,
    "record_transfer": Beside.transfer, "refund_moved": Beside.transfer, "refund_failed": Beside.refuse_transfer, "retry_refund": Beside.ask_again,
    "say": Beside.say, "answer": Beside.say, "not_solved": Beside.say, "ask_buyer": Beside.say,
    "propose": Beside.say, "decline_proposal": Beside.say, "withdraw_proposal": Beside.say, "accept_proposal": Beside.agree,
    "add_evidence": Beside.file_evidence, "answer_question": Beside.file_evidence, "appeal": Beside.file_evidence,
    **ticketed.WRITES,
    **marking.WRITES, "raise_discrepancy": Beside.say, "reject": Beside.say, "return_original": Beside.say, "note": Beside.staff_note, "register_receipt": Beside.receipt, "rate": Beside.rate,
    "improve_rating": Beside.rate, "answer_rating": Beside.answer_rating,
}
