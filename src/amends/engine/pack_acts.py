"""What a pack does by itself where its merchant has switched it on: returns without a reason are agreed to (PO-12)."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from amends.core.actor import Actor, Party
from amends.core.pack import Pack
from amends.core.pack_flows import KEEP
from amends.core.verbs.review import ApproveReturn
from amends.engine.acting import Act, Asked, Considered
from amends.engine.deadlines import pack_of, pack_opened_under
from amends.store import pack_acts
from amends.store.pack_acts import InReview

SWITCH = "auto_agree"
"""The merchant's setting: it agrees to no-reason returns by itself, where its pack offers that."""
MAY = frozenset({"service_order.approve_return"})


def decide(asked: Asked, cases: list[Considered]) -> dict[str, Act]:
    """Acts by case id; a case is judged by the pack version it was opened under."""
    ids = [case.case_id for case in cases if (case.kind, case.node) == ("service_order", "review")]
    if not ids or not asked.seen.settings.get(SWITCH):
        return {}
    seen = pack_acts.in_review(asked.conn, asked.merchant, ids)
    versions = {case.case_id: case.version for case in cases}
    return {case.id: act for case in seen if case.version == versions[case.id] and (act := agreement(case, pack_of(pack_opened_under(case.facts)), asked.merchant)) is not None}


def agreement(case: InReview, pack: Pack, merchant: str) -> Act | None:
    """The agreement to a return that was open without a reason when it was asked for; None for everything else."""
    rule, verdict = pack.flows.auto_agree, case.facts.get("verdict") or {}
    leaf = pack.leaves.get((case.type, case.reason), (None, frozenset()))[0]
    if rule is None or leaf is None or not leaf.no_reason or case.type != "return" or case.facts.get("return_way") == KEEP or not verdict.get("allowed"):
        return None
    why: dict[str, Any] = {
        "by": "pack_rule", "rule": SWITCH, "pack": pack.id, "version": pack.version, "source": rule.source,
        "facts": {"type": case.type, "reason": case.reason, "verdict": verdict.get("rule", ""), "until": verdict.get("until")},
    }
    actor = Actor(Party.SYSTEM, str(uuid5(NAMESPACE_URL, f"{pack.id}@{pack.version}.{SWITCH}")), pack.name.zh, merchant, MAY)
    return Act(ApproveReturn(), actor, why)
