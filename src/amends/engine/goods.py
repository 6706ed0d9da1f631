"""What the effects of a decision do to stock and holds, by the effect's name; each is written with the decision itself (ST-K2, SO-20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from amends.core.commands import verb
from amends.core.machine import Look
from amends.engine.shelves import Shelves

Moves: TypeAlias = Callable[[Shelves, Look, Mapping[str, Any]], None]


def hold(shelves: Shelves, look: Look, body: Mapping[str, Any]) -> None:
    """The case holds what will go out, without an end of its own. ValueError: there is not as much, and the rules let it pass (a bug)."""
    if body["quantity"] and body["sku"] and not shelves.hold(look.case.id, body["sku"], body["quantity"], None, look.actor, verb(look.command)):
        raise ValueError(f"{look.case.number}: {body['quantity']} of {body['sku']} are not there")


def rehold(shelves: Shelves, look: Look, body: Mapping[str, Any]) -> None:
    """An application holds another number of pieces, for as long as it did."""
    until = next((h.expires_at for h in shelves.holds.get(look.case.id, ())), None)
    if not shelves.hold(look.case.id, body["sku"], body["quantity"], until, look.actor, verb(look.command)):
        raise ValueError(f"{look.case.number}: {body['quantity']} of {body['sku']} are not there")


def take(shelves: Shelves, look: Look, body: Mapping[str, Any]) -> None:
    """What is held goes out; what a clock promised and nobody held goes out of what is free."""
    if look.case.body.get("stock_owed"):
        shelves.take(look.case.id, body["sku"], body["quantity"], look.actor, verb(look.command))
    shelves.take_held(look.case.id, look.actor, verb(look.command))


def take_offline(shelves: Shelves, look: Look, body: Mapping[str, Any]) -> None:
    """What went out by another way, where the merchant's switch says that it is deducted."""
    shelves.take(look.case.id, body["sku"], body["quantity"], look.actor, verb(look.command))


def arrive(shelves: Shelves, look: Look, body: Mapping[str, Any]) -> None:
    """What came back goes where its disposition says."""
    shelves.arrive(look.case.id, body["sku"], body["quantity"], body["to"], look.actor)


STOCK_MOVES: dict[str, Moves] = {"hold_stock": hold, "rehold_stock": rehold, "take_stock": take, "take_offline_stock": take_offline, "restock": arrive}
