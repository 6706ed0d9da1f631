"""Guards: each looks once and answers None or a Refusal. Nothing here raises for business reasons.

Facts a rule may find in `look.facts`: `addresses` (ids → label), `default_address`, `stock` (SKU → pieces on hand), `computed` and
`cap` (minor units: what MO-1 gives, and what is left of what was paid), `improve_until`, `not_solved_until` (instants),
`staff` (ids → names), `requests` (refund requests that wait or failed → minor units), of them `failed` and `with_provider` (ids), `charges`
(differences asked for → minor units), `difference` (minor units an exchange costs more, below 0 less), `photos` (ids). A missing fact means "none".
"""

from collections.abc import Callable
from datetime import datetime

from amends.core.actor import Party
from amends.core.machine import Look, Rule
from amends.core.pack_flows import flow_of
from amends.core.refusal import Refusal
from amends.core.verbs.buyer import RATINGS


def before_asking(rule: Rule) -> Rule:
    """Marks a rule that needs no field of the command, so that a button can be shown disabled with the reason."""
    rule.before_asking = True  # type: ignore[attr-defined]
    return rule


@before_asking
def claimed_by_nobody_else(look: Look) -> Refusal | None:
    """SO-6: reviewing needs the case claimed by oneself or by nobody; a claim among the merchant's people does not bind the platform's."""
    if look.case.assignee in (None, look.actor.id) or look.actor.party is Party.PLATFORM:
        return None
    return Refusal("claimed_by_other", {"name": look.case.assignee_name or look.case.assignee})


@before_asking
def claimed_by_oneself(look: Look) -> Refusal | None:
    """Only one's own claim can be given back."""
    return None if look.case.assignee == look.actor.id else Refusal("not_claimed_by_you")


@before_asking
def alerts_acknowledged(look: Look) -> Refusal | None:
    """KW-2: an alert is acknowledged before a review command is accepted."""
    return Refusal("alert_open") if look.case.body.get("alert_open") else None


@before_asking
def has_alert(look: Look) -> Refusal | None:
    """There is an alert to acknowledge."""
    return None if look.case.body.get("alert_open") else Refusal("no_alert")


@before_asking
def no_open_alert(look: Look) -> Refusal | None:
    """A person's alert waits its turn behind one that is open; words found go into the open one."""
    return Refusal("alert_is_open") if look.actor.side is Party.MERCHANT and look.case.body.get("alert_open") else None


def has_return_address(look: Look) -> Refusal | None:
    """The address chosen is one of the merchant's; none chosen takes the default. Goods for the platform's store need none (PO-8)."""
    if flow_of(look.case.body).goods_to == "platform_store":
        return None
    chosen = getattr(look.command, "return_address", "")
    known = look.facts.get("addresses", {})
    if chosen:
        return None if chosen in known else Refusal("address_unknown", field="return_address")
    return None if look.facts.get("default_address") else Refusal("address_missing", field="return_address")


def wanted(look: Look) -> tuple[str, int]:
    """The SKU and quantity that would go out: as typed, otherwise as in the case."""
    sku = getattr(look.command, "sku", "") or look.case.sku
    return sku, getattr(look.command, "quantity", None) or look.case.quantity


def stock_covers(look: Look) -> Refusal | None:
    """What goes out is there: on hand at least what is wanted."""
    stock = look.facts.get("stock", {})
    sku, quantity = wanted(look)
    if sku not in stock:
        return Refusal("sku_unknown", {"sku": sku}, "sku")
    return None if stock[sku] >= quantity else Refusal("stock_short", {"sku": sku, "left": stock[sku], "wanted": quantity})


@before_asking
def in_time(look: Look) -> Refusal | None:
    """Whoever is late cannot promise lateness away (SO-18, ST-K5)."""
    return Refusal("promise_when_late") if look.case.body.get("late") else None


def promise_fits(look: Look) -> Refusal | None:
    """A promised date is ahead, and not later than the pack lets a buyer wait (ST-K5)."""
    until, limit = _instant(getattr(look.command, "until", "")), look.facts.get("promise_until")
    if until is None or until <= look.now:
        return Refusal("promise_in_past", field="until")
    return Refusal("promise_not_later", {"until": limit.isoformat()}, "until") if limit is not None and until > limit else None


def _instant(given: str | datetime) -> datetime | None:
    """An instant as a form and a JSON body give it, or as text; None without an offset."""
    try:
        found = given if isinstance(given, datetime) else datetime.fromisoformat(given)
    except ValueError:
        return None
    return found if found.tzinfo else None


def held_stock_covers(look: Look) -> Refusal | None:
    """An application that holds pieces can only ask for as many as can be held for it (ST-K2)."""
    return stock_covers(look) if look.facts.get("held") and getattr(look.command, "quantity", None) else None


def owed_stock_is_there(look: Look) -> Refusal | None:
    """A reissue that the clock passed took no stock yet (nobody could be refused then); it must be there when goods leave."""
    return stock_covers(look) if look.case.body.get("stock_owed") else None


def offline_stock_is_there(look: Look) -> Refusal | None:
    """Offline goods are deducted only where the merchant's switch says so (S0, ST-K1); then they must be there."""
    return stock_covers(look) if look.facts.get("deduct_offline") else None


def within_what_arrived(look: Look) -> Refusal | None:
    """SO-15: nothing is sent out or refunded beyond what was received."""
    received = look.case.body.get("received")
    if received is None or wanted(look)[1] <= received or not getattr(look.command, "quantity", None):
        return None
    return Refusal("goods_not_received", {"received": received}, "quantity")


def refund_allowed(look: Look) -> Refusal | None:
    """MO-1, MO-2 and the decisions on typed amounts: lower needs a reason, higher a permission too, above the cap never."""
    asked = getattr(look.command, "amount", None)
    computed, cap = int(look.facts.get("computed", 0)), int(look.facts.get("cap", 0))
    amount = computed if asked is None else asked
    if amount > cap:
        return Refusal("refund_above_cap", {"cap": cap, "asked": amount}, "amount")
    if amount > computed and not look.actor.holds("refund_override"):
        return Refusal("refund_override_missing", {"computed": computed, "permission": "refund_override"}, "amount")
    if amount != computed and not getattr(look.command, "adjust_reason", ""):
        return Refusal("refund_reason_missing", field="adjust_reason")
    return None


def another_type(look: Look) -> Refusal | None:
    """A change of type changes it."""
    return Refusal("same_type", field="type") if getattr(look.command, "type", "") == look.case.type else None


def not_more_than_applied(look: Look) -> Refusal | None:
    """What exceeds the application is an unclaimed parcel, not part of this case (SO-13)."""
    received = getattr(look.command, "received", None) or 0
    if received <= look.case.quantity:
        return None
    return Refusal("over_received", {"asked": received, "applied": look.case.quantity}, "received")


@before_asking
def late(look: Look) -> Refusal | None:
    """SO-18: the platform steps in only after the merchant's time to process has run out."""
    if look.case.body.get("late"):
        return None
    return Refusal("not_late", {"due": look.case.due_at.isoformat() if look.case.due_at else "—"})


@before_asking
def not_rated(look: Look) -> Refusal | None:
    """SO-19: rated once."""
    return Refusal("already_rated") if look.case.body.get("rating") else None


@before_asking
def rated_and_unanswered(look: Look) -> Refusal | None:
    """A rating is answered once."""
    if not look.case.body.get("rating"):
        return Refusal("not_rated")
    return Refusal("already_answered") if look.case.body.get("rating_answer") else None


@before_asking
def rating_open_to_change(look: Look) -> Refusal | None:
    """SO-19: improved once, within the pack's days."""
    if not look.case.body.get("rating"):
        return Refusal("not_rated")
    if look.case.body.get("rating_improved"):
        return Refusal("rating_fixed")
    until = look.facts.get("improve_until")
    return Refusal("too_late", {"until": until.isoformat()}) if until and look.now >= until else None


def rating_is_better(look: Look) -> Refusal | None:
    """改评 goes upwards only."""
    old, new = look.case.body.get("rating"), getattr(look.command, "rating", "")
    if old in RATINGS and new in RATINGS and RATINGS.index(new) > RATINGS.index(old):
        return None
    return Refusal("rating_not_better", field="rating")


@before_asking
def not_long_ended(look: Look) -> Refusal | None:
    """SO-30: "not solved" is said within the pack's days after the end."""
    until = look.facts.get("not_solved_until")
    return Refusal("not_solved_too_late", {"until": until.isoformat()}) if until and look.now >= until else None


@before_asking
def something_refunded(look: Look) -> Refusal | None:
    """Only what was granted can be reversed."""
    return None if look.case.granted > 0 else Refusal("nothing_refunded")


def person_is_staff(look: Look) -> Refusal | None:
    """A case is given to one of the merchant's own people who can sign in (ST-7)."""
    return None if getattr(look.command, "person", "") in look.facts.get("staff", {}) else Refusal("person_not_staff", field="person")


def request_waits(look: Look) -> Refusal | None:
    """The transfer is for a refund request of this case that has not been paid yet (MO-3: never twice)."""
    if getattr(look.command, "request", "") in look.facts.get("requests", {}):
        return None
    return Refusal("request_unknown", field="request")


def request_is_by_hand(look: Look) -> Refusal | None:
    """What a provider is asked for is not transferred by hand as well, unless the provider has refused it (MO-3: never twice)."""
    request = getattr(look.command, "request", "")
    if request in look.facts.get("with_provider", ()) and request not in look.facts.get("failed", ()):
        return Refusal("request_with_provider", field="request")
    return None


def request_has_not_failed(look: Look) -> Refusal | None:
    """A provider's first answer stands; what contradicts it is a matter of reconciliation (MO-3)."""
    return Refusal("request_has_failed", field="request") if getattr(look.command, "request", "") in look.facts.get("failed", ()) else None


def request_failed(look: Look) -> Refusal | None:
    """Only what the provider refused is asked again."""
    return None if getattr(look.command, "request", "") in look.facts.get("failed", ()) else Refusal("request_not_failed", field="request")


def nothing_under_way(look: Look) -> Refusal | None:
    """What a provider has been asked for and not answered may move at any moment; a reversal waits for its answer (MO-3, SO-36)."""
    waiting = set(look.facts.get("requests", {})) & set(look.facts.get("with_provider", ())) - set(look.facts.get("failed", ()))
    return Refusal("refund_under_way") if waiting else None


def charge_waits(look: Look) -> Refusal | None:
    """The payment is for a difference of this case that is still to be paid."""
    return None if getattr(look.command, "charge", "") in look.facts.get("charges", {}) else Refusal("charge_unknown", field="charge")


def pieces_are_left(look: Look) -> Refusal | None:
    """SO-3: a changed application asks for no more pieces than other service orders leave of the line."""
    wanted_pieces, left = getattr(look.command, "quantity", None), int(look.facts.get("pieces_left", 0))
    if wanted_pieces is None or wanted_pieces <= left:
        return None
    return Refusal("quantity_too_many", {"wanted": wanted_pieces, "left": left}, "quantity")


def reason_is_known(look: Look) -> Refusal | None:
    """SO-27: the reason is a leaf of the tree for the case's type."""
    reason, known = getattr(look.command, "reason", ""), look.facts.get("reasons", {})
    if not reason or reason in known:
        return None
    return Refusal("not_a_choice", {"zh": "原因", "en": "Reason", "choices": list(known)}, "reason")


def reason_is_open(look: Look) -> Refusal | None:
    """PO-1: another reason is judged like a new application; what the goods are closed to is refused, and so is a reason without the proof it asks for (SO-27)."""
    refusal: Refusal | None = (look.facts.get("rejudged") or {}).get("refusal")
    return refusal


def photos_are_known(look: Look) -> Refusal | None:
    """Photos are uploaded first; one that belongs to another case cannot be used (SO-1)."""
    unknown = [p for p in getattr(look.command, "photos", []) if p not in look.facts.get("photos", ())]
    return Refusal("photo_unknown", field="photos") if unknown else None


def type_is(*types: str) -> Callable[[Look], Refusal | None]:
    """The case's present type is one of these; otherwise the type is changed first, with consent."""

    @before_asking
    def type_fits(look: Look) -> Refusal | None:
        return None if look.case.type in types else Refusal("wrong_result", {"type": look.case.type})

    return type_fits
