"""What strategies of one merchant may name: reasons of its pack, its categories, addresses and people (SA-2)."""

from __future__ import annotations

from typing import Any

from amends.core.divisions import provinces
from amends.core.strategy import Context, Ground
from amends.engine.deadlines import pack_of
from amends.engine.strategy_compile import cel_problem
from amends.store import strategies as rows
from amends.store import strategy_groups

Choice = tuple[str, str, str]


def reasons_of(pack_ref: str, kind: str) -> list[Choice]:
    """The reasons a case of this kind can have under a pack, each once: (code, 中文, English)."""
    pack = pack_of(pack_ref)
    if kind == "cancellation":
        leaves = [(r.code, r.zh, r.en) for r in (*pack.cancellation.reasons, *pack.cancellation.deletion_reasons)]
    else:
        leaves = [(code, leaf.zh, leaf.en) for (_, code), (leaf, _) in pack.leaves.items()]
    return list({choice[0]: choice for choice in leaves}.values())


def choices_of(conn: Any, merchant: str, kind: str) -> dict[str, list[Choice]]:
    """By source name, in the caller's transaction; sources that are left out take any text."""
    pack, categories, addresses, people, payments, _ = rows.known(conn, merchant)
    return {
        "reasons": reasons_of(pack, kind), "categories": [(c, c, c) for c in categories], "provinces": [(p, p, p) for p in provinces()],
        "payments": [(p, p, p) for p in payments], "addresses": [(i, label, label) for i, label in addresses], "people": [(i, name, name) for i, name in people],
        "groups": [(i, name, name) for i, name in strategy_groups.groups(conn, merchant)],
    }


def grounds_of(pack_ref: str, kind: str) -> dict[str, dict[str, Ground]]:
    """The coded reasons of commands that name one, by command (SO-27); a cancellation is refused for reasons of its own."""
    pack = pack_of(pack_ref)
    trees = {"call_platform": pack.platform_reasons["merchant"], **({name: pack.review_reasons.get(name, ()) for name in ("reject", "abandon", "return_original")} if kind == "service_order" else {})}
    return {command: {leaf.code: Ground(leaf.zh, leaf.en, leaf.photos_required, leaf.text_required and command in ("abandon", "return_original")) for group in tree for leaf in group.leaves} for command, tree in trees.items()}


def context_of(conn: Any, merchant: str, kind: str, node: str) -> Context:
    """What `core.strategy_check.check` compares with, in the caller's transaction. Only the pack's reasons are a closed list; categories and SKUs come and go."""
    found, pack = choices_of(conn, merchant, kind), rows.merchant_seen(conn, merchant).pack
    codes = {name: frozenset(c[0] for c in found[name]) for name in ("reasons",)}
    return Context(codes, cel_problem(kind, node), frozenset(a[0] for a in found["addresses"]), frozenset(p[0] for p in found["people"] + found["groups"]), grounds_of(pack, kind), pack_of(pack).negotiation.at_most)
