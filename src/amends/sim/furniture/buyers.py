"""The demo's buyers and their orders, as a shop would send them in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from amends.sim.furniture import sayings
from amends.sim.furniture.goods import Product, Variant

FREIGHT_FREE_FROM = 9900


@dataclass(frozen=True, slots=True)
class Customer:
    """One buyer of a merchant: id, name, phone, place."""

    id: str
    name: str
    phone: str
    place: tuple[str, str, str, str]


def customers(chance: Random, code: str, many: int) -> list[Customer]:
    """Buyers with invented names; the phone numbers lie in a range that belongs to nobody."""
    found = []
    for n in range(many):
        province, city, district, street = chance.choice(sayings.PLACES)
        name = chance.choice(sayings.SURNAMES) + chance.choice(sayings.GIVEN)
        found.append(Customer(f"{code}-{n + 1:05d}", name, f"170000{n % 10000:05d}", (province, city, district, street.format(n=chance.randint(1, 480)))))
    return found


def order(
    chance: Random, number: str, who: Customer, goods: list[tuple[Product, Variant, int]], received: datetime | None, placed: datetime, now: datetime
) -> dict[str, Any]:
    """An order as a record of `core.order_record`: received at `received`, or still on its way."""
    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": "CNY"}

    lines, paid = [], 0
    for product, variant, quantity in goods:
        coupon = chance.choice((0, 0, 0, 500, 1000)) if product.price > 8000 else 0
        line_paid = product.price * quantity - coupon
        paid += line_paid
        lines.append({
            "sku": variant.sku, "title": product.title, "category": product.category, "quantity": quantity, "unit_price": money(product.price), "paid": money(line_paid),
            "coupon": money(coupon), "points_granted": line_paid // 1000, "tags": list(product.tags),
        })
    freight = 0 if paid >= FREIGHT_FREE_FROM else 800
    way = chance.choice(("wechat", "wechat", "alipay"))
    carrier, prefix = chance.choice(sayings.CARRIERS)
    shipped = placed + timedelta(hours=chance.uniform(5, 30))
    signed = received - timedelta(hours=chance.uniform(0.2, 5)) if received else None
    if signed and signed < shipped:
        shipped = placed + (signed - placed) / 2
    paid_at = placed + timedelta(minutes=2)
    stamps = {"placed_at": placed, "paid_at": paid_at, "promised_ship_by": placed + timedelta(hours=48), "shipped_at": shipped if shipped < now else None,
              "delivered_at": signed, "receipt_confirmed_at": received}
    state = "received" if received else ("shipped" if shipped < now else "preparing")
    province, city, district, street = who.place
    return {
        "number": number, "state": state, "buyer_id": who.id, "buyer_level": chance.randint(1, 6), "channel": chance.choice(("app", "app", "小程序")), "currency": "CNY",
        "freight": money(freight), "paid": money(paid + freight), "receiver": who.name, "phone": who.phone, "province": province, "city": city, "district": district, "detail": street,
        **{name: at.isoformat() for name, at in stamps.items() if at}, "lines": lines,
        "payments": [{"provider": way, "ref": f"P{number}", "method": way, "amount": money(paid + freight), "paid_at": paid_at.isoformat()}] if paid + freight else [],
        "parcels": [{"carrier": carrier, "waybill": f"{prefix}{number[-10:]}", "sent_at": shipped.isoformat(), **({"signed_at": signed.isoformat()} if signed else {})}] if shipped < now else [],
    }
