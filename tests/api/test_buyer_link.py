"""The link a shop sends to a buyer: it lets exactly that buyer in, and only a key with leave to speak for buyers gets one (UI-4)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.test import Client

from amends.engine.ids import new_id


def test_the_link_lets_the_orders_buyer_in(api):
    order = api.shop.order(("CUP", 1, 12900))
    number = api.shop.all("select number from orders where id = %s", order)[0][0]
    got = api.call("GET", f"/api/v1/orders/{order}/buyer-link")
    assert got.status == 200
    link = urlsplit(got.json["url"])
    client = Client(**{"amends.house": api.house})
    opened = client.get(f"{link.path}?{link.query}")
    assert (opened.status_code, opened["Location"]) == (302, f"/b/orders/{number}")
    assert number in client.get(opened["Location"]).content.decode()


def test_a_key_needs_leave_to_speak_for_buyers(api):
    order = api.shop.order(("CUP", 1, 12900))
    assert api.call("GET", f"/api/v1/orders/{order}/buyer-link", key=api.key_with("read")).status == 403
    assert api.call("GET", f"/api/v1/orders/{new_id()}/buyer-link").status == 404
