"""Everything that can be wrong with an application, found at once, each with the path of its field (SO-1, SO-3, SO-27)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.actor import Actor, Party
from amends.core.calendar import Calendar
from amends.core.eligibility import Goods, Verdict, verdict
from amends.core.pack import TYPES, Leaf, Pack
from amends.core.quantity import AskedBefore, Claim, TooMany, ask_for
from amends.core.refusal import Refusal
from amends.core.ways_back import proof_missing, refused, way_of
from amends.engine.application import GOODS_STATES, RETURN_WAYS, Application, Item
from amends.engine.ids import new_id
from amends.store.applying import LineSeen, Seen

DESCRIPTION_AT_MOST = 500
LINES_AT_MOST = 100
WRONG_SIDE = "after_sales_before_receipt"


@dataclass(slots=True)
class Checked:
    """An item that may be taken in, or the open service order that has its goods already."""

    item: Item
    line: LineSeen
    verdict: Verdict
    leaf: Leaf
    state: str
    existing: AskedBefore | None = None
    id: str = field(default_factory=new_id)
    """Of the service order to be."""
    stock_short: bool = False
    """An exchange that stock does not cover now; taken in with a warning (ST-060)."""
    way: str = "ship_back"
    """How these goods come back, or that they do not."""


def check(
    application: Application, actor: Actor, pack: Pack, calendar: Calendar, seen: Seen, goods: Mapping[str, Goods], claims: Mapping[str, list[Claim]], now: datetime
) -> tuple[list[Checked], list[Refusal]]:
    """The items as checked, and everything wrong; the first is of use only when the second is empty."""
    wrong: list[Refusal] = []
    if not application.items or len(application.items) > LINES_AT_MOST:
        wrong.append(Refusal("nothing_asked", {"most": LINES_AT_MOST}, "items"))
    if application.return_way not in RETURN_WAYS:
        wrong.append(Refusal("return_way_unknown", {"choices": list(RETURN_WAYS)}, "return_way"))
    if application.override_reason and not (actor.party is Party.MERCHANT and actor.holds("eligibility_override")):
        wrong.append(Refusal("permission_missing", {"permission": "eligibility_override"}))
    checked: list[Checked] = []
    twice: set[str] = set()
    for n, item in enumerate(application.items):
        if item.line_id in twice:
            wrong.append(Refusal("line_twice", field=f"items[{n}].line_id"))
            continue
        twice.add(item.line_id)
        found = _item(n, item, bool(application.override_reason), pack, calendar, seen, goods, claims, now)
        if isinstance(found, Checked) and found.existing is None:
            no_way = _way(n, found, application.return_way, pack, goods[item.line_id])
            wrong += [r for r in no_way if r not in wrong]
        if isinstance(found, Checked):
            checked.append(found)
        else:
            wrong += found
    side = next((r for r in wrong if r.code == WRONG_SIDE), None)
    return checked, [side] if side else wrong  # on the wrong side of receipt nothing else about the application matters (OR-5)


def _item(
    n: int, item: Item, override: bool, pack: Pack, calendar: Calendar, seen: Seen, goods: Mapping[str, Goods], claims: Mapping[str, list[Claim]], now: datetime
) -> Checked | list[Refusal]:
    at = f"items[{n}]"
    line = seen.lines.get(item.line_id)
    if line is None:
        return [Refusal("line_unknown", field=f"{at}.line_id")]
    if item.type not in TYPES:
        return [Refusal("type_unknown", {"choices": list(TYPES)}, f"{at}.type")]
    leaf = pack.leaves.get((item.type, item.reason), (None, frozenset()))[0]
    held = ask_for(item.quantity, line.quantity, claims[line.id])
    said = verdict(pack, goods[line.id], item.type, item.reason, now, calendar)
    if isinstance(held, AskedBefore) and leaf is not None:
        state = next(c.state for c in claims[line.id] if c.case_id == held.case_id)
        return Checked(item, line, said, leaf, state, held)
    wrong = _words(at, item, leaf, pack, seen, override)
    if isinstance(held, TooMany):
        wrong.append(Refusal("quantity_too_many", {"wanted": item.quantity, "left": held.left}, f"{at}.quantity"))
    # A case that a person must judge is taken in and judged in review (PO-6); against the rules only staff may, and say why (ST-057).
    if leaf is None or said.standing(override, "recorded" if override else "") == "refused":
        before_receipt = said.code == "not_received" and seen.order is not None
        instead = Refusal(WRONG_SIDE, {"instead": "cancellation", "order": seen.order.id if seen.order else ""})
        wrong.append(instead if before_receipt else Refusal("not_open", {"zh": said.say("zh"), "en": said.say("en")}, f"{at}.reason"))
    if wrong or leaf is None:
        return wrong
    return Checked(item, line, said, leaf, "reviewing")


def _way(n: int, found: Checked, asked: str, pack: Pack, goods: Goods) -> list[Refusal]:
    """The way these goods take, and what stands against it (PO-11)."""
    item = found.item
    found.way = way_of(pack.flows, asked, item.type, goods.tags, goods.category)
    wrong = [r for r in (refused(pack.flows, found.way, item.type, found.leaf.responsibility),) if r is not None]
    proof = proof_missing(pack.flows, item.type, goods.tags, goods.category, len(item.photos))
    return [*wrong, Refusal(proof.code, proof.facts, f"items[{n}].{proof.field}")] if proof is not None else wrong


def _words(at: str, item: Item, leaf: Leaf | None, pack: Pack, seen: Seen, override: bool) -> list[Refusal]:
    wrong = []
    if len(item.description) > DESCRIPTION_AT_MOST:
        wrong.append(Refusal("description_too_long", {"most": DESCRIPTION_AT_MOST, "now": len(item.description)}, f"{at}.description"))
    if leaf is not None and leaf.text_required and not item.description.strip():
        wrong.append(Refusal("description_missing", field=f"{at}.description"))
    if item.goods_state and item.goods_state not in GOODS_STATES:
        wrong.append(Refusal("goods_state_unknown", {"choices": list(GOODS_STATES)}, f"{at}.goods_state"))
    if leaf is not None and leaf.photos_required and not item.photos and not override:  # who applies against the rules has said why (ST-057)
        wrong.append(Refusal("photos_missing", field=f"{at}.photos"))
    if len(item.photos) > pack.photos.at_most:
        wrong.append(Refusal("photos_too_many", {"most": pack.photos.at_most}, f"{at}.photos"))
    if any(p not in seen.photos for p in item.photos):
        wrong.append(Refusal("photo_unknown", field=f"{at}.photos"))
    return wrong
