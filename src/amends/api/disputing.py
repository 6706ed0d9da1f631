"""Disputes over HTTP: ways, opening, evidence, and what of a judgement each side may read (DI-1, DI-5, DI-6). Commands are read off the table (api/acts.py)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from amends.api.dispute_shapes import (
    DISPUTE,
    CountedDispute,
    DisputeLiability,
    DisputeOpened,
    DisputeWay,
    DisputeWays,
    EvidenceFile,
    EvidencePiece,
    EvidencePieces,
    LiabilityLine,
)
from amends.api.door import Bytes, Call, Refused, Reply, refuse, uuid_text
from amends.api.merchant_row import merchant_row
from amends.api.naming import plain
from amends.api.records import read_record
from amends.api.shapes import Why
from amends.core.actor import Actor, Party
from amends.core.buyer_sight import is_buyers
from amends.core.cases import TABLES
from amends.core.dispute_sight import REMARKS, event_for_side, for_side, unsettled, unsettled_ticket, with_others, without_names
from amends.core.refusal import Refusal
from amends.engine import liability as rates
from amends.engine.deadlines import pack_of
from amends.engine.dispute import Opening
from amends.engine.disputes import open_dispute
from amends.engine.disputes import ways as ways_of
from amends.engine.evidence_files import EVIDENCE, MOST_BYTES, take_evidence
from amends.engine.photos import say_size
from amends.engine.sight import see
from amends.store import files
from amends.store.connect import scope
from amends.store.screens import cases as screen
from amends.store.screens import disputes as reads

EVIDENCE_BYTES = MOST_BYTES
WAITING_AT_MOST, WAITING_BYTES = 30, 300 * 1024 * 1024
"""Files one key, or one buyer it speaks for, may have brought and not yet named in a command; what is not named is removed after a day."""
MARKED = "marked"
"""The fact that an agent marked an unreasonable demand."""


def open_(call: Call) -> Reply:
    """Open a dispute, once under the Idempotency-Key."""
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    answer = open_dispute(call.house.pool, merchant, _read(call.json()), actor, call.now, str(call.command_id))
    if isinstance(answer, list):
        raise Refused(*answer, machine=TABLES["dispute"])
    return Reply(DisputeOpened(answer.case_id, answer.number, answer.state, answer.existing), replayed=answer.replayed)


def _read(body: dict[str, Any]) -> Opening:
    wrong: list[Refusal] = []
    values = read_record(body, DISPUTE, "", wrong)
    refuse(wrong)
    return Opening(**values)


def liability(call: Call) -> Reply:
    """GET the rate of disputes a merchant is liable for, the line of its rules, and the disputes that count; no buyer's to read."""
    call.needs("read")
    call.known_queries()
    merchant, measure = call.merchant(), rates.measure_of(pack_of(merchant_row(call)["pack_ref"]))
    found, target = rates.of(call.house.pool, merchant, call.now, measure.days), measure.passes
    rows = [CountedDispute(r.id, r.number, r.scenario, r.liability, r.outcome, r.state, r.on_appeal, r.at) for r in rates.counted(call.house.pool, merchant, call.now, measure.days)]
    line = LiabilityLine(target.count_below, target.rate_at_most, target.source) if target is not None else None
    return Reply(DisputeLiability(measure.days, found.liable, found.ended, found.rate if found.ended else None, line, found.passes(measure), rows))


def ways(call: Call, id: UUID) -> Reply:
    """GET what can be disputed of an order, from when until when."""
    call.needs("read")
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    found = ways_of(call.house.pool, merchant, str(id), call.now, actor.id if actor.party is Party.BUYER else None)
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(DisputeWays([
        DisputeWay(w.kind, w.id, w.number, w.state, w.opens, w.ends, w.most, list(w.scenarios), Why(w.refusal.code, plain(w.refusal, call.language)) if w.refusal else None, w.open_dispute or None)
        for w in found
    ]))


def evidence(call: Call, id: UUID) -> Reply:
    """GET what both sides have filed."""
    call.needs("read")
    call.known_queries()
    merchant, actor = call.merchant(), call.acting()
    whose = screen.buyer_of(call.house.pool, merchant, "dispute", str(id))
    if whose is None or (actor.party is Party.BUYER and actor.id != whose):
        raise Refused(Refusal("not_there"))
    with scope(call.house.pool, UUID(merchant)) as conn:
        found = reads.evidence(conn, merchant, str(id))
    return Reply(EvidencePieces([_piece(p, call) for p in found]))


def _piece(p: reads.Piece, call: Call) -> EvidencePiece:
    return EvidencePiece(p.id, p.n, p.side, p.kind, reads.LABELS.get(p.kind, (p.kind, p.kind))[call.at], p.words, p.file_id, p.sha256, p.media_type, p.size, p.at, f"/api/v1/evidence/{p.id}")


def file(call: Call, id: UUID) -> Reply:
    """GET the bytes of one piece, as they were filed."""
    call.needs("read")
    call.known_queries()
    merchant = call.merchant()
    with scope(call.house.pool, UUID(merchant)) as conn:
        piece = reads.one(conn, merchant, str(id))
        found = files.read(conn, merchant, piece.file_id) if piece else None
    if found is None:
        raise Refused(Refusal("not_there"))
    return Reply(Bytes(found.media_type, found.bytes))


def add_file(call: Call) -> Reply:
    """POST the bytes of a file for evidence; answers the id to name in a command. With `case_id`, only while the caller may file on that case."""
    call.known_queries("case_id")
    merchant, actor, case = call.merchant(), call.acting(), call.query("case_id", uuid_text)
    if refusal := _may_not_bring(call, actor) or (_may_not_file(call, merchant, actor, str(case)) if case else None):
        raise Refused(refusal)
    with scope(call.house.pool, UUID(merchant)) as conn:
        waiting, size = files.unsent(conn, merchant, actor.id)
    if waiting >= WAITING_AT_MOST or size + len(call.raw) > WAITING_BYTES:
        raise Refused(Refusal("evidence_waits", {"most": WAITING_AT_MOST, "size": say_size(WAITING_BYTES), "now": waiting}, "photos"))
    found = take_evidence(call.house.pool, merchant, call.raw, actor.id, call.now, once=str(call.command_id))
    if isinstance(found, Refusal):
        raise Refused(found)
    return Reply(EvidenceFile(found))


def _may_not_bring(call: Call, actor: Actor) -> Refusal | None:
    """Who may give no command that names evidence brings none; one that passes on a buyer's words does (ST-4)."""
    brings = any(actor.may(kind, name) for kind, machine in TABLES.items() if kind in ("dispute", "ticket") for name in machine.commands if name in (*EVIDENCE, "step_in"))
    if actor.party is Party.CARRIER:
        return Refusal("not_yours", {"command": "add_evidence_file", "party": actor.party.value})
    return None if brings or call.caller.holds("speak_for_buyer") else Refusal("permission_missing", {"permission": "dispute.add_evidence"})


def _may_not_file(call: Call, merchant: str, actor: Actor, case: str) -> Refusal | None:
    """Why a file cannot be filed on this case now: not theirs, its evidence closed, or the side's number of files used up (DI-5)."""
    found = see(call.house.pool, merchant, case, actor, call.now)
    if found is None or (actor.party is Party.BUYER and (actor.id != found.case.buyer_id or not is_buyers(found.case.kind, found.case.body))):
        return Refusal("not_there", field="case_id")
    open_to = [m for m in found.moves if m.verb in EVIDENCE]
    if not any(m.blocked is None for m in open_to):
        return next((m.blocked for m in open_to if m.blocked), Refusal("evidence_not_here", field="case_id"))
    section, filed = found.facts.get("disputes"), int((found.case.body.get("filed") or {}).get(actor.party.value, 0))
    if section is not None and found.case.kind == "dispute" and filed >= section.files_at_most:
        return Refusal("evidence_too_many", {"most": section.files_at_most, "now": filed}, "photos")
    return None


def for_reader(kind: str, actor: Actor, value: dict[str, Any]) -> Any:
    """Facts of a case as this reader may have them (DI-6): of a dispute its side's, of any case without the names of the platform's people."""
    if actor.party is Party.PLATFORM:
        return value
    if kind != "dispute":
        return without_names(value)
    shown = for_side(value, "buyer" if actor.party is Party.BUYER else "merchant")
    return {k: v for k, v in shown.items() if k != "by_staff"}


def event_for_reader(kind: str, actor: Actor, name: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same for what happened."""
    if actor.party is Party.PLATFORM:
        return body
    if kind == "dispute":
        return event_for_side(name, body, "buyer" if actor.party is Party.BUYER else "merchant")
    shown = dict(without_names(body))
    return {**shown, "input": {}} if name in REMARKS else shown


def hidden(kind: str, actor: Actor, event: str, body: dict[str, Any]) -> bool:
    """Whether an event of a dispute or a ticket is the platform's own until what it tells stands, or between the platform and the other side."""
    if actor.party is Party.PLATFORM or kind not in ("dispute", "ticket"):
        return False
    if kind == "ticket":
        return unsettled_ticket(event, body)
    return unsettled(event, str(body.get("to", ""))) or with_others(event, body, "buyer" if actor.party is Party.BUYER else "merchant")
