"""Lives of disputes: buyers confirm, refuse and appeal, merchants choose plans, arbiters judge, providers answer late or never, and clocks run out (04-disputes, OP-7, OP-8)."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from amends.core.actor import PROVIDER_ACTOR, SYSTEM, Actor
from amends.core.cases.dispute import DISPUTE
from amends.core.commands import Command
from amends.core.ledger import MANUAL
from amends.core.verbs.dispute import Adjudicate, AskForJudgement, OfferSettlement, PlanCarriedOut, PlanFailed, RemedyApplied
from amends.core.verbs.outside import RefundFailed, RefundMoved
from amends.sim.dispute_world import Disputing, Request, due, world
from amends.sim.life import Broken
from amends.sim.rules import pack_for
from amends.sim.typed import Choices, typed

LEANS = {
    "adjudicate": 8, "uphold_appeal": 8, "confirm_judgement": 9, "carry_out_judgement": 4, "appeal": 4, "settle_by_refund": 3, "settle_by_interception": 3, "offer_settlement": 14,
    "accept_settlement": 8, "finish_evidence": 5, "resume_evidence": 3, "ask_for_judgement": 3, "refuse_settlement": 3, "ask_side": 2, "answer_question": 6, "dismiss_appeal": 2,
}
"""What people come to a dispute for."""
SELDOM = frozenset({"withdraw_dispute", "close_dispute"})


def act(life: Disputing, chance: random.Random) -> None:
    """One thing happens: the house reports, money moves, a clock runs out, or somebody asks for something."""
    waiting = [(name, r) for name, r in life.asked.items() if r.state == "requested"]
    draw = chance.random()
    if life.to_report and draw < 0.3:
        _report(life, chance)
    elif waiting and draw < 0.5:
        _answer(life, chance, *chance.choice(waiting))
    elif draw < 0.53:
        life.given_elsewhere(chance.randint(1, life.paid))
    elif life.clock and draw < 0.6:
        life.now = max(life.now, due(life))
        life.say(DISPUTE.run_out(), SYSTEM)
    else:
        _people(life, chance)


def _report(life: Disputing, chance: random.Random) -> None:
    """Plans fail now and then because the buyer has filed a cancellation; remedies are told in the order they were begun."""
    name, body = life.to_report.pop(0)
    if name == "carry_plan":
        if life.case.body.get("plan_at") != body["version"] or life.case.body.get("plan_state") != "under_way":
            return
        done: Command = PlanCarriedOut("c1", "C-2026-000001") if chance.random() < 0.6 else PlanFailed("plan_cancellation_filed", [{"number": "C-2026-000002"}], "", "c2", "C-2026-000002")
        life.say(done, SYSTEM)
        return
    acts = [{"case": "s1", "kind": "service_order", "number": "S-1", "verb": "return_by_judgement"}] if name == "apply_remedy" and chance.random() < 0.8 else []
    life.say(RemedyApplied("none", acts=acts, step=body["version"]), SYSTEM)


def _answer(life: Disputing, chance: random.Random, name: str, request: Request) -> None:
    moves = chance.random() < 0.65
    if request.award:
        life.story.append(f"{life.now:%m-%d %H:%M}  provider payout {'moved' if moves else 'failed'}")
        life.pay_award(request, moves=moves)
    elif request.provider == MANUAL:
        life.say(DISPUTE.commands["record_transfer"](request=name, reference="T1"), life.people[1])  # type: ignore[call-arg]
    else:
        life.say(RefundMoved(name, "R1") if moves else RefundFailed(name, "closed", "已销户"), PROVIDER_ACTOR)


def _people(life: Disputing, chance: random.Random) -> None:
    life.now += timedelta(minutes=chance.randint(1, 900))
    if life.clock:
        life.now = min(life.now, due(life))
    actor = chance.choice(life.people)
    names = [v for v, row in DISPUTE.steps[life.case.state].items() if actor.side in row.by]
    names = [v for v in names for _ in range(LEANS.get(v, 1)) if v not in SELDOM or chance.random() < 0.3] or names
    if names and (command := _typed(life, DISPUTE.commands[chance.choice(names)], chance, actor)) is not None:
        life.say(command, actor)


def _typed(life: Disputing, command: type[Command], chance: random.Random, actor: Actor) -> Command | None:
    made: Any = typed(command, chance, Choices(life.paid, requests=[*life.asked, "r0"], photos=["f0", "f1", "f2"], people=("hai",)))
    pack = life.rules
    assert pack is not None
    if isinstance(made, AskForJudgement) and chance.random() < 0.9:
        made.ground = chance.choice(pack.disputes.grounds_for(life.case.type)).code
    if isinstance(made, Adjudicate):
        _judge(life, made, chance)
    if isinstance(made, OfferSettlement) and chance.random() < 0.8:
        made.offer, made.amount = chance.choice(("refund", "compensation")), chance.randint(1, life.paid)
    return made  # type: ignore[no-any-return]


def _judge(life: Disputing, made: Any, chance: random.Random) -> None:
    """An arbiter mostly fills the form in as it is meant to be."""
    pack = life.rules
    assert pack is not None
    made.rules, made.advance = [pack.disputes.rules[0].number], chance.random() < 0.4
    if chance.random() < 0.15:
        return
    made.liability, made.outcome = chance.choice(("merchant", "merchant", "shared", "platform", "carrier", "none")), chance.choice(("refund", "refund", "return_and_refund", "compensation", "nothing"))
    made.amount = chance.randint(1, life.paid) if made.outcome in ("refund", "return_and_refund") else None
    made.compensation = chance.randint(1, 2 * life.paid) if made.outcome == "compensation" or (made.outcome != "nothing" and chance.random() < 0.3) else None
    made.freight, made.freight_by = (chance.randint(1, 2_000), chance.choice(("merchant", "carrier", "platform", "buyer"))) if made.outcome != "nothing" and chance.random() < 0.3 else (None, "")
    made.freight_way = "out" if made.freight and chance.random() < 0.3 else ""
    made.advance = made.advance and made.liability in ("merchant", "shared") and made.outcome != "nothing"


def live(seed: int, steps: int = 60, pack: str = "") -> Disputing:
    """One whole life. Raises Broken with the story when an invariant fails."""
    chance, rules = random.Random(seed), pack_for(seed, pack)
    life = world(chance, rules)
    for _ in range(steps):
        act(life, chance)
        for wrong in life.broken():
            raise Broken("\n".join([f"seed {seed}, {rules.id}: {wrong}", *life.story]))
    return life
