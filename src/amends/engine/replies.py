"""Reply templates of a merchant: what there is, filled from a case, changed, switched off, put back (DI-12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from amends.core import replies
from amends.core.dossier import Words
from amends.core.masking import mask_name
from amends.core.refusal import Refusal
from amends.core.replies import Template
from amends.engine.audit import By, record
from amends.engine.dossier import words
from amends.engine.ids import new_id
from amends.store import reply_templates as store
from amends.store.connect import Pool, scope
from amends.store.screens.case import CaseSeen

PERMISSION = "manage_settings"
OWN_MOST = 100
BY_REASON = {"quality_fault": "goods_quality", "product_defect": "goods_quality", "not_as_described": "goods_quality", "damaged_in_transit": "goods_quality", "wrong_goods": "goods_wrong", "missing_goods": "goods_missing", "weight_short": "goods_missing"}
"""Which scenario the reason of a service order is about."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template for one case: its text filled, or (then empty) what the case lacks for it."""

    id: str
    scenario: str
    name: str
    text: str
    lacks: list[str]


def of_merchant(pool: Pool, merchant_id: str) -> list[Template]:
    """Every template of this merchant in the order of the scenarios: as it came, or as the merchant has it, then its own."""
    with scope(pool, UUID(merchant_id)) as conn:
        own = {row.id: row for row in store.listed(conn, merchant_id)}
    came = [replace(_of(own.pop(t.id)), shipped=True, unless=t.unless) if t.id in own else t for t in replies.shipped()]
    every = came + [_of(row) for row in own.values()]
    return sorted(every, key=lambda t: replies.SCENARIOS.index(t.scenario))


def _of(row: store.Row) -> Template:
    return Template(row.id, row.scenario, Words(row.name_zh, row.name_en), Words(row.words_zh, row.words_en), row.active, own=True, shipped=False)


def for_case(pool: Pool, merchant_id: str, seen: CaseSeen, shop: str, lang: str, zone: ZoneInfo) -> list[Filled]:
    """The active templates filled from a case, those of its own scenario first."""
    facts, at, first = facts_of(seen, shop, lang, zone), 0 if lang == "zh" else 1, scenario_of(seen)
    out = []
    for t in of_merchant(pool, merchant_id):
        if t.active and replies.is_true(t, facts):
            text, missing = replies.fill((t.words.zh, t.words.en)[at], facts)
            fits = len(text) <= replies.WORDS_MOST
            out.append(Filled(t.id, t.scenario, (t.name.zh, t.name.en)[at], text if fits else text[: replies.WORDS_MOST - 1] + "…", replies.lacking(missing, at)))
    return sorted(out, key=lambda f: f.scenario != first)


def scenario_of(seen: CaseSeen) -> str:
    """The scenario a case is nearest to."""
    case = seen.case
    if case.kind == "dispute":
        return str(case.facts.get("scenario") or case.type)
    return "cancel_order" if case.kind == "cancellation" else BY_REASON.get(case.reason, "")


def facts_of(seen: CaseSeen, shop: str, lang: str, zone: ZoneInfo) -> dict[str, str]:
    """What a template can say of this case; what is not known is left out."""
    case, order = seen.case, seen.order
    parcel = next((p for p in reversed(seen.parcels) if p.waybill and p.direction == "out"), None) or next((p for p in reversed(seen.parcels) if p.waybill), None)
    latest = parcel.scans[0] if parcel and parcel.scans else None
    moved = next((q for q in reversed(seen.requests) if q.state == "moved"), None)
    asked = moved or (seen.requests[-1] if seen.requests else None)
    way = words.way(asked.provider, asked.method) if asked else None
    first = seen.lines[0].title if len(seen.lines) == 1 else ""
    out = {
        "buyer": mask_name(order.receiver) if order and order.receiver else "", "shop": shop, "case": case.number, "order": order.number if order else "",
        "goods": str(case.facts.get("title") or (seen.line.title if seen.line else first)), "reason": str((case.facts.get("reason_zh") if lang == "zh" else case.facts.get("reason_en")) or ""),
        "paid": words.money(order.paid, case.currency).zh if order else "", "placed_at": _at(order.placed_at if order else None, zone), "amount": words.money(case.granted, case.currency).zh if case.granted else "",
        "granted_at": _at(case.granted_at, zone), "moved_at": _at(moved.moved_at if moved else None, zone), "way": (way.zh if lang == "zh" else way.en) if way else "",
        "reference": (moved.reference or "") if moved else "", "carrier": parcel.carrier if parcel else "", "waybill": parcel.waybill if parcel else "", "latest": latest.words if latest else "",
        "latest_at": _at(latest.at if latest else None, zone), "shipped_at": _at((order.shipped_at if order else None) or (parcel.sent_at if parcel else None), zone),
        "signed_at": _at(parcel.signed_at if parcel else None, zone), "due": _at(case.due_at, zone),
        "received": "1" if order and order.receipt_confirmed_at else "",
    }
    return {name: value for name, value in out.items() if value}


def _at(instant: datetime | None, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""


def save(pool: Pool, by: By, template: Template, now: datetime) -> list[Refusal]:
    """Keep a template; empty when it is kept, else all that is wrong. An empty id makes a new one."""
    if refusal := by.lacks(PERMISSION):
        return [refusal]
    template = replace(template, id=template.id or f"own_{new_id().replace('-', '_')}")
    if wrong := replies.check(template):
        return wrong
    merchant = str(by.merchant_id)
    row = store.Row(template.id, template.scenario, template.name.zh, template.name.en, template.words.zh, template.words.en, template.active)
    with scope(pool, by.scope) as conn:
        before = store.listed(conn, merchant)
        if len(before) >= OWN_MOST and all(x.id != row.id for x in before):
            return [Refusal("template_too_many", {"most": OWN_MOST})]
        store.put(conn, merchant, row, by.actor.name, now)
        record(conn, by, now, "template_saved", ("reply_template", row.id), after={"name": row.name_zh, "words": row.words_zh, "active": row.active})
    return []


def drop(pool: Pool, by: By, template_id: str, now: datetime) -> Refusal | None:
    """Remove an own template, or put one that came with the product back as it came."""
    if refusal := by.lacks(PERMISSION):
        return refusal
    with scope(pool, by.scope) as conn:
        if not store.drop(conn, str(by.merchant_id), template_id):
            return Refusal("template_gone")
        record(conn, by, now, "template_dropped", ("reply_template", template_id))
    return None
