"""The stock of one merchant while a batch is decided: what is free, what cases hold, and the rows that write what became of it.

All moves of pieces come through here, so that each is explained (who, why, for which case) and a hold ends exactly once (ST-K2). Counts are
differences; what is free is only known for the places that were read under their lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.core.actor import Actor, Party
from amends.core.stock import Held, Short, choose, hold_all
from amends.engine.ids import new_id

PLACES = {"sale": "on_hand", "quarantine": "quarantine", "scrap": "scrapped"}
"""What a disposition adds to; what goes back to the buyer is not counted."""
_KINDS = {Party.CLOCK: "system"}


@dataclass(slots=True)
class Hold:
    """A live hold. `fresh`: opened in this batch and not written yet."""

    id: str
    sku: str
    warehouse: str
    quantity: int
    expires_at: datetime | None = None
    fresh: bool = False


@dataclass(slots=True)
class Free:
    """Pieces free to one case by SKU, from the one warehouse that has most: what nobody holds, and what the case itself holds."""

    places: Mapping[str, Mapping[str, int]]
    own: list[Hold] = field(default_factory=list)

    def of(self, sku: str) -> dict[str, int]:
        """By warehouse, for this case."""
        found = dict(self.places.get(sku, {}))
        for hold in self.own:
            if hold.sku == sku:
                found[hold.warehouse] = found.get(hold.warehouse, 0) + hold.quantity
        return found

    def __contains__(self, sku: object) -> bool:
        return isinstance(sku, str) and bool(self.of(sku))

    def __getitem__(self, sku: str) -> int:
        return max(self.of(sku).values())

    def get(self, sku: str, default: int = 0) -> int:
        """As of a dict."""
        found = self.of(sku)
        return max(found.values()) if found else default


class Shelves:
    """`stock`: rows (sku, warehouse, free); `holds`: rows (id, case, sku, warehouse, quantity, expires_at) that are live."""

    def __init__(self, stock: Iterable[tuple[Any, ...]], holds: Iterable[tuple[Any, ...]] = ()) -> None:
        self.free: dict[str, dict[str, int]] = {}
        for sku, warehouse, free in stock:
            self.free.setdefault(sku, {})[warehouse] = free
        self.holds: dict[str, list[Hold]] = {}
        for hold, case, *rest in holds:
            self.holds.setdefault(case, []).append(Hold(hold, *rest))
        self._none = Free(self.free)
        self._moves: list[dict[str, Any]] = []
        self._ended: list[dict[str, Any]] = []
        self._kept: dict[str, dict[str, Any]] = {}
        self._added: dict[str, dict[str, Any]] = {}

    def free_for(self, case: str) -> Free:
        """What this case could have."""
        return Free(self.free, self.holds[case]) if case in self.holds else self._none

    def held(self, case: str) -> list[Held]:
        """What this case holds now."""
        return [Held(h.sku, h.warehouse, h.quantity) for h in self.holds[case]] if case in self.holds else []

    def hold(self, case: str, sku: str, quantity: int, until: datetime | None, actor: Actor, why: str) -> bool:
        """The case holds exactly these pieces from now on, until `until` (None: until they go out); False, and nothing changed, if there are too few.

        Holding what is held already is holding it once (ST-065).
        """
        mine = self.holds.get(case, [])
        if [(h.sku, h.quantity) for h in mine] == [(sku, quantity)]:
            self._keep(case, mine[0], until)
            return True
        places = self.free_for(case).of(sku)
        own = next((h.warehouse for h in mine if h.sku == sku and places[h.warehouse] >= quantity), None)
        warehouse = choose(places, quantity) if own is None else own
        if warehouse is None:
            return False
        self.release(case, "other_sku" if any(h.sku != sku for h in mine) else "other_quantity", actor)
        self._open(case, Held(sku, warehouse, quantity), until, actor, why)
        return True

    def hold_lines(self, wants: list[tuple[str, str, int]], until: datetime, actor: Actor) -> Short | None:
        """Pieces for each (case, SKU, quantity) of an application, or for none of them: then which line is short."""
        found = hold_all(self.free, [(sku, quantity) for _, sku, quantity in wants])
        if isinstance(found, Short):
            return found
        for (case, _, _), held in zip(wants, found, strict=True):
            self._open(case, held, until, actor, "applied")
        return None

    def take(self, case: str, sku: str, quantity: int, actor: Actor, why: str) -> None:
        """Pieces leave for the buyer: from the case's own hold as far as it goes, the rest from what is free; what the hold has besides is let go."""
        if quantity <= 0 or not sku:
            return
        mine = next((h for h in self.holds.get(case, ()) if h.sku == sku), None)
        if mine is not None and mine.quantity == quantity:
            self._end(case, mine, "taken", "sent")
            self._move(actor, "taken", mine.sku, mine.warehouse, case, why, on_hand=-quantity, held=-quantity)
            return
        places = self.free_for(case).of(sku)
        here = mine.warehouse if mine is not None and places.get(mine.warehouse, 0) >= quantity else choose(places, quantity)
        self.release(case, "other_quantity", actor, only=sku)
        self._move(actor, "taken", sku, here or "", case, why, on_hand=-quantity)

    def take_held(self, case: str, actor: Actor, why: str) -> None:
        """All that the case holds leaves for the buyer."""
        for hold in list(self.holds.get(case, ())):
            self._end(case, hold, "taken", "sent")
            self._move(actor, "taken", hold.sku, hold.warehouse, case, why, on_hand=-hold.quantity, held=-hold.quantity)

    def release(self, case: str, why: str, actor: Actor, only: str | None = None) -> None:
        """The case holds nothing any more (or nothing of one SKU); each hold ends once."""
        for hold in [h for h in self.holds.get(case, ()) if only in (None, h.sku)]:
            self._end(case, hold, "released", why)
            self._move(actor, "released", hold.sku, hold.warehouse, case, why, held=-hold.quantity)

    def arrive(self, case: str, sku: str, quantity: int, disposition: str, actor: Actor) -> None:
        """Pieces came back and go to sale, quarantine or scrap (SO-20)."""
        place = PLACES.get(disposition)
        if place and quantity > 0 and sku:
            self._move(actor, "arrived", sku, "", case, disposition, **{place: quantity})

    def count(self, sku: str, warehouse: str, change: int, actor: Actor, kind: str, note: str) -> None:
        """What is on hand was counted anew, or changed by a number of pieces."""
        self._move(actor, kind, sku, warehouse, None, note, on_hand=change)

    def dispose(self, sku: str, warehouse: str, quantity: int, to: str, actor: Actor, note: str) -> None:
        """Pieces leave quarantine for sale or scrap after inspection."""
        self._move(actor, "disposed", sku, warehouse, None, note, **{PLACES[to]: quantity, "quarantine": -quantity})

    def rows(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Queries with their rows, in the order they run; none when nothing moved."""
        if not self._moves and not self._kept:
            return []
        places = sorted({(m["sku"], m["warehouse"]) for m in self._moves})
        # One place that is there needs no order among places.
        locked = [{"sku": sku, "warehouse": warehouse} for sku, warehouse in places] if len(places) > 1 or any(m["on_hand"] > 0 or m["quarantine"] or m["scrapped"] for m in self._moves) else []
        named = (
            ("lock_stock", locked), ("move_pieces", self._moves),
            ("end_holds", self._ended), ("keep_holds", list(self._kept.values())), ("add_holds", list(self._added.values())),
        )
        return [(name, some) for name, some in named if some]

    def _open(self, case: str, held: Held, until: datetime | None, actor: Actor, why: str) -> None:
        hold = Hold(new_id(), held.sku, held.warehouse, held.quantity, until, fresh=True)
        self.holds.setdefault(case, []).append(hold)
        self._added[hold.id] = {"id": hold.id, "case_id": case, "sku": hold.sku, "warehouse": hold.warehouse, "quantity": hold.quantity, "expires_at": until}
        self._move(actor, "held", held.sku, held.warehouse, case, why, held=held.quantity)

    def _keep(self, case: str, hold: Hold, until: datetime | None) -> None:
        if hold.expires_at == until:
            return
        hold.expires_at = until
        if hold.fresh:
            self._added[hold.id]["expires_at"] = until
        else:
            self._kept[hold.id] = {"id": hold.id, "expires_at": until}

    def _end(self, case: str, hold: Hold, outcome: str, reason: str) -> None:
        self.holds[case].remove(hold)
        if hold.fresh:
            self._added[hold.id] |= {"outcome": outcome, "reason": reason}
        else:
            self._ended.append({"id": hold.id, "outcome": outcome, "reason": reason})

    def _move(self, actor: Actor, kind: str, sku: str, warehouse: str, case: str | None, note: str, **counts: int) -> None:
        if not any(counts.values()):
            return
        places = self.free.get(sku)
        if places is not None and (warehouse in places or counts.get("on_hand", 0) > 0):
            places[warehouse] = places.get(warehouse, 0) + counts.get("on_hand", 0) - counts.get("held", 0)
        self._moves.append({
            "id": new_id(), "n": len(self._moves), "sku": sku, "warehouse": warehouse, "kind": kind, "case_id": case, "actor_kind": _KINDS.get(actor.party, actor.party.value),
            "actor_id": actor.id, "actor_name": actor.name, "note": note, **{place: counts.get(place, 0) for place in ("on_hand", "held", "quarantine", "scrapped")},
        })
