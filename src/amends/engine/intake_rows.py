"""The row of a new service order: its columns, the facts that stay with it, its first event and its first clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from amends.core.actor import Actor, Party
from amends.core.cases import TABLES
from amends.core.divisions import province_named
from amends.core.fast_review import Seen, told
from amends.core.pack_flows import KEEP, traits_of
from amends.engine.application import Application
from amends.engine.columns import WAITS
from amends.engine.deadlines import Deadlines
from amends.engine.flows import flow_kept
from amends.engine.ids import new_id
from amends.engine.intake_checks import Checked
from amends.store.applying import OrderSeen


def case_row(
    checked: Checked, number: str, application: Application, order: OrderSeen, clocks: Deadlines, settings: Mapping[str, Any], actor: Actor, now: datetime, fast: bool = False,
) -> dict[str, Any]:
    """A row of `store/sql/insert_cases.sql`. What the buyer was told (verdict, pack version) stays with the case."""
    item, line, said = checked.item, checked.line, checked.verdict
    if checked.way == KEEP:
        said = replace(said, freight=None)  # nothing is sent, so nobody pays a way
    table = TABLES["service_order"]
    state = next(iter(table.states.values()))
    assert state.clock is not None
    assert state.waits_on is not None
    region = province_named(order.province)
    going: dict[str, Any] = {"return_way": checked.way, **flow_kept(clocks.pack, settings, order.mode)}
    if line.tags:
        going["tags"] = list(line.tags)
    if refusals := sum(claim[2] == "rejected" for claim in line.claims):
        going["refused_before"] = refusals
    clock = clocks.arm(state.clock, item.type, now, region, fast=fast, traits=traits_of(going))
    facts = {
        "title": line.title, "description": item.description.strip(), "photos": item.photos, "fault": checked.leaf.responsibility, **going,
        "replacement_address": application.replacement_address, "order_number": order.number, "line_paid": line.paid_minor, "line_quantity": line.quantity,
        "reason_zh": checked.leaf.zh, "reason_en": checked.leaf.en, "region": region, "pack": clocks.pack.id, "pack_version": clocks.pack.version, "clock": clock.why,
        "verdict": {"allowed": said.allowed, "code": said.code, "rule": said.rule, "source": said.source, "zh": said.say("zh").rstrip("；"), "en": said.say("en").rstrip("; "), **said.facts},
        "by_staff": actor.name if actor.party is Party.MERCHANT else "", "override_reason": application.override_reason,
        **({"goods_state": item.goods_state} if item.goods_state else {}),
        **({"stock_short": True} if checked.stock_short else {}), **({"fast_review": _fast_review(clocks, checked)} if fast else {}),
    }
    return {
        "id": checked.id, "number": number, "line_id": line.id, "type": item.type, "reason": item.reason, "fault": checked.leaf.responsibility, "sku": line.sku,
        "category": line.category, "quantity": item.quantity, "due_at": clock.due_at, "remind_at": clock.remind_at, "clock": clock.name, "state": state.name,
        "waits_on": WAITS.get(state.waits_on, state.waits_on.value), "event_id": new_id(), "outbox_id": new_id(), "currency": order.currency,
        "body": {"command": "apply", "to": state.name, "input": {"type": item.type, "reason": item.reason, "quantity": item.quantity}, "changes": {}}, "facts": facts,
    }


def _fast_review(clocks: Deadlines, checked: Checked) -> dict[str, Any]:
    """What fast review looks at, as it was when the buyer asked (SO-31). Alerts are looked at when it decides."""
    assert clocks.pack.fast_review is not None
    line, item = checked.line, checked.item
    paid = line.paid_minor * item.quantity // line.quantity
    return {**told(clocks.pack.fast_review, Seen(paid, item.quantity, checked.leaf.no_reason, checked.verdict.allowed, alert=False)), "reason": item.reason}
