"""What buyers' tests share: a shop with an order of two lines, a buyer let in, pictures, forms."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from amends.engine import buyers
from tests.shop import open_shop

RECEIPT = {"received": 1, "condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}


def picture(colour: str = "teal", side: int = 200, noise: bool = False) -> io.BytesIO:
    """A JPEG as a phone would send it; with noise it is large."""
    image = Image.effect_noise((side, side), 90).convert("RGB") if noise else Image.new("RGB", (side, side), colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    out.seek(0)
    out.name = f"{colour}.jpg"
    return out


@pytest.fixture
def world(house: Any, client: Any) -> SimpleNamespace:
    """A shop on the house's clock, an order of two lines, and the client let in as its buyer."""
    shop = open_shop(house.pool)
    shop.now = house.clock.now()
    order = shop.order(("CUP", 2, 25800), ("MUG", 1, 9900), freight=1200)
    number = shop.all("select number from orders where id = %s", order)[0][0]
    client.get(f"/b/in/{buyers.make_link(house, shop.merchant, 'buyer-lin', shop.now, name='小林')}")
    return SimpleNamespace(shop=shop, order=order, number=number, cup=shop.lines[order][0], mug=shop.lines[order][1], client=client, house=house)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def form_of(answer: Any, which: str) -> dict[str, str]:
    """The hidden fields of the form with this id."""
    body = answer.content.decode()
    form = body.split(f'id="{which}"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def apply_one(w: Any, **more: Any) -> str:
    """Return one cup for its quality; the number of the service order."""
    start = f"/b/orders/{w.number}/apply/"
    first = w.client.post(start + "what", {f"type-{w.cup}": "return", f"quantity-{w.cup}": "1", f"type-{w.mug}": ""})
    assert (first.status_code, first["Location"]) == (302, start + "why"), text(first)
    second = w.client.post(start + "why", {f"reason-{w.cup}": "no_reason", f"description-{w.cup}": "杯盖漏水", **more})
    assert (second.status_code, second["Location"]) == (302, start + "how"), text(second)
    sent = w.client.post(start + "how", {**form_of(w.client.get(start + "how"), "step"), "return_way": "ship_back"})
    assert sent.status_code == 302, text(sent)
    return sent["Location"].split("/b/cases/")[1].split("?")[0]


def case_id(w: Any, number: str) -> str:
    return w.shop.all("select id::text from cases where merchant_id = %s and number = %s", w.shop.merchant, number)[0][0]


def act(w: Any, number: str, verb: str, **typed: Any) -> Any:
    """The form of a verb, filled in and sent."""
    got = w.client.get(f"/b/cases/{number}/{verb}")
    assert got.status_code == 200, text(got)
    body = got.content.decode()
    hidden = {n: re.search(rf'name="{n}" value="([^"]*)"', body)[1] for n in ("command_id", "version") if f'name="{n}"' in body}
    return w.client.post(f"/b/cases/{number}/{verb}", {**hidden, **typed})
