"""Lives of disputes keep every invariant: one purse for each fault, nothing paid twice, a judgement taken back as if it had never been, no judge of one's own judgement (04-disputes, OP-8)."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from amends.core.actor import PROVIDER_ACTOR, SYSTEM
from amends.core.cases.dispute import DISPUTE
from amends.core.verbs import dispute as v
from amends.core.verbs.desk import RecordTransfer
from amends.core.verbs.outside import RefundFailed, RefundMoved
from amends.sim.dispute_lives import live
from amends.sim.dispute_world import JUDGES, Disputing, world
from amends.sim.life import AGENTS, BUYER
from amends.sim.rules import pack_for
from tests.sim.rows import rows_of


@pytest.fixture(scope="module")
def seen():
    """Every invariant is looked at after each step of each of these lives; answers the rows of the table they went by."""
    rows = set()
    for seed in range(1050):
        life = live(seed)
        state = life.began
        for name, decision in life.events:
            rows.add((state, name))
            state = decision.state
    return rows


def test_lives_keep_every_invariant_and_see_the_table(seen):
    late = {(state, name) for state in DISPUTE.states for name in ("plan_carried_out", "plan_failed")}  # seen below, one by one
    rare = {(state, name) for state in DISPUTE.states for name in ("acknowledge_alert", "release", "retry_refund", "refund_failed", "answer_call")}
    assert rows_of(DISPUTE) - seen - late - rare == set()


@pytest.mark.parametrize("plan", [v.PlanCarriedOut("c1", "C-1"), v.PlanFailed("plan_moved_on")], ids=["carried out", "failed"])
@pytest.mark.parametrize("moves", [
    (), ((v.WithdrawDispute(), BUYER),), ((v.RefuseSettlement("x"), BUYER),), ((v.StepIn("x"), JUDGES[0]),), ((v.CloseDispute("x"), JUDGES[0]),),
], ids=["waiting", "withdrawn", "refused", "stepped in", "closed"])
def test_news_of_a_plan_is_heard_wherever_the_dispute_is_by_then(moves, plan):
    life = next(w for w in (world(random.Random(seed), pack_for(0, "jd")) for seed in range(50)) if w.case.type == "cancel_order")
    assert life.say(v.SettleByRefund(), AGENTS[0]).state == "awaiting_buyer_confirmation"
    for command, actor in moves:
        life.say(command, actor)
    before = life.case.state
    heard = life.say(plan, SYSTEM)
    assert heard.state == ("awaiting_merchant" if (before, plan.__class__) == ("awaiting_buyer_confirmation", v.PlanFailed) else before)
    assert list(life.broken()) == []


def test_a_life_is_decided_by_its_seed():
    assert live(7).story == live(7).story
    assert live(7).story != live(8).story


def judgement(kind: type[v.Adjudicate], chance: random.Random, paid: int) -> v.Adjudicate:
    liability, outcome = chance.choice(("merchant", "shared", "carrier", "platform", "none")), chance.choice(("refund", "compensation", "nothing"))
    return kind(
        liability=liability, outcome=outcome, rules=["DI-G3"], words_buyer="x", words_merchant="x", amount=chance.randint(1, paid) if outcome == "refund" else None,
        compensation=chance.randint(1, paid) if outcome == "compensation" or (outcome == "refund" and chance.random() < 0.5) else None,
        freight=700 if outcome == "refund" and chance.random() < 0.5 else None, freight_by="merchant", advance=outcome != "nothing" and liability in ("merchant", "shared") and chance.random() < 0.6,
    )


def settle_money(life: Disputing, chance: random.Random, share: float) -> None:
    """So much of what waits reaches the buyer, and what a provider was asked for is answered: refused, it waits for finance."""
    for name, request in list(life.asked.items()):
        moves = chance.random() < share
        if request.state != "requested" or (request.provider == "manual" and not moves):
            continue
        if request.award:
            life.pay_award(request, moves=moves)
        elif request.provider == "manual":
            life.say(RecordTransfer(name, "T"), AGENTS[0])
        else:
            life.say(RefundMoved(name, "T") if moves else RefundFailed(name, "closed", "x"), PROVIDER_ACTOR)


def carried_through(seed: int, *, first: bool) -> Counter[str]:
    """A dispute that ends in one judgement; with `first`, another one was made, paid or not, appealed against and replaced before."""
    chance = random.Random(f"second {seed}")
    life = world(random.Random(seed), pack_for(0, "jd"))
    for account in list(life.purses):
        life.purses[account] = 0
    life.deposit = life.purses["merchant_deposit"] = chance.choice((0, 5_000, 10**9))
    life.purses["provider:manual"] = -life.deposit
    for command, actor in ((v.StepIn(words="x"), JUDGES[0]), (v.FinishEvidence(), BUYER), (v.FinishEvidence(), AGENTS[0])):
        life.say(command, actor)
    room = next(iter(life.lines.values()))  # of what is in dispute, whichever of the order that is

    def stands() -> None:
        if life.case.body.get("pending"):
            life.say(v.ConfirmJudgement(), JUDGES[2])

    last, by = judgement(v.Adjudicate, random.Random(f"last {seed}"), room), JUDGES[1]
    if first:
        life.say(judgement(v.Adjudicate, chance, room), JUDGES[0])
        stands()
        if chance.random() < 0.7:
            life.say(v.CarryOutJudgement(), AGENTS[0])
            for _, body in life.to_report:
                life.say(v.RemedyApplied("none", step=body["version"]), SYSTEM)
            life.to_report.clear()
        settle_money(life, chance, chance.choice((0.0, 0.5, 1.0)))
        life.now += timedelta(hours=5)
        life.say(v.Appeal(words="x"), chance.choice((BUYER, AGENTS[0])))
        last = v.UpholdAppeal(**vars(last))
        by = JUDGES[1]
    answer = life.say(last, by)
    assert answer.__class__.__name__ == "Decision", answer
    if life.case.body.get("pending"):
        second = JUDGES[2] if not first or (life.case.body["judgement"].get("second") != JUDGES[2].id) else None
        if second is None:
            second = type(JUDGES[0])(JUDGES[0].party, "fourth", "四审", None, JUDGES[0].permissions)
        life.say(v.ConfirmJudgement(), second)
    life.say(v.CarryOutJudgement(), AGENTS[0])
    settle_money(life, random.Random(0), 1.0)
    assert list(life.broken()) == [], life.story
    return Counter({account: amount for account, amount in life.purses.items() if amount and account not in ("buyer_refund", "compensation") and not account.startswith("provider:")})


@pytest.mark.parametrize("block", range(3))
def test_a_judgement_replaced_leaves_every_purse_as_if_it_had_never_been(block):
    for seed in range(block * 80, block * 80 + 80):
        assert carried_through(seed, first=True) == carried_through(seed, first=False), seed


SPOILS = {
    "granted": lambda w: setattr(w.case, "granted", w.paid + 1), "a purse": lambda w: w.purses.update(platform_cost=5), "moved": lambda w: setattr(w.case, "moved", 1),
    "advance": lambda w: w.purses.update(platform_advance=5, platform_cost=-5), "clock": lambda w: setattr(w, "clock", None), "evidence": lambda w: setattr(w, "filed", 1),
    "awards": lambda w: w.awards.update(a="granted"), "judge": lambda w: w.case.body.update(judgements=[{"n": 1, "by": "x", "second": "x", "liability": "none"}]),
    "late": lambda w: w.case.body.update(settled_by="silence", plan_state="under_way"),
}


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoiled_world_is_noticed(name):
    life = world(random.Random(0), pack_for(0, "jd"))
    assert list(life.broken()) == []
    SPOILS[name](life)
    assert list(life.broken())
