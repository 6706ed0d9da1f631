"""What model people type into a command's fields, read off the kinds of its inputs: mostly sensible, sometimes wrong, as people are."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amends.core.commands import Command, inputs
from amends.core.negotiation import FIELDS, TERMS
from amends.core.verbs.negotiation import Propose
from amends.core.verbs.processing import ReturnOriginal
from amends.core.verbs.review import Reject

GROUNDS = ("not_fit", "used", "nothing_missing", "no_fault_found", "past_window", "other", "说明")
"""Grounds of a refusal that every pack has, and one that is none (SO-27)."""
ORIGINAL = {"reason": "buyer_keeps", "words": "客户要求寄回"}
"""Why goods go back as they came: the ground that needs no photo; free words would be refused every time."""


@dataclass(slots=True)
class Choices:
    """What there is to choose from: `paid` in minor units; the rest are ids or codes, good and bad ones together."""

    paid: int = 0
    skus: Sequence[str] = ("CUP", "MUG", "NONE")
    addresses: Sequence[str] = ("a1", "a2")
    requests: Sequence[str] = ("r0",)
    photos: Sequence[str] = ()
    people: Sequence[str] = ()
    reasons: Sequence[str] = ()
    waybills: Sequence[str] = ()
    instants: Sequence[str] = ()
    charges: Sequence[str] = ()
    words: Sequence[str] = ()
    """What people write where there is room for more than a word; some of it sets off keyword alerts."""


def typed(command: type[Command], chance: random.Random, choices: Choices) -> Command:
    """A command with its fields filled in."""
    values: dict[str, Any] = {}
    for item in inputs(command):
        kind, offered = item.metadata["kind"], item.metadata["choices"]
        if command is ReturnOriginal and item.name in ("words", "photos"):
            continue
        if not item.metadata["required"] and chance.random() < 0.6:
            continue
        if offered:
            values[item.name] = chance.choice(offered)
        elif kind == "money":
            values[item.name] = chance.randint(0, choices.paid + choices.paid // 4 + 1)
        elif kind == "count":
            values[item.name] = chance.randint(0 if item.metadata["least"] == 0 else 1, 4)
        elif kind == "sku":
            values[item.name] = chance.choice(choices.skus)
        elif item.name == "charge" and choices.charges:
            values[item.name] = chance.choice(choices.charges)
        elif kind == "request":
            values[item.name] = chance.choice(choices.requests)
        elif kind == "address":
            values[item.name] = chance.choice(choices.addresses)
        elif kind == "photos" and choices.photos and (command is Reject or chance.random() < 0.3):
            values[item.name] = [chance.choice(choices.photos)]
        elif item.name == "person" and choices.people:
            values[item.name] = chance.choice(choices.people)
        elif command is Reject and item.name == "reason":
            values[item.name] = chance.choice(GROUNDS)
        elif item.name == "reason" and choices.reasons:
            values[item.name] = chance.choice(choices.reasons)
        elif item.name == "waybill" and choices.waybills:
            values[item.name] = chance.choice(choices.waybills)
        elif kind == "instant" and choices.instants:
            values[item.name] = chance.choice(choices.instants)
        elif kind == "long" and choices.words:
            values[item.name] = chance.choice(choices.words)
        elif kind not in ("photos", "lines", "flag", "instant"):
            values[item.name] = "说明"
    if command is ReturnOriginal:
        values |= ORIGINAL
    return command(**(_fitting(values, chance) if command is Propose else values))


def _fitting(values: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A proposal as most people fill it in: only what belongs to it."""
    own = chance.choice([offers[values["offer"]] for offers in FIELDS.values() if values["offer"] in offers])
    return values if chance.random() < 0.1 else {name: value for name, value in values.items() if name not in TERMS or name in own}
