"""A small marketplace on a real database: some merchants with stock, staff and orders, and the lives of cases in them."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from amends.core.actor import ALL, Actor, Party
from amends.core.cases import MACHINES
from amends.core.pack import Pack
from amends.core.pack_flows import OWN
from amends.core.permissions import preset
from amends.engine.application import Application, Applied
from amends.engine.audit import By
from amends.engine.cancellation import Cancelled
from amends.engine.handle import Answer, Asked
from amends.engine.ids import new_id
from amends.engine.orders import take_in as take_orders
from amends.engine.stocktaking import Said, take_in
from amends.sim.fold import Folded
from amends.sim.rules import MODES, pack_for
from amends.store import files
from amends.store.connect import PLATFORM, Pool, scope

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CARRIER = Actor(Party.CARRIER, "carrier", "承运商")
ARBITER = Actor(Party.PLATFORM, new_id(), "平台", None, ALL)
ARBITERS = (ARBITER, Actor(Party.PLATFORM, new_id(), "复核", None, ALL), Actor(Party.PLATFORM, new_id(), "三审", None, ALL), Actor(Party.PLATFORM, new_id(), "四审", None, preset("arbiter", Party.PLATFORM, MACHINES)))
"""The platform's people: a judgement, its second look and an appeal need three; the last only judges."""
SKUS = ("CUP", "MUG", "BOX")
"""BOX has no stock row until some come back."""
PRICES = {"CUP": 2000, "MUG": 2600, "BOX": 1700}
"""In minor units: an exchange may cost more or less (the price of what has no row is not known)."""

_MERCHANT = "insert into merchants (id, name, pack, fulfilment_mode, settings) values (%s, %s, %s, %s, %s::jsonb)"
_ADDRESS = (
    "insert into addresses (merchant_id, id, label, receiver, phone, province, city, district, detail, is_default)"
    " values (%s, %s, %s, '仓库', '031600000000', '河北省', '廊坊市', '广阳区', '新源道 8 号', %s)"
)
LINES = (
    "select o.number, o.id::text, l.id::text, l.quantity, l.paid_minor from orders o join order_lines l on l.merchant_id = o.merchant_id and l.order_id = o.id"
    " where o.merchant_id = %s and o.number = any(%s) order by o.number, l.position"
)


@dataclass(slots=True)
class Line:
    """One order line that a service order may be about."""

    order: str
    id: str
    quantity: int
    paid: int
    buyer: Actor


@dataclass(frozen=True, slots=True)
class Wish:
    """An application as somebody sends it, perhaps twice."""

    application: Application
    buyer: Actor
    command_id: str


@dataclass(slots=True)
class Life:
    """One case as the people around it know it: what they last heard of its state and version."""

    id: str
    number: str
    buyer: Actor
    paid: int
    state: str = "reviewing"
    version: int = 1
    acts: int = 0
    kind: str = "service_order"
    order: str = ""
    hidden: bool = False
    """Between merchant and platform: no buyer reads or moves it."""


@dataclass(slots=True)
class Way:
    """One order before receipt: what the shop's own system last said of it, and how far it is as its people know. `gone`: nothing more becomes of it."""

    number: str
    record: dict[str, Any]
    buyer: Actor
    state: str
    order: str = ""
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Shop:
    """One merchant: its people, what it began with, what was said to it, and what its events fold to."""

    id: str
    name: str
    staff: tuple[Actor, ...]
    addresses: list[str]
    deduct_offline: bool
    began_with: dict[str, int]
    lines: list[Line] = field(default_factory=list)
    lives: dict[str, Life] = field(default_factory=dict)
    photos: list[str] = field(default_factory=list)
    said: list[tuple[Asked, Answer]] = field(default_factory=list)
    applied: list[tuple[Wish, Applied]] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    cancelled: list[tuple[Any, Cancelled]] = field(default_factory=list)
    received: set[str] = field(default_factory=set)
    """Orders whose receipt was known when the database was looked at last."""
    requests: dict[str, list[str]] = field(default_factory=dict)
    charges: dict[str, str] = field(default_factory=dict)
    payouts: list[str] = field(default_factory=list)
    """Compensation that waits to be paid by hand."""
    opened: list[tuple[Any, Any]] = field(default_factory=list)
    """Disputes and tickets as they were asked for, with the answers."""
    pack: str = "jd"
    quarrels: int = 0
    """How many disputes and tickets its buyers and the platform still open while others act."""
    folded: dict[str, Folded] = field(default_factory=dict)
    moved: Counter[tuple[str, str]] = field(default_factory=Counter)
    story: list[tuple[str, str]] = field(default_factory=list)
    orders: int = 0

    def tell(self, number: str, line: str) -> None:
        """One more line of the story, about this case."""
        self.story.append((number, line))


@dataclass(slots=True)
class Market:
    """All of it, with the one source of chance and the virtual clock."""

    pool: Pool
    seed: int
    chance: random.Random
    shops: list[Shop]
    now: datetime = START


def open_market(pool: Pool, seed: int, shops: int = 3, pack: str = "") -> Market:
    """New merchants in this database, under the pack named or under each in turn; what chance decides here follows from the seed."""
    chance = random.Random(f"market {seed}")
    return Market(pool, seed, chance, [_open_shop(pool, chance, f"第 {n + 1} 家店", pack_for(seed + n, pack), random.Random(f"rules {seed} {n}")) for n in range(shops)])


def _open_shop(pool: Pool, chance: random.Random, name: str, pack: Pack, rules: random.Random) -> Shop:
    merchant, addresses, switch = new_id(), [new_id(), new_id()], chance.random() < 0.5
    settings = {"lightning_refund": chance.random() < 0.8, "deduct_offline": switch, "fast_refund": chance.random() < 0.2, "exchange_locks_stock": chance.random() < 0.6, "exchange_only_with_stock": chance.random() < 0.4, "hold_days": chance.choice((2, 20))}
    stock = {"CUP": chance.randint(0, 60), "MUG": chance.randint(0, 20)}
    own, mode = not pack.flows.by_mode or rules.random() < 0.5, rules.choice(MODES)
    with scope(pool, PLATFORM) as conn:
        conn.execute(_MERCHANT, (merchant, name, pack.id, "SOP" if own else mode, json.dumps(settings | {OWN: own})))
        for n, address in enumerate(addresses):
            conn.execute(_ADDRESS, (merchant, address, f"{n + 1} 号仓", n == 0))
        for sku, price in PRICES.items():
            conn.execute("insert into skus (merchant_id, sku, title, price_minor) values (%s, %s, %s, %s)", (merchant, sku, "玻璃杯", price))
        for warehouse in ("", "SOUTH"):
            here = [Said(sku, warehouse, pieces // 2 if warehouse else pieces - pieces // 2) for sku, pieces in stock.items()]
            take_in(conn, By(), merchant, here, START, "sim")
    rights = (ALL, ALL, preset("review", Party.MERCHANT, MACHINES), preset("finance", Party.MERCHANT, MACHINES), frozenset[str]())
    staff = tuple(Actor(Party.MERCHANT, new_id(), called, merchant, may) for called, may in zip(("阿海", "知夏", "审核员", "财务", "新人"), rights, strict=True))
    return Shop(merchant, name, staff, addresses, switch, stock, pack=pack.id)


def new_orders(market: Market, shop: Shop, many: int) -> None:
    """Received orders come in through the engine, with one to three lines, and photos that buyers will use."""
    chance, records, buyers = market.chance, [], {}
    for _ in range(many):
        shop.orders += 1
        number, buyer = f"O{shop.orders:05d}", chance.randint(1, 12)
        buyers[number] = Actor(Party.BUYER, f"buyer-{buyer}", f"客户{buyer}")
        records.append(order_record(chance, number, buyers[number].id, market.now))
    wrong = [a for a in take_orders(market.pool, shop.id, records, market.now, with_skus=False) if a.status != "new"]
    assert not wrong, wrong
    with scope(market.pool, UUID(shop.id)) as conn:
        rows = conn.execute(LINES, (shop.id, list(buyers))).fetchall()
        shop.lines += [Line(order, line, quantity, paid, buyers[number]) for number, order, line, quantity, paid in rows]
        for _ in range(many):
            shop.photos.append(new_id())
            files.add(conn, shop.id, shop.photos[-1], b"0" * 32, "image/png", b"x", "buyer", market.now)


def order_record(chance: random.Random, number: str, buyer: str, now: datetime) -> dict[str, Any]:
    """A received order as the shop's own system would send it: one to three lines, freight, discounts, one payment or two."""

    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": "CNY"}

    lines, total = [], 0
    for _ in range(chance.choice((1, 1, 2, 3))):
        quantity, paid = chance.randint(1, 3), chance.choice((0, chance.randint(1, 50_000), chance.randint(1, 50_000)))
        total += paid
        lines.append({
            "sku": chance.choice(SKUS), "title": "玻璃杯", "category": "home", "quantity": quantity, "unit_price": money(paid // quantity), "paid": money(paid),
            "coupon": money(chance.choice((0, 0, 300))), "points_used": chance.choice((0, 0, 50)),
        })
    freight = chance.choice((0, 0, 600, 1200))
    total += freight
    parts = [total] if total < 2 or chance.random() < 0.7 else [total // 3, total - total // 3]
    received = now - timedelta(hours=chance.uniform(1, 120))
    return {
        "number": number, "state": "received", "buyer_id": buyer, "buyer_level": chance.choice((0, 1, 2, 5, 5, 6)), "currency": "CNY", "freight": money(freight), "paid": money(total), "placed_at": (received - timedelta(days=4)).isoformat(),
        "receipt_confirmed_at": received.isoformat(), "delivered_at": received.isoformat(), "lines": lines,
        "payments": [{"provider": "manual", "ref": f"{number}-{n}", "amount": money(part), "paid_at": (received - timedelta(days=3, hours=n)).isoformat()} for n, part in enumerate(parts) if total],
    }
