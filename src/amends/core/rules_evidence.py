"""When a dispute may be judged (DI-4, DI-5): both sides add evidence until the closing date, unless each has said before that it adds nothing more; where the merchant was silent, the buyer alone.

The case keeps who has said so, and since when, as `finished` (side → instant). Said by both it is final: no side takes it back or files more, so that none can put a judgement off again and again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amends.core.commands import verb
from amends.core.machine import Look
from amends.core.refusal import Refusal
from amends.core.rules import before_asking
from amends.core.windows import window_of

SIDES = ("buyer", "merchant")
WORDS = {"buyer": ("客户", "the buyer"), "merchant": ("商家", "the merchant")}


def evidence_is_open(look: Look) -> bool:
    """Before the closing date of evidence (DI-5)."""
    return _before_closing(look.case.body, look.now)


def _before_closing(body: Mapping[str, Any], now: datetime) -> bool:
    until = window_of(body, "evidence_until") or ""
    return bool(until) and now < datetime.fromisoformat(until)


def still_adding(body: Mapping[str, Any], also: str = "") -> list[str]:
    """Sides that have not said that they add nothing more. A merchant that was silent and has filed nothing since is not waited for (DI-4). `also`: says so with this step."""
    silent = body.get("merchant_silent") and not (body.get("filed") or {}).get("merchant")
    finished = {*(body.get("finished") or {}), also, *(("merchant",) if silent else ())}
    return [side for side in SIDES if side not in finished]


def both_finished(body: Mapping[str, Any]) -> bool:
    """Each side has said itself that it adds nothing more. A silent merchant has said nothing."""
    return all(side in (body.get("finished") or {}) for side in SIDES)


def ended_early(body: Mapping[str, Any]) -> bool:
    """Neither side files any more, though the closing date is still to come: both have said so, or a judgement waits for its second person."""
    return bool(body.get("pending")) or both_finished(body)


@before_asking
def not_closed_by_both(look: Look) -> Refusal | None:
    """What both sides have said is final for them, and what waits for its second person is judged on what there is; the platform alone opens it again, with evidence of its own. Appeals bring new evidence (DI-8)."""
    body, of_side = look.case.body, look.actor.side.value in SIDES
    if look.case.state == "appealing":
        return None
    if body.get("pending") and not of_side:
        return Refusal("judgement_waits", {"name": body["pending"]["by_name"]})
    # A side is not told that a judgement waits for its second person, so both reasons sound the same to it.
    return Refusal("evidence_ended") if of_side and ended_early(body) else None


def gathers_evidence(look: Look) -> bool:
    """The closing date is still to come, and somebody may have more to say; this step counted in."""
    also = look.actor.side.value if verb(look.command) == "finish_evidence" else ""
    return evidence_is_open(look) and bool(still_adding(look.case.body, also))


def evidence_waits(look: Look) -> bool:
    """Where a side says that it adds nothing more: the other has not yet, or a question is still to be answered."""
    return gathers_evidence(look) or any(not q.get("answer") for q in look.case.body.get("questions") or ())


@before_asking
def evidence_is_complete(look: Look) -> Refusal | None:
    """DI-5: nobody is judged while it may still file; the refusal names the closing date, and who has not said that it is done."""
    return still_open(look.case.body, look.now)


def still_open(body: Mapping[str, Any], now: datetime) -> Refusal | None:
    """The same of what a case keeps, for a page on which a judgement is already being written."""
    waiting = still_adding(body)
    if not _before_closing(body, now) or not waiting:
        return None
    zh, en = (("、", " and ")[n].join(WORDS[side][n] for side in waiting) for n in (0, 1))
    return Refusal("evidence_still_open", {"until": window_of(body, "evidence_until"), "zh": zh, "en": en, "sides": waiting})


@before_asking
def may_finish(look: Look) -> Refusal | None:
    """Said once, before the closing date, with nothing left to answer."""
    side, body = look.actor.side.value, look.case.body
    if not evidence_is_open(look):
        return Refusal("evidence_closed", {"until": window_of(body, "evidence_until")})
    if side in (body.get("finished") or {}):
        return Refusal("evidence_finished_before")
    if any(q["side"] == side and not q.get("answer") for q in body.get("questions") or ()):
        return Refusal("evidence_answer_first")
    return None


@before_asking
def may_resume(look: Look) -> Refusal | None:
    """Taken back until the closing date, by whom it was said, while the other side has not said it too."""
    body = look.case.body
    if not evidence_is_open(look):
        return Refusal("evidence_closed", {"until": window_of(body, "evidence_until")})
    return None if look.actor.side.value in (body.get("finished") or {}) else Refusal("evidence_not_finished")


def note_finished(look: Look) -> dict[str, Any]:
    """This side adds nothing more."""
    return {"finished": {**(look.case.body.get("finished") or {}), look.actor.side.value: look.now.isoformat()}}


def note_resumed(look: Look) -> dict[str, Any]:
    """This side may add more after all."""
    return {"finished": {side: at for side, at in (look.case.body.get("finished") or {}).items() if side != look.actor.side.value}}


def note_more(look: Look) -> dict[str, Any]:
    """New evidence: nobody has said anything about it yet, so both sides may answer it."""
    return {"finished": {}} if look.case.body.get("finished") else {}
