"""Opening service orders: what is open to an order's lines, and taking an application in (SO-1 … SO-4)."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec

from amends.core.actor import Actor, Party
from amends.core.divisions import province_named
from amends.core.eligibility import Goods, Verdict, options, verdicts
from amends.core.fast_review import member
from amends.core.pack import ReasonGroup, ServiceType
from amends.core.pack_flows import Flows
from amends.core.quantity import Claim, left
from amends.core.refusal import Refusal
from amends.core.stock import switched
from amends.core.verdicts import without_stock
from amends.engine import holding, keywords
from amends.engine.alerts import of_application
from amends.engine.application import Application, Applied, TakenIn
from amends.engine.deadlines import Deadlines
from amends.engine.ids import new_id
from amends.engine.intake_checks import Checked, check
from amends.engine.intake_rows import case_row
from amends.engine.shelves import Shelves
from amends.store import applying
from amends.store.applying import LineSeen, OrderSeen, Seen
from amends.store.connect import Pool
from amends.store.wire import roll_back


@dataclass(slots=True)
class LineOptions:
    """One line as the buyer sees it before applying: pieces left, and for each type the best verdict (SO-2)."""

    line: LineSeen
    left: int
    types: dict[ServiceType, Verdict]
    reasons: dict[ServiceType, list[Verdict]]


@dataclass(slots=True)
class OrderOptions:
    """An order and what may be asked for on each of its lines; `groups` are the pack's reason trees by type."""

    order: OrderSeen
    lines: list[LineOptions]
    groups: dict[ServiceType, tuple[ReasonGroup, ...]]
    photos_at_most: int
    photo_bytes_below: int
    flows: Flows


def goods_of(order: OrderSeen, line: LineSeen) -> Goods:
    """A line as eligibility looks at it: the stamps of receipt in the order of OR-4a, tags, findings, pieces held."""
    claims = claims_of(line)
    finding = line.facts.get
    return Goods(
        received=line.quantity, receipt_confirmed_at=order.receipt_confirmed_at,
        platform_signed_at=order.delivered_at if order.platform_delivery else None,
        trace_delivered_at=None if order.platform_delivery else order.delivered_at, staff_dated_at=_instant(order.facts.get("received_on")),
        category=line.category or "*", tags=frozenset(line.tags), fitness=frozenset(finding("fitness") or ()), not_handled=frozenset(finding("not_handled") or ()),
        region=province_named(order.province) or None, freight_insured=bool(order.facts.get("freight_insured")), gift=line.gift, held=sum(c.held for c in claims),
        weight_short_mg=finding("weight_short_mg"),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def claims_of(line: LineSeen) -> list[Claim]:
    """The service orders this line is on, oldest first."""
    return [Claim(*claim) for claim in line.claims]


def open_options(pool: Pool, merchant_id: str, order_id: str, now: datetime, buyer_id: str | None = None) -> OrderOptions | None:
    """What is open to each line of an order, until when, and if not why (SO-2); None if there is no such order (of this buyer)."""
    with pool.connection() as conn:
        try:
            seen = applying.see(conn, merchant_id, order_id)
            only_with_stock = switched(seen.merchant.settings, "exchange_only_with_stock")
            free = holding.free_of(conn, merchant_id, [line.sku for line in seen.lines.values()]) if only_with_stock else {}
        finally:
            if not conn.closed:
                roll_back(conn)
    if seen.order is None or (buyer_id is not None and seen.order.buyer_id != buyer_id):
        return None
    clocks = Deadlines.of(seen.merchant)
    pack, order = clocks.pack, seen.order
    lines = []
    for line in seen.lines.values():
        goods = goods_of(order, line)
        reasons = {t: verdicts(pack, goods, t, now, clocks.calendar) for t in pack.reasons}
        types = options(pack, goods, now, clocks.calendar)
        if only_with_stock and free.get(line.sku, 0) < 1 and "exchange" in types:
            types["exchange"], reasons["exchange"] = without_stock(types["exchange"]), [without_stock(v) for v in reasons["exchange"]]
        lines.append(LineOptions(line, left(line.quantity, claims_of(line)), types, reasons))
    return OrderOptions(order, lines, pack.reasons, pack.photos.at_most, pack.photos.bytes_below, pack.flows)


def apply_for(pool: Pool, merchant_id: str, application: Application, actor: Actor, now: datetime, command_id: str) -> Applied | list[Refusal]:
    """Take an application in, whole or not at all: every refusal at once, each with the path of its field.

    The same command id answers what it answered first; goods that are all on an open service order answer that one (SO-3).
    """
    photos = sorted({p for item in application.items for p in item.photos})
    with pool.connection() as conn:
        try:
            seen = applying.see(conn, merchant_id, application.order_id, command=command_id, photos=photos, lock=True)
            answer = _before(seen, application) or _check(seen, application, actor, now)
            if not isinstance(answer, tuple):
                roll_back(conn)
                return answer
            goods = _goods(conn, merchant_id, seen, application, answer, actor, now)
            if isinstance(goods, Refusal):
                roll_back(conn)
                return [goods]
            return _write(conn, merchant_id, seen, application, answer, goods, actor, now, command_id)
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise


def digest(application: Application) -> str:
    """What a command id stands for."""
    body = asdict(application)
    for item in body["items"]:
        if not item["goods_state"]:
            del item["goods_state"]  # an application that says nothing of it is the same as before it could be said
    return hashlib.sha256(msgspec.json.encode(body)).hexdigest()[:32]


def _before(seen: Seen, application: Application) -> Applied | list[Refusal] | None:
    if seen.done is None:
        return None
    if seen.done.get("digest") != digest(application):
        return [Refusal("command_id_reused", field="command_id")]
    return Applied(seen.done["application"], seen.done["number"], [TakenIn(**c) for c in seen.done["cases"]], replayed=True)


def _check(seen: Seen, application: Application, actor: Actor, now: datetime) -> tuple[Checked, ...] | list[Refusal] | Applied:
    if seen.order is None or (actor.party is Party.BUYER and seen.order.buyer_id != actor.id):
        return [Refusal("order_unknown", field="order_id")]
    clocks = Deadlines.of(seen.merchant)
    goods = {i: goods_of(seen.order, line) for i, line in seen.lines.items()}
    claims = {i: claims_of(line) for i, line in seen.lines.items()}
    checked, refusals = check(application, actor, clocks.pack, clocks.calendar, seen, goods, claims, now)
    if refusals:
        return refusals
    if not any(c.existing is None for c in checked):
        return Applied("", "", [TakenIn(c.existing.case_id, c.existing.number, c.state, c.line.id, existing=True) for c in checked if c.existing])
    return tuple(checked)


def _goods(
    conn: Any, merchant_id: str, seen: Seen, application: Application, checked: tuple[Checked, ...], actor: Actor, now: datetime
) -> Shelves | Refusal | None:
    """What exchanges of this application hold, all of it or nothing (ST-K1); None when the merchant does not look at stock here."""
    settings, wanted = seen.merchant.settings, [c for c in checked if c.existing is None and c.item.type == "exchange"]
    if not wanted or not holding.looks_at_stock(settings):
        return None
    shelves, short = holding.for_application(conn, merchant_id, settings, [(c.id, c.line.sku, c.item.quantity) for c in wanted], actor, now)
    if short is None:
        return shelves
    if switched(settings, "exchange_only_with_stock"):
        return holding.refuse(short, application.items.index(wanted[short.at].item))
    for c in wanted:
        c.stock_short = True
    return None


def _write(
    conn: Any, merchant_id: str, seen: Seen, application: Application, checked: tuple[Checked, ...], goods: Shelves | None, actor: Actor, now: datetime, command_id: str
) -> Applied:
    order = seen.order
    assert order is not None
    clocks, year = Deadlines.of(seen.merchant), now.year
    fresh = [c for c in checked if c.existing is None]
    number = applying.next_numbers(conn, merchant_id, "A", year, 1)[0]
    numbers = applying.next_numbers(conn, merchant_id, "S", year, len(fresh))
    application_id = new_id()
    fast = clocks.pack.fast_review is not None and member(seen.merchant.settings, now)
    rows = [case_row(c, n, application, order, clocks, seen.merchant.settings, actor, now, fast) for c, n in zip(fresh, numbers, strict=True)]
    live = keywords.live(conn, merchant_id, seen.merchant.settings)
    for row in rows:
        row["alert"] = of_application(live, "service_order", row["state"], row["type"], row["facts"])
    cases = [TakenIn(r["id"], r["number"], r["state"], r["line_id"]) for r in rows]
    cases += [TakenIn(c.existing.case_id, c.existing.number, c.state, c.line.id, existing=True) for c in checked if c.existing]
    applying.insert(conn, {
        "merchant": merchant_id, "application": application_id, "number": number, "order": order.id, "buyer": order.buyer_id, "now": now, "command_id": command_id,
        "actor_kind": actor.party.value, "actor_id": actor.id, "actor_name": actor.name, "cases": rows,
        "beside": goods.rows() if goods is not None else [],
        "photos": [{"id": p, "case_id": r["id"]} for r in rows for p in r["facts"]["photos"]],
        "answer": {"digest": digest(application), "application": application_id, "number": number, "cases": [asdict(c) for c in cases]},
    })
    return Applied(application_id, number, cases)
