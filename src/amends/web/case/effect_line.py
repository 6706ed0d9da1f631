"""What a command would do, in short phrases above its button (SO-33): money, goods, clock, message. Out of the plan of a dry run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from amends.core.cases import TABLES
from amends.store.screens.case import CaseSeen
from amends.web import show, wording, wording_proposals
from amends.web.case import zero
from amends.web.case.offers import Offers
from amends.web.disputes import effects as disputed

Say = Callable[..., str]


@dataclass(slots=True)
class Phrase:
    """One phrase with its icon; `strong` is what the eye should find (an amount)."""

    icon: str
    words: str
    strong: str = ""


def phrases(plan: dict[str, Any], offers: Offers, say: Say, moment: Callable[[datetime], str], granted: int = 0) -> list[Phrase]:
    """State, money, freight, goods, clock and messages that would follow; `plan` as `engine.handle.Answer.plan`."""
    effects = {e["effect"]: e for e in plan.get("effects", ())}
    changes = plan.get("changes", {})
    out = [Phrase("ti-arrow-right", say("case.becomes"), wording.state(plan["state"], offers.lang, offers.kind))]
    out += _money(effects, changes, plan["state"], offers, say, granted)
    out += _freight(changes, offers, say)
    out += _goods(effects, offers, say)
    out += _order(effects, offers, say)
    out += [Phrase(icon, words) for icon, words in disputed.told(effects, say)]
    out += _clock(plan.get("clock"), plan["state"], changes, offers, say, moment)
    told = [who for name, who in (("tell_buyer", "buyer"), ("tell_merchant", "merchant"), ("tell_platform", "platform"), ("tell_both", "both")) if name in effects]
    out += [Phrase("ti-message", say(f"case.tells_{who}")) for who in told]
    return out


def total(plan: dict[str, Any]) -> str:
    """The money that would go back to the buyer, for the button that does it (退款 ¥129.00); empty where none does."""
    pays = next((e for e in plan.get("effects", ()) if e["effect"] == "pay_refund"), None)
    return show.money(pays["amount"], pays["currency"]) if pays and pays["amount"] else ""


def _money(effects: dict[str, Any], changes: dict[str, Any], state: str, offers: Offers, say: Say, granted: int) -> list[Phrase]:
    if moves := [(kind, amount) for kind, amount in changes.get("advance_moves", ())]:
        out = [Phrase("ti-bolt", say(f"lightning.moves_{kind}"), show.money(amount, offers.currency)) for kind, amount in moves]
        return [*out, *_claims(changes, state, offers, say)]
    if state == "claiming_back":
        return _claims(changes, state, offers, say)
    if state == "negotiating" and (terms := changes.get("proposal")):
        freight = wording_proposals.freight(terms, offers.lang)
        return [Phrase("ti-message-2-question", wording_proposals.summary(terms, offers.currency, offers.lang) + (f" · {freight}" if freight else ""))]
    if pays := effects.get("pay_refund"):
        amount = show.money(pays["amount"], pays["currency"])
        ways = ("、" if offers.lang == "zh" else ", ").join(dict.fromkeys(w for w in offers.ways if w))
        return [Phrase("ti-cash", say("case.pays_by", way=ways) if ways else say("case.pays"), amount)]
    if asked := effects.get("ask_difference"):
        return [Phrase("ti-coin", say("stock.asks_difference"), show.money(asked["amount"], asked["currency"]))]
    if less := effects.get("return_difference"):
        return [Phrase("ti-cash", say("stock.returns_difference"), show.money(less["amount"], less["currency"]))]
    if changes.get("granted") == 0 and granted:
        return [Phrase("ti-receipt-refund", say("case.takes_back"), show.money(granted, offers.currency))]
    if state == "awaiting_return" and offers.computed:
        return [Phrase("ti-cash-off", say("case.pays_later"), show.money(offers.computed, offers.currency))]
    return []


def _claims(changes: dict[str, Any], state: str, offers: Offers, say: Say) -> list[Phrase]:
    asked = (changes.get("advance") or {}).get("claim", 0)
    return [Phrase("ti-coin", say("lightning.asks_back"), show.money(asked, offers.currency))] if state == "claiming_back" and asked else []


def _freight(changes: dict[str, Any], offers: Offers, say: Say) -> list[Phrase]:
    if "return_address" not in changes:
        return []
    label = next((a.label for a in offers.addresses if a.id == changes["return_address"]), "")
    payer = wording.choice("freight_by", changes.get("freight_by") or "buyer", offers.lang)
    return [Phrase("ti-truck-return", say("case.freight_to", payer=payer, place=label) if label else say("case.freight_by_whom", payer=payer))]


def _goods(effects: dict[str, Any], offers: Offers, say: Say) -> list[Phrase]:
    out = []
    kept, gone = ("stock.holds", "stock.holds_left"), ("case.takes", "case.takes_left")
    for name, (key, with_rest) in (("hold_stock", kept), ("rehold_stock", kept), ("take_stock", gone), ("take_offline_stock", gone)):
        moved = effects.get(name)
        if moved and moved["quantity"]:
            row = next((s for s in offers.stock if s.sku == moved["sku"]), None)
            # What is held for this case is not free to others, before it is sent or after.
            left = None if row is None or row.on_hand is None or (name == "take_stock" and row.own) else row.on_hand - row.held - moved["quantity"]
            words = say(with_rest, n=moved["quantity"], sku=moved["sku"], left=left) if left is not None else say(key, n=moved["quantity"], sku=moved["sku"])
            out.append(Phrase("ti-lock" if name in ("hold_stock", "rehold_stock") else "ti-package-export", words))
    back = effects.get("restock")
    if back and back["quantity"] and back.get("to"):
        out.append(Phrase("ti-package-import", say("case.restocks", n=back["quantity"], to=wording.choice("disposition", back["to"], offers.lang))))
    return out


def _order(effects: dict[str, Any], offers: Offers, say: Say) -> list[Phrase]:
    """What becomes of the order itself: goods that are not sent any more, parcels that are stopped (CA-1, CA-2)."""
    out = []
    if gone := effects.get("cancel_goods"):
        pieces = sum(int(line["quantity"]) for line in gone["lines"])
        out.append(Phrase("ti-truck", say("cancellation.goods_away")) if offers.way.shipped else Phrase("ti-package-off", say("cancellation.goods_stop", n=pieces)))
    if stops := effects.get("intercept_parcel"):
        out += [Phrase("ti-truck-off", say("cancellation.intercepts", carrier=carrier, waybill=waybill)) for waybill, carrier in stops["waybills"].items()]
    return out


def at_zero(seen: CaseSeen, say: Say) -> str:
    """What happens to a cancellation when its time runs out, in words; nothing for other kinds, whose pack says it."""
    case = seen.case
    return _zero(case.kind, case.state, case.type, case.facts, zero.way_of(seen.order), say) if case.closed_at is None else ""


def _zero(kind: str, state: str, type_: str, facts: dict[str, Any], way: zero.Way, say: Say) -> str:
    code = zero.at_zero(state, type_, facts, way) if kind == "cancellation" else ""
    return say(f"cancellation.zero_{code}") if code else ""


def _clock(clock: dict[str, Any] | None, state: str, changes: dict[str, Any], offers: Offers, say: Say, moment: Callable[[datetime], str]) -> list[Phrase]:
    if clock is None:
        return []
    due = clock["due_at"]
    due_at = datetime.fromisoformat(due) if isinstance(due, str) else due
    ends = _zero(offers.kind, state, offers.type, {**offers.facts, **changes}, offers.way, say) or then(clock.get("then", ""), say)
    waited_for = TABLES[offers.kind].states[state].waits_on
    who = changes.get("waits_for") or (waited_for.value if waited_for else "clock")  # where a case itself says who is waited for
    return [Phrase("ti-clock", say("case.clock_next", who=say(f"case.party_{who}"), when=latest(due_at, moment), then=ends))]


def then(outcome: str, say: Say) -> str:
    """What happens at zero, in words."""
    return say(f"case.then_{outcome}") if outcome else say("case.then_nothing")


def latest(due_at: datetime, moment: Callable[[datetime], str]) -> str:
    """An instant as a limit: midnight is told as 24:00 of the day before (ST-041)."""
    told = moment(due_at)
    if not told.endswith("00:00"):
        return told
    before = moment(due_at - timedelta(minutes=1))
    return before.removesuffix("23:59") + "24:00"
