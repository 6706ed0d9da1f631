"""The line over the desk: what happened until now, each with its day, and where the dispute stands (UI-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from amends.core.windows import window_of
from amends.web import wording
from amends.web.adjudication.reading import Desk

Say = Callable[..., str]
TOLD = {
    "judgement_asked": "m_asked", "dispute_plan_refund": "m_plan", "dispute_plan_no_cancel": "m_plan", "dispute_plan_intercept": "m_plan", "settlement_offered": "m_offer", "settlement_refused": "m_refused",
    "platform_stepped_in": "m_stepped_in", "adjudicated": "m_judged", "judgement_confirmed": "m_confirmed", "judgement_carried_out": "m_executed", "appealed": "m_appealed",
    "appeal_upheld": "m_upheld", "appeal_dismissed": "m_dismissed", "dispute_closed": "m_closed", "dispute_withdrawn": "m_withdrawn", "settlement_accepted": "m_settled",
}
"""Events of a dispute that stand on the line, by their words."""
AT_MOST = 8
JUDGES = ("adjudicated", "appeal_upheld")
"""Events of a judgement, which may still wait for its second person."""


@dataclass(slots=True)
class Milestone:
    """One of them; `at` None stands for now."""

    words: str
    at: datetime | None
    current: bool = False


def milestones(desk: Desk, say: Say, lang: str, now: datetime) -> list[Milestone]:
    """The newest eight, in order, and what is to be done now."""
    case, order, parent = desk.seen.case, desk.seen.order, desk.beside.parent
    out: list[Milestone] = []
    if order is not None and (got := order.receipt_confirmed_at or order.delivered_at):
        out.append(Milestone(say("adjudication.m_received"), got))
    elif order is not None and order.shipped_at:
        out.append(Milestone(say("adjudication.m_shipped"), order.shipped_at))
    if parent is not None:
        out.append(Milestone(say("adjudication.m_applied", what=wording.choice("type", parent.type, lang) if parent.type else say(f"settings.kind_{parent.kind}")), parent.opened_at))
        if parent.decided_at and parent.decision:
            out.append(Milestone(say("adjudication.m_decided", what=wording.event(parent.decision, lang, parent.kind)), parent.decided_at))
    out.append(Milestone(say("adjudication.m_opened_platform") if desk.facts.get("by_staff") else say("adjudication.m_opened"), case.opened_at))
    for e in reversed(desk.seen.events):
        if e.name in TOLD:
            waits = e.name in JUDGES and e.body.get("to") != "adjudicated"
            out.append(Milestone(say("adjudication.m_proposed" if waits else f"adjudication.{TOLD[e.name]}"), e.at))
    if (until := window_of(desk.facts, "evidence_until")) and (closes := datetime.fromisoformat(until)) <= now:
        out.append(Milestone(say("adjudication.m_evidence_closed"), closes))
    out.sort(key=lambda m: m.at or now)
    if desk.mode != "ended":
        out = [*out[-AT_MOST + 1:], Milestone(say(f"adjudication.now_{desk.mode}"), None, current=True)]
    return out[-AT_MOST:]
