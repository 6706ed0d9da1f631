"""What the model people do in one step at one merchant, with what goes wrong in life: double clicks, stale pages, wrong doors, wrong people."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from amends.core.actor import PROVIDER_ACTOR, Actor, Party
from amends.core.cases import MACHINES, TABLES
from amends.core.commands import build, inputs, verb
from amends.core.verbs.desk import Note
from amends.engine.handle import Answer, Asked, handle
from amends.engine.ids import new_id
from amends.sim import quarrel_forms
from amends.sim.market import ARBITERS, CARRIER, SKUS, Life, Market, Shop
from amends.sim.typed import Choices, typed

WEIGHTS = {
    "withdraw": 1, "abandon": 1, "reject": 2, "claim": 1, "assign": 1, "release": 4, "note": 1, "say": 1, "call_platform": 1, "set_priority": 1, "mark_unreasonable": 1, "reissue_offline": 3, "ask_buyer": 4,
    "acknowledge_alert": 24, "raise_alert": 1, "refund": 16, "record_transfer": 30, "reverse_refund": 16, "rate": 16, "return_original": 4,
    "approve_cancellation": 6, "force_refund": 3, "reject_cancellation": 2, "interception_succeeded": 12, "interception_failed": 8, "refund_moved": 12, "refund_failed": 6, "retry_refund": 16,
    "return_collected": 40, "claim_back": 24, "settle_advance": 6, "waive_claim": 3, "propose": 12, **quarrel_forms.WEIGHTS,
}
"""How often people do what, where it can be done: 8 unless named."""
SCRIBBLES: tuple[Any, ...] = ("", "说明", -1, 10**30, 1.5, None, True, [], ["x"] * 9, {}, "9" * 40, "\x00", "退" * 5000, "2026-13-45", "2026-03-02T10:00:00")
WRITTEN = ("说明", "说明", "说明", "想换一个新的", "直接退货吧", "帮我维修一下", "再不处理就打12315投诉")
"""What people write; some of it does not fit the type chosen, or threatens (KW-2)."""
ALIKE = ("version", "state", "event")


class Surprise(Exception):
    """An answer that must not be; the message says which."""


def step(market: Market, shop: Shop, many: int) -> None:
    """Up to `many` commands in one batch, with faults among them. Raises Surprise when an answer is not what it must be."""
    chance = market.chance
    lives = [life for life in shop.lives.values() if life.acts > 0]
    scribble(chance)
    asked: list[tuple[Asked, str]] = []
    for life in chance.choices(lives, [quarrel_forms.presses(shop, x) for x in lives], k=min(many, len(lives))) if lives else []:
        life.acts -= 1
        asked += _asked(market, shop, life)
    if not asked:
        return
    if chance.random() < 0.1:
        _look_first(market, asked[0][0])
    answers = handle(market.pool, [a for a, _ in asked], market.now)
    first: dict[str, Answer] = {a.command_id: b for a, b in shop.said}
    for (one, expected), answer in zip(asked, answers, strict=True):
        _hear(market, shop, one, answer)
        _judge(one, answer, expected, first.get(one.command_id))
        if answer.refusal is None and not answer.replayed:
            first[one.command_id] = answer
            shop.said.append((one, answer))


def scribble(chance: Random) -> None:
    """A form filled in with anything: it becomes a command or refusals that name fields, and never an error."""
    machine = chance.choice(MACHINES)
    command = machine.commands[chance.choice(list(machine.commands))]
    body = {item.name: chance.choice(SCRIBBLES) for item in inputs(command)} | {chance.choice(("stray", "")): 1}
    built, wrong = build(command, body)
    if built is not None or not all(r.field is not None for r in wrong):
        raise Surprise(f"{verb(command)} was made of {body}")


def _asked(market: Market, shop: Shop, life: Life) -> list[tuple[Asked, str]]:
    """One wish, mostly as it should be; otherwise with what must become of it."""
    chance, draw = market.chance, market.chance.random()
    normal = _wish(market, shop, life)
    if draw < 0.05 and shop.said:
        return [(chance.choice(shop.said)[0], "replayed")]
    if draw < 0.07 and shop.said:
        return [(replace(chance.choice(shop.said)[0], command=Note(f"另一件事 {chance.random()}"), actor=shop.staff[0]), "command_id_reused")]
    if draw < 0.10 and life.version > 1:
        return [(replace(normal, version=life.version - 1), "version_conflict" if normal.actor.party is not Party.BUYER or (normal.actor.id == life.buyer.id and not life.hidden) else "case_unknown")]
    if draw < 0.12:
        other = chance.choice(market.shops)
        if other is not shop and other.lives:
            return [(replace(normal, case_id=chance.choice(list(other.lives))), "case_unknown")]
    if draw < 0.14:
        return [(replace(normal, actor=Actor(Party.BUYER, "buyer-nobody", "路人")), "case_unknown")]
    if draw < 0.18:
        return [(normal, ""), (normal, "same")]
    if draw < 0.40:
        return [(replace(normal, version=life.version), "")]
    return [(normal, "")]


def _wish(market: Market, shop: Shop, life: Life) -> Asked:
    chance, machine = market.chance, TABLES[life.kind]
    row = machine.steps[life.state]
    names = [name for name, a_step in row.items() if set(a_step.by) - {Party.CLOCK}] if chance.random() < 0.95 else list(machine.commands)
    name = chance.choices(names, [quarrel_forms.weight(shop, life, n, WEIGHTS.get(n, 8)) for n in names])[0]
    actors = [life.buyer, *shop.staff, CARRIER, *ARBITERS, PROVIDER_ACTOR]
    fitting = [a for a in actors if name in row and a.party in row[name].by and a.may(life.kind, name)]
    actor = chance.choice(fitting if fitting and chance.random() < 0.9 else actors)
    choices = Choices(
        life.paid, (*SKUS, "NONE"), (*shop.addresses, new_id()), [*shop.requests.get(life.id, ()), new_id()], [*shop.photos[-20:], new_id()], [p.id for p in shop.staff],
        ("no_reason", "quality_fault", "missing_goods", "other", "说明"), charges=[*([shop.charges[life.id]] * 3 if life.id in shop.charges else ()), new_id()],
        words=WRITTEN, instants=[(market.now + timedelta(hours=hours)).isoformat() for hours in (-1, 30, 90, 2000)],
    )
    return Asked(new_id(), shop.id, life.id, quarrel_forms.fit(market, shop, life, typed(machine.commands[name], chance, choices), actor), actor)


def _look_first(market: Market, asked: Asked) -> None:
    """A dry run says what the act itself then does, and leaves nothing behind."""
    tried = handle(market.pool, [asked], market.now, dry_run=True)[0]
    done = handle(market.pool, [replace(asked, command_id=new_id()), asked], market.now, dry_run=True)
    codes = [None if a.refusal is None else a.refusal.code for a in (tried, done[0])]
    if codes[0] != codes[1] and not tried.replayed and codes[0] != "command_id_reused":
        raise Surprise(f"{tried.number}: a dry run of {verb(asked.command)} says {codes[0]}, the next {codes[1]}")


def _hear(market: Market, shop: Shop, asked: Asked, answer: Answer) -> None:
    said = "✗ " + answer.refusal.code if answer.refusal else f"{answer.state} v{answer.version}{' again' if answer.replayed else ''}"
    shop.tell(answer.number, f"{market.now:%m-%d %H:%M}  {answer.number or '?':<14} {asked.actor.name:<6} {verb(asked.command):<24} → {said}")
    life = shop.lives.get(asked.case_id)
    if life is not None and answer.number and not answer.replayed:
        life.state, life.version = answer.state, answer.version


def _judge(asked: Asked, answer: Answer, expected: str, before: Answer | None) -> None:
    code = answer.refusal.code if answer.refusal else None
    what = f"{answer.number or asked.case_id}: {verb(asked.command)} by {asked.actor.name}"
    if expected == "replayed" or (expected == "same" and before is not None):
        wrong = not answer.replayed or before is None or any(getattr(answer, x) != getattr(before, x) for x in ALIKE)
        if wrong:
            raise Surprise(f"{what} again answered {[getattr(answer, x) for x in ALIKE]}, {code}, before {before and [getattr(before, x) for x in ALIKE]}")
    elif expected not in ("", "same") and code != expected:
        raise Surprise(f"{what} must be {expected}, is {code or answer.state}")
    elif answer.replayed:
        raise Surprise(f"{what} was carried out before, says the answer, and was not")
