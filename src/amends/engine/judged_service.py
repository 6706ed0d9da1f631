"""Service orders that a judgement needs and that nobody has applied for: goods come back, or go out anew, through them (DI-7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from amends.core.actor import Actor, Party
from amends.core.pack import Leaf, Pack
from amends.core.refusal import Refusal
from amends.engine.application import Application, Item
from amends.engine.deadlines import pack_of, pack_opened_under
from amends.engine.intake import apply_for, open_options
from amends.store.connect import Pool
from amends.store.remedying import Beside, Disputed

TYPES = {"return_and_refund": "return", "reship": "reissue"}
PREFERRED = ("quality_fault", "not_as_described", "missing_goods")
"""Reasons of the merchant's fault, the plainest first; what was really wrong stands in the judgement."""


def open_for(pool: Pool, merchant: str, dispute: Disputed, outcome: str, effect_id: str, now: datetime) -> list[Beside] | Refusal:
    """One for each line in dispute, with the pieces no other case has; opened once, whoever performs the same effect again. Goods on an open one already answer that one."""
    pack = pack_of(pack_opened_under(dispute.facts))
    seen, leaf = open_options(pool, merchant, dispute.order_id, now), _leaf(pack, TYPES[outcome])
    if seen is None or leaf is None:
        return Refusal("judge_needs_service_order")
    chosen = {x["line_id"]: x["quantity"] for x in dispute.facts.get("lines") or ()}
    words = f"纠纷 {dispute.number} 的判责结果"
    lines = [x for x in seen.lines if (x.line.id in chosen or not chosen) and not x.line.gift]
    items = [Item(x.line.id, min(chosen.get(x.line.id, x.line.quantity), x.left or x.line.quantity), TYPES[outcome], leaf.code, words) for x in lines]
    actor = Actor(Party.MERCHANT, "platform", f"平台（{dispute.number}）", merchant, frozenset({"eligibility_override"}))
    applied = apply_for(pool, merchant, Application(dispute.order_id, items, override_reason=words), actor, now, str(uuid5(UUID(effect_id), "apply")))
    if isinstance(applied, list):
        return applied[0]
    return [Beside(c.case_id, "service_order", c.number, c.state, False, {"opened": not c.existing}, [item.line_id]) for c, item in zip(applied.cases, items, strict=True)]


def _leaf(pack: Pack, type_: str) -> Leaf | None:
    found = {leaf.code: leaf for (t, _), (leaf, _) in pack.leaves.items() if t == type_ and leaf.responsibility == "merchant" and not leaf.measured}
    return next((found[code] for code in PREFERRED if code in found), next(iter(found.values()), None))
