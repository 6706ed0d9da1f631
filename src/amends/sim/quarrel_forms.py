"""How people fill in the forms of disputes and tickets: mostly as they are meant to be, after what stands in the case, sometimes not (04-disputes, 05-tickets)."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

from amends.core.actor import Actor
from amends.core.cases import TABLES
from amends.core.commands import Command
from amends.core.pack import Pack
from amends.core.verbs import dispute as d
from amends.core.verbs import ticket as t
from amends.engine.deadlines import pack_of
from amends.sim.life import ABOUT_REQUESTS
from amends.sim.market import Life, Market, Shop

WEIGHTS = {
    "settle_by_refund": 12, "settle_by_interception": 10, "settle_without_cancelling": 6, "offer_settlement": 16, "accept_settlement": 16,
    "ask_for_judgement": 10, "adjudicate": 30, "confirm_judgement": 40, "return_judgement": 4, "ask_side": 4, "answer_question": 24, "carry_out_judgement": 16, "appeal": 12, "uphold_appeal": 24,
    "dismiss_appeal": 8, "reply": 20, "follow_up": 8, "hand_back": 4, "decide_ticket": 30, "approve_decision": 40, "return_decision": 6, "carry_out": 12,
    "refund_for_merchant": 40, "bind_ticket": 2,
}
"""How often people do what on disputes and tickets, where it can be done."""
OWN = frozenset({"dispute", "ticket"})
SELDOM = frozenset({"claim", "release", "assign", "note", "set_priority", "mark_unreasonable", "raise_alert", "call_platform", "answer_call", "say", "step_in", "close_ticket", "close_dispute", "withdraw_dispute", "resolve_ticket"})
SECOND, FIRST = frozenset({"approve_decision", "return_decision", "confirm_judgement", "return_judgement"}), frozenset({"decide_ticket", "hand_back", "adjudicate", "uphold_appeal", "dismiss_appeal"})
"""What is done to something that waits for a second person, and what is not done while it does."""


def presses(shop: Shop, life: Life) -> float:
    """How much people have a case in mind: what they still mean to do on it; of a dispute or ticket that has ended little, where nothing is on its way."""
    over = life.kind in OWN and TABLES[life.kind].states[life.state].final and not shop.requests.get(life.id)
    return life.acts * (0.05 if over else 1)


def weight(shop: Shop, life: Life, name: str, usual: int) -> float:
    """How often somebody comes for this; on a dispute or a ticket nobody asks after money that is not on its way, or answers an alert that is not there, more than now and then."""
    if life.kind not in OWN:
        return usual
    facts = shop.folded[life.id].body if life.id in shop.folded else {}
    idle = (name in ABOUT_REQUESTS and not shop.requests.get(life.id)) or (name == "acknowledge_alert" and not facts.get("alert_open")) or name in SELDOM
    waits, decided = bool(facts.get("pending")), bool(facts.get("decision"))
    idle = idle or (name in SECOND and not waits) or (name in FIRST and (waits or (decided and life.kind == "ticket")))
    idle = idle or (name == "refund_for_merchant" and not facts.get("not_carried_out")) or (name == "carry_out" and not decided) or (name == "reply" and life.state != "awaiting_merchant")
    return 0.3 if idle else usual


def fit(market: Market, shop: Shop, life: Life, made: Command, actor: Actor) -> Command:
    """The command as somebody who means it fills it in; one in eight stays as it fell."""
    chance = market.chance
    if isinstance(made, t.FollowUp) and made.sent:
        made.sent = datetime.fromisoformat(made.sent)  # a form and the API read an instant before it is a command
    if life.kind not in OWN or chance.random() < 0.12:
        return made
    facts, pack = (shop.folded[life.id].body if life.id in shop.folded else {}), pack_of(shop.pack)
    if isinstance(made, d.Adjudicate | d.UpholdAppeal):
        judge(made, life.paid, pack, chance)
    elif isinstance(made, t.DecideTicket):
        _decide(made, life.paid, chance)
    elif isinstance(made, t.RefundForMerchant):
        made.amount = (facts.get("decision") or {}).get("amount") or chance.randint(1, max(life.paid, 1))
    elif isinstance(made, t.BindTicket):
        made.number = chance.choice(["", "O404", life.number, *(x.number for x in list(shop.lives.values())[-20:] if x.buyer.id == life.buyer.id)])
    else:
        _of_sides(made, shop.folded[life.id].type if life.id in shop.folded else "", life.paid, facts, pack, actor, chance)
    return made


def _of_sides(made: Any, scenario: str, paid: int, facts: dict[str, Any], pack: Pack, actor: Actor, chance: Random) -> None:
    """What merchant and buyer write on a dispute."""
    if isinstance(made, d.AskForJudgement):
        made.ground = chance.choice(pack.disputes.grounds_for(scenario) or pack.disputes.grounds).code
    elif isinstance(made, d.OfferSettlement):
        made.offer, made.amount = chance.choice(("refund", "refund", "compensation", "nothing")), chance.randint(1, max(paid, 1))
    elif isinstance(made, d.AnswerQuestion):
        asked = [q["n"] for q in facts.get("questions") or () if q["side"] == actor.side.value and not q.get("answer")]
        made.question = chance.choice(asked) if asked else 1


def _decide(made: t.DecideTicket, paid: int, chance: Random) -> None:
    """Money most of the time, some of it above what one person may decide; goods now and then."""
    made.decision = chance.choice(("refund", "refund", "refund", "compensate", "compensate", "return_refund", "exchange", "reissue", "nothing"))
    made.amount = chance.randint(1, max(paid, 1)) if made.decision in ("refund", "compensate") else None
    if made.decision == "compensate" and chance.random() < 0.3:
        made.amount = chance.randint(40_000, 60_000)


def judge(made: Any, paid: int, pack: Pack, chance: Random) -> None:
    """A judgement whose fields belong together."""
    made.rules, made.advance = [pack.disputes.rules[0].number], chance.random() < 0.4
    made.liability = chance.choice(("merchant", "merchant", "shared", "platform", "carrier", "none", "buyer"))
    made.outcome = chance.choice(("refund", "refund", "refund", "return_and_refund", "reship", "compensation", "nothing"))
    made.amount = chance.randint(1, max(paid, 1)) if made.outcome in ("refund", "return_and_refund") else None
    made.compensation = chance.randint(1, 2 * paid + 1) if made.outcome == "compensation" or (made.outcome != "nothing" and chance.random() < 0.3) else None
    made.freight, made.freight_by = (chance.randint(1, 1_200), chance.choice(("merchant", "carrier", "platform", "buyer"))) if made.outcome != "nothing" and chance.random() < 0.3 else (None, "")
    made.freight_way = "out" if made.freight and chance.random() < 0.3 else ""
    made.advance = made.advance and made.liability in ("merchant", "shared") and made.outcome != "nothing"
