"""What a judgement, or a settlement, means for other cases (DI-7), and what an upheld appeal takes back of it (DI-8): commands of their own tables, given by the house in the platform's place.

The money was given on the dispute, so whatever is about the same goods ends without paying again; goods that come back or go out do so through the service order in dispute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from amends.core.actor import SYSTEM
from amends.core.commands import Command, verb
from amends.core.money import share
from amends.core.pack_disputes import CANCEL_ORDER
from amends.core.refusal import Refusal
from amends.core.verbs.dispute import RemedyApplied
from amends.core.verbs.judgement import EndByJudgement, RejectByJudgement, ReshipByJudgement, ReturnByJudgement, UndoJudgement
from amends.core.verbs.review import FAULTS
from amends.engine.cancellation import JUDGED, Cancel
from amends.engine.cancelling import cancel
from amends.engine.handle import Answer, Asked, handle
from amends.engine.judged_service import TYPES, open_for
from amends.engine.plans import explained, tell
from amends.store import remedying
from amends.store.connect import Pool
from amends.store.remedying import Beside, Disputed

VERBS = tuple(verb(command) for command in (EndByJudgement, RejectByJudgement, ReturnByJudgement, ReshipByJudgement, UndoJudgement))
GIVEN_UP = ("refunding", "refunded")
"""Cancellations whose goods have left the order already."""
AGAIN = timedelta(seconds=10)
"""How long a remedy waits for one that was begun before it."""


@dataclass(slots=True)
class Remedy:
    """One remedy being applied: what was done to which case, and the first thing that could not be."""

    pool: Pool
    merchant: str
    dispute: Disputed
    effect_id: str
    step: int
    now: datetime
    why: dict[str, Any]
    acts: list[dict[str, Any]] = field(default_factory=list)
    stuck: Refusal | None = None

    def _id(self, case: Beside, name: str) -> str:
        return str(uuid5(UUID(self.effect_id), f"{case.id} {name}"))

    def remember(self, cases: list[Beside]) -> None:
        """What a worker that died over this effect had done already."""
        ids = {self._id(case, name): (case, name) for case in cases for name in VERBS}
        for found in remedying.done_before(self.pool, self.merchant, list(ids)):
            case, name = ids[found]
            self.acts.append({"case": case.id, "kind": case.kind, "number": case.number, "verb": name, **({"gave_up": True} if case.facts.get("gave_up") else {})})

    def give(self, case: Beside, command: Command) -> Answer:
        """One command to one case, once; what it refuses for a reason of its own is kept to be told."""
        asked = Asked(self._id(case, verb(command)), self.merchant, case.id, command, SYSTEM, why=self.why)
        answer = handle(self.pool, [asked], self.now)[0]
        if answer.replayed:
            return answer
        if answer.refusal is None:
            self.acts.append({"case": case.id, "kind": case.kind, "number": case.number, "verb": verb(command), **({"gave_up": True} if getattr(command, "gives_up", False) else {})})
        elif self.stuck is None:
            self.stuck = answer.refusal if answer.refusal.code != "not_now" else Refusal("remedy_goods_under_way", {"number": case.number, "state": answer.state})
        return answer


def apply(pool: Pool, merchant: str, dispute_id: str, effect_id: str, body: Mapping[str, Any], now: datetime) -> datetime | None:
    """Apply a remedy once and tell the dispute once; answers when to look again while an earlier one is still under way. Raises ValueError when the dispute refuses to hear it: that is a bug."""
    remedy = _begin(pool, merchant, dispute_id, effect_id, body, str(body.get("outcome")), now)
    if not isinstance(remedy, Remedy):
        return remedy
    dispute = remedy.dispute
    cases, left, received = remedying.of_order(pool, merchant, dispute.order_id)
    remedy.remember(cases)
    about = dispute.parent_id or dispute.facts.get("plan_case")
    parent = next((c for c in cases if c.id == about), None)
    outcome = body.get("outcome")
    if outcome == "refund":
        _refunded(remedy, cases, parent, left, received=received)
    elif outcome in TYPES:
        _through(remedy, parent, str(outcome), body, left)
    elif outcome == "nothing" and parent is not None and parent.kind == "cancellation" and parent.state in ("reviewing", "logistics_follow_up"):
        remedy.give(parent, RejectByJudgement(dispute.number))
    _told(remedy, remedy.acts[0]["verb"] if remedy.acts else "none")
    return None


def undo(pool: Pool, merchant: str, dispute_id: str, effect_id: str, body: Mapping[str, Any], now: datetime) -> datetime | None:
    """Put back what a judgement did to other cases and to the goods of the order, as far as nothing was sent, and say plainly what stays as it is (DI-8)."""
    remedy = _begin(pool, merchant, dispute_id, effect_id, body, "undo", now)
    if not isinstance(remedy, Remedy):
        return remedy
    cases, _, _ = remedying.of_order(pool, merchant, remedy.dispute.order_id)
    known = {c.id: c for c in cases}
    remedy.remember(cases)
    for act in reversed(body.get("undo") or ()):
        case = known.get(act["case"])
        if case is None:
            continue
        # Where the buyer has asked again meanwhile, that case stands; this one stays ended, and what it had given up is the order's again (CA-8).
        again = case.kind == "cancellation" and any(c.kind == "cancellation" and not c.closed and c.id != case.id and set(c.lines) & set(case.lines) for c in cases)
        remedy.give(case, UndoJudgement(remedy.dispute.number, again))
    if remedy.stuck is not None and remedy.stuck.code == "remedy_goods_under_way":
        remedy.stuck = Refusal("undo_goods_under_way", dict(remedy.stuck.facts))
    done, remedy.acts = ("undone" if remedy.acts else "none"), []
    _told(remedy, done)
    return None


def _begin(pool: Pool, merchant: str, dispute_id: str, effect_id: str, body: Mapping[str, Any], rule: str, now: datetime) -> Remedy | datetime | None:
    """The remedy of one step of the dispute; None when it was told already, an instant while an earlier one is still under way."""
    dispute, step = remedying.dispute(pool, merchant, dispute_id), int(body.get("version") or 0)
    waiting = (dispute.facts.get("applying") or []) if dispute is not None else []
    if dispute is None or step not in waiting:
        return None
    return now + AGAIN if min(waiting) < step else Remedy(pool, merchant, dispute, effect_id, step, now, explained(dispute, rule))


def _through(remedy: Remedy, parent: Beside | None, outcome: str, body: Mapping[str, Any], left: dict[str, int]) -> None:
    """Goods come back, or go out anew: through the service order in dispute, else through one for each line that the house opens."""
    fresh = parent is None or parent.kind != "service_order"
    cases = open_for(remedy.pool, remedy.merchant, remedy.dispute, outcome, remedy.effect_id, remedy.now) if fresh else [parent]
    # What the house opened is closed when it is undone; what the buyer had applied for goes back to where it was.
    own = {c.id for c in cases if c is not None and c.facts.get("opened")} if isinstance(cases, list) else set()
    if isinstance(cases, Refusal):
        remedy.stuck = cases
        return
    weights = [left.get(c.lines[0], 0) if fresh else 1 for c in cases if c is not None]
    parts = share(int(body.get("amount") or 0), weights) if any(weights) else [0] * len(weights)
    freight = str(body.get("freight_by") or "")
    for case, part in zip(cases, parts, strict=True):
        if case is not None and outcome == "reship":
            remedy.give(case, ReshipByJudgement(remedy.dispute.number, case.id in own))
        elif case is not None:
            remedy.give(case, ReturnByJudgement(remedy.dispute.number, part or None, freight if freight in FAULTS else "", bool(body.get("advance")), case.id in own))


def _refunded(remedy: Remedy, cases: list[Beside], parent: Beside | None, left: dict[str, int], *, received: bool) -> None:
    """The refund was given on the dispute: what is about the same goods ends without money. When all of their money went back before receipt, the goods are not part of the order any more."""
    chosen = {x["line_id"] for x in remedy.dispute.facts.get("lines") or ()} or set(left)
    whole = not any(left.get(line, 0) for line in chosen)
    gone = any(c.kind == "cancellation" and c.state in GIVEN_UP and chosen <= set(c.lines) for c in cases)
    gives_up = whole and not received and not gone and (parent is None or parent.kind == "cancellation") and bool(chosen & set(left))
    for case in _about(cases, parent, chosen, whole=whole):
        giving = gives_up and case.kind == "cancellation" and chosen <= set(case.lines)
        if remedy.give(case, EndByJudgement(remedy.dispute.number, giving)).refusal is None and giving:
            gives_up = False
    if gives_up and parent is not None and parent.closed:
        gives_up = remedy.give(parent, EndByJudgement(remedy.dispute.number, True)).refusal is not None
    elif gives_up and remedy.dispute.type == CANCEL_ORDER:
        _give_up(remedy)


def _about(cases: list[Beside], parent: Beside | None, chosen: set[str], *, whole: bool) -> Iterator[Beside]:
    """Open cases of the same goods, the one in dispute first; the others only where nothing is left for them to give."""
    if parent is not None and not parent.closed and parent.state not in GIVEN_UP:
        yield parent
    if whole:
        yield from (c for c in cases if not c.closed and c is not parent and c.state not in GIVEN_UP and chosen & set(c.lines))


def _give_up(remedy: Remedy) -> None:
    """No cancellation stands for the goods yet: the house opens one as the platform's staff would, so that they are not sent."""
    dispute = remedy.dispute
    asked = Cancel(dispute.order_id, JUDGED, source="staff", dispute=dispute.number, dispute_id=dispute.id)
    opened = cancel(remedy.pool, remedy.merchant, asked, SYSTEM, remedy.now, str(uuid5(UUID(remedy.effect_id), "open")))
    if isinstance(opened, list):
        remedy.stuck = remedy.stuck or opened[0]
        return
    remedy.give(Beside(opened.case_id, "cancellation", opened.number, opened.state, False, {}, []), EndByJudgement(dispute.number, True, True))


def _told(remedy: Remedy, done: str) -> None:
    stuck = remedy.stuck
    facts = {name: value for name, value in stuck.facts.items() if isinstance(value, str | int)} if stuck else {}
    told = RemedyApplied(done, stuck.code if stuck else "", [facts] if facts else [], stuck.say("zh")[:500] if stuck else "", list(remedy.acts), remedy.step)
    tell(remedy.pool, remedy.merchant, remedy.dispute.id, told, str(uuid5(UUID(remedy.effect_id), "told")), remedy.why, remedy.now)
