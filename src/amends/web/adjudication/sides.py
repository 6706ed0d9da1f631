"""The two columns of the desk: what each side says, filed and answered, and what is known of it from before (DI-5, DI-6a, DI-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.masking import mask_name
from amends.engine.liability import measure_of
from amends.store.screens.disputes import Piece
from amends.web import show, wording
from amends.web.adjudication.reading import Desk
from amends.web.disputes.panel import finishing

Say = Callable[..., str]


@dataclass(slots=True)
class Tile:
    """One piece of evidence: `sort` picture, video or document; `late`: brought with an appeal."""

    file_id: str
    sort: str
    kind: str
    words: str
    who: str
    at: datetime
    sha256: str
    size: int
    late: bool = False


@dataclass(slots=True)
class Question:
    """A numbered question with its answer, once there is one."""

    n: int
    words: str
    asked_by: str
    at: datetime
    answer: str = ""
    answered_at: datetime | None = None
    files: int = 0


@dataclass(slots=True)
class Side:
    """One side. `lines`: small facts under its name; `warn`: what must be seen of them; `claim`: what it asks for, or offers."""

    side: str
    name: str
    lines: list[tuple[str, str]]
    statement: str
    claim: str = ""
    tiles: list[Tile] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    appeal: str = ""
    appealed_at: datetime | None = None
    missing: list[str] = field(default_factory=list)
    silent: bool = False
    finished: datetime | None = None
    adds_until: datetime | None = None


def sides(desk: Desk, say: Say, lang: str, now: datetime, revealed: str | None = None) -> list[Side]:
    """The buyer, then the merchant."""
    return [_with(desk, _buyer(desk, say, lang, revealed), lang, now), _with(desk, _merchant(desk, say, lang), lang, now)]


def _buyer(desk: Desk, say: Say, lang: str, revealed: str | None) -> Side:
    case, facts, figures = desk.seen.case, desk.facts, desk.beside.figures
    name = revealed or mask_name(desk.seen.order.receiver if desk.seen.order else "") or say("adjudication.buyer_unnamed")
    lines = [("", say("adjudication.first_dispute") if not figures.buyer_disputes else say("adjudication.earlier_disputes", n=figures.buyer_disputes))]
    if figures.buyer_liable:
        lines.append(("", say("adjudication.buyer_liable", n=figures.buyer_liable)))
    if figures.buyer_marks:
        lines.append(("marks", say("adjudication.marks_n", n=figures.buyer_marks)))
    demand = wording.choice("outcome", case.expectation, lang)
    asked = facts.get("asked_amount")
    claim = say("adjudication.asks_amount", what=demand, amount=show.money(asked, case.currency)) if asked else say("adjudication.asks", what=demand)
    return Side("buyer", name, lines, str(facts.get("description") or ""), claim)


def _merchant(desk: Desk, say: Say, lang: str) -> Side:
    facts, figures = desk.facts, desk.beside.figures
    lines = [("liable" if figures.liable else "", say("adjudication.liable_30", n=figures.liable, days=measure_of(desk.sight.deadlines.pack).days))]
    made = Side("merchant", figures.merchant, lines, str(facts.get("statement") or (facts.get("offer") or {}).get("words") or ""))
    ground = next((g for g in desk.section.grounds if g.code == facts.get("ground")), None)
    if ground is not None:
        made.claim = say("adjudication.ground", what=(ground.zh, ground.en)[wording.at(lang)])
        filed = {e.kind for e in desk.beside.evidence if e.side == "merchant"}
        made.missing = [wording.choice("evidence", kind, lang) for kind in ground.asks if kind not in filed]
    elif plan := facts.get("plan"):
        made.claim = say("adjudication.chose", what=wording.choice("plan", str(plan), lang))
    made.silent = bool(facts.get("merchant_silent"))
    return made


def _with(desk: Desk, made: Side, lang: str, now: datetime) -> Side:
    appeal, appeals = desk.facts.get("appeal") or {}, desk.facts.get("appeals") or {}
    since = min((datetime.fromisoformat(at) for at in appeals.values()), default=None)
    made.tiles = [_tile(e, lang, since) for e in desk.beside.evidence if e.side == made.side]
    made.questions = [
        Question(
            q["n"], q["words"], q.get("by", ""), datetime.fromisoformat(q["at"]), q.get("answer") or "", datetime.fromisoformat(q["answered_at"]) if q.get("answered_at") else None,
            len(q.get("files") or ()),
        )
        for q in desk.facts.get("questions") or () if q["side"] == made.side
    ]
    made.finished, made.adds_until = finishing(desk.facts, made.side, desk.seen.case.state, now)
    if appeal.get("side") == made.side:
        made.appeal, made.appealed_at = str(appeal.get("words", "")), datetime.fromisoformat(appeal["at"])
    return made


def of_platform(desk: Desk, lang: str) -> list[Tile]:
    """What the platform itself filed."""
    return [_tile(e, lang, None) for e in desk.beside.evidence if e.side == "platform"]


def _tile(e: Piece, lang: str, since: datetime | None) -> Tile:
    sort = "picture" if e.media_type.startswith("image/") else "video" if e.media_type.startswith("video/") else "document"
    return Tile(e.file_id, sort, wording.choice("evidence", e.kind, lang), e.words, e.actor_name, e.at, e.sha256, e.size, since is not None and e.at >= since)
