"""Goodwill, and the decision of what was asked for (CO-3 … CO-5). Automatic late shipment: `engine/late_shipment.py`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core import compensation as core
from amends.core.actor import Party
from amends.core.compensation import MEDIA, WORDS_AT_MOST, Given
from amends.core.money import Money
from amends.core.pack import Payer
from amends.core.refusal import Refusal
from amends.engine import compensation_money as money
from amends.engine import freight_claims, price_protection
from amends.engine.audit import By
from amends.engine.compensation_desk import Desk, Done, at_desk, plain
from amends.engine.compensation_rules import DECIDE, GIVE, day_of, limits_of, pack_section
from amends.engine.deadlines import pack_of
from amends.engine.ids import is_id
from amends.store import compensated_orders as orders
from amends.store import compensations as rows
from amends.store.compensations import Compensation
from amends.store.connect import Pool, scope

ABOVE_ONESELF = frozenset({"goodwill_case", "goodwill_agent_day"})
"""Limits that somebody else may go beyond; the shop's own for a day is nobody's to go beyond."""


@dataclass(frozen=True, slots=True)
class Goodwill:
    """What an agent wants to give for an order, or a case of it: minor units, coded reason and words. `minimum`: the least purchase for a coupon.

    `ask`: have it decided by somebody else where the own limits stop it.
    """

    order_id: str
    amount: int
    reason: str
    words: str = ""
    case_id: str | None = None
    medium: str = "money"
    minimum: int = 0
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """What an agent sees before giving: the limits in force, what was given, the most that is left (None: no limit), and who can give more."""

    currency: str
    limits: core.Limits | None
    given: Given
    left: int | None
    deciders: list[str]


def give(pool: Pool, by: By, merchant: str, wish: Goodwill, command_id: str, now: datetime) -> Done | list[Refusal]:
    """Give goodwill at once, or put it before somebody who may decide (CO-3). Two givers at the day's limit wait for each other."""
    refusal = by.lacks(GIVE) or _staff_only(by, merchant, "give_goodwill")
    if refusal:
        return [refusal]
    return at_desk(pool, by, merchant, wish.order_id, command_id, ["goodwill", asdict(wish), by.actor.id], now, lambda desk: _give(desk, wish), case_id=wish.case_id)


def _staff_only(by: By, merchant: str, command: str) -> Refusal | None:
    """Goodwill is the merchant's own money; the platform's people look on."""
    return None if by.actor.party is Party.MERCHANT and by.merchant_id == merchant else Refusal("not_yours", {"command": command, "party": by.actor.party.value})


def _give(desk: Desk, wish: Goodwill) -> Done | list[Refusal]:
    section = pack_section(desk.shop).goodwill
    wrong = _fields_wrong(desk, wish, section)
    if wrong:
        return wrong
    limits = limits_of(desk.conn, desk.shop, desk.order.currency, desk.actor)
    if isinstance(limits, Refusal):
        return [limits]
    given = _given(desk)
    refusal = core.goodwill(wish.amount, desk.order.currency, limits, given, *_who(desk))
    if refusal and not (wish.ask and refusal.code in ABOVE_ONESELF):
        return [refusal]
    k = desk.begin("goodwill", wish.amount, case_id=wish.case_id, medium=wish.medium, reason=wish.reason, words=plain(wish.words))
    k.explanation = {
        "rule": "CO-3", "pack": pack_of(desk.shop.pack).id, "version": pack_of(desk.shop.pack).version, "limits": {"case": limits.case, "agent_day": limits.agent_day, "shop_day": limits.shop_day},
        "given": asdict(given), "minimum": wish.minimum,
    }
    if refusal:
        k.explanation["above"] = refusal.code
        desk.write([k], "compensation_asked")
        money.tell(desk.conn, desk.merchant, [k], "asked", desk.now)
        return Done([k])
    desk.decide(k, "granted", wish.amount)
    k.day = day_of(desk.shop, desk.now)
    desk.write([k], "goodwill_given")
    return Done([k], _hand_out(desk, k, wish.minimum))


def _hand_out(desk: Desk, k: Compensation, minimum: int) -> str:
    """The money on its way, or the coupon with the buyer; answers its code."""
    code = ""
    if k.medium == "coupon":
        code = money.issue(desk.conn, desk.merchant, k, minimum, k.number, desk.now, pack_section(desk.shop).goodwill.coupon_days)
    money.pay(desk.conn, desk.merchant, [k], desk.actor, desk.now, payer_of(desk, k), int(k.explanation.get("insured") or 0))
    return code


def payer_of(desk: Desk, k: Compensation) -> Payer:
    """From whose purse it is: the merchant's, or as the pack says for whose fault a way back is (PO-7)."""
    fault = k.explanation.get("fault")
    return freight_claims.payer(desk.shop, fault) if k.kind == "return_freight" and fault else "merchant"


def _who(desk: Desk) -> tuple[list[str], list[str]]:
    return orders.holders(desk.conn, desk.merchant, DECIDE), orders.holders(desk.conn, desk.merchant, "manage_settings")


def _fields_wrong(desk: Desk, wish: Goodwill, section: Any) -> list[Refusal]:
    reason = next((r for r in section.reasons if r.code == wish.reason), None)
    wrong = [] if reason else [Refusal("not_a_choice", {"zh": "原因", "en": "Reason", "choices": [r.code for r in section.reasons]}, "reason")]
    if reason and reason.text_required and not wish.words.strip():
        wrong.append(Refusal("words_missing", field="words"))
    if len(wish.words) > WORDS_AT_MOST:
        wrong.append(Refusal("too_long", {"zh": "情况", "en": "What happened", "most": WORDS_AT_MOST, "now": len(wish.words)}, "words"))
    if wish.medium not in MEDIA:
        wrong.append(Refusal("not_a_choice", {"zh": "方式", "en": "As", "choices": list(MEDIA)}, "medium"))
    if wish.medium == "coupon" and wish.minimum and wish.minimum < wish.amount:
        wrong.append(Refusal("coupon_minimum_wrong", field="minimum"))
    if desk.order.paid <= 0 or desk.order.paid_at is None:
        wrong.append(Refusal("goodwill_not_paid"))
    return wrong


def room(pool: Pool, by: By, merchant: str, order_id: str, now: datetime) -> Room | None:
    """What this person may still give for this order today; None if there is no such order."""
    with scope(pool, UUID(merchant)) as conn:
        order, shop = (orders.order(conn, merchant, order_id, lock=False) if is_id(order_id) else None), orders.shop(conn, merchant)
        if order is None or shop is None:
            return None
        desk = Desk(conn, merchant, shop, order, by, now)
        limits = limits_of(conn, shop, order.currency, by.actor)
        given = _given(desk, hold=False)
        if isinstance(limits, Refusal):
            return Room(order.currency, None, given, 0, _who(desk)[1])
        return Room(order.currency, limits, given, core.room(limits, given), _who(desk)[0])


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides of a compensation that was asked for: `amount` None is all that can be given; a refusal needs words."""

    grant: bool
    amount: int | None = None
    words: str = ""


def decide(pool: Pool, by: By, merchant: str, compensation_id: str, decision: Decision, command_id: str, now: datetime) -> Done | list[Refusal]:
    """Grant or refuse what was asked for; reckoned anew under the order's lock, for refunds may have gone out meanwhile."""
    refusal = by.lacks(DECIDE) or _staff_only(by, merchant, "decide_compensation")
    if refusal:
        return [refusal]
    with scope(pool, UUID(merchant)) as conn:
        k = rows.one(conn, merchant, compensation_id) if is_id(compensation_id) else None
    if k is None:
        return [Refusal("compensation_unknown")]
    asked = ["decide", compensation_id, asdict(decision), by.actor.id]
    return at_desk(pool, by, merchant, k.order_id, command_id, asked, now, lambda desk: _decide(desk, compensation_id, decision), case_id=k.case_id)


def _decide(desk: Desk, compensation_id: str, decision: Decision) -> Done | Refusal:
    k = rows.one(desk.conn, desk.merchant, compensation_id, lock=True)
    if k is None:
        return Refusal("compensation_unknown")
    if k.state != "asked":
        return Refusal("compensation_decided", {"number": k.number})
    words = plain(decision.words)
    if len(words) > WORDS_AT_MOST:
        return Refusal("too_long", {"zh": "答复", "en": "Answer", "most": WORDS_AT_MOST, "now": len(words)}, "words")
    if k.kind == "goodwill" and k.asked_by == desk.actor.id:
        return Refusal("own_asking")
    if not decision.grant:
        if not words:
            return Refusal("refusal_words_missing", field="words")
        desk.decide(k, "refused", 0, words)
        rows.decide(desk.conn, desk.merchant, k)
        desk.record("compensation_refused", k)
        money.tell(desk.conn, desk.merchant, [k], "refused", desk.now)
        return Done([k])
    owed = _reckoned(desk, k)
    if isinstance(owed, Refusal):
        return owed
    amount = owed if decision.amount is None else decision.amount
    if not 0 < amount <= owed:
        return Refusal("compensation_above", {"most": str(Money(owed, k.currency)), "asked": str(Money(amount, k.currency))}, "amount")
    if k.kind == "goodwill" and (over := _day_over(desk, amount)):
        return over
    desk.decide(k, "granted", amount, words)
    k.day = day_of(desk.shop, desk.now) if k.kind == "goodwill" else None
    rows.decide(desk.conn, desk.merchant, k)
    desk.record("compensation_granted", k)
    return Done([k], _hand_out(desk, k, int(k.explanation.get("minimum") or 0)))


def _reckoned(desk: Desk, k: Compensation) -> int | Refusal:
    """The most that can be granted of it now."""
    if k.kind == "price_protection":
        return price_protection.reckon_again(desk, k)
    if k.kind == "return_freight":
        return freight_claims.reckon_again(desk, k)
    return k.asked_minor


def _day_over(desk: Desk, amount: int) -> Refusal | None:
    limits = limits_of(desk.conn, desk.shop, desk.order.currency, desk.actor)
    if isinstance(limits, Refusal):
        return limits
    return core.goodwill(amount, desk.order.currency, limits, _given(desk), *_who(desk))


def _given(desk: Desk, *, hold: bool = True) -> Given:
    """What was given so far; `hold` keeps the day until the transaction ends, so that what others give at this moment is seen or waits."""
    day = day_of(desk.shop, desk.now)
    if hold:
        rows.hold_day(desk.conn, desk.merchant, day)
    return Given(*rows.given(desk.conn, desk.merchant, desk.order.id, desk.actor.id, day, desk.order.currency))
