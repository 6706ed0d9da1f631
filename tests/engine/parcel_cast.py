"""Parcels for tests: connected carriers, returns on their way, orders sent out, cancellations that wait for an interception."""

import json
from datetime import timedelta

from amends.core.parcels import Event
from amends.core.verbs.buyer import ShipBack
from amends.core.verbs.review import ApproveReturn
from amends.engine.ids import new_id
from amends.store.connect import PLATFORM, scope
from tests.shop import LIN, NOON

WAY = ("accepted", "in_transit", "out_for_delivery", "signed")


def connect(pool, name, *names):
    """A connected carrier, by its name and the names people write on parcels."""
    ident = new_id()
    with scope(pool, PLATFORM) as conn:
        conn.execute("insert into connections (id, name, kind, base_url, secret, created_at, changed_at) values (%s, %s, 'carrier', 'http://127.0.0.1:9', 'whsec_c2VjcmV0', now(), now())", (ident, name))
        for other in names:
            conn.execute("insert into carrier_names (name, connection_id) values (%s, %s)", (other, ident))
    return ident


def number():
    return "T" + new_id()[-12:].upper()


def scans(*codes, start=NOON):
    return tuple(Event(f"e{i}{code}", code, start + timedelta(hours=i), f"{code} 的说明", "廊坊") for i, code in enumerate(codes))


def sent_back(shop, carrier="特快速运", waybill=""):
    """A service order whose goods are on the way back; answers it with its waybill."""
    waybill = waybill or number()
    case = shop.apply(shop.order(("CUP", 1, 5000)))
    shop.say(case, ApproveReturn(shop.address))
    assert shop.say(case, ShipBack(carrier, waybill), LIN).refusal is None
    return case, waybill


def outbound(shop, *waybills, state="preparing", carrier="Express", **columns):
    """An order with its parcels to the buyer."""
    order = shop.order(("CUP", 1, 5000), received=False, **{"state": state, "delivered_at": None, **columns})
    with scope(shop.pool, PLATFORM) as conn:
        for waybill in waybills:
            conn.execute("insert into parcels (merchant_id, id, order_id, direction, carrier, waybill) values (%s, %s, %s, 'out', %s, %s)", (shop.merchant, new_id(), order, carrier, waybill))
    return order


def cancellation(shop, order, *waybills, state="intercepting"):
    """A cancellation that waits for these parcels."""
    case = new_id()
    facts = {"lines": [{"line_id": line, "quantity": 1} for line in shop.lines[order]], "whole": True}
    if waybills:
        facts |= {"intercept": "asked", "intercepts": dict.fromkeys(waybills, "asked")}
    with scope(shop.pool, PLATFORM) as conn:
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, type, order_id, buyer_id, currency, waits_on, opened_at, facts)"
            " values (%s, %s, 'cancellation', %s, %s, 'cancellation', %s, 'buyer-lin', 'CNY', 'carrier', now(), %s)", (shop.merchant, case, case[-12:], state, order, json.dumps(facts)),
        )
    return case


def parcel(shop, waybill, columns):
    return shop.all(f"select {columns} from parcels where merchant_id = %s and waybill = %s", shop.merchant, waybill)[0]


def told(shop, case):
    return shop.all("select name, body -> 'input' ->> 'waybill', body -> 'input' ->> 'words' from events where merchant_id = %s and case_id = %s order by version", shop.merchant, case)
