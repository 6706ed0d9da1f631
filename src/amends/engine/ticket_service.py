"""Opening the service order that a decision on a ticket asks for, through the one intake, as staff at the merchant's cost (TI-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from amends.core.actor import SYSTEM, Actor, Party
from amends.core.commands import Command
from amends.core.pack import Leaf, Pack
from amends.core.refusal import Refusal
from amends.core.rules_judgement import ENDED
from amends.core.verbs.judgement import EndByJudgement, ReshipByJudgement, ReturnByJudgement
from amends.core.verbs.ticket import ServiceOrderOpened, ServiceOrderRefused
from amends.engine.application import Application, Item, TakenIn
from amends.engine.deadlines import pack_of, pack_opened_under
from amends.engine.handle import Asked, handle
from amends.engine.intake import LineOptions, OrderOptions, apply_for, open_options
from amends.store import ticketing
from amends.store.connect import Pool, scope

TYPES = {"return_refund": "return", "exchange": "exchange", "reissue": "reissue"}
PREFERRED = ("quality_fault", "not_as_described", "missing_goods")


def open_for_ticket(pool: Pool, merchant: str, ticket: str, body: Mapping[str, Any], effect: str, now: datetime) -> tuple[Command, dict[str, Any]]:
    """The command that tells the ticket what became of it, and why the house acted. The same effect opens the same service order once."""
    with scope(pool, UUID(merchant)) as conn:
        number, facts = ticketing.facts_of(conn, merchant, ticket)
    pack = pack_of(pack_opened_under(facts) or "")
    why = {
        "by": "ticket_decision", "pack": pack.id, "version": pack.version, "source": pack.tickets.silence_source, "number": number,
        "finding": (facts.get("decision") or {}).get("finding", ""), "decision": body.get("wanted", ""),
    }
    found = _open(pool, merchant, number, body, effect, pack, now)
    if isinstance(found, Refusal):
        return ServiceOrderRefused(f"{found.say('zh')} / {found.say('en')}"[:500]), why
    granted = _grant(pool, merchant, number, found, str(body["wanted"]), effect, now, why)
    if granted is not None:
        return ServiceOrderRefused(f"{granted.say('zh')} / {granted.say('en')}"[:500]), why
    return ServiceOrderOpened(found.case_id, found.number), why


def _grant(pool: Pool, merchant: str, ticket: str, opened: TakenIn, wanted: str, effect: str, now: datetime, why: dict[str, Any]) -> Refusal | None:
    """It was the platform that decided, so nobody reviews it: goods go out anew, or may come back at the merchant's cost (TI-6). One that has gone further already goes on."""
    fresh = not opened.existing
    command = ReshipByJudgement(ticket, fresh) if wanted == "reissue" else ReturnByJudgement(ticket, None, "merchant", False, fresh)
    refusal = handle(pool, [Asked(str(uuid5(UUID(effect), "judged")), merchant, opened.case_id, command, SYSTEM, why=why)], now)[0].refusal
    return None if refusal is None or refusal.code == "not_now" else refusal


def end_for_ticket(pool: Pool, merchant: str, ticket: str, body: Mapping[str, Any], effect: str, now: datetime) -> tuple[Command, dict[str, Any]] | None:
    """Money was paid instead of goods, so the service order ends (TI-5); what to tell the ticket where it could not, because it went on meanwhile."""
    with scope(pool, UUID(merchant)) as conn:
        number, facts = ticketing.facts_of(conn, merchant, ticket)
    pack = pack_of(pack_opened_under(facts) or "")
    why = {"by": "ticket_decision", "pack": pack.id, "version": pack.version, "source": pack.tickets.silence_source, "number": number, "finding": (facts.get("decision") or {}).get("finding", ""), "decision": "refund"}
    answer = handle(pool, [Asked(str(uuid5(UUID(effect), "ended")), merchant, str(body["end"]), EndByJudgement(number), SYSTEM, why=why)], now)[0]
    if answer.refusal is None or (answer.refusal.code == "not_now" and answer.state in ENDED):
        return None
    stuck = answer.refusal if answer.refusal.code != "not_now" else Refusal("ticket_goods_given", {"number": facts.get("bound_number", "")})
    return ServiceOrderRefused(f"{stuck.say('zh')} / {stuck.say('en')}"[:500]), why


def _open(pool: Pool, merchant: str, ticket: str, body: Mapping[str, Any], effect: str, pack: Pack, now: datetime) -> TakenIn | Refusal:
    type_, order = TYPES[str(body["wanted"])], str(body["order"])
    seen = open_options(pool, merchant, order, now)
    if seen is None:
        return Refusal("order_unknown")
    line = _line(seen, str(body.get("line") or ""), str(body.get("sku") or ""))
    if isinstance(line, Refusal):
        return line
    leaf = _leaf(pack, type_)
    if leaf is None:
        return Refusal("type_unknown", {"choices": sorted(pack.reasons)})
    actor = Actor(Party.MERCHANT, "platform", f"平台（{ticket}）", merchant, frozenset({"eligibility_override"}))
    item = Item(line.line.id, line.left or line.line.quantity, type_, leaf.code, f"工单 {ticket}：{body.get('words', '')}"[:500])
    asked = Application(order, [item], override_reason=f"工单 {ticket} 的平台处理意见")
    applied = apply_for(pool, merchant, asked, actor, now, str(uuid5(UUID(effect), "apply")))
    return applied[0] if isinstance(applied, list) else applied.cases[0]


def _line(seen: OrderOptions, line: str, sku: str) -> LineOptions | Refusal:
    """The line the ticket is bound to, the one of the SKU named, or the only one there is."""
    if line or sku:
        return next((x for x in seen.lines if x.line.id == line or (sku and x.line.sku == sku)), Refusal("line_unknown"))
    goods = [x for x in seen.lines if not x.line.gift]
    return goods[0] if len(goods) == 1 else Refusal("ticket_which_goods", {"n": len(goods)})


def _leaf(pack: Pack, type_: str) -> Leaf | None:
    """A reason of the merchant's fault, so that everything is at the merchant's cost."""
    found = {leaf.code: leaf for (t, _), (leaf, _) in pack.leaves.items() if t == type_ and leaf.responsibility == "merchant" and not leaf.measured}
    return next((found[code] for code in PREFERRED if code in found), next(iter(found.values()), None))
