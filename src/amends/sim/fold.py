"""What a case must look like, folded from its events alone, and which stock and messages those events must have led to (OP-8).

Written apart from the engine on purpose: what both agree on is likely so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from amends.core import rules_flow
from amends.core.cases import TABLES

DIRECT = frozenset({"hold_stock", "rehold_stock", "take_stock", "take_offline_stock", "restock", "ask_difference", "drop_difference", "cancel_goods", "restore_goods"})
"""Effects that touch stock with the decision itself and never wait in the outbox."""
OUT = frozenset({"reissue_without_return", "reissue", "exchange"})
OFFLINE = frozenset({"reissue_offline", "exchange_offline"})
PLACES = {"sale": "on_hand", "quarantine": "quarantine", "scrap": "scrapped"}
OTHER_GOODS = ("wrong_item", "missing", "lost", "kept_by_buyer")
_COLUMNS = {"type": "type", "reason": "reason", "quantity": "quantity", "assignee": "assignee", "granted": "granted", "moved": "moved"}


@dataclass(slots=True)
class Folded:
    """A case as its events tell it."""

    id: str
    number: str
    sku: str
    state: str = ""
    version: int = 0
    type: str = ""
    reason: str = ""
    quantity: int = 1
    assignee: str | None = None
    granted: int = 0
    moved: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    promised: tuple[str, int] | None = None
    """What was decided to go out to the buyer and has not gone yet: SKU and pieces."""

    def take(self, version: int, body: Mapping[str, Any]) -> None:
        """One event more. Raises ValueError when the events are not numbered without a gap or do not start where the last one ended."""
        if version != self.version + 1:
            raise ValueError(f"{self.number}: event {version} follows event {self.version}")
        if self.version and body.get("from") != self.state:
            raise ValueError(f"{self.number}: event {version} starts in {body.get('from')}, the one before ended in {self.state}")
        self.version, self.state = version, body["to"]
        if body["command"] in OUT:
            self.promised = (body["input"].get("sku") or self.sku, body["input"].get("quantity") or self.quantity)
        elif body["command"] == "accept_proposal" and self.state in ("fulfilling", "collecting"):
            agreed = body["changes"]["agreed"]
            self.promised = (agreed["sku"], agreed["quantity"])
        elif self.state not in ("fulfilling", "collecting"):
            self.promised = None
        if version == 1:
            given = body["input"]
            self.type = given.get("type") or given["scenario"]  # a dispute is of its scenario (DI-1)
            self.reason, self.quantity = given.get("reason") or self.type, given["quantity"]
        for name, value in body["changes"].items():
            if name in _COLUMNS:
                setattr(self, _COLUMNS[name], value)
            if name not in _COLUMNS:
                self.body[name] = value

    def differs(self, row: Mapping[str, Any]) -> Iterator[str]:
        """Where the stored case says something else than its events."""
        for name in ("state", "version", *_COLUMNS):
            if getattr(self, name) != row[name]:
                yield f"{self.number}: its events fold to {name} {getattr(self, name)!r}, the case says {row[name]!r}"
        for name, value in self.body.items():
            if row["facts"].get(name) != value:
                yield f"{self.number}: its events fold to {name} {value!r}, the case says {row['facts'].get(name)!r}"


def stock_moved(case: Folded, body: Mapping[str, Any], deduct_offline: bool) -> Counter[tuple[str, str]]:
    """Pieces that one event moved, by SKU and place; `case` as it stood before the event."""
    name, given = body["command"], body["input"]
    if name in OFFLINE and deduct_offline:
        return Counter({(given.get("sku") or case.sku, "on_hand"): -(given.get("quantity") or case.quantity)})
    if name == "ship_replacement" and (case.promised or case.body.get("stock_owed")):
        sku, pieces = case.promised or (case.sku, case.quantity)
        return Counter({(sku, "on_hand"): -pieces})
    if name == "register_receipt" and given["disposition"] in PLACES and given["condition"] not in OTHER_GOODS:
        return Counter({(case.sku, PLACES[given["disposition"]]): given.get("received", 0)})
    return Counter()


def effects_due(kind: str, body: Mapping[str, Any], actor: str = "", facts: Mapping[str, Any] | None = None) -> Counter[str]:
    """The effects that one event must have put into the outbox, by name; `facts` of the case for what hangs on how it was opened."""
    if body["command"] == "open_ticket":
        return Counter({"tell_merchant": 1, "mail_ticket": 1}) + Counter({"tell_platform": int(body["input"]["type"] == "regulator")})
    if body["command"] == "open_dispute":
        return Counter({"tell_merchant": 1, "tell_platform": 1})
    if body["command"] in ("apply", "cancel"):
        return Counter({"tell_merchant": 1})
    step, ends = TABLES[kind].steps[body["from"]][body["command"]], body["to"]
    due = Counter(e.__name__ for e in step.then if e.__name__ not in DIRECT and not (e is rules_flow.tell_merchant and actor != "platform"))
    if kind == "cancellation":  # several ends of a step, each with its own effects
        due["pay_refund"] *= ends == "refunding"
        due["intercept_parcel"] *= ends == "intercepting" and body["from"] != ends
    if kind == "dispute":
        _of_dispute(due, body, int((facts or {}).get("granted_before", 0)))
    if kind == "ticket":
        _of_ticket(due, body, facts or {})
    if kind == "service_order":
        due["ask_to_rate"] *= ends == "completed"
        due["tell_platform"] *= rules_flow.tell_platform not in step.then or "platform_in" in body["changes"]
        due["pay_refund"] *= body["command"] != "run_out" or ends == "confirming"
    if body["command"] == "accept_proposal":
        due["pay_refund"] *= ends == "confirming"
    if body["command"] == "answer_call":  # a buyer hears the answer to a call of its own (SO-30)
        due["tell_buyer"] *= (body["changes"].get("call_answer") or {}).get("to") == "buyer"
    due["cancel_pickup"] *= "parcel" in body["changes"]
    due["return_difference"] *= body["changes"].get("difference", 0) < 0
    return due + Counter({"remind_to_rate": due["ask_to_rate"]})


@cache
def clocks_of(kind: str, state: str) -> frozenset[str]:
    """The clocks that may run in a state: its own, and those that steps arm which lead there or stay."""
    machine = TABLES[kind]
    own = machine.states[state].clock
    others = {s.clock for x in machine.states.values() for s in x.steps if s.clock and state in s.targets()}
    mail = {"ticket_mail"} if own == "ticket_answer" else set()  # armed in its place, by where the ticket came from (TI-4)
    return frozenset({own, *others, *mail} - {None})  # type: ignore[arg-type]


def _of_ticket(due: Counter[str], body: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """What of a ticket's step is only done at some of its ends, and nothing but telling the platform of what waits for a second person (TI-5, DI-6)."""
    changes, ends, command = body["changes"], body["to"], body["command"]
    if isinstance(changes.get("pending"), dict):
        due.clear()
        due["tell_platform"] = 1
        return
    due["inform_platform"] *= facts.get("type") == "regulator" and not (command == "reply" and facts.get("other_side") != "buyer")
    due["mail_ticket"] *= command not in ("reply", "carry_out") or bool(facts.get("mail_from"))
    due["hand_to_platform"] *= ends == "transferred"
    due["tell_platform"] *= command != "carry_out" or facts.get("other_side") == "buyer"
    due["pay_refund"] *= "granted" in changes
    due["end_service_order"] *= "goods_ended" in changes
    if command in ("decide_ticket", "approve_decision", "refund_for_merchant"):
        due["tell_platform"] = 0
        decided = (changes.get("decision") or {}).get("decision")
        due["open_service_order"] *= ends == "transferred" and decided in ("return_refund", "exchange", "reissue")


def _of_dispute(due: Counter[str], body: Mapping[str, Any], granted: int) -> None:
    """What of a dispute's step is only done at some of its ends: telling of a judgement that stands, paying what is granted, carrying out (DI-6, DI-7)."""
    changes, ends = body["changes"], body["to"]
    before = 0 if "reversed" in changes else granted
    due["tell_judged"] *= ends == "adjudicated"
    due["pay_refund"] *= changes.get("granted", before) > before
    due["apply_remedy"] *= "applying" in changes and body["from"] != "appealing"
    due["undo_remedy"] *= "applying" in changes and body["from"] == "appealing"
    if body["command"] == "run_out" and body["from"] == "awaiting_buyer_confirmation":
        due["tell_both"] *= ends == "settled"
        due["tell_to_judge"] *= ends in ("awaiting_evidence", "awaiting_adjudication")
