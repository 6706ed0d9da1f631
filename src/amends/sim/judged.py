"""What disputes do to a case while it lives: plans and judgements given by the house, and taken back, whenever they may come (DI-2, DI-7, DI-8)."""

import random
from typing import Any

from amends.core.actor import SYSTEM
from amends.core.commands import Command, inputs
from amends.sim.life import World, ask, pass_time

VERBS = frozenset({"refund_by_plan", "follow_up_by_plan", "end_by_judgement", "reject_by_judgement", "return_by_judgement", "reship_by_judgement", "undo_judgement"})


def judge(world: World, chance: random.Random, *, gives_up: bool = False) -> None:
    """The house gives one command of a dispute, mostly of the same one, if the case takes any now. `gives_up`: all of the money went back, so that the goods may go."""
    known = [v for v in world.machine.steps[world.case.state] if v in VERBS]
    if known:
        pass_time(world, chance)
        ask(world, _said(world.machine.commands[chance.choice(known)], chance, world.paid, gives_up=gives_up), SYSTEM)


def _said(command: type[Command], chance: random.Random, paid: int, *, gives_up: bool) -> Command:
    values: dict[str, Any] = {"number": "D-2026-000001" if chance.random() < 0.9 else "D-2026-000002"}
    names = {item.name for item in inputs(command)}
    if "amount" in names and chance.random() < 0.7:
        values["amount"] = chance.randint(1, paid + 1)
    if "paid" in names:
        values["paid"] = chance.random() < 0.5
    if "gives_up" in names:
        values["gives_up"] = gives_up and chance.random() < 0.6
    return command(**values)
