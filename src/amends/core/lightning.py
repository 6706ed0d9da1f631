"""Guards, changes and effects of a lightning refund (SO-32): advanced on the way, settled when in order, claimed back when not.

What was advanced stands in `case.body["advance"]`: `amount` (minor units), `left` (of it still on the advance account), `claim` (what the buyer is asked for),
`state` (open, claimed, settled, paid_back, waived, written_off). What a decision does to the advance account is in `changes["advance_moves"]`: (kind, minor units).

Facts used: `lightning` (the pack's section, the switches, whether the reason needs no fault), `order` (paid, buyer_level), `computed`, `charges`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from amends.core import effects as e
from amends.core.actor import Party
from amends.core.machine import Look
from amends.core.refusal import Refusal
from amends.core.rules import before_asking, late

Body = Mapping[str, Any]
CONDITIONS: dict[str, tuple[str, str]] = {
    "not_offered": ("规则包没有闪电退款", "the pack offers no lightning refund"),
    "not_a_return": ("不是退货", "it is not a return"),
    "advanced_before": ("已经退过款", "something was refunded already"),
    "with_a_fault": ("不是按无理由申请的", "it was asked for with a fault"),
    "alert": ("有未确认的告警", "an alert is open"),
    "switched_off": ("商家没有打开，平台也没有为这类金额打开", "neither the merchant nor the platform has switched it on"),
    "amount": ("订单金额超过上限", "the order's amount is above the limit"),
    "level": ("客户等级不够或不知道", "the buyer's level is too low or not known"),
    "nothing_due": ("没有可退的金额", "there is nothing to refund"),
}
"""Why a refund is not advanced."""


def advance_of(look: Look) -> dict[str, Any]:
    """What was advanced for this case; empty where nothing was."""
    return look.case.body.get("advance") or {}


def is_open(look: Look) -> bool:
    """Money was advanced, and nobody has decided yet who bears it."""
    return advance_of(look).get("state") == "open"


def unmet(look: Look) -> str | None:
    """The first condition that does not hold, by its code in CONDITIONS; None when the refund may be advanced."""
    given, case, order = look.facts.get("lightning") or {}, look.case, look.facts.get("order") or {}
    section = given.get("section")
    if section is None:
        return "not_offered"
    level, paid = order.get("buyer_level"), int(order.get("paid", 0))
    switched = given.get("merchant_on") or (given.get("platform_on") and int(given.get("line_paid", 0)) < section.switched_on_by_platform_below)
    holds = {
        "not_a_return": case.type == "return", "advanced_before": not case.granted and not advance_of(look) and not case.body.get("moved_reversed") and not (case.body.get("judged") or {}).get("paid"),
        "with_a_fault": given.get("no_reason") or not section.no_reason_only, "alert": not case.body.get("alert_open"), "switched_off": switched,
        "amount": 0 < paid <= section.amount_at_most, "level": level is not None and level >= section.buyer_stars_at_least, "nothing_due": int(look.facts.get("computed", 0)) > 0,
    }
    return next((code for code, met in holds.items() if not met), None)


def lightning_holds(look: Look) -> Refusal | None:
    """Every condition of the pack holds, and the goods are known to be on their way."""
    if not look.case.body.get("collected_at"):
        return Refusal("lightning_not_sent")
    code = unmet(look)
    return None if code is None else Refusal("lightning_not_met", {"zh": CONDITIONS[code][0], "en": CONDITIONS[code][1], "condition": code})


def note_collected(look: Look) -> Body:
    """When the carrier first told of the parcel; told again, the first time stands."""
    return {"collected_at": look.case.body.get("collected_at") or look.now.isoformat()}


def advance(look: Look) -> Body:
    """Granted now and borne by the advance account; `explains` is why (SO-25)."""
    given, order, amount = look.facts["lightning"], look.facts["order"], e.amount(look)
    section = given["section"]
    why = {
        "by": "lightning", "pack": given.get("pack"), "version": given.get("version"), "source": section.source,
        "facts": {
            "paid": order["paid"], "amount_at_most": section.amount_at_most, "buyer_level": order["buyer_level"], "buyer_level_at_least": section.buyer_stars_at_least,
            "no_reason": bool(given.get("no_reason")), "switched_on_by": "merchant" if given.get("merchant_on") else "platform", "amount": amount, "currency": look.case.currency,
            "collected_at": look.case.body.get("collected_at"),
        },
    }
    return {**e.grant(look), "advance": {"amount": amount, "left": amount, "claim": 0, "state": "open", "at": look.now.isoformat()}, "explains": why}


@before_asking
def nothing_advanced(look: Look) -> Refusal | None:
    """While an advance is undecided, nothing else is decided about the money or the goods: it is settled or claimed back first."""
    return Refusal("advance_open", {"amount": advance_of(look)["left"]}) if is_open(look) else None


@before_asking
def advance_is_open(look: Look) -> Refusal | None:
    """There is an advance to decide about."""
    return None if is_open(look) else Refusal("no_advance")


@before_asking
def platform_waits(look: Look) -> Refusal | None:
    """The platform steps in only after the merchant's time has run out (SO-18)."""
    return late(look) if look.actor.party is Party.PLATFORM else None


@before_asking
def advance_has_moved(look: Look) -> Refusal | None:
    """What the buyer has not got cannot be asked back; until it has moved the advance is reversed or waited for."""
    return None if look.case.moved >= look.case.granted else Refusal("advance_not_moved")


@before_asking
def advance_has_not_moved(look: Look) -> Refusal | None:
    """What the buyer has got is claimed back, not taken back on paper."""
    return Refusal("advance_moved") if look.case.moved > 0 else None


@before_asking
def goods_stay_sent(look: Look) -> Refusal | None:
    """Who has the money and has sent the goods does not withdraw (SO-5); the carrier that has the parcel does not call the pick-up off."""
    return Refusal("withdraw_with_advance") if is_open(look) else None


@before_asking
def never_arrived(look: Look) -> Refusal | None:
    """Goods are registered while a claim runs only where none had come."""
    return Refusal("receipt_there_already") if look.case.body.get("received") is not None else None


def suggested(body: Mapping[str, Any], quantity: int) -> int:
    """What to claim where nothing is typed: the part of the pieces that did not come, all of it where what came is not in order."""
    left, received = int((body.get("advance") or {}).get("left", 0)), body.get("received")
    if received is None or body.get("condition") not in ("good", "short") or received >= quantity:
        return left
    return left - left * int(received) // quantity


def claimed(look: Look) -> int:
    """What is asked back, in minor units: as typed, else as suggested."""
    typed = getattr(look.command, "amount", None)
    return suggested(look.case.body, look.case.quantity) if typed is None else int(typed)


def claim_fits(look: Look) -> Refusal | None:
    """Never more than was advanced."""
    left = int(advance_of(look)["left"])
    return Refusal("claim_above_advance", {"left": left, "asked": claimed(look)}, "amount") if claimed(look) > left else None


def _arrives_in_order(look: Look) -> bool:
    c: Any = look.command
    return (c.received or 0) >= look.case.quantity and c.condition == "good" and c.accessories != "missing"


def in_order_and_moved(look: Look) -> bool:
    """The goods of an advance are in order and the buyer has the money: the case is completed by itself."""
    return _undecided(look) and _arrives_in_order(look) and look.case.moved >= look.case.granted


def in_order(look: Look) -> bool:
    """The goods of an advance are in order, the money is still on its way: only the buyer's confirmation is left."""
    return _undecided(look) and _arrives_in_order(look)


def _undecided(look: Look) -> bool:
    return advance_of(look).get("state") in ("open", "claimed")


def _signed_for(look: Look) -> bool:
    return (look.case.body.get("clock") or {}).get("clock") == "receive"


def counts_and_moved(look: Look) -> bool:
    """Signed for and not registered in time counts as received in order (SO-14); the buyer has the money."""
    return is_open(look) and _signed_for(look) and look.case.moved >= look.case.granted


def counts(look: Look) -> bool:
    """The same while the money is on its way."""
    return is_open(look) and _signed_for(look)


def never_came(look: Look) -> bool:
    """Nothing arrived in the whole time of the way, and the buyer has the money."""
    return is_open(look) and look.case.moved >= look.case.granted


def has_moved(look: Look) -> bool:
    """Everything granted has reached the buyer."""
    return look.case.moved >= look.case.granted


def count_as_received(look: Look) -> Body:
    """SO-14, except where money was advanced for a parcel that nobody has signed for: then nothing came."""
    return {} if is_open(look) and not _signed_for(look) else e.count_as_received(look)


def _ended(look: Look, state: str, kind: str, amount: int, **more: Any) -> Body:
    """The advance is off the account: `amount` of it by this movement."""
    moves = [(kind, amount)] if amount else []
    return {"advance": {**advance_of(look), "left": int(advance_of(look)["left"]) - amount, "state": state, **more}, "advance_moves": moves}


def settle(look: Look) -> Body:
    """The merchant bears what was advanced: the goods are in order, or it lets the advance stand."""
    return _ended(look, "settled", "lightning_settled", int(advance_of(look)["left"]), claim=0)


def settle_if_in_order(look: Look) -> Body:
    """The same where the goods turned out in order; where they did not, an advance that was being claimed is open again."""
    if look.to in ("completed", "confirming") and _undecided(look):
        return settle(look)
    return {"advance": {**advance_of(look), "claim": 0, "state": "open"}} if advance_of(look).get("state") == "claimed" else {}


def claim(look: Look) -> Body:
    """The buyer is asked for it; what is not claimed is the merchant's to bear."""
    asked = claimed(look)
    rest = int(advance_of(look)["left"]) - asked
    pieces = look.case.quantity - min(look.case.body.get("received") or 0, look.case.quantity)
    whole = asked >= int(advance_of(look)["amount"])
    return _ended(look, "claimed", "lightning_settled", rest, claim=asked, pieces=look.case.quantity if whole else pieces)


def claim_if_never_came(look: Look) -> Body:
    """The time of the way is over and nothing came: all of it is claimed. What counts as received is settled."""
    if look.to == "claiming_back":
        return _ended(look, "claimed", "", 0, claim=int(advance_of(look)["left"]), pieces=look.case.quantity)
    return settle_if_in_order(look)


def whole_claim_and_goods_here(look: Look) -> bool:
    """All was paid back while the merchant has the goods: they are still to be dealt with."""
    return _whole(look) and look.case.body.get("received") not in (None, 0)


def whole_claim(look: Look) -> bool:
    """All was paid back and nothing came: there is nothing left to do."""
    return _whole(look)


def _whole(look: Look) -> bool:
    return int(advance_of(look)["claim"]) >= look.case.granted


def pay_back(look: Look) -> Body:
    """What came back is granted and moved no more; the advance account has it again."""
    came = int(advance_of(look)["claim"])
    return {
        "granted": look.case.granted - came, "moved": look.case.moved - came, "paid_back": int(look.case.body.get("paid_back", 0)) + came,
        **_ended(look, "paid_back", "lightning_paid_back", came),
    }


def waive(look: Look) -> Body:
    """The merchant bears what it does not claim any more."""
    return _ended(look, "waived", "lightning_waived", int(advance_of(look)["left"]))


def write_off(look: Look) -> Body:
    """The buyer did not pay in time; whoever the pack names bears it."""
    section = (look.facts.get("lightning") or {}).get("section")
    to = getattr(section, "written_off_to", "platform")
    return _ended(look, "written_off", f"lightning_written_off_{to}", int(advance_of(look)["left"]))


def forget(look: Look) -> Body:
    """Taken back before it moved: there is no advance any more."""
    return {"advance": {**advance_of(look), "left": 0, "state": "reversed"}}


def _only(effect: Callable[[Look], Body], *states: str) -> Callable[[Look], Body | None]:
    """The effect where the step ends in one of these states."""

    def some(look: Look) -> Body | None:
        return effect(look) if look.to in states else None

    some.__name__ = effect.__name__
    return some


ask_to_rate = _only(e.ask_to_rate, "completed")


def tell_both(look: Look) -> Body:
    """Both hear that an advance was paid back: another thing than the difference of an exchange."""
    return {"to": "both", "event": "advance_paid_back", "buyer": look.case.buyer_id}
