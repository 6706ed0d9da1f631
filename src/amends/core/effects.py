"""What the world must do after the commit, by name, and what the case's own facts become. Each answers the body of its outbox row."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from amends.core.alerts import BY_HAND, by_hand
from amends.core.machine import Look
from amends.core.pack_flows import flow_of
from amends.core.rules import wanted
from amends.core.stock import NEVER_CAME

Body = Mapping[str, Any]


def tell_buyer(look: Look) -> Body:
    """A message to the buyer about what happened."""
    return {"to": "buyer", "event": look.command.event, "buyer": look.case.buyer_id}


def tell_merchant(look: Look) -> Body:
    """A message to the merchant's people about what happened."""
    return {"to": "merchant", "event": look.command.event}


def tell_both(look: Look) -> Body:
    """A message to both sides, as when a clock has acted."""
    return {"to": "both", "event": look.command.event, "buyer": look.case.buyer_id}


def tell_platform(look: Look) -> Body:
    """The platform is asked for help (SO-30)."""
    return {"to": "platform", "event": look.command.event}


def ask_to_rate(look: Look) -> Body:
    """The buyer is asked to rate, once; a reminder follows for who has not, after the pack's time (SO-19)."""
    return {"to": "buyer", "event": "rate_asked", "buyer": look.case.buyer_id}


def pay_refund(look: Look) -> Body:
    """Pay what was granted, the way the money came (MO-3); granted is not yet moved (SO-35)."""
    return {"amount": amount(look), "currency": look.case.currency, "order": look.case.order_id}


def hold_stock(look: Look) -> Body:
    """The pieces that will go out are held for this case, and for nothing else of it, until they do (ST-K2)."""
    sku, quantity = wanted(look)
    return {"sku": sku, "quantity": quantity}


def take_stock(look: Look) -> Body:
    """What the case holds leaves the count on hand when it is sent, and so does what a clock promised before anybody looked at the stock."""
    if look.case.body.get("stock_owed"):
        return {"sku": look.case.sku, "quantity": look.case.quantity}
    held = look.facts.get("held", ())
    return {"sku": held[0].sku if held else look.case.sku, "quantity": sum(h.quantity for h in held)}


def take_offline_stock(look: Look) -> Body:
    """What was handled offline leaves the count on hand when the merchant's switch says so (S0, ST-K1)."""
    return hold_stock(look) if look.facts.get("deduct_offline") else {"sku": look.case.sku, "quantity": 0}


def restock(look: Look) -> Body:
    """What arrived goes where its disposition says: to sale, quarantine or scrap; goods for the buyer are not counted (SO-20).

    Where nothing of this SKU arrived (lost, kept, other goods) nothing is counted, whatever was typed (ST-039).
    """
    arrived = 0 if getattr(look.command, "condition", "") in NEVER_CAME else getattr(look.command, "received", 0) or 0
    return {"sku": look.case.sku, "quantity": arrived, "to": getattr(look.command, "disposition", "")}


def rehold_stock(look: Look) -> Body | None:
    """An application that holds pieces holds as many as it now asks for."""
    quantity = getattr(look.command, "quantity", None)
    held = look.facts.get("held", ())
    return {"sku": held[0].sku, "quantity": quantity} if quantity and held else None


def amount(look: Look) -> int:
    """The amount granted, in minor units: as typed, otherwise as computed."""
    asked = getattr(look.command, "amount", None)
    return int(look.facts.get("computed", 0)) if asked is None else int(asked)


def keep_fields(look: Look) -> Body:
    """What was typed stays with the case under the verb's event."""
    return {"last": {k: v for k, v in asdict(look.command).items() if v not in ("", None, [])}}


def grant(look: Look) -> Body:
    """Money decided: added to what this case has granted."""
    return _granting(look, amount(look))


def _granting(look: Look, given: int) -> dict[str, Any]:
    """What a reversal left with the buyer counts as moved for what is granted now, and is not paid again."""
    left_there = look.case.body.get("moved_reversed", 0)
    counts = min(left_there, given)
    moved = {"moved": look.case.moved + counts, "moved_reversed": left_there - counts} if counts else {}
    return {"granted": look.case.granted + given, **moved}


def take_back_grant(look: Look) -> Body:
    """A reversal: nothing is granted any more, the trace stays in the events (SO-36)."""
    return {
        "granted": 0, "reversed": look.case.body.get("reversed", 0) + look.case.granted,
        "moved": 0, "moved_reversed": look.case.body.get("moved_reversed", 0) + look.case.moved,
    }


def note_transfer(look: Look) -> Body:
    """Money moved: added to what has left, with the reference it left under (SO-35)."""
    amount_moved = int(look.facts.get("requests", {}).get(getattr(look.command, "request", ""), 0))
    return {"moved": look.case.moved + amount_moved, "last_transfer": getattr(look.command, "reference", "")}


def note_failure(look: Look) -> Body:
    """Why the provider refused, for finance and the case's page (MO-3)."""
    return {"refund_failure": getattr(look.command, "words", "") or getattr(look.command, "code", "")}


def ask_difference(look: Look) -> Body | None:
    """A dearer SKU: the buyer is asked for the difference."""
    if look.to != "collecting":
        return None
    return {"amount": int(look.facts.get("difference", 0)), "currency": look.case.currency, "order": look.case.order_id}


def return_difference(look: Look) -> Body | None:
    """A cheaper SKU: the difference goes back the way the money came."""
    less = -int(look.facts.get("difference", 0))
    return {"amount": less, "currency": look.case.currency, "order": look.case.order_id} if less > 0 else None


def drop_difference(look: Look) -> Body:
    """The difference is not asked for any more; the goods kept for it go back to sale."""
    return {"order": look.case.order_id}


def note_difference(look: Look) -> Body:
    """What the other SKU costs more or less, and what is granted when it is less."""
    difference = int(look.facts.get("difference", 0))
    if not difference:
        return {"difference": 0} if look.case.body.get("difference") else {}
    return {"difference": difference, **(_granting(look, -difference) if difference < 0 else {})}


def choose_address(look: Look) -> Body:
    """The address goods come back to, and who pays the way; the platform's store where the fulfilment mode says so (PO-8)."""
    if flow_of(look.case.body).goods_to == "platform_store":
        return {"return_address": None, "return_store": look.facts.get("store") or {}, "freight_by": getattr(look.command, "freight_by", "") or look.facts.get("freight_by", "buyer")}
    return {
        "return_address": getattr(look.command, "return_address", "") or look.facts.get("default_address"),
        "freight_by": getattr(look.command, "freight_by", "") or look.facts.get("freight_by", "buyer"),
    }


def settle_stock(look: Look) -> Body:
    """What was owed has been taken."""
    return {"stock_owed": False}


def note_receipt(look: Look) -> Body:
    """What arrived and what becomes of it."""
    names = ("received", "condition", "packaging", "appearance", "function", "accessories", "serial", "disposition")
    return {name: getattr(look.command, name) for name in names}


def count_as_received(look: Look) -> Body:
    """SO-14: signed for but not registered in time counts as received whole."""
    return {"received": look.case.quantity, "condition": "good", "counted_as_received": True}


def note_parcel(look: Look) -> Body:
    """Carrier and number of the parcel on its way."""
    return {"parcel": {k: v for k, v in asdict(look.command).items() if v}}


def note_type(look: Look) -> Body:
    """The new type and the consent; the expectation stays as it was (SO-26)."""
    return {"type": getattr(look.command, "type", look.case.type), "consent": getattr(look.command, "consent", "")}


def note_application(look: Look) -> Body:
    """What the buyer changed in the application; another reason brings its own fault, words and verdict (PO-1)."""
    changed = {k: v for k, v in asdict(look.command).items() if v not in ("", None, [])}
    judged = {"verdict": look.facts["rejudged"]["verdict"]} if look.facts.get("rejudged") else {}
    return {**changed, **look.facts.get("reasons", {}).get(changed.get("reason", ""), {}), **judged}


def note_question(look: Look) -> Body:
    """Where an answer, or silence, will lead back to."""
    return {"asked_in": look.case.state}


def note_lateness(look: Look) -> Body:
    """The merchant's time has run out here."""
    return {"late": True}


def note_promise(look: Look) -> Body:
    """Until when the buyer was promised goods; the longest wait counts from the first promise."""
    until = getattr(look.command, "until", "")
    return {"promised_until": until.isoformat() if isinstance(until, datetime) else until, "promised_first": look.case.body.get("promised_first") or look.now.isoformat()}


def note_claim(look: Look) -> Body:
    """The case is this person's."""
    return {"assignee": look.actor.id, "assignee_name": look.actor.name}


def note_release(look: Look) -> Body:
    """The case is nobody's."""
    return {"assignee": None, "assignee_name": ""}


def note_assignment(look: Look) -> Body:
    """The case is somebody else's."""
    person = getattr(look.command, "person", "")
    return {"assignee": person, "assignee_name": look.facts.get("staff", {}).get(person, person)}


def note_alert(look: Look) -> Body:
    """The alert that was raised: by words found (facts `alert`), otherwise in somebody's own words (KW-2, SA-3)."""
    given = look.facts.get("alert") or by_hand(getattr(look.command, "words", ""), look.case.body.get("alert") if look.case.body.get("alert_open") else None)
    return {"alert": given, "alert_open": True}


def note_priority(look: Look) -> Body:
    """How soon people should come to it (SA-3)."""
    return {"priority": getattr(look.command, "priority", "normal")}


def close_alert(look: Look) -> Body:
    """The alert is answered; words of the same kind raise none on this case again."""
    if not look.case.body.get("alert_open"):
        return {"alert_open": False}
    alert = look.case.body.get("alert") or {}
    to = getattr(look.command, "type", "")
    answer = {"answer": "change" if to else "keep" if alert.get("suggest") else "seen", "type": to or look.case.type, **{name: alert[name] for name in ("sets", "zh", "en") if name in alert}}
    return {"alert_open": False, "alert_answer": answer, "alert_seen": sorted({*look.case.body.get("alert_seen", ()), *alert.get("sets", ())} - {BY_HAND})}


def note_rating(look: Look) -> Body:
    """The rating as given."""
    return {"rating": getattr(look.command, "rating", ""), "rating_words": getattr(look.command, "words", "")}


def note_improvement(look: Look) -> Body:
    """The rating as improved, which is counted (改评数)."""
    return {**note_rating(look), "rating_improved": True}


def note_rating_answer(look: Look) -> Body:
    """The merchant's answer to the rating."""
    return {"rating_answer": getattr(look.command, "words", "")}
