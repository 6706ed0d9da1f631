"""A merchant at work for the case pages: goods in three colours, stock, an address, orders, photos, colleagues."""

import io
import json
from datetime import timedelta
from typing import Any

from PIL import Image, ImageDraw

from amends.core.actor import Actor, Party
from amends.core.commands import Command
from amends.engine import people
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.photos import take_photo
from amends.store.connect import PLATFORM, scope
from tests.shop import Shop

COLOURS = {"CUP": ("雾霭蓝", 4), "CUP-BLACK": ("曜石黑", 42), "CUP-CLAY": ("陶土白", 17)}


def stock_shop(house: House, main: people.Person) -> Shop:
    """The shop of this main account, with goods; its clock is the house's."""
    merchant, address = main.merchant_id, new_id()
    assert merchant is not None
    with scope(house.pool, PLATFORM) as conn:
        conn.execute(
            "insert into addresses (merchant_id, id, label, receiver, phone, province, city, district, detail, is_default)"
            " values (%s, %s, '廊坊一仓', '仓库收', '031600000000', '河北省', '廊坊市', '广阳区', '新源道 8 号', true)", (merchant, address),
        )
        for sku, (colour, pieces) in COLOURS.items():
            conn.execute(
                "insert into skus (merchant_id, sku, title, category, price_minor, product, attributes) values (%s, %s, '316 不锈钢保温杯 500ml', 'home', 13900, 'P-CUP', %s)",
                (merchant, sku, json.dumps({"颜色": colour})),
            )
            conn.execute("insert into stock (merchant_id, sku, on_hand) values (%s, %s, %s)", (merchant, sku, pieces))
    nobody = Actor(Party.MERCHANT, new_id(), "新人", merchant)
    return Shop(house.pool, merchant, address, main.actor(), main.actor(), nobody, Actor(Party.PLATFORM, new_id(), "平台"), now=house.clock.now())


def picture(colour: tuple[int, int, int] = (180, 120, 70), kind: str = "JPEG", words: str = "", **more: Any) -> bytes:
    """A small picture of one colour."""
    out = io.BytesIO()
    image = Image.new("RGB", (640, 480), colour)
    draw = ImageDraw.Draw(image)
    draw.ellipse((200, 120, 440, 360), fill=(120, 150, 190))
    draw.text((20, 20), words, fill=(255, 255, 255))
    image.save(out, kind, **more)
    return out.getvalue()


def photo(shop: Shop, colour: tuple[int, int, int] = (180, 120, 70), by: str = "buyer-lin") -> str:
    """A picture already uploaded; answers its id."""
    kept = take_photo(shop.pool, shop.merchant, picture(colour), by, shop.now)
    assert isinstance(kept, str), kept
    return kept


def leaking_cup(shop: Shop, photos: int = 3, **more: Any) -> str:
    """A buyer wants to give one cup back because it leaks; answers the id of the service order."""
    order = shop.order(("CUP", 1, 13900), freight=600, phone="13812340071", receiver="周小满", province="江苏省", city="苏州市", district="吴中区", detail="东方大道 8 号")
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute("update order_lines set title = '316 不锈钢保温杯 500ml' where order_id = %s", (order,))
    colours = [(180, 120, 70), (200, 196, 190), (90, 100, 120)]
    said = "杯盖拧紧后倒放还是漏水，试了三次，包里的书都湿了。没法用，想退掉，麻烦尽快处理。"
    return shop.apply(order, "return", "quality_fault", 1, description=said, photos=[photo(shop, c) for c in colours[:photos]], **more)


def grant(house: House, main: people.Person, person: people.Person, *permissions: str) -> None:
    """Give somebody permissions directly."""
    for permission in permissions:
        answer = people.grant(house.pool, people.By(main.actor()), person.id, house.clock.now(), permission=permission)
        assert not hasattr(answer, "code"), answer


def later(shop: Shop, **more: float) -> None:
    """The shop's own clock goes on."""
    shop.now += timedelta(**more)


def say(shop: Shop, case: str, command: Command, actor: Actor | None = None) -> None:
    """One command that must be carried out."""
    answer = shop.say(case, command, actor)
    assert answer.refusal is None, answer.refusal
