"""One command over HTTP, and a whole return over HTTP (apply, approve, ship, receive, refund, confirm)."""

import json
import time
from datetime import UTC, datetime, timedelta

from amends.bench.figures import Figure
from amends.bench.http_load import Client, percentile, together
from amends.bench.http_shop import HOST, open_shop, serving
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.sim import crowd
from amends.store.connect import PLATFORM, scope

RECEIPT = b'{"received": 1, "condition": "good", "packaging": "intact", "appearance": "intact", "function": "normal", "accessories": "complete", "disposition": "sale"}'


def approve(port: int, bearer: str, ids: list[str]) -> list[float]:
    """Approve these cases one after another; the seconds each took. Raises RuntimeError on anything but 200."""
    client, out = Client(HOST, port, bearer), []
    for case in ids:
        start = time.perf_counter()
        status, body = client.post(f"/api/v1/service-orders/{case}/approve_return", b"{}", case)
        out.append(time.perf_counter() - start)
        if status != 200:
            raise RuntimeError(f"{status} {body[:300]!r}")
    return out


def one_command(house: House, many: int, clients: int, floor: float) -> Figure:
    """Approvals by `clients` clients at once."""
    shop, now = open_shop(house, "单条命令"), datetime.now(UTC)
    crowd.cases(house.pool, shop.merchant, many, now - timedelta(hours=1), now + timedelta(hours=47))
    with scope(house.pool, PLATFORM) as conn:
        ids = [r[0] for r in conn.execute("select id::text from cases where merchant_id = %s order by md5(id::text)", (shop.merchant,)).fetchall()]
    with serving(house) as port:
        approve(port, shop.bearer, ids[: many // 10])
        rest = ids[many // 10:]
        seconds, times = together(approve, [(port, shop.bearer, rest[n::clients]) for n in range(clients)])
    rate, p99 = len(rest) / seconds, percentile(times, 0.99) * 1000
    return Figure(
        f"one command over HTTP, {clients} clients", rate, "/s", ">= 40 % of the floor, p99 <= 25 ms", floor, rate >= 0.4 * floor and p99 <= 25,
        f"p50 {percentile(times, 0.5) * 1000:.1f} ms, p99 {p99:.1f} ms",
    )


def whole_returns(port: int, bearer: str, orders: list[tuple[str, str]]) -> list[float]:
    """A return of each (order, line), from application to completion."""
    client, out = Client(HOST, port, bearer), []
    buyer = Client(HOST, port, bearer)
    buyer.head += "Acting-As: buyer/bench-buyer\r\n"
    for order, line in orders:
        start = time.perf_counter()
        wish = json.dumps({"order_id": order, "items": [{"line_id": line, "quantity": 1, "type": "return", "reason": "no_reason"}]}).encode()
        case = json.loads(_good(buyer.post("/api/v1/service-orders", wish, new_id())))["cases"][0]["id"]
        path = f"/api/v1/service-orders/{case}/"
        for who, verb, body in (
            (client, "approve_return", b"{}"), (buyer, "ship_back", b'{"carrier": "SF", "waybill": "%s"}' % new_id().encode()), (client, "register_receipt", RECEIPT),
            (client, "refund", b"{}"), (buyer, "confirm", b"{}"),
        ):
            _good(who.post(path + verb, body, new_id()))
        out.append(time.perf_counter() - start)
    return out


def _good(answer: tuple[int, bytes]) -> bytes:
    if answer[0] not in (200, 201):
        raise RuntimeError(f"{answer[0]} {answer[1][:400]!r}")
    return answer[1]


def whole_return(house: House, many: int, clients: int) -> Figure:
    """Whole returns a second with `clients` clients."""
    shop, now = open_shop(house, "整单退货"), datetime.now(UTC)
    orders = crowd.orders(house.pool, shop.merchant, many, now - timedelta(days=1), "bench-buyer")
    with serving(house) as port:
        whole_returns(port, shop.bearer, orders[:20])
        rest = orders[20:]
        seconds, times = together(whole_returns, [(port, shop.bearer, rest[n::clients]) for n in range(clients)])
    rate = len(rest) / seconds
    return Figure(
        f"a whole return over HTTP, {clients} clients", rate, "/s", ">= 100/s, aim 200/s", None, rate >= 100, f"6 commands each, p50 {percentile(times, 0.5) * 1000:.0f} ms"
    )
