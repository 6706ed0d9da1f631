"""The demo's people: a platform, four merchants, their staff with roles, return addresses and stock (made through the engine)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from amends.core.actor import Actor, Party
from amends.core.cases import MACHINES
from amends.core.permissions import PRESETS, preset
from amends.core.refusal import Refusal
from amends.engine.addresses import Typed, add_address
from amends.engine.people import By, Main, grant, make_merchant, make_person, make_platform, make_role
from amends.engine.person import person_of
from amends.engine.stocktaking import Said, take_in
from amends.sim.furniture import goods
from amends.sim.furniture.goods import Product
from amends.store import people
from amends.store.connect import PLATFORM, Pool, scope

PASSWORD = "amends-demo-2026"
CARRIER = Actor(Party.CARRIER, "carrier", "承运商")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hand:
    """One sub-account: the local part of the address, name, role."""

    email: str
    name: str
    role: str


BESIDES = {
    "review": ("speak_for_buyer", "give_goodwill", "ticket.reply", "ticket.carry_out", "ticket.bind_ticket"), "receipt": ("speak_for_carrier", "service_order.note", "service_order.claim", "service_order.release"),
    "processing": ("speak_for_carrier", "give_goodwill", "ship_orders"), "finance": ("read_ledger", "close_differences"), "reader": (),
    "supervisor": ("refund_override", "eligibility_override", "speak_for_buyer", "speak_for_carrier", "reveal_personal_data", "manage_stock", "give_goodwill", "decide_compensation", "manage_orders", "ship_orders",
                   "read_ledger"),
}
"""What the demo's roles hold beside the commands of their presets."""


@dataclass(slots=True)
class Store:
    """One merchant with its people as actors by role, its goods and what it has of each."""

    id: str
    name: str
    main: Actor
    hands: dict[str, list[Actor]]
    products: tuple[Product, ...]
    addresses: list[str] = field(default_factory=list)
    stock: dict[str, int] = field(default_factory=dict)

    def hand(self, role: str, chance: Random) -> Actor:
        """Somebody of a role; a small shop's supervisor does everything."""
        return chance.choice(self.hands.get(role) or self.hands["supervisor"])


@dataclass(frozen=True, slots=True)
class Plan:
    """A merchant to be made."""

    name: str
    domain: str
    main: tuple[str, str]
    hands: tuple[Hand, ...]
    products: tuple[Product, ...]
    addresses: tuple[Typed, ...]
    mode: str = "SOP"
    pack: str = "jd"
    settings: Mapping[str, Any] = field(default_factory=dict)


PLANS = (
    Plan("青禾家居旗舰店", "qinghe.example", ("lin", "林知禾"), (
        Hand("ahai", "阿海", "review"), Hand("zhixia", "知夏", "review"), Hand("liqiu", "立秋", "receipt"), Hand("guyu", "谷雨", "processing"),
        Hand("jingzhe", "惊蛰", "finance"), Hand("manxiao", "小满", "supervisor"),
    ), goods.HOME, (
        Typed("青禾售后仓", "0316-5550118", "河北省", "廊坊市", "广阳区", "新源道 88 号 3 号库", "廊坊一仓"),
        Typed("青禾昆山仓", "0512-55501188", "江苏省", "苏州市", "昆山市", "黄浦江中路 200 号", "昆山二仓"),
    ), settings={"lightning_refund": True}),
    Plan("南桥数码专营店", "nanqiao.example", ("qiao", "乔南"), (Hand("dan", "小丹", "supervisor"),), goods.DIGITAL, (
        Typed("南桥售后", "0755-55501166", "广东省", "深圳市", "龙岗区", "坂田街道 66 号", "龙岗仓"),
    ), pack="tmall"),
    Plan("织野服饰官方店", "zhiye.example", ("ye", "叶织"), (Hand("mai", "麦子", "supervisor"),), goods.CLOTHES, (
        Typed("织野退货组", "0571-55501133", "浙江省", "杭州市", "余杭区", "塘栖路 33 号", "余杭仓"),
    ), pack="kuaishou", settings={"fast_refund": False}),
    Plan("小满文具店", "xiaoman.example", ("man", "江小满"), (Hand("zhi", "纸鸢", "supervisor"),), goods.PAPER, (
        Typed("小满售后", "025-55501144", "江苏省", "南京市", "玄武区", "珠江路 9 号", "玄武仓"),
    )),
)
OPERATOR = ("arbiter@platform.example", "平台运营 许衡")


JUDGES = (Hand("guyan", "判责员 顾言", "arbiter"), Hand("luqing", "复核员 陆清", "second_judge"), Hand("shendu", "复核员 沈度", "second_judge"))
"""Who judges: one, a second pair of eyes, and somebody else for appeals (DI-6, DI-8)."""


def judges(pool: Pool, main: Actor, now: datetime) -> None:
    """The platform's people who judge disputes."""
    by = By(main)
    roles = {r: sure(make_role(pool, by, PRESETS[r][0], preset(r, Party.PLATFORM, MACHINES) | {"read", "assign_desk"}, now)) for r in sorted({j.role for j in JUDGES})}
    for judge in JUDGES:
        made = sure(make_person(pool, by, f"{judge.email}@{OPERATOR[0].rpartition('@')[2]}", judge.name, now, password=PASSWORD))
        refused = grant(pool, by, made.id, now, role=roles[judge.role])
        assert refused is None, refused


def operator(pool: Pool, now: datetime) -> Actor:
    """The platform's main account."""
    return sure(make_platform(pool, Main(OPERATOR[0], OPERATOR[1], PASSWORD), now)).actor()


def open_store(pool: Pool, plan: Plan, chance: Random, now: datetime) -> Store:
    """The merchant of a plan, made as its operator would make it."""
    main = sure(make_merchant(pool, plan.name, plan.pack, plan.mode, Main(f"{plan.main[0]}@{plan.domain}", plan.main[1], PASSWORD), now, settings={"deduct_offline": True, "exchange_locks_stock": True, **plan.settings}))
    by, merchant = By(main.actor()), main.merchant_id or ""
    roles = {r: sure(make_role(pool, by, PRESETS[r][0], preset(r, Party.MERCHANT, MACHINES) | set(BESIDES[r]), now)) for r in sorted({h.role for h in plan.hands})}
    hands: dict[str, list[Actor]] = {}
    for hand in plan.hands:
        made = sure(make_person(pool, by, f"{hand.email}@{plan.domain}", hand.name, now, password=PASSWORD))
        refused = grant(pool, by, made.id, now, role=roles[hand.role])
        assert refused is None, refused
        hands.setdefault(hand.role, []).append(_actor(pool, merchant, made.id))
    store = Store(merchant, plan.name, main.actor(), hands, plan.products)
    store.addresses = [sure(add_address(pool, by, typed, now)) for typed in plan.addresses]
    _stock(pool, store, chance, now)
    return store


def _actor(pool: Pool, merchant: str, person: str) -> Actor:
    with scope(pool, PLATFORM) as conn:
        row = people.by_id(conn, merchant, person)
    assert row is not None
    return person_of(row).actor()


def _stock(pool: Pool, store: Store, chance: Random, now: datetime) -> None:
    """SKUs with their sizes and colours, and pieces on hand as first counted; every seventh is sold out, and where five are left somebody wants to know."""
    rows: list[tuple[Any, ...]] = []
    for product in store.products:
        for variant in product.variants:
            pieces = 0 if chance.random() < 0.14 else chance.randint(3, 60)
            store.stock[variant.sku] = pieces
            rows.append((store.id, variant.sku, product.title, product.category, product.price, product.code, dict(variant.attributes), pieces))
    with scope(pool, PLATFORM) as conn:
        _add_goods(conn, rows)
        take_in(conn, By(store.main), store.id, [Said(row[1], on_hand=row[7]) for row in rows], now, "furniture")
        conn.execute("update stock set low_at = 5 where merchant_id = %s", (store.id,))


def _add_goods(conn: Any, rows: list[tuple[Any, ...]]) -> None:
    """Write SKUs: merchant, SKU, title, category, price, product, attributes."""
    conn.cursor().executemany(
        "insert into skus (merchant_id, sku, title, category, price_minor, product, attributes) values (%s, %s, %s, %s, %s, %s, %s::jsonb)", [(*r[:6], json.dumps(r[6], ensure_ascii=False)) for r in rows]
    )


def sure(made: T | Refusal) -> T:
    """What was made. Raises AssertionError with the refusal's words: furniture that does not fit is a bug."""
    assert not isinstance(made, Refusal), f"{made.code}: {made.say('zh')}"
    return made

