"""A dispute as its buyer reads it: where it stands and what follows, the offer, both sides' evidence, questions, judgements, what can be done until when (DI-4, DI-5, DI-6a, DI-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from amends.core.dispute_sight import unsettled
from amends.core.pack_disputes import Disputes
from amends.engine.ids import new_id
from amends.store.connect import scope
from amends.store.screens import buyer as screen
from amends.store.screens import disputes as store
from amends.web import wording
from amends.web.buyer import visit as visits
from amends.web.buyer.story import Step
from amends.web.catalogue import say
from amends.web.disputes.judged import amounts, judgements
from amends.web.disputes.panel import finishing, questions
from amends.web.disputes.rights import rights
from amends.web.show import money

if TYPE_CHECKING:
    from amends.web.buyer.case import Opened

VERBS = ("accept_settlement", "refuse_settlement", "add_evidence", "finish_evidence", "resume_evidence", "answer_question", "appeal", "withdraw_dispute")
DONE = frozenset({"asked", "asked_before", *VERBS})
TOLD = frozenset({
    "dispute_opened", "dispute_plan_refund", "dispute_plan_no_cancel", "dispute_plan_intercept", "settlement_offered", "judgement_asked", "evidence_filed", "evidence_finished", "evidence_resumed", "question_answered",
    "settlement_accepted", "settlement_refused", "dispute_withdrawn", "platform_stepped_in", "side_asked", "adjudicated", "judgement_confirmed", "judgement_carried_out", "appealed",
    "appeal_upheld", "appeal_dismissed", "dispute_closed", "plan_carried_out", "plan_failed", "remedy_applied", "refund_moved",
})
"""What a buyer is told of. Claims, notes, marks and calls for help are the merchant's own; talk has a place of its own."""
BY_SOMEBODY = frozenset({"evidence_filed", "evidence_finished", "evidence_resumed", "question_answered", "appealed"})
"""What either side may have done."""
AHEAD = {
    "awaiting_merchant": ("answered",), "awaiting_buyer_confirmation": (), "awaiting_evidence": ("judged", "carried_out"), "awaiting_adjudication": ("carried_out",), "adjudicated": ("over",),
    "appealing": ("carried_out",),
}
WORDS = {"settlement_offered": "words", "dispute_plan_refund": "words", "dispute_plan_no_cancel": "words", "dispute_plan_intercept": "words", "settlement_refused": "words", "dispute_closed": "words"}


def context_of(request: Any, opened: Opened) -> dict[str, Any]:
    """What the page shows."""
    case, lang, facts = opened.case, request.lang, opened.case.facts
    m = opened.visit.merchant_id
    section: Disputes = opened.visit.pack.disputes
    with scope(request.house.pool, UUID(m)) as conn:
        evidence = store.evidence(conn, m, case.id)
        refunds = screen.refunds(conn, m, case.id)
        lines = {line.id: line for line in screen.lines(conn, m, case.order_id)}
    done = request.GET.get("done", "")
    offer = facts.get("offer") or {}
    demand = wording.choice("outcome", case.expectation, lang)
    own = questions(facts, "buyer")
    return {
        "o": opened, "case": case, "shop": opened.visit.shop, "mark": _mark(case), "title": say(lang, f"disputes.buyer_now_{_standing(case)}"), "sentence": _sentence(request, opened),
        "steps": _story(opened, lang), "done": done if done in DONE else "", "demand": f"{demand} {money(int(facts['asked_amount']), case.currency)}" if facts.get("asked_amount") else demand,
        "goods": [(line, next((int(x["quantity"]) for x in facts.get("lines") or () if x["line_id"] == line.id), line.quantity)) for line in lines.values()
                  if not facts.get("lines") or any(x["line_id"] == line.id for x in facts["lines"])],
        "sides": [(side, [p for p in evidence if p.side == side]) for side in ("buyer", "merchant", "platform")], "said": facts.get("description") or "", "statement": facts.get("statement") or "",
        "settlement": _settlement(case, lang), "offer_rows": amounts(offer, case.currency, lang) if case.state in ("awaiting_buyer_confirmation", "settled") else [],
        "accept": opened.move("accept_settlement"), "refuse": opened.move("refuse_settlement"), "accept_blocked": _blocked(opened, "accept_settlement", request),
        "ask": next((q for q in own if not q.answer), None), "asked": [q for q in own if q.answer], "acts": [v for v in ("add_evidence", "appeal", "withdraw_dispute") if opened.move(v)],
        "finish": _first(opened, "finish_evidence", "resume_evidence"), "they_finished": finishing(facts, "merchant", case.state, request.now)[0],
        "i_finished": finishing(facts, "buyer", case.state, request.now)[0], "adds_until": finishing(facts, "buyer", case.state, request.now)[1],
        "judgements": judgements(facts, section, "buyer", case.currency, lang), "refunds": refunds, "way": lambda code: wording.way(code, lang), "command_id": new_id(),
        "rights": [r for r in rights(case.state, facts, {e.name for e in opened.events}, case.opened_at, case.due_at, request.now) if r.side == "buyer"],
        "reason": facts.get("reason_zh" if lang == "zh" else "reason_en") or case.type, "latest": lambda instant: visits.latest(instant, request),
        "parent": facts.get("parent_number") if facts.get("parent_kind") != "order" else "",
    }


def _first(opened: Opened, *verbs: str) -> str:
    """The first of these that is possible now."""
    return next((m.verb for m in opened.moves if m.verb in verbs and m.blocked is None), "")


def _blocked(opened: Opened, verb: str, request: Any) -> str:
    found = next((m.blocked for m in opened.moves if m.verb == verb and m.blocked), None)
    return found.say(request.lang) if found else ""


def _standing(case: screen.CasePage) -> str:
    """The state, told apart where it means different things to a buyer."""
    if case.state == "adjudicated" and case.facts.get("executed"):
        return "adjudicated_done"
    if case.state == "awaiting_evidence" and case.facts.get("waits_for") == "buyer":
        return "awaiting_answer"
    return case.state


def _mark(case: screen.CasePage) -> str:
    return "good" if case.state == "settled" else "ended" if case.closed_at is not None else "wait"


def _sentence(request: Any, opened: Opened) -> str:
    case, lang = opened.case, request.lang
    if case.closed_at is None and case.due_at is None:
        return say(lang, "buyer.then_waiting")
    at = visits.latest(case.due_at, request) if case.due_at is not None else ""
    if case.state == "settled" and case.facts.get("settled_by") == "silence":
        return say(lang, "disputes.buyer_then_settled_silence")
    nothing = case.state == "awaiting_buyer_confirmation" and case.facts.get("plan") == "offer" and (case.facts.get("offer") or {}).get("outcome") == "nothing"
    return say(lang, f"disputes.buyer_then_{_standing(case)}{'_nothing' if nothing else ''}", at=at)


def _settlement(case: screen.CasePage, lang: str) -> str:
    """What the merchant proposes, in a sentence; empty while nothing is proposed."""
    if case.state not in ("awaiting_buyer_confirmation", "settled"):
        return ""
    plan = str(case.facts.get("plan") or "")
    if plan == "offer":
        return wording.choice("offer", str((case.facts.get("offer") or {}).get("outcome", "")), lang)
    return say(lang, f"disputes.buyer_plan_{plan}") if plan in ("direct_refund", "agreed_no_cancel", "agreed_wait_48h") else ""


def _story(opened: Opened, lang: str) -> list[Step]:
    """Done, the present one, and what is still to come."""
    case = opened.case
    steps = [step for event in opened.events if (step := _done(event, lang)) is not None]
    if case.closed_at is None:
        steps.append(Step("now", say(lang, f"disputes.buyer_step_{_standing(case)}"), by=case.due_at))
        steps += [Step("next", say(lang, f"disputes.buyer_next_{ahead}")) for ahead in AHEAD[case.state]]
    return steps


def _done(event: screen.Event, lang: str) -> Step | None:
    typed, came, to = event.body.get("input") or {}, event.body.get("from", ""), event.body.get("to", "")
    if event.name == "ran_out":
        return None if came == to and came != "adjudicated" else Step("done", say(lang, f"disputes.buyer_ran_out_{came}_{to}"), event.at)
    if event.name not in TOLD or unsettled(event.name, to):
        return None
    if event.name == "side_asked" and typed.get("side") != "buyer":
        return None
    notes = [typed[WORDS[event.name]]] if event.name in WORDS and typed.get(WORDS[event.name]) else []
    notes += [wording.choice("evidence", typed["evidence"], lang)] if event.name == "evidence_filed" and typed.get("evidence") else []
    who = say(lang, f"disputes.who_{event.actor_kind}") if event.name in BY_SOMEBODY else ""
    return Step("done", say(lang, f"disputes.buyer_event_{event.name}", **({"who": who} if who else {})), event.at, notes=notes)
