"""What a case's pack says of the way it goes, as facts for its decisions and for its row (PO-8, PO-11, SO-29)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from amends.core.case import Case
from amends.core.compensation import Shipping, ship_by
from amends.core.pack import Pack
from amends.core.pack_flows import OWN, flow_of, traits_of

DECIDE_AT_ZERO = ("review", "cancel_review", "cancel_answer")
"""Clocks whose end the pack decides; the others have one end."""


def flow_kept(pack: Pack, settings: Mapping[str, Any], mode: str) -> dict[str, Any]:
    """The flow of an order's fulfilment mode, as it stays with a case; nothing for a merchant who does everything itself."""
    flow = None if settings.get(OWN, True) else pack.flows.of_mode(mode)
    if flow is None:
        return {}
    return {"flow": {"mode": mode, "goods_to": flow.goods_to, "sends": dict(flow.sends), "parts_first": list(flow.parts_first), "source": flow.source}}


def zero_of(pack: Pack, type_: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """Clock → what happens at its end, for a case as it is now."""
    traits = traits_of(facts)
    return {name: pack.clocks[name].for_case(type_, traits)[1] for name in DECIDE_AT_ZERO}


def facts_for(name: str, case: Case, pack: Pack, store: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What rules of `core/rules_flow.py` ask for, by command (empty: for a screen that shows every button). `store`: where the platform's store is, where that was read."""
    out: dict[str, Any] = {}
    if name == "run_out":
        out["zero"] = zero_of(pack, case.type, case.body)
    if name in ("reject", "") and (rule := pack.flows.called_in) is not None:
        out["called_in"] = {"refusals": rule.refusals, "pack": pack.id, "version": pack.version, "source": rule.source}
    if name in ("reject", "abandon", "return_original") and case.kind == "service_order":
        out["grounds"] = {leaf.code: leaf for group in pack.review_reasons.get(name, ()) for leaf in group.leaves}  # type: ignore[call-overload]
    if name == "call_platform":
        out["causes"] = {leaf.code: leaf.photos_required for group in pack.platform_reasons["merchant"] for leaf in group.leaves}
    if pack.flows.store is not None and flow_of(case.body).goods_to == "platform_store":
        out["store"] = {**asdict(pack.flows.store), **({"place": dict(store)} if store else {})}
    return out


def pays_at_zero(pack: Pack, clock: str) -> bool:
    """Whether the end of this clock may grant money under this pack (SO-29)."""
    rule = pack.flows.pays_at_zero
    return rule is not None and clock in rule.clocks


def why_at_zero(pack: Pack, case: Case, clock: str) -> dict[str, Any]:
    """What stands with the event of a clock beside the clock itself: what its pack made of it, and the rule of its own where it pays (SO-25, SO-29)."""
    if clock not in DECIDE_AT_ZERO:
        return {}
    _, then, source = pack.clocks[clock].for_case(case.type, traits_of(case.body))
    # How long it was came from fast review where its merchant takes part (SO-31); then that is the source.
    out: dict[str, Any] = {"then": then} if (case.body.get("clock") or {}).get("rule") == "fast_review" else {"then": then, "source": source}
    rule = pack.flows.pays_at_zero
    if then == "refund_without_return" and rule is not None:
        out |= {"by": "pack_rule", "rule": "pays_at_zero", "source": rule.source, "facts": {"return_way": case.body.get("return_way", ""), "tags": list(case.body.get("tags") or ())}}
    if then == "call_platform":
        out |= {"by": "pack_rule", "rule": "unanswered"}
    return out


def fast_refund(pack: Pack, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Why what is not shipped is refunded at once (CA-1): the merchant's switch, or the pack that demands or presets it; empty where it is not."""
    rule = pack.cancellation
    chosen = settings.get("fast_refund")
    if not (rule.fast_refund == "demanded" or chosen or (rule.fast_refund == "preset" and chosen is None)):
        return {}
    by = "merchant_switch" if chosen and rule.fast_refund != "demanded" else "pack_rule"
    return {"by": by, "rule": "fast_refund", "pack": pack.id, "version": pack.version, "source": rule.fast_refund_source or rule.source, "facts": {"fast_refund": rule.fast_refund}}


def reviewer(pack: Pack, promise: Shipping, now: datetime, *, shipped: bool) -> dict[str, Any]:
    """Who reviews a cancellation (PO-11): the platform while what is not shipped may still be shipped in time, where the pack says so; empty for the merchant."""
    rule, by = pack.cancellation, ship_by(promise, pack.compensation.late_shipment)
    if rule.in_time_reviewed_by != "platform" or shipped or by is None or now >= by:
        return {}
    return {"reviewed_by": "platform", "in_time_until": by.isoformat(), "reviewer_source": rule.in_time_source or rule.source}


def switches(pack: Pack, settings: Mapping[str, Any]) -> dict[str, bool]:
    """The merchant's switches that its pack leaves to it, and how they stand."""
    out, chosen = {}, settings.get("fast_refund")
    if pack.cancellation.fast_refund != "demanded":
        out["fast_refund"] = bool(chosen) if chosen is not None else pack.cancellation.fast_refund == "preset"
    if pack.flows.auto_agree is not None:
        out["auto_agree"] = bool(settings.get("auto_agree"))
    if pack.lightning_refund is not None:
        out["lightning_refund"] = bool(settings.get("lightning_refund"))
    return out
