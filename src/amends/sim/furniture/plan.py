"""How many cases of which state and type the demo has, how long they have stood there, and the story of each with its order."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

from amends.engine.ids import new_id
from amends.engine.strategy_facts import said_of_goods
from amends.sim.furniture import sayings
from amends.sim.furniture.buyers import Customer, customers, order
from amends.sim.furniture.cast import Store
from amends.sim.furniture.courses import CALL_PLATFORM, CLAIM, KEEP_TYPE, Step, course
from amends.sim.furniture.goods import Product, Variant

ZONE = timezone(timedelta(hours=8))
"""The merchants' wall clock: no summer time, so a fixed offset."""
TYPES = (("return", 56), ("exchange", 24), ("repair", 9), ("reissue", 11))
WISHED = {"claiming_back": ("no_reason",), "negotiating": ("no_reason", "changed_mind", "quality_fault", "not_as_described", "damaged_in_transit")}
"""Where not every reason leads: only what is asked without a fault is advanced, and money is offered for what can be kept."""
NEEDS = {"negotiating": ("return",), "claiming_back": ("return",), "collecting": ("exchange",), "confirming": ("return",), "fulfilling": ("exchange", "repair", "reissue"), "awaiting_delivery": ("exchange", "repair", "reissue"),
         "awaiting_return": ("return", "exchange", "repair"), "in_transit": ("return", "exchange", "repair"), "processing": ("return", "exchange", "repair")}


@dataclass(frozen=True, slots=True)
class Share:
    """So many cases stand in this state, for between so many hours."""

    state: str
    many: int
    least: float
    most: float


OPEN = (
    Share("reviewing", 104, 0.3, 43), Share("reviewing", 14, 44, 47), Share("reviewing", 9, 47.1, 47.9), Share("awaiting_buyer", 16, 2, 140), Share("awaiting_return", 44, 1, 140),
    Share("in_transit", 38, 1, 46), Share("processing", 30, 1, 46), Share("processing", 7, 98, 150), Share("collecting", 5, 1, 40), Share("fulfilling", 14, 1, 46), Share("fulfilling", 4, 100, 130),
    Share("awaiting_delivery", 18, 1, 90), Share("confirming", 18, 1, 140),
)
TALKED = (Share("negotiating", 7, 1, 40), Share("claiming_back", 4, 2, 90))
"""What was proposed instead, and advances that are asked back."""
ENDED = (Share("completed", 96, 2, 330), Share("rejected", 20, 2, 500), Share("withdrawn", 16, 2, 500))


@dataclass(slots=True)
class Story:
    """One application to come: who asks for what of which order, when, and the steps that follow."""

    store: Store
    customer: Customer
    product: Product
    variant: Variant
    quantity: int
    type: str
    reason: str
    description: str
    damage: str
    target: str
    applied_at: datetime
    record: dict[str, Any]
    acts: list[tuple[datetime, str, Any]] = field(default_factory=list)
    alert: bool = False
    """The words are such that the keyword alert goes off (KW-2)."""
    photos: int = 0
    key: str = field(default_factory=new_id)
    case_id: str = ""
    stocked: str = ""
    dearer: str = ""
    address: str = ""
    waybill: str = ""

    @property
    def sku(self) -> str:
        """The SKU asked about."""
        return self.variant.sku

    @property
    def goods_state(self) -> str:
        """What the form's question is answered with: as the words have it; of what is at fault nothing or that it was opened; otherwise one in three says nothing."""
        if self.type not in ("return", "exchange"):
            return ""
        said = said_of_goods(self.description)
        if said != "unknown":
            return said
        drawn = int(self.record["number"][-4:]) % 3
        return ("", "opened", "opened" if self.damage else "unopened")[drawn]

    @property
    def price(self) -> int:
        """The price of one piece."""
        return self.product.price


def stories(store: Store, chance: Random, code: str, now: datetime, scale: float) -> tuple[list[Story], list[dict[str, Any]], list[Customer]]:
    """The stories of a merchant by the time they begin, orders without one, and its buyers; `scale` 1 is the busiest merchant."""
    buyers = customers(chance, code, max(8, round(420 * scale)))
    found: list[Story] = []
    for share in OPEN + ENDED + TALKED:
        for _ in range(max(1, round(share.many * scale))):
            found.append(_story(store, chance, share, buyers, f"26{code[-2:]}{len(found) + 1:08d}", now))
    calm = [_calm(store, chance, buyers, f"27{code[-2:]}{n + 1:08d}", now) for n in range(round(150 * scale))]
    return sorted(found, key=lambda s: s.applied_at), calm, buyers


def _story(store: Store, chance: Random, share: Share, buyers: list[Customer], number: str, now: datetime) -> Story:
    allowed = NEEDS.get(share.state)
    possible = {t: [x for x in store.products if any(p.fitting(x.kinds) for p in sayings.PLEAS[t])] for t, _ in TYPES}
    types = [(t, w) for t, w in TYPES if (allowed is None or t in allowed) and possible[t]]
    type_ = chance.choices([t for t, _ in types], [w for _, w in types])[0]
    product = chance.choice([x for x in possible[type_] if _pleas(share.state, type_, x)])
    plea = chance.choice(_pleas(share.state, type_, product))
    variant, quantity = chance.choice(product.variants), chance.choices((1, 2, 3), (80, 15, 5))[0]
    steps = course(share.state, type_, chance)
    otherwise = None if share.state in WISHED else _asked_otherwise(type_, steps, chance)
    times = [chance.uniform(*s[:2]) for s in steps]
    stood = chance.uniform(share.least, share.most)
    applied = now - timedelta(hours=sum(times) + stood)
    customer = chance.choice(buyers)
    received = applied - timedelta(hours=chance.uniform(1, 90))
    goods = [(product, variant, quantity)]
    if chance.random() < 0.22:
        other = chance.choice([x for x in store.products if x is not product])
        goods.append((other, chance.choice(other.variants), 1))
    record = order(chance, number, customer, goods, received, received - timedelta(hours=chance.uniform(50, 140)), now)
    story = Story(store, customer, product, variant, quantity, type_, plea.reason, chance.choice(plea.fitting(product.kinds)), plea.damage, share.state, applied, record)
    story.photos = chance.choice((1, 1, 2, 2, 3)) if plea.damage else (1 if chance.random() < 0.2 else 0)
    if share.state == "claiming_back":
        record["buyer_level"] = 5
    story.stocked = _stocked(store, product, variant)
    story.dearer = _dearer(store, product)
    story.address = chance.choice(store.addresses)
    if share.state == "reviewing":
        _alert(story, chance)
    elif otherwise:
        _said(story, otherwise)
    _schedule(story, steps, times, stood, chance)
    return story


def _pleas(state: str, type_: str, product: Product) -> list[sayings.Plea]:
    """What can be wrong with these goods, of what leads to this state."""
    return [p for p in sayings.PLEAS[type_] if p.fitting(product.kinds) and (p.damage or not product.tags) and p.reason in WISHED.get(state, (p.reason,))]


def _stocked(store: Store, product: Product, variant: Variant) -> str:
    """The same SKU if there is enough of it, otherwise the sister with most pieces."""
    if store.stock.get(variant.sku, 0) > 20:
        return variant.sku
    return max(product.variants, key=lambda x: store.stock.get(x.sku, 0)).sku


def _dearer(store: Store, product: Product) -> str:
    """A SKU of the next dearer goods, the one with most pieces; of the dearest goods another of its own."""
    above = min((x for x in store.products if x.price > product.price), key=lambda x: x.price, default=product)
    return max(above.variants, key=lambda x: store.stock.get(x.sku, 0)).sku


def _alert(story: Story, chance: Random) -> None:
    """A buyer whose words do not fit the type chosen, or tell of danger: the alert goes off by itself (KW-1, KW-2)."""
    draw = chance.random()
    if draw > 0.12:
        return
    unsafe, story.alert = sayings.SAFETY.get(story.product.kinds[0]), True
    _said(story, unsafe if draw < 0.03 and unsafe else chance.choice(sayings.MISMATCHES))


def _asked_otherwise(type_: str, steps: list[Step], chance: Random) -> tuple[str, str, str] | None:
    """The same on a case that goes on: somebody answers the alert before anything else, after asking the buyer. Answers what the buyer writes."""
    fitting = [m for m in sayings.MISMATCHES if m[0] == type_]
    if not steps or steps[0][2] != "review" or not fitting or chance.random() > 0.08:
        return None
    steps.insert(0, KEEP_TYPE)
    return chance.choice(fitting)


def _said(story: Story, told: tuple[str, str, str]) -> None:
    story.type, story.reason, story.description = told
    story.photos, story.damage = max(1, story.photos), story.damage or "crack"


def _schedule(story: Story, steps: list[Step], times: list[float], stood: float, chance: Random) -> None:
    at = story.applied_at
    for (_, _, who, say), hours in zip(steps, times, strict=True):
        at = at + timedelta(hours=hours) if who in ("", "buyer", "carrier") else at_work(at + timedelta(hours=hours), at, chance)
        if who:
            story.acts.append((at, who, say))
    role = CLAIM.get(story.target)
    if role and not story.alert and chance.random() < 0.3:
        story.acts.append((at + timedelta(hours=stood * 0.3), role, "claim"))
    if story.target == "processing" and stood > 98 and chance.random() < 0.3:
        story.acts.append((at + timedelta(hours=stood * 0.5), *CALL_PLATFORM[2:]))


def at_work(wanted: datetime, after: datetime, chance: Random) -> datetime:
    """Staff act between nine in the morning and nine in the evening: earlier that day or the evening before if there is time, else the next morning."""
    local = wanted.astimezone(ZONE)
    if 9 <= local.hour < 21:
        return wanted
    evening = (local if local.hour >= 21 else local - timedelta(days=1)).replace(hour=17, minute=0) + timedelta(minutes=chance.uniform(0, 235))
    if evening > after + timedelta(minutes=5):
        return evening.astimezone(UTC)
    return (evening.replace(hour=9, minute=0) + timedelta(days=1, minutes=chance.uniform(0, 50))).astimezone(UTC)


def _calm(store: Store, chance: Random, buyers: list[Customer], number: str, now: datetime) -> dict[str, Any]:
    """An order with which nothing is wrong: long received, or on its way."""
    product = chance.choice(store.products)
    hours = chance.uniform(-60, 900)
    received = now - timedelta(hours=hours) if hours > 0 else None
    placed = (received or now) - timedelta(hours=chance.uniform(50, 140) if received else chance.uniform(1, 60))
    return order(chance, number, chance.choice(buyers), [(product, chance.choice(product.variants), chance.randint(1, 2))], received, placed, now)
