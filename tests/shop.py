"""A shop to act in: one merchant with staff, addresses, stock and received orders, written straight into the tables."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.core.actor import ALL, Actor, Party
from amends.core.commands import Command
from amends.engine.application import Application, Item
from amends.engine.handle import Answer, Asked, handle
from amends.engine.ids import new_id
from amends.engine.intake import apply_for
from amends.store.connect import PLATFORM, Pool, scope

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
LIN = Actor(Party.BUYER, "buyer-lin", "小林")
CARRIER = Actor(Party.CARRIER, "carrier", "承运商")


@dataclass
class Shop:
    """The merchant and its people; `say` gives one command, `apply` opens service orders."""

    pool: Pool
    merchant: str
    address: str
    hai: Actor
    xia: Actor
    new: Actor
    arbiter: Actor
    now: datetime = NOON
    orders: int = 0
    lines: dict[str, list[str]] = field(default_factory=dict)

    def order(self, *lines: tuple[str, int, int], freight: int = 0, received: bool = True, **columns: Any) -> str:
        """A received order; each line is (sku, quantity, paid for the line in minor units). Answers its id."""
        self.orders += 1
        order, paid = new_id(), sum(x[2] for x in lines) + freight
        values = {
            "merchant_id": self.merchant, "id": order, "number": f"O{self.merchant[-6:]}{self.orders:05d}", "state": "received" if received else "shipped", "buyer_id": "buyer-lin",
            "fulfilment_mode": "SOP", "currency": "CNY", "freight_minor": freight, "paid_minor": paid, "receiver": "林小满", "phone": "13800000000", "province": "河北省",
            "city": "廊坊市", "district": "广阳区", "detail": "银河大街 1 号", "placed_at": self.now - timedelta(days=4), "paid_at": self.now - timedelta(days=4),
            "delivered_at": self.now - timedelta(days=1), "receipt_confirmed_at": self.now - timedelta(days=1) if received else None, **columns,
        }
        with scope(self.pool, PLATFORM) as conn:
            conn.execute(f"insert into orders ({', '.join(values)}) values ({', '.join(['%s'] * len(values))})", list(values.values()))
            for n, (sku, quantity, amount) in enumerate(lines):
                line = new_id()
                self.lines.setdefault(order, []).append(line)
                conn.execute(
                    "insert into order_lines (merchant_id, order_id, id, position, sku, title, category, quantity, unit_price_minor, paid_minor)"
                    " values (%s, %s, %s, %s, %s, %s, 'home', %s, %s, %s)",
                    (self.merchant, order, line, n, sku, f"商品 {sku}", quantity, amount // quantity, amount),
                )
            if paid:
                conn.execute(
                    "insert into payments (merchant_id, id, order_id, provider, provider_ref, amount_minor, currency, paid_at) values (%s, %s, %s, 'manual', %s, %s, 'CNY', %s)",
                    (self.merchant, new_id(), order, order, paid, self.now),
                )
        return order

    def apply(self, order: str, type_: str = "return", reason: str = "no_reason", quantity: int = 1, line: int = 0, **more: Any) -> str:
        """A buyer asks for one line; answers the id of the service order."""
        item = Item(self.lines[order][line], quantity, type_, reason, more.pop("description", "坏了"), more.pop("photos", []))
        applied = apply_for(self.pool, self.merchant, Application(order, [item], **more), LIN, self.now, new_id())
        assert not isinstance(applied, list), [r.say("zh") for r in applied]
        return applied.cases[0].case_id

    def say(self, case: str, command: Command, actor: Actor | None = None, **more: Any) -> Answer:
        """One command on the one road."""
        asked = Asked(more.pop("command_id", new_id()), self.merchant, case, command, actor or self.hai, more.pop("version", None))
        return handle(self.pool, [asked], self.now, **more)[0]

    def row(self, case: str, columns: str) -> tuple[Any, ...]:
        """Columns of a case as stored."""
        with scope(self.pool, PLATFORM) as conn:
            found = conn.execute(f"select {columns} from cases where merchant_id = %s and id = %s", (self.merchant, case)).fetchone()
        assert found is not None
        return found

    def all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Any read, in the platform's scope."""
        with scope(self.pool, PLATFORM) as conn:
            return conn.execute(query, values).fetchall()


def open_shop(pool: Pool, *, stock: dict[str, int] | None = None, settings: str = "{}", name: str = "青禾家居") -> Shop:
    """A merchant of the jd pack with two agents, a new hand without permissions, an address and stock."""
    merchant, address = new_id(), new_id()
    with scope(pool, PLATFORM) as conn:
        conn.execute("insert into merchants (id, name, pack, fulfilment_mode, settings) values (%s, %s, 'jd', 'SOP', %s)", (merchant, name, settings))
        conn.execute(
            "insert into addresses (merchant_id, id, label, receiver, phone, province, city, district, detail, is_default)"
            " values (%s, %s, '廊坊一仓', '仓库', '031600000000', '河北省', '廊坊市', '广阳区', '新源道 8 号', true)", (merchant, address),
        )
        for sku, pieces in (stock if stock is not None else {"CUP": 10, "MUG": 2}).items():
            conn.execute("insert into stock (merchant_id, sku, on_hand) values (%s, %s, %s)", (merchant, sku, pieces))
    people = [Actor(Party.MERCHANT, new_id(), n, merchant, p) for n, p in (("阿海", ALL), ("知夏", ALL), ("新人", frozenset()))]
    return Shop(pool, merchant, address, *people, Actor(Party.PLATFORM, new_id(), "平台", None, ALL))
