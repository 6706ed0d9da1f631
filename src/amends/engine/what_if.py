"""What-if runs: past cases replayed under another pack, in pieces, by the worker (PO-14)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from amends.core.compensation import Shipping
from amends.core.divisions import province_named
from amends.core.eligibility import Goods
from amends.core.fast_review import member
from amends.core.pack import TYPES, ServiceType
from amends.core.pack_bounds import check
from amends.core.pack_flows import OWN, traits_of
from amends.core.pauses import Suspension
from amends.core.policy import parse_pack
from amends.core.refusal import Refusal
from amends.core.what_if import Past, compare, entered
from amends.core.what_if_demands import GROUNDS, Said, Shown
from amends.core.what_if_flows import Course, Gave
from amends.engine.audit import By, record
from amends.engine.compensation_rules import ship_stops
from amends.engine.deadlines import calendar_from, pack_of, pack_opened_under
from amends.engine.pack_releases import of_packs
from amends.engine.packs import Ref, lacking
from amends.store import packs, what_if
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.merchant_seen import suspensions_of

PIECE = 250
DAYS_AT_MOST = 366
USUAL_DAYS = 30


def ask(pool: Pool, by: By, ref: Ref, days: int, merchants: list[str], run_id: str, now: datetime) -> str | Refusal:
    """Begin a run over the cases of the last `days`, of some merchants or (none named) of all the version is meant for; answers its id.

    What it is over is fixed here: the document as it stands, the merchants, the time. The same id again answers the same run.
    """
    if refusal := lacking(by):
        return refusal
    if not 1 <= days <= DAYS_AT_MOST:
        return Refusal("what_if_days", {"most": DAYS_AT_MOST}, "days")
    with scope(pool, PLATFORM) as conn:
        if what_if.one(conn, run_id) is not None:
            return run_id
        row = packs.one(conn, *ref)
        if row is None:
            return Refusal("pack_version_unknown", {"pack": ref[0], "version": ref[1]})
        if wrong := check(row["document"]):
            return Refusal("pack_has_problems", {"n": len(wrong)})
        origin = (row["copied_from"] or "").partition("@")[0]
        meant = sorted({*of_packs(row), *([origin] if origin else [])})
        chosen = merchants or [h.id for h in packs.holders(conn, meant, [], lock=False)]
        given = {
            "id": run_id, "pack": ref[0], "version": ref[1], "document": row["document"], "of_packs": meant, "merchants": chosen,
            "since": now - timedelta(days=days), "until": now, "made_by": by.actor.name, "now": now,
        }
        if not what_if.start(conn, given):
            return run_id
        made = what_if.one(conn, run_id)
        if made is None or not made["total"]:
            conn.rollback()
            return Refusal("what_if_nothing", field="days")
        record(conn, by, now, "what_if_asked", ("pack", f"{ref[0]}@{ref[1]}"), after={"days": days, "merchants": len(chosen), "cases": made["total"]})
    return run_id


def work(pool: Pool, now: datetime, many: int = PIECE) -> int:
    """One piece of the oldest run that nobody else works on; answers how many cases were looked at, and 0 when no run waits.

    A piece and how far it came are one transaction: whoever falls in the middle has done nothing, and the next goes on from there.
    """
    with scope(pool, PLATFORM) as conn:
        taken = what_if.take(conn)
        if taken is None:
            return 0
        run, document = taken
        new = parse_pack(document).pack
        rows = what_if.page(conn, run, many)
        if new is None or not rows:
            what_if.note(conn, run, [], [], run["counts"], now)
            return 1
        shops, stopped = what_if.merchants(conn, sorted({r["merchant_id"] for r in rows})), suspensions_of(what_if.suspensions(conn))
        counts: Counter[str] = Counter(run["counts"])
        found: list[dict[str, Any]] = []
        for row in rows:
            shop = shops[row["merchant_id"]]
            past = past_of(row, shop["settings"], stopped)
            old = pack_of(pack_opened_under(row["facts"]) or shop["pack_ref"])
            differing = compare(past, old, new, calendar_from(shop["settings"]), stopped)
            counts.update(f"{d.kind}:{d.about}" for d in differing)
            found += [
                {
                    "merchant_id": past.merchant_id, "case_id": past.id, "nth": n, "kind": d.kind, "about": d.about, "was": d.was, "would_be": d.would_be,
                    "amount_minor": d.amount, "currency": past.currency if d.amount is not None else None,
                }
                for n, d in enumerate(differing)
            ]
        what_if.note(conn, run, rows, found, dict(counts), now)
        return len(rows)


def past_of(row: dict[str, Any], settings: Mapping[str, Any], stopped: Sequence[Suspension]) -> Past:
    """A row of the store as comparing looks at it: what was asked for first, the goods with the stamps they had, the clocks that ran, how it went. `settings`: its merchant's."""
    facts, asked = row["facts"], row["asked"] or {}
    finding = row["line_facts"].get
    type_ = asked.get("type") or row["type"]
    quantity = int(asked.get("quantity") or row["quantity"])
    paid, pieces = int(facts.get("line_paid") or row["line_paid"]), int(facts.get("line_quantity") or row["line_quantity"])
    dated = row["order_facts"].get("received_on")
    goods = Goods(
        received=pieces, receipt_confirmed_at=row["receipt_confirmed_at"], platform_signed_at=row["delivered_at"] if row["platform_delivery"] else None,
        trace_delivered_at=None if row["platform_delivery"] else row["delivered_at"], staff_dated_at=datetime.fromisoformat(dated) if dated else None,
        category=row["category"] or "*", tags=frozenset(row["tags"]), fitness=frozenset(finding("fitness") or ()), not_handled=frozenset(finding("not_handled") or ()),
        region=province_named(row["province"]) or None, freight_insured=bool(row["order_facts"].get("freight_insured")), gift=row["gift"], weight_short_mg=finding("weight_short_mg"),
    )
    events = [(command, to, datetime.fromisoformat(at)) for command, to, at in row["events"] or ()]
    return Past(
        row["merchant_id"], row["id"], row["number"], row["kind"], cast(ServiceType, type_ if type_ in TYPES else "return"), str(asked.get("reason") or row["reason"]), row["opened_at"],
        goods, quantity, paid * min(quantity, pieces) // pieces if row["kind"] == "service_order" else int(row["order_paid"]), row["currency"], row["stars"],
        str(facts.get("region") or ""), entered(row["kind"], events), traits_of(facts), _course(row, settings, stopped, [command for command, _, _ in events]), _shown(row),
    )


def _shown(row: dict[str, Any]) -> Shown:
    """What came with the application, and the grounds that staff named; what was erased since is not on record."""
    facts, said = row["facts"], []
    for command, given in row["said"] or ():
        if isinstance(code := (given or {}).get(GROUNDS[command]), str) and code:
            said.append(Said(command, code, len(given.get("photos") or ()), bool(given.get("words"))))
    photos, words = facts.get("photos"), facts.get("description")
    return Shown(len(photos) if isinstance(photos, list) else None, bool(words.strip()) if isinstance(words, str) else None, bool(facts.get("override_reason")), tuple(said))


def _course(row: dict[str, Any], settings: Mapping[str, Any], stopped: Sequence[Suspension], commands: list[str]) -> Course:
    facts, chosen = row["facts"], settings.get("fast_refund")
    stops = ship_stops(stopped, str(facts.get("region") or ""), row["paid_at"] if row["promised_ship_by"] is not None else None)
    return Course(
        str(facts.get("return_way") or "ship_back"), "" if settings.get(OWN, True) else row["mode"], row["category"] or "*", frozenset(row["tags"]),
        row["refused_before"] + 1 if "reject" in commands and row["kind"] == "service_order" else 0, "propose" in commands, None if chosen is None else bool(chosen),
        row["kind"] == "cancellation" and not facts.get("shipped_at_opening"), tuple(Gave(*gave) for gave in row["gave"] or ()),
        Shipping("", row["currency"], 0, 0, row["paid_at"], row["promised_ship_by"], stops=stops), int(row["order_paid"]), _switched(settings, row["opened_at"]),
    )


def _switched(settings: Mapping[str, Any], at: datetime) -> frozenset[str]:
    """What the merchant lets act by itself; in fast review it takes part or not as it did when the case was opened (SO-31)."""
    on = {"fast_review": member(settings, at), "lightning": settings.get("lightning_refund") or settings.get("lightning_by_platform"), "auto_agree": settings.get("auto_agree")}
    return frozenset(name for name, yes in on.items() if yes)
