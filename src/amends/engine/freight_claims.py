"""Return freight (CO-5): a buyer who paid the way back without being at fault claims it with the carrier's receipt; an agent decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from amends.core import compensation as core
from amends.core import order_awards as about
from amends.core.actor import Party
from amends.core.money import Money
from amends.core.pack import Payer
from amends.core.pack_compensation import FreightLimit, row_of
from amends.core.refusal import Refusal
from amends.engine import answer_times
from amends.engine import compensation_money as money
from amends.engine.audit import By
from amends.engine.compensation_desk import Desk, Done, at_desk, plain
from amends.engine.compensation_rules import pack_section
from amends.engine.deadlines import pack_of
from amends.store import compensated_orders as orders
from amends.store import compensations as rows
from amends.store import order_awards
from amends.store.audit import Connection
from amends.store.compensated_orders import ReturnedCase, Shop
from amends.store.compensations import Compensation
from amends.store.connect import Pool, scope

PHOTOS_AT_MOST = 3
AT_FAULT = ("merchant", "carrier")
"""Whose fault it is that a buyer is paid back by the pack; insurance pays whoever's it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a case's way back can be claimed: why not, the most that is paid, what was given, and a claim that waits."""

    closed: Refusal | None
    most: int
    given: int
    currency: str
    waiting: str


def payer(shop: Shop, fault: str) -> Payer:
    """Who bears the way back for whose fault, by the pack (PO-7)."""
    back = pack_of(shop.pack).freight.back
    return back["carrier"] if fault == "carrier" else back["merchant"]


def standing(pool: Pool, merchant: str, case_id: str, now: datetime) -> Standing | None:
    """What a page shows before a claim is made; None where there is no way back to claim (not a service order with goods coming back)."""
    with scope(pool, UUID(merchant)) as conn:
        case, shop = orders.returned_case(conn, merchant, case_id), orders.shop(conn, merchant)
        if case is None or shop is None:
            return None
        waiting = rows.asked(conn, merchant, "return_freight", case.order_id, case_id)
        given = rows.freight_given(conn, merchant, case_id)
        left = insured(conn, merchant, shop, case)
        closed = _closed(conn, shop, case, left + given, now) or freight_judged(conn, merchant, case)
    limit = _limit(shop, case, left + given)
    return Standing(closed, limit.most if limit else 0, given, case.currency, waiting.number if waiting else "")


def claim(
    pool: Pool, by: By, merchant: str, case_id: str, amount: int, photos: list[str], words: str, command_id: str, now: datetime, buyer_id: str | None = None,
) -> Done | list[Refusal]:
    """Claim the way back of a case: what the receipt says, in minor units, and photos of it that were uploaded. By its buyer, or who speaks for the buyer."""
    if by.actor.party is not Party.BUYER and (refusal := by.lacks("speak_for_buyer")):
        return [refusal]
    asked = ["freight", case_id, amount, sorted(photos), words, by.actor.id]
    return at_desk(pool, by, merchant, "", command_id, asked, now, lambda desk: _claim(desk, amount, photos, plain(words)), case_id=case_id, buyer_id=buyer_id)


def _claim(desk: Desk, amount: int, photos: list[str], words: str) -> Done | Refusal | list[Refusal]:
    case_id = desk.case_id or ""
    case = orders.returned_case(desk.conn, desk.merchant, case_id)
    if case is None:
        return Refusal("case_unknown")
    left, given = insured(desk.conn, desk.merchant, desk.shop, case), rows.freight_given(desk.conn, desk.merchant, case_id)
    closed = _closed(desk.conn, desk.shop, case, left + given, desk.now) or freight_judged(desk.conn, desk.merchant, case)
    if closed is not None:
        return closed
    waiting = rows.asked(desk.conn, desk.merchant, "return_freight", case.order_id, case_id)
    if waiting is not None:
        return Refusal("compensation_asked", {"number": waiting.number})
    pack = pack_of(desk.shop.pack)
    owed = core.return_freight(amount, _limit(desk.shop, case, left + given), given, case.currency)
    wrong = [owed] if isinstance(owed, Refusal) else []
    if not photos:
        wrong.append(Refusal("freight_receipt_missing", field="photos"))
    elif len(photos) > PHOTOS_AT_MOST:
        wrong.append(Refusal("photos_too_many", {"most": PHOTOS_AT_MOST}, "photos"))
    elif not orders.files_free(desk.conn, desk.merchant, photos, case_id):
        wrong.append(Refusal("photo_unknown", field="photos"))
    if len(words) > 500:
        wrong.append(Refusal("too_long", {"zh": "说明", "en": "Words", "most": 500, "now": len(words)}, "words"))
    if wrong or isinstance(owed, Refusal):
        return wrong
    due_at, clock = answer_times.answer_by(desk.conn, desk.shop, "return_freight", desk.order.province, desk.now)
    k = desk.begin("return_freight", amount, case_id=case_id, line_id=None, words=words, file_ids=list(photos), due_at=due_at, clock=clock)
    k.explanation = {**owed.why, "owed": owed.amount, "fault": case.fault, "insured": left, "pack": pack.id, "version": pack.version}
    orders.file_to_case(desk.conn, desk.merchant, photos, case_id)
    desk.write([k], "return_freight_claimed")
    money.tell(desk.conn, desk.merchant, [k], "asked", desk.now)
    return Done([k])


def reckon_again(desk: Desk, k: Compensation) -> int | Refusal:
    """The most that can be given for this receipt now; nothing where a judgement has decided the same way back meanwhile."""
    case = orders.returned_case(desk.conn, desk.merchant, k.case_id or "")
    judged = freight_judged(desk.conn, desk.merchant, case) if case is not None else None
    if judged is not None:
        return Refusal("freight_judged_meanwhile", judged.facts) if judged.code == "freight_judged" else Refusal("freight_borne_meanwhile", judged.facts)
    given, limit = rows.freight_given(desk.conn, desk.merchant, k.case_id or ""), row_of(pack_section(desk.shop).return_freight.limits, k.currency)
    if case is not None:
        left = insured(desk.conn, desk.merchant, desk.shop, case)
        limit, k.explanation = _limit(desk.shop, case, left + given), k.explanation | {"insured": left}
    owed = core.return_freight(k.asked_minor, limit, given, k.currency)
    return owed if isinstance(owed, Refusal) else owed.amount


def freight_judged(conn: Connection, merchant: str, case: ReturnedCase) -> Refusal | None:
    """A judgement has given the same way back, or said that the buyer bears it; nobody is paid twice, and nobody decides it twice. The order is held by who writes."""
    this, line_of = about.Back(case.id, frozenset((case.line_id,))), order_awards.lines_of_returns(conn, merchant, case.order_id)
    for other in order_awards.disputes_of(conn, merchant, case.order_id):
        if other.kind != "dispute":
            continue
        for way, given in about.freights(other.state, other.body).items():
            if this.same(about.back(other.body, other.parent_id, way, line_of)):
                return Refusal("freight_judged", {"number": other.number, "given": str(Money(given, case.currency))})
        borne = about.buyer_bears(other.state, other.body)
        if borne is not None and this.same(about.back(other.body, other.parent_id, borne, line_of)):
            return Refusal("freight_judged_buyer", {"number": other.number})
    return None


def insured(conn: Connection, merchant: str, shop: Shop, case: ReturnedCase) -> int:
    """What the order's freight insurance still pays of ways back before anybody else does, minor units (PO-7); 0 where the pack does not let it pay first. The order is held by who gives."""
    if not case.insured or not pack_of(shop.pack).freight.insurance_first:
        return 0
    return max(0, case.insured - rows.insured_given(conn, merchant, case.order_id))


def _limit(shop: Shop, case: ReturnedCase, covered: int) -> FreightLimit | None:
    """The most for one way back: the pack's amount; where the buyer bears it, what insurance has paid of it and still pays."""
    if case.fault in AT_FAULT:
        return row_of(pack_section(shop).return_freight.limits, case.currency)
    return FreightLimit(case.currency, covered, pack_of(shop.pack).freight.source)


def _closed(conn: Connection, shop: Shop, case: ReturnedCase, covered: int, now: datetime) -> Refusal | None:
    if case.fault not in AT_FAULT and not covered:
        return Refusal("freight_own_fault")
    if case.fetched:
        return Refusal("freight_fetched")
    if not case.sent:
        return Refusal("freight_not_sent")
    days = pack_section(shop).return_freight.claim_days
    until = case.closed_at + timedelta(days=days) if case.closed_at else None
    if case.closed_at is not None and until is not None and now >= until:
        until = answer_times.later(conn, shop, "freight_ask", case.province, case.closed_at, until)
    if until is not None and now >= until:
        return Refusal("freight_too_late", {"days": days, "until": until.isoformat()})
    return None
