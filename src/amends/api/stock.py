"""Stock over the API (ST-K3, ST-K4): counts and differences by the thousand, what is held, what moved, what an ERP declares."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from amends.api.door import Call, Refused, Reply
from amends.api.forms import CONNECTOR, COUNT, MOST_STOCK_ITEMS, STOCK_ITEM
from amends.api.naming import plain
from amends.api.operations import PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, flag, limit, read_cursor
from amends.api.records import read_record
from amends.api.shapes import FieldError
from amends.api.stock_shapes import Connector, Hold, HoldPage, Stock, StockCounted, StockMove, StockMovePage, StockPage, StockResult, StockTold
from amends.core.refusal import Refusal
from amends.engine.audit import By
from amends.engine.stock_settings import declare
from amends.engine.stocktaking import Said, Told, say, set_on_hand
from amends.store.screens import stock as screen

STOCK_BYTES = 4 * 2**20


def listed(call: Call) -> Reply:
    """GET stock by SKU and warehouse."""
    call.needs("read")
    call.known_queries(*PAGING, "warehouse", "low")
    after, most = call.query("cursor", read_cursor(tuple[str, str])), call.query("limit", limit, DEFAULT_LIMIT)
    wanted = screen.Wanted(warehouse=call.query("warehouse", _warehouse, None), view="low" if call.query("low", flag, False) else "", after=after)
    rows = screen.places(call.house.pool, call.merchant(), wanted, most)
    return Reply(StockPage([Stock(**_stock(row)) for row in rows[:most]], cursor(rows[most - 1]["sku"], rows[most - 1]["warehouse"]) if len(rows) > most else None))


def one(call: Call, sku: str) -> Reply:
    """GET the counts of one SKU in one warehouse."""
    call.needs("read")
    call.known_queries("warehouse")
    row = screen.place(call.house.pool, call.merchant(), _sku(sku), call.query("warehouse", _warehouse, ""))
    if row is None:
        raise Refused(Refusal("not_there"))
    return Reply(Stock(**_stock(row)))


def count(call: Call, sku: str) -> Reply:
    """PUT what is on hand."""
    call.needs("manage_stock")
    call.known_queries("warehouse")
    wrong: list[Refusal] = []
    merchant_id, warehouse = call.merchant(), call.query("warehouse", _warehouse, "")
    values = read_record(call.json(), COUNT, "", wrong)
    if wrong:
        raise Refused(*wrong)
    told = set_on_hand(call.house.pool, By(call.caller), merchant_id, _sku(sku), warehouse, values["on_hand"], call.now, values.get("version"))
    if isinstance(told, Refusal):
        raise Refused(told)
    row = screen.place(call.house.pool, merchant_id, sku, warehouse)
    assert row is not None
    return Reply(StockCounted(**_stock(row), result=told.result))


def tell(call: Call) -> Reply:
    """POST counts and differences, up to some thousands; what was said before under its message id does nothing."""
    call.needs("manage_stock")
    call.known_queries("dry_run")
    dry_run, merchant_id, body = call.query("dry_run", flag, False), call.merchant(), call.json()
    wrong = [Refusal("field_unknown", {"name": name}, name) for name in body if name != "items"]
    items = body.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_STOCK_ITEMS:
        raise Refused(*wrong, Refusal("too_many_items", {"most": MOST_STOCK_ITEMS}, "items"))
    lines = [_line(n, item, str(call.command_id), wrong) for n, item in enumerate(items)]
    if wrong:
        raise Refused(*wrong)
    told = say(call.house.pool, By(call.caller), merchant_id, lines, call.now, dry_run=dry_run)
    if isinstance(told, Refusal):
        raise Refused(told)
    results = [_result(n, t, call) for n, t in enumerate(told)]
    counts = {name: sum(r.result == name for r in results) for name in ("counted", "changed", "stale", "again", "refused")}
    return Reply(StockTold(**counts, results=results))


def holds(call: Call) -> Reply:
    """GET what is held, longest first."""
    call.needs("read")
    call.known_queries(*PAGING, "of_sku")
    after, most = call.query("cursor", read_cursor(tuple[datetime, UUID])), call.query("limit", limit, DEFAULT_LIMIT)
    rows = screen.holds(call.house.pool, call.merchant(), most, sku=call.query("of_sku", _sku, None), after=(after[0], str(after[1])) if after else None)
    shown = [
        Hold(r["id"], r["case_id"], r["number"], r["state"], r["sku"], r["title"], r["warehouse"], r["quantity"], r["held_at"], r["expires_at"]) for r in rows[:most]
    ]
    return Reply(HoldPage(shown, cursor(rows[most - 1]["held_at"], rows[most - 1]["id"]) if len(rows) > most else None))


def moves(call: Call, sku: str) -> Reply:
    """GET what moved in one place, latest first."""
    call.needs("read")
    call.known_queries(*PAGING, "warehouse")
    before, most = call.query("cursor", read_cursor(tuple[int])), call.query("limit", limit, DEFAULT_LIMIT)
    rows = screen.moves(call.house.pool, call.merchant(), _sku(sku), call.query("warehouse", _warehouse, ""), most, before[0] if before else None)
    return Reply(StockMovePage([_move(row) for row in rows[:most]], cursor(rows[most - 1]["seq"]) if len(rows) > most else None))


def connector(call: Call) -> Reply:
    """PUT what the system that keeps the stock elsewhere declares of itself."""
    call.needs("manage_stock")
    call.known_queries()
    wrong: list[Refusal] = []
    values = read_record(call.json(), CONNECTOR, "", wrong)
    if wrong:
        raise Refused(*wrong)
    if refusal := declare(call.house.pool, By(call.caller), call.merchant(), values["name"], values["holds"], call.now):
        raise Refused(refusal)
    return Reply(Connector(values["name"], values["holds"]))


def _line(n: int, item: Any, command: str, wrong: list[Refusal]) -> Said:
    at = f"items[{n}]"
    if not isinstance(item, dict):
        wrong.append(Refusal("wrong_kind", {"zh": "库存", "en": "Stock"}, at))
        return Said("")
    values = read_record(item, STOCK_ITEM, f"{at}.", wrong, besides=("change",))
    change = item.get("change")
    if change is not None and (not isinstance(change, int) or isinstance(change, bool)):
        wrong.append(Refusal("wrong_kind", {"zh": "增减数量", "en": "Change"}, f"{at}.change"))
        change = None
    message = values.get("message_id") or f"{command}:{n}"  # the same request again is the same message
    return Said(values.get("sku", ""), values.get("warehouse", ""), values.get("on_hand"), change, values.get("version"), message)


def _result(n: int, told: Told, call: Call) -> StockResult:
    errors = [FieldError(told.refusal.field, told.refusal.code, plain(told.refusal, call.language))] if told.refusal else []
    return StockResult(n, told.sku, told.warehouse, told.result, told.on_hand, told.held, told.on_hand - told.held, told.version, errors)


def _sku(text: str) -> str:
    if not 1 <= len(text) <= 64 or not text.isprintable() or text != text.strip():
        raise Refused(Refusal("parameter_wrong", {"name": "sku"}, "sku"))
    return text


def _warehouse(text: str) -> str:
    if len(text) > 64 or not text.isprintable():
        raise ValueError(text)
    return text


def _stock(row: screen.Row) -> dict[str, Any]:
    return {**{name: row[name] for name in Stock.__struct_fields__ if name != "free"}, "free": row["on_hand"] - row["held"]}


def _move(row: screen.Row) -> StockMove:
    names = ("id", "at", "kind", "case_id", "note", "on_hand", "held", "quarantine", "scrapped", "on_hand_after", "held_after", "quarantine_after", "scrapped_after")
    return StockMove(**{name: row[name] for name in names}, case_number=row["number"], actor=row["actor_name"] or row["actor_kind"])
