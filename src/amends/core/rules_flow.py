"""Guards, choices and effects that follow the pack's flows: what a clock does at zero, who sends and who reviews, goods that do not come back (PO-8, PO-11, SO-8, SO-29).

Facts looked at: `zero` (clock → what the case's own pack says happens at its end), `called_in` (after how many refusals the platform is called, with its source), `refused` (how often the same goods were refused by now),
`store` (the platform's spare-parts store). The case keeps its flow and its way back in its body; refusals before its application too, for where nothing counts them.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from amends.core import effects as e
from amends.core.actor import Party
from amends.core.calls import note_call
from amends.core.commands import verb
from amends.core.machine import Look
from amends.core.pack_flows import KEEP, flow_of
from amends.core.refusal import Refusal
from amends.core.rules import before_asking
from amends.core.rules_cancel import shipped_and_untried

Body = Mapping[str, Any]
WHO = {"platform": {"zh": "平台", "en": "the platform"}, "merchant": {"zh": "商家", "en": "the merchant"}}


def at_zero(look: Look, clock: str) -> str:
    """What happens when this clock ends: as the case's pack says for what the case is now, else as it said when the clock was armed; empty when nothing is known."""
    zero: Mapping[str, str] = look.facts.get("zero") or {}
    told = look.case.body.get("clock") or {}
    return zero.get(clock) or (str(told.get("then", "")) if told.get("clock") == clock else "")


def calls_the_platform(look: Look) -> bool:
    """Silence neither passes nor pays: the platform is called, and may pay at the merchant's cost (SO-18, SO-29)."""
    return at_zero(look, "review") == "call_platform"


def pays_at_once(look: Look) -> bool:
    """Silence agrees to the refund itself; only where the pack has that rule (SO-29)."""
    return at_zero(look, "review") == "refund_without_return"


def goods_go_out(look: Look) -> bool:
    """Passing means sending goods that were missing (SO-8)."""
    return (at_zero(look, "review") or ("reissue_without_return" if look.case.type == "reissue" else "")) == "reissue_without_return"


def parcel_is_followed_up(look: Look) -> bool:
    """The parcel's 48 hours begin (CA-3), unless silence agrees to the refund though it has left (CA-5)."""
    return shipped_and_untried(look) and at_zero(look, "cancel_answer") != "approve_cancellation"


def refused_on_a_ground(look: Look) -> Refusal | None:
    """An application is refused, and goods go back as they came, on a ground of the pack's own tree (SO-27), so that the buyer reads it in words and lists can be sorted by it.

    Fact `grounds`: code → leaf.
    """
    grounds, reason = look.facts.get("grounds"), getattr(look.command, "reason", "")
    if not grounds or not reason or reason in grounds:
        return None
    zh = "原返原因" if verb(look.command) == "return_original" else "不通过原因"
    return Refusal("not_a_choice", {"zh": zh, "en": "Reason", "choices": list(grounds)}, "reason")


def ground_in_words(look: Look) -> Refusal | None:
    """Some grounds are shown to the buyer only with an explanation (SO-27). Fact `grounds`: code → leaf."""
    given: Any = look.command
    leaf = (look.facts.get("grounds") or {}).get(given.reason)
    return Refusal("ground_needs_explanation", {"zh": leaf.zh, "en": leaf.en}, "words") if leaf is not None and leaf.text_required and not given.words else None


def ground_is_shown(look: Look) -> Refusal | None:
    """Some grounds are refused on only with photos (SO-27): the merchant's own, or ones the case has that the merchant names. Fact `grounds`: code → leaf."""
    given: Any = look.command
    leaf = (look.facts.get("grounds") or {}).get(given.reason)
    if leaf is None or not leaf.photos_required or given.photos:
        return None
    return Refusal("ground_needs_photos", {"zh": leaf.zh, "en": leaf.en}, "photos")


def said_in_words(look: Look) -> Refusal | None:
    """How the buyer gave up: where nothing on the case shows it, the pack asks for words (SO-27). Fact `grounds`: code → leaf."""
    given: Any = look.command
    leaf = (look.facts.get("grounds") or {}).get(given.said_how)
    return Refusal("ground_needs_words", {"zh": leaf.zh, "en": leaf.en}, "words") if leaf is not None and leaf.text_required and not given.words else None


@before_asking
def goods_come_back(look: Look) -> Refusal | None:
    """Where the buyer keeps the goods there is no return to agree to."""
    return Refusal("goods_are_kept") if look.case.body.get("return_way") == KEEP else None


def _does(look: Look) -> str:
    return flow_of(look.case.body).sender(look.case.type)


@before_asking
def sends_it(look: Look) -> Refusal | None:
    """Who sends what replaces the goods is a matter of the fulfilment mode (PO-8)."""
    doer = _does(look)
    return None if look.actor.side.value == doer else Refusal("not_the_sender", {"doer": doer, **WHO[doer]})


@before_asking
def parts_are_there(look: Look) -> Refusal | None:
    """The platform sends on what the merchant has delivered to its warehouse."""
    waits = look.case.type in flow_of(look.case.body).parts_first and not look.case.body.get("parts_delivered")
    return Refusal("parts_not_delivered") if waits else None


@before_asking
def parts_are_owed(look: Look) -> Refusal | None:
    """Delivered to the platform's warehouse once, and only where the mode asks for it."""
    if look.case.type not in flow_of(look.case.body).parts_first:
        return Refusal("parts_not_asked")
    return Refusal("parts_delivered_already") if look.case.body.get("parts_delivered") else None


@before_asking
def receives_here(look: Look) -> Refusal | None:
    """The platform's people register what comes to the platform's store; the merchant always may, once it has been passed on."""
    if look.actor.side is Party.MERCHANT or flow_of(look.case.body).goods_to == "platform_store":
        return None
    return Refusal("goods_go_to_merchant")


@before_asking
def reviews_it(look: Look) -> Refusal | None:
    """Who reviews a cancellation: the platform where its pack says so, as long as the promised time runs (PO-11)."""
    reviewer = look.case.body.get("reviewed_by") or "merchant"
    return None if look.actor.side.value == reviewer else Refusal("not_the_reviewer", {"reviewer": reviewer, **WHO[reviewer]})


def tell_platform(look: Look) -> Body | None:
    """The platform steps in by itself: refused too often, or left without an answer where silence decides nothing."""
    return {"to": "platform", "event": "platform_called"} if _refused_often(look) or look.to == "reviewing" else None


def tell_merchant(look: Look) -> Body | None:
    """What the platform decided in the merchant's place."""
    return e.tell_merchant(look) if look.actor.side is Party.PLATFORM else None


def pay_refund(look: Look) -> Body | None:
    """The money goes back, where that is the end (SO-29)."""
    return e.pay_refund(look) if look.to == "confirming" else None


def grant(look: Look) -> Body:
    """It is granted in full."""
    return e.grant(look) if look.to == "confirming" else {}


def choose_place(look: Look) -> Body:
    """Where goods come back to, where they do."""
    return e.choose_address(look) if look.to in ("awaiting_return", "fulfilling") else {}


def owe_stock(look: Look) -> Body:
    """Goods are promised by a clock, without anybody having looked at the stock."""
    return {"stock_owed": True} if look.to == "fulfilling" else {}


def note_silence(look: Look) -> Body:
    """Silence decided nothing: the merchant is late, and the platform was called by the pack's rule."""
    return {**e.note_lateness(look), "platform_in": {"by": "pack_rule", "rule": "unanswered"}, **note_call(look)} if look.to == "reviewing" else {}


def _refused_often(look: Look) -> bool:
    limit = (look.facts.get("called_in") or {}).get("refusals", 0)
    return look.to == "rejected" and limit > 0 and _refusals(look) >= limit


def _refusals(look: Look) -> int:
    return int(look.facts.get("refused", look.case.body.get("refused_before", 0))) + 1


def note_called_in(look: Look) -> Body:
    """The rule that called the platform in, and how often the same goods were refused."""
    if not _refused_often(look):
        return {}
    return {"platform_in": {**look.facts["called_in"], "by": "pack_rule", "rule": "refused_often", "facts": {"refusals": _refusals(look)}}, **note_call(look), "called_by": "system"}


def note_parts(look: Look) -> Body:
    """The platform has the parts; its own time to send them begins."""
    return {"parts_delivered": look.now.isoformat(), "parts_parcel": {k: v for k, v in asdict(look.command).items() if v}, "late": False}


def note_reviewer(look: Look) -> Body:
    """What has left is the merchant's to answer for."""
    return {"reviewed_by": "merchant"} if look.case.body.get("reviewed_by") else {}


def goods_may_come_back(look: Look) -> Body:
    """Who changes a refund alone into goods for goods sends the goods back."""
    return {"return_way": "ship_back"} if look.case.body.get("return_way") == KEEP and getattr(look.command, "type", "") != "return" else {}
