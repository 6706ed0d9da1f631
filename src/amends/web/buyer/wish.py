"""What somebody is asking for while the three steps are filled in; kept on the server, so that nothing typed is lost (UI-4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from amends.core.eligibility import Verdict
from amends.core.pack import Leaf
from amends.core.refusal import Refusal
from amends.core.ways_back import proof_missing
from amends.engine import drafts
from amends.engine.application import GOODS_STATES, Application, Item
from amends.engine.ids import new_id
from amends.engine.intake import LineOptions, OrderOptions
from amends.engine.intake_checks import DESCRIPTION_AT_MOST

COMMAND = "apply"
BACK = frozenset({"return", "exchange", "repair"})
"""Types whose goods come back."""
OUT = frozenset({"exchange", "repair", "reissue"})
"""Types after which something is sent to the buyer."""
MAY_BE_SEALED = frozenset({"return", "exchange"})
"""Types for which it matters whether the goods were opened."""
Wrong = dict[str, Refusal]
"""What is wrong, by the path of its field: `<line>.reason`."""


@dataclass(slots=True)
class Wish:
    """An application being made. `id` is its command id; `sent` the numbers of its cases once it was taken in, `sent_ids` their ids."""

    id: str = field(default_factory=new_id)
    items: list[Item] = field(default_factory=list)
    return_way: str = "ship_back"
    replacement_address: str = ""
    override_reason: str = ""
    sent: list[str] = field(default_factory=list)
    sent_ids: list[str] = field(default_factory=list)

    def item(self, line_id: str) -> Item | None:
        """What is asked for on a line."""
        return next((i for i in self.items if i.line_id == line_id), None)

    @property
    def comes_back(self) -> bool:
        """Whether anything has to be sent back."""
        return any(i.type in BACK for i in self.items)

    @property
    def goes_out(self) -> bool:
        """Whether anything is sent to the buyer."""
        return any(i.type in OUT for i in self.items)

    def application(self, order_id: str, home: str) -> Application:
        """The same as the engine takes it in; `home` is where goods go when nothing else was typed."""
        address = (self.replacement_address or home) if self.goes_out else ""
        return Application(order_id, self.items, self.return_way if self.comes_back else "ship_back", address, self.override_reason)


def load(pool: Any, merchant_id: str, who: str, order_id: str) -> Wish:
    """What was filled in so far, or a fresh wish."""
    found = drafts.load(pool, merchant_id, who, order_id).get(COMMAND)
    if found is None:
        return Wish()
    body = found.body
    return Wish(
        body["id"], [Item(**i) for i in body.get("items", ())], body.get("return_way", "ship_back"), body.get("replacement_address", ""),
        body.get("override_reason", ""), body.get("sent", []), body.get("sent_ids", []),
    )


def save(pool: Any, merchant_id: str, who: str, order_id: str, wish: Wish, now: Any) -> None:
    """Keep it, and the photos brought to it for as long as it waits."""
    drafts.save(pool, merchant_id, who, order_id, COMMAND, asdict(wish), None, now, [] if wish.sent else [p for item in wish.items for p in item.photos])


def read_what(form: Any, options: OrderOptions, wish: Wish, override: bool) -> Wrong:
    """Step 1: for each line a type (or none) and how many. What was typed for a line before stays with it."""
    wrong: Wrong = {}
    items = []
    for line in options.lines:
        type_, count = form.get(f"type-{line.line.id}", ""), form.get(f"quantity-{line.line.id}", "").strip()
        if type_ not in line.types:
            continue
        quantity = int(count) if count.isascii() and count.isdigit() and len(count) < 7 else 0
        before = wish.item(line.line.id)
        same = before if before is not None and before.type == type_ else None
        said = before.goods_state if before and type_ in MAY_BE_SEALED else ""
        items.append(Item(line.line.id, quantity, type_, same.reason if same else "", before.description if before else "", before.photos if before else [], said))
        if not 0 < quantity <= line.left:
            wrong[f"{line.line.id}.quantity"] = Refusal("quantity_too_many", {"wanted": count or 0, "left": line.left}, "quantity")
        if not is_open(line.types[type_], override):
            wrong[f"{line.line.id}.type"] = _closed(line.types[type_])
    wish.items = items
    if not items:
        wrong["items"] = Refusal("nothing_asked", {"most": len(options.lines)}, "items")
    return wrong


def read_why(form: Any, options: OrderOptions, wish: Wish, override: bool) -> Wrong:
    """Step 2: reason and description of each item; photos are read before, by whoever holds the files."""
    for item, _ in chosen(options, wish):
        item.reason = form.get(f"reason-{item.line_id}", "")
        item.description = form.get(f"description-{item.line_id}", "").strip()[:5000]
        item.goods_state = form.get(f"goods-{item.line_id}", "")[:32] if item.type in MAY_BE_SEALED else ""
    return lacking(options, wish, override)


def lacking(options: OrderOptions, wish: Wish, override: bool) -> Wrong:
    """What step 2 still lacks: a reason that is open, and the words and photos it asks for (SO-27)."""
    wrong: Wrong = {}
    for item, line in chosen(options, wish):
        verdict = next((v for v in line.reasons[item.type] if v.reason == item.reason), None)  # type: ignore[index]
        leaf = leaf_of(options, item)
        if verdict is None or leaf is None:
            wrong[f"{item.line_id}.reason"] = Refusal("reason_missing", field="reason")
            continue
        if not is_open(verdict, override):
            wrong[f"{item.line_id}.reason"] = _closed(verdict)
        if leaf.text_required and not item.description:
            wrong[f"{item.line_id}.description"] = Refusal("description_missing", field="description")
        elif len(item.description) > DESCRIPTION_AT_MOST:
            wrong[f"{item.line_id}.description"] = Refusal("description_too_long", {"most": DESCRIPTION_AT_MOST, "now": len(item.description)}, "description")
        if item.goods_state and item.goods_state not in GOODS_STATES:
            wrong[f"{item.line_id}.goods_state"] = Refusal("goods_state_unknown", {"choices": list(GOODS_STATES)}, "goods_state")
        if leaf.photos_required and not item.photos:
            wrong[f"{item.line_id}.photos"] = Refusal("photos_missing", field="photos")
        elif proof := proof_missing(options.flows, item.type, frozenset(line.line.tags), line.line.category, len(item.photos)):
            wrong[f"{item.line_id}.photos"] = proof
    return wrong


def read_how(form: Any, wish: Wish) -> None:
    """Step 3: the way back, where goods go, and for staff the reason to go against the rules."""
    wish.return_way = form.get("return_way", wish.return_way)
    wish.replacement_address = form.get("replacement_address", wish.replacement_address).strip()[:300]
    wish.override_reason = form.get("override_reason", "").strip()[:500]


def chosen(options: OrderOptions, wish: Wish) -> Iterator[tuple[Item, LineOptions]]:
    """Each item with its line; lines that are gone are left out."""
    lines = {line.line.id: line for line in options.lines}
    return ((item, lines[item.line_id]) for item in wish.items if item.line_id in lines)


def leaf_of(options: OrderOptions, item: Item) -> Leaf | None:
    """The reason of an item in the pack's tree."""
    groups = options.groups.get(item.type, ())  # type: ignore[call-overload]
    return next((leaf for group in groups for leaf in group.leaves if leaf.code == item.reason), None)


def ready(options: OrderOptions, wish: Wish, override: bool) -> str:
    """The first step that still lacks something: what, why or how."""
    lines = {line.line.id: line.left for line in options.lines}
    if not wish.items or any(not 0 < i.quantity <= lines.get(i.line_id, 0) for i in wish.items):
        return "what"
    return "why" if lacking(options, wish, override) else "how"


def by_line(refusals: list[Refusal], wish: Wish) -> Wrong:
    """The engine's refusals (`items[2].reason`) by line; what has no line stands under its own field."""
    out: Wrong = {}
    for refusal in refusals:
        path = refusal.field or ""
        head, _, name = path.partition("].")
        number = head.removeprefix("items[")
        if name and number.isdigit() and int(number) < len(wish.items):
            path = f"{wish.items[int(number)].line_id}.{name}"
        out.setdefault(path, refusal)
    return out


def is_open(verdict: Verdict, override: bool) -> bool:
    """What may be asked for: allowed, for a person to judge, or by staff against the rules (ST-057)."""
    return verdict.allowed or verdict.manual or override


def _closed(verdict: Verdict) -> Refusal:
    return Refusal("not_open", {"zh": verdict.say("zh"), "en": verdict.say("en")}, "type")
