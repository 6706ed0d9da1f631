"""Everything the page of one order shows: goods, money, parcels with their traces, cases, urges, what was done to it, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.core.divisions import provinces
from amends.core.order_choices import DELIVERY, FLAGS, INVOICE_KINDS, STEPS, TROUBLES
from amends.core.order_fields import SUB_STATES
from amends.core.refusal import Refusal
from amends.store.screens import order_work
from amends.store.screens import orders as read
from amends.web import catalogue, show, wording
from amends.web.merchant import labels


@dataclass(slots=True)
class Wrong:
    """Which form of the page was refused (`act`, and of which parcel, trouble or urge), and why."""

    act: str = ""
    about: str = ""
    refusals: list[Refusal] = field(default_factory=list)

    def of(self, act: str, name: str, about: str = "") -> Refusal | None:
        """What is wrong with this field of that form."""
        return next((r for r in self.refusals if r.field == name), None) if (self.act, self.about) == (act, about) else None

    def rest(self, act: str, fields: list[str], about: str = "") -> list[Refusal]:
        """What is wrong with that form as a whole."""
        return [r for r in self.refusals if r.field not in fields] if (self.act, self.about) == (act, about) else []


def told(request: Any) -> Any:
    """Says a refusal in the reader's words, times on the merchant's wall clock."""
    return lambda refusal: wording.refusal(refusal, request.lang, request.zone, request.now)


def read_all(conn: Any, merchant: str, order: read.Order, request: Any) -> dict[str, Any]:
    """What the template needs of the database, in the caller's transaction."""
    id, lang = order.id, request.lang
    at = 0 if lang == "zh" else 1
    troubles: dict[str, list[order_work.TroubleRow]] = {}
    for row in order_work.troubles_of(conn, merchant, id):
        troubles.setdefault(row.parcel_id, []).append(row)
    locked = order.state == "locked" and not (order.locked_until is not None and order.locked_until <= request.now)
    return {
        "order": order, "lines": read.lines(conn, merchant, id), "payments": read.payments(conn, merchant, id), "parcels": read.parcels(conn, merchant, id),
        "cases": read.cases(conn, merchant, id), "all_urges": order_work.urges_of(conn, merchant, id), "troubles": troubles,
        "changes": [(row, said(row, lang)) for row in order_work.changes_of(conn, merchant, id)],
        "flags": FLAGS, "steps": STEPS, "kinds": TROUBLES, "wishes": DELIVERY, "invoices": INVOICE_KINDS, "at": at, "provinces": provinces(), "locked": locked,
        "steps_left": [s for s in SUB_STATES if not order.sub_state or SUB_STATES.index(s) > SUB_STATES.index(order.sub_state)] if order.state == "preparing" and not locked else [],
        "may_leave": order.state in ("preparing", "awaiting_pickup", "shipped") and not locked, "unsent": order.shipped_at is None and order.state not in ("shipped", "delivered", "received", "completed", "cancelled"),
        "L": labels, "way": wording.way, "told": told(request),
    }


def said(row: order_work.ChangeRow, lang: str) -> list[str]:
    """What a record tells, a sentence each: what it was and became."""
    at, after, before = 0 if lang == "zh" else 1, row.after, row.before
    if row.what == "changed":
        return _change(row, lang)
    if row.what == "marked":
        return [STEPS[after["sub_state"]][at]] if after.get("sub_state") in STEPS else []
    if row.what in ("shipped", "parcel_added", "waybill_corrected"):
        new = f"{after.get('carrier', '')} {after.get('waybill', '')}".strip()
        return [f"{before['waybill']} → {new}" if "waybill" in before else new]
    if row.what == "trouble_reported":
        return [" · ".join(filter(None, (TROUBLES[after["kind"]][at] if after.get("kind") in TROUBLES else "", after.get("waybill", ""), after.get("words", ""))))]
    if row.what == "remarked":
        flag = [FLAGS[after["flag"]][at] if after["flag"] in FLAGS else catalogue.say(lang, "orders_desk.flag_none")] if "flag" in after else []
        return flag + ([after["remarks"]] if after.get("remarks") else [])
    if row.what == "receiver_changed":
        return [" → ".join(" ".join(str(side[k]) for k in after if side.get(k)) for side in (before, after))]
    if row.what == "parcels_counted":
        return [str(after.get("parcel_count", ""))]
    return [after["words"]] if after.get("words") else []


def _change(row: order_work.ChangeRow, lang: str) -> list[str]:
    after, before, currency = row.after, row.before, str(row.after.get("currency", "CNY"))
    was = {x["sku"]: x["quantity"] for x in before.get("lines", ())}
    out = [catalogue.say(lang, "orders_desk.h_line", title=x.get("title") or x["sku"], before=was.get(x["sku"], 0), after=x["quantity"]) for x in after.get("lines", ())]
    if before.get("total") != after.get("total"):
        out.append(catalogue.say(lang, "orders_desk.h_total", before=show.money(before["total"], currency), after=show.money(after["total"], currency)))
    out += [catalogue.say(lang, f"orders_desk.h_{name}", amount=show.money(after[name], currency)) for name in ("back", "due") if after.get(name)]
    receiver = " ".join(str(after[k]) for k in ("receiver", "phone", "province", "city", "district", "detail", "buyer_remark") if after.get(k))
    return [*out, receiver] if receiver else out
