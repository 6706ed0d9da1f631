"""What a dispute asks of the world and what it keeps (04-disputes): plans, evidence, questions, judgements, appeals."""

from collections.abc import Mapping
from typing import Any

from amends.core.commands import verb
from amends.core.judged import OFFERED, by_return, way_out
from amends.core.machine import Look
from amends.core.rules_dispute import HANDS_OVER, THROUGH_CASE, side_of, total, verdict

Body = Mapping[str, Any]
PLANS = {
    "settle_by_refund": "direct_refund", "settle_without_cancelling": "agreed_no_cancel", "settle_by_interception": "agreed_wait_48h", "ask_for_judgement": "adjudicate",
    "offer_settlement": "offer",
}
"""Which plan a command chooses (DI-2)."""
CARRIED = ("direct_refund", "agreed_wait_48h")
"""Plans that the house carries out; the other needs nothing done."""
JUDGING = ("adjudicate", "confirm_judgement", "uphold_appeal")
EXECUTING = ("carry_out_judgement", "run_out")


def carry_plan(look: Look) -> Body:
    """The plan is carried out after the commit, and reports back (DI-2, DI-3)."""
    return {"plan": PLANS[verb(look.command)], "order": look.case.order_id, "parent": look.case.body.get("parent_id", ""), "lines": look.case.body.get("lines", [])}


def tell_others(look: Look) -> Body:
    """What one side filed, the other sides hear of."""
    return {"to": "both", "event": look.command.event, "buyer": look.case.buyer_id, "from": side_of(look)}


def tell_asked(look: Look) -> Body:
    """The side a question is put to."""
    return {"to": getattr(look.command, "side", ""), "event": look.command.event, "buyer": look.case.buyer_id}


def tell_judged(look: Look) -> Body | None:
    """Both sides, once a judgement stands."""
    return {"to": "both", "event": "adjudicated" if look.to == "adjudicated" else look.command.event, "buyer": look.case.buyer_id} if look.to == "adjudicated" else None


def remedy_of(look: Look) -> dict[str, Any]:
    """What is carried out now: the settlement offered, or the judgement that stands after this step."""
    if look.case.state == "awaiting_buyer_confirmation":
        return dict(look.case.body.get("offer") or {})
    if hasattr(look.command, "liability") or verb(look.command) == "confirm_judgement":
        return verdict(look)
    return dict(look.case.body.get("judgement") or {})


def executes_now(look: Look) -> bool:
    """The judgement is carried out by this step, for the first time: by the merchant, or in its place (DI-4a)."""
    return look.case.state == "adjudicated" and look.to == "adjudicated" and verb(look.command) in EXECUTING and not look.case.body.get("executed")


def settles_now(look: Look) -> bool:
    """What was offered is agreed to, in words or by silence (DI-4)."""
    return look.to == "settled" and look.case.state != "settled"


def gives_now(look: Look) -> dict[str, Any] | None:
    """The remedy whose money is granted by this step; None where none is: judged but carried out later, carried out already, paid first, or nothing to give."""
    remedy = remedy_of(look)
    if verb(look.command) in JUDGING:
        gives = look.to == "adjudicated" and bool(remedy.get("advance"))
    else:
        gives = settles_now(look) or (executes_now(look) and not remedy.get("advance"))
    return remedy if gives and total(remedy) else None


def refund_now(look: Look) -> int:
    """Minor units of the order's money that this step grants: as judged, and never more than is left by now (MO-1)."""
    remedy = gives_now(look) or {}
    amount, out = int(remedy.get("amount", 0)) if remedy.get("outcome") in HANDS_OVER and not by_return(remedy) else 0, out_now(look)
    amount = min(amount, int(look.facts.get("room", amount)))
    return min(amount, int(look.facts.get("room_all", 0)) - out) + out if out else amount


def out_now(look: Look) -> int:
    """Minor units of the way out that this step gives back, as a part of the refund."""
    return min(way_out(gives_now(look) or {}), int(look.facts.get("room_out", 0)))


def takes_back(look: Look) -> bool:
    """An appeal is upheld: what the first judgement gave is taken back before anything new is given (DI-8)."""
    return look.case.state == "appealing" and look.to == "adjudicated" and verb(look.command) in ("uphold_appeal", "confirm_judgement")


def pay_refund(look: Look) -> Body | None:
    """Pay what is granted, the way the money came (MO-3)."""
    amount = refund_now(look)
    return {"amount": amount, "currency": look.case.currency, "order": look.case.order_id} if amount else None


def tell_both(look: Look) -> Body | None:
    """Both sides, once silence has settled it."""
    return {"to": "both", "event": look.command.event, "buyer": look.case.buyer_id} if settles_now(look) else None


def tell_to_judge(look: Look) -> Body | None:
    """The platform, where an offer of nothing was met with silence."""
    return {"to": "platform", "event": look.command.event, "buyer": look.case.buyer_id} if look.to in ("awaiting_evidence", "awaiting_adjudication") else None


def apply_remedy(look: Look) -> Body | None:
    """The case in dispute, and others of the same goods, are closed or reopened as the remedy says, after the commit (DI-7)."""
    remedy = remedy_of(look)
    if not (settles_now(look) or executes_now(look)) or not remedy or not _concerns_cases(look, remedy):
        return None
    # Who bears another way says nothing of the goods that come back now.
    own = str(remedy.get("freight_way") or "") in ("", str(look.case.body.get("parent_id") or ""))
    return {name: remedy.get(name) for name in ("outcome", "amount", "advance", "n")} | {"freight_by": remedy.get("freight_by") if own else ""}


def _concerns_cases(look: Look, remedy: Mapping[str, Any]) -> bool:
    # A cancellation that a plan of this dispute opened hangs on its judgement as one that was there before.
    return bool(look.case.body.get("parent_id") or look.case.body.get("plan_case")) or remedy.get("outcome") in ("refund", *THROUGH_CASE)


def undo_remedy(look: Look) -> Body | None:
    """What the first judgement did to other cases is taken back (DI-8)."""
    applied = look.case.body.get("applied") or {}
    return {"undo": applied["acts"]} if takes_back(look) and applied.get("acts") else None


def note_applying(look: Look) -> Body:
    """The remedy of this step is under way until it is reported; nothing is judged anew meanwhile."""
    begins = apply_remedy(look) is not None or undo_remedy(look) is not None
    return {"applying": [*(look.case.body.get("applying") or ()), look.case.version + 1]} if begins else {}


def money(look: Look) -> Body:
    """Granted and moved after this step: first what an upheld appeal takes back, then what is granted (SO-35, SO-36)."""
    case, back = look.case, takes_back(look)
    granted, moved = (0, 0) if back else (case.granted, case.moved)
    left = case.body.get("moved_reversed", 0) + (case.moved if back else 0)
    new = refund_now(look)
    counts = min(left, new)
    if not new and not (back and case.granted):
        return {}
    out: dict[str, Any] = {"granted": granted + new, "moved": moved + counts, "moved_reversed": left - counts}
    return out | ({"reversed": case.body.get("reversed", 0) + case.granted} if back else {})


def note_plan(look: Look) -> Body:
    """Which plan was chosen, and by which step; there is one choice (DI-2)."""
    plan = PLANS[verb(look.command)]
    return {"plan": plan, "plan_state": "under_way" if plan in CARRIED else "done", "plan_failure": None, "plan_at": look.case.version + 1, "clock_then": None}


def note_offer(look: Look) -> Body:
    """What is offered instead of a judgement."""
    c: Any = look.command
    money_of = {"compensation": c.amount or 0, "amount": 0} if c.offer == "compensation" else {"amount": c.amount or 0 if c.offer in HANDS_OVER else 0, "compensation": 0}
    ends = {"clock_then": "judge_unanswered"} if c.offer == "nothing" else {"clock_then": None}
    return ends | {"plan": "offer", "plan_state": "done", "offer": {"outcome": c.offer, **money_of, "freight": 0, "freight_by": "merchant", "advance": False, "fault": OFFERED, "words": c.words}}


def note_ground(look: Look) -> Body:
    """The ground of the no-fault path, and the merchant's statement."""
    return {"plan": "adjudicate", "plan_state": "done", "ground": getattr(look.command, "ground", ""), "statement": getattr(look.command, "words", "")}


def evidence_runs(look: Look) -> Body:
    """Evidence closes so long after the dispute was opened, not after this step (DI-4a)."""
    return {"runs_since": look.case.opened_at.isoformat(), "waits_for": "merchant"} if look.to == "awaiting_evidence" else {}


def note_stepped_in(look: Look) -> Body:
    """The platform judges on what there is."""
    return {"stepped_in": True}


def note_silent_merchant(look: Look) -> Body:
    """The merchant did not answer (DI-4)."""
    return {"merchant_silent": True}


def note_settled(look: Look) -> Body:
    """How it was settled: the buyer said yes, or said nothing (DI-4)."""
    if not settles_now(look):
        return {}
    return {"settled_by": "buyer" if look.actor.party.value == "buyer" else "silence", "executed": True}


def note_unanswered(look: Look) -> Body:
    """Nothing was offered, and the buyer did not answer: it is judged (decision 0011)."""
    arms = {"awaiting_evidence": "evidence", "awaiting_adjudication": "adjudicate"}.get(look.to)
    return {"offer_unanswered": True, "arms": arms} if arms else {}


def note_carried(look: Look) -> Body:
    """The plan has been carried out."""
    c: Any = look.command
    return {"plan_state": "done", "plan_case": c.cancellation, "plan_number": c.number}


def _first(facts: list[Any]) -> dict[str, Any]:
    return dict(facts[0]) if facts else {}


def note_failed(look: Look) -> Body:
    """The plan could not be carried out; why, and the cancellation the buyer filed meanwhile (DI-3)."""
    c: Any = look.command
    failure = {"code": c.code, "facts": _first(c.facts), "words": c.words, "cancellation": c.cancellation, "number": c.number, "plan": look.case.body.get("plan", "")}
    return {"plan_state": "failed", "plan_failure": failure}


def note_evidence(look: Look) -> Body:
    """How many pieces each side has filed; the pieces stand in their own table, unaltered (DI-5)."""
    counts = dict(look.case.body.get("filed") or {})
    counts[side_of(look)] = counts.get(side_of(look), 0) + len(getattr(look.command, "photos", ()))
    return {"filed": counts}


def note_closed_evidence(look: Look) -> Body:
    """The closing date has passed."""
    return {"evidence_closed": True}


def note_question(look: Look) -> Body:
    """A numbered question to one side."""
    asked = list(look.case.body.get("questions") or ())
    c: Any = look.command
    asked.append({"n": len(asked) + 1, "side": c.side, "words": c.words, "at": look.now.isoformat(), "by": look.actor.name})
    return {"questions": asked, "waits_for": c.side}


def note_answer(look: Look) -> Body:
    """The answer, once."""
    c: Any = look.command
    asked = [{**q, "answer": c.words, "answered_at": look.now.isoformat(), "files": list(c.photos)} if q["n"] == c.question else q for q in look.case.body.get("questions") or ()]
    open_sides = {q["side"] for q in asked if not q.get("answer")}
    return {"questions": asked, **({"waits_for": sorted(open_sides)[0]} if open_sides else {}), **note_evidence(look)}


def _way(look: Look, named: str) -> dict[str, str]:
    """Which way the freight is for, where one is named, with the number of its service order."""
    way = look.facts.get("freight_ways", {}).get(named)
    return {"freight_way": named, "freight_number": way.name if way is not None else ""} if named else {}


def _judgement(look: Look) -> dict[str, Any]:
    c: Any = look.command
    return {
        "n": len(look.case.body.get("judgements") or ()) + 1, "liability": c.liability, "outcome": c.outcome, "amount": c.amount or 0, "freight": c.freight or 0,
        "freight_by": c.freight_by, **_way(look, c.freight_way), "compensation": c.compensation or 0, "advance": bool(c.advance), "rules": list(c.rules), "words_buyer": c.words_buyer, "words_merchant": c.words_merchant,
        "by": look.actor.id, "by_name": look.actor.name, "at": look.now.isoformat(), "on_appeal": look.case.state == "appealing",
    }


def note_judgement(look: Look) -> Body:
    """The judgement; above the set amount it waits for somebody else (DI-6)."""
    judged = _judgement(look)
    return _stands(look, judged) if look.to == "adjudicated" else {"pending": judged}


def note_confirmed(look: Look) -> Body:
    """The second person agrees, so it stands from now."""
    pending = dict(look.case.body.get("pending") or {})
    return _stands(look, {**pending, "second": look.actor.id, "second_name": look.actor.name, "confirmed_at": look.now.isoformat()})


def _stands(look: Look, judged: dict[str, Any]) -> dict[str, Any]:
    return {
        "judgement": judged, "pending": None, "judgements": [*(look.case.body.get("judgements") or ()), judged], "judged_at": look.now.isoformat(), "fault": judged["liability"],
        "appeal_until": look.facts.get("appeal_until"), "executed": False, "appeal_runs": False, "applied": None, "waits_for": "merchant",
    }


def drop_pending(look: Look) -> Body:
    """Sent back: there is no judgement."""
    return {"pending": None}


def note_executed(look: Look) -> Body:
    """Carried out, by the merchant or in its place (DI-4a)."""
    if not executes_now(look):
        return {}
    return {"executed": True, "executed_by": "merchant" if side_of(look) == "merchant" else "platform", "executed_at": look.now.isoformat(), "waits_for": "system"}


def appeal_runs(look: Look) -> Body:
    """The time to appeal counts from the judgement (DI-4a); the clock that now runs is its end."""
    return {"appeal_runs": True, "runs_since": look.case.body.get("judged_at") or look.now.isoformat(), "waits_for": "system"} if look.to != "closed" else {}


def note_appeal(look: Look) -> Body:
    """Who appeals, once, and why; with files, they are evidence."""
    appeals = dict(look.case.body.get("appeals") or {})
    appeals[side_of(look)] = look.now.isoformat()
    said = {"side": side_of(look), "words": getattr(look.command, "words", ""), "at": look.now.isoformat()}
    both = [*(look.case.body.get("appealed") or ()), said] if look.case.state == "appealing" else [said]
    return {"appeals": appeals, "appeal": said, "appealed": both, **note_evidence(look)}


def note_dismissed(look: Look) -> Body:
    """The judgement stands; what was not carried out yet still has its time, and the other side its appeal."""
    return {"dismissed_by": look.actor.name, "dismissers": [*(look.case.body.get("dismissers") or ()), look.actor.id], "appeal_runs": False, "waits_for": "system" if look.case.body.get("executed") else "merchant"}


def note_applied(look: Look) -> Body:
    """What became of the cases in dispute (DI-7): `acts` says what was done to which, so that it can be taken back."""
    c: Any = look.command
    return {"applied": {"done": c.done, "code": c.code, "facts": _first(c.facts), "words": c.words, "acts": list(c.acts)}, "applying": [v for v in look.case.body.get("applying") or () if v != c.step]}
