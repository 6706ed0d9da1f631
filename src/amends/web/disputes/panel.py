"""Everything the merchant's page of a case says when the case is a dispute: both sides, the plans, questions, judgements, rights (DI-2, DI-3, DI-5, DI-6a)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from amends.core.pack_disputes import Disputes
from amends.core.rules_evidence import ended_early
from amends.core.windows import window_of
from amends.engine import drafts
from amends.engine.ids import new_id
from amends.store.screens.case_rows import OtherRow
from amends.store.screens.disputes import Piece
from amends.web import show, wording
from amends.web.disputes import filed as filed_cancellations
from amends.web.disputes import reported
from amends.web.disputes.cards import Card, cards
from amends.web.disputes.grounds import GroundShown, filed_kinds, grounds_of
from amends.web.disputes.judged import Judged, amounts, judgements
from amends.web.disputes.rights import Right, rights

if TYPE_CHECKING:
    from amends.web.case.page import Read

GATHERING = ("awaiting_merchant", "awaiting_buyer_confirmation", "awaiting_evidence", "awaiting_adjudication")
"""Where evidence may still come before a judgement."""


@dataclass(slots=True)
class Question:
    """A numbered question to a side, answered once (DI-6a)."""

    n: int
    side: str
    words: str
    at: datetime
    answer: str = ""
    answered_at: datetime | None = None
    command_id: str = ""
    draft: str = ""
    files: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Side:
    """One side: what it says, when, its evidence, and the questions put to it."""

    code: str
    words: str
    said_at: datetime | None
    evidence: list[Piece] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    finished: datetime | None = None
    """When it said that it adds nothing more (DI-5)."""
    adds_until: datetime | None = None
    """Until when it may still add evidence; None where it is done, or it is over."""


@dataclass(slots=True)
class Failure:
    """A plan that could not be carried out: which, why, and the buyer's cancellation that can be approved here (DI-3)."""

    plan: str
    words: str
    number: str
    case: str
    way: filed_cancellations.Way | None


@dataclass(slots=True)
class Panel:
    """The dispute as the merchant sees it. Amounts are written out."""

    demand: str
    paid: str
    most: str
    parent: OtherRow | None
    sides: list[Side]
    cards: list[Card]
    grounds: list[GroundShown]
    ground: GroundShown | None
    plan: str
    offer: str
    offer_rows: list[tuple[str, str]]
    failure: Failure | None
    unrejected: OtherRow | None
    judgements: list[Judged]
    rights: list[Right]
    most_files: int
    mine: int
    may_answer: bool
    may_file: bool
    others: list[Piece] = field(default_factory=list)


def of_case(request: Any, given: Read) -> dict[str, Any]:
    """`dispute` for the templates: the panel, or None for another kind of case."""
    if given.seen.case.kind != "dispute":
        return {"dispute": None}
    return {"dispute": _panel(request, given)}


def _panel(request: Any, given: Read) -> Panel:
    seen, lang = given.seen, request.lang
    case, facts = seen.case, seen.case.facts
    section: Disputes = given.sight.facts["disputes"]
    kinds = filed_kinds(seen.evidence)
    known = grounds_of(section, case.type, kinds, lang)
    moves = {m.verb: m for m in given.sight.moves}
    demand = wording.choice("outcome", case.expectation, lang)
    if facts["asked_amount"]:
        demand = f"{demand} {show.money(int(facts['asked_amount']), case.currency)}"
    offer = facts["offer"] or {}
    return Panel(
        demand, show.money(int(given.sight.facts.get("paid", 0)), case.currency), show.money(int(given.sight.facts.get("room", 0)), case.currency),
        next((o for o in seen.others if o.id == facts["parent_id"]), None), _sides(request, given), cards(request, given), known, next((g for g in known if g.code == facts["ground"]), None),
        str(facts["plan"] or ""), wording.choice("offer", offer["outcome"], lang) if offer else "", amounts(offer, case.currency, lang), _failure(request, given),
        _unrejected(given), judgements(facts, section, "merchant", case.currency, lang),
        rights(case.state, facts, {e.name for e in seen.events}, case.opened_at, case.due_at, request.now), section.files_at_most, int((facts["filed"] or {}).get("merchant", 0)),
        "answer_question" in moves and moves["answer_question"].blocked is None, "add_evidence" in moves and moves["add_evidence"].blocked is None,
        [p for p in seen.evidence if p.side == "platform"],
    )


def questions(facts: Any, side: str) -> list[Question]:
    """The questions put to a side, in their order; each open one with the id under which its answer is given once."""
    return [
        Question(
            int(q["n"]), q["side"], q["words"], datetime.fromisoformat(q["at"]), q.get("answer", ""),
            datetime.fromisoformat(q["answered_at"]) if q.get("answered_at") else None, new_id(),
        )
        for q in facts.get("questions") or () if q["side"] == side
    ]


def _sides(request: Any, given: Read) -> list[Side]:
    asked = questions(given.seen.case.facts, "merchant")
    kept = drafts.load(request.house.pool, request.person.merchant_id, request.person.id, given.seen.case.id).get("answer_question") if any(not q.answer for q in asked) else None
    for q in asked:
        mine = kept is not None and str(kept.body.get("question")) == str(q.n)
        q.draft, q.files = (str(kept.body.get("words", "")), kept.files) if kept and mine else ("", [])
    case, facts = given.seen.case, given.seen.case.facts
    stated = next((e.at for e in given.seen.events if e.name == "judgement_asked"), None)
    made = [
        Side("buyer", str(facts["description"] or ""), case.opened_at, [p for p in given.seen.evidence if p.side == "buyer"]),
        Side("merchant", str(facts["statement"] or ""), stated, [p for p in given.seen.evidence if p.side == "merchant"], asked),
    ]
    for side in made:
        side.finished, side.adds_until = finishing(facts, side.code, case.state, request.now)
    return made


def finishing(facts: Any, side: str, state: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When a side said that it adds nothing more, and else until when it may; both None once evidence is over (DI-5)."""
    if state not in GATHERING:
        return None, None
    said, until = (facts.get("finished") or {}).get(side), window_of(facts, "evidence_until")
    if said:
        return datetime.fromisoformat(said), None
    closes = datetime.fromisoformat(until) if until else None
    return None, closes if closes is not None and now < closes and not ended_early(facts) else None


def _failure(request: Any, given: Read) -> Failure | None:
    told = given.seen.case.facts["plan_failure"]
    if not told or given.seen.case.state != "awaiting_merchant":
        return None
    way = filed_cancellations.way(request, given, told.get("cancellation") or "")
    words = "" if told.get("code") == "plan_cancellation_filed" else reported.reason(told, request.lang)
    return Failure(wording.choice("plan", told.get("plan", ""), request.lang), words, told.get("number", ""), told.get("cancellation", ""), way)


def _unrejected(given: Read) -> OtherRow | None:
    """A cancellation that is still open though both agreed not to cancel: it is rejected by hand (DI-2)."""
    if given.seen.case.facts["plan"] != "agreed_no_cancel" or given.seen.case.state in ("awaiting_merchant", "withdrawn", "closed"):
        return None
    return next((o for o in given.seen.others if o.kind == "cancellation" and o.state not in filed_cancellations.ENDED), None)


