"""An application as asked for and as taken in: one for several lines of an order, a service order each (SO-1)."""

from dataclasses import dataclass, field

from amends.core.ways_back import WAYS

RETURN_WAYS = WAYS
"""How the goods come back, or that they do not, where the pack offers that (SO-1, SO-12, PO-11)."""
GOODS_STATES = ("opened", "unopened")
"""What may be said of the goods that are asked about; saying nothing is as good (SA-2)."""


@dataclass(slots=True)
class Item:
    """One line asked for: type, reason (a leaf of the pack's tree) and what happened. `photos` are ids of uploaded files; `goods_state` is one of `GOODS_STATES` or ""."""

    line_id: str
    quantity: int
    type: str
    reason: str
    description: str = ""
    photos: list[str] = field(default_factory=list)
    goods_state: str = ""


@dataclass(slots=True)
class Application:
    """What a buyer, or staff for a buyer (SO-4), asks for. `override_reason`: staff apply against the rules (ST-057)."""

    order_id: str
    items: list[Item]
    return_way: str = "ship_back"
    replacement_address: str = ""
    override_reason: str = ""


@dataclass(slots=True)
class TakenIn:
    """One service order of the application. `existing`: the same goods were on it already, so that none was made (SO-3)."""

    case_id: str
    number: str
    state: str
    line_id: str
    existing: bool = False


@dataclass(slots=True)
class Applied:
    """The application; `replayed` when the same command id had made it before (SO-23). No number when all items existed already."""

    application_id: str
    number: str
    cases: list[TakenIn]
    replayed: bool = False
