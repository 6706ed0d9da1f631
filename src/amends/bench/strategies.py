"""Strategies: a table of fifty rows asked about waiting cases, facts and all; and acts on the one road (SA-4, SA-8)."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from amends.bench.figures import Figure
from amends.core.actor import ALL, Actor, Party
from amends.core.strategy import Action, Condition, Limits, Row, Table
from amends.core.strategy_json import encode_rows
from amends.engine import automate, strategies
from amends.engine.audit import By
from amends.engine.house import House
from amends.engine.ids import new_id
from amends.engine.strategy_compile import compile_table
from amends.engine.strategy_decider import evaluate
from amends.sim import crowd
from amends.store import considering
from amends.store import strategies as tables
from amends.store.connect import PLATFORM, scope

BATCH = 1000


def fifty(last: str = "approve_return") -> tuple[Row, ...]:
    """Fifty rows as a merchant might have them: type and reason, money, buyers' history, words, stock; the last one fits every return."""
    out = []
    for n in range(49):
        conditions = [Condition("case_type", "is", ("exchange", "return", "repair", "return")[n % 4]), Condition("amount", "between", (100 * n, 100 * n + 99))]
        conditions += [
            (Condition("reason", "in", ("quality_fault", "not_as_described", "wrong_goods")),), (Condition("reason", "is", "no_reason"), Condition("days_since_receipt", "le", 7)),
            (Condition("buyer_applications_30", "le", n % 4), Condition("photos", "ge", 1)), (Condition("description", "contains_any", ("漏水", "破损", "少件")),),
            (Condition("stock_free", "ge", 3), Condition("category", "in", ("home", "clothing"))),
        ][n % 5]
        out.append(Row(new_id(), f"第 {n + 1} 条", tuple(conditions), "", Action("approve_return"), Limits(), mode="on"))
    return (*out, Row(new_id(), "其余退货", (Condition("case_type", "is", "return"), Condition("reason", "is", "no_reason")), "", Action(last), Limits(per_day=10**9), mode="on"))


def evaluating(house: House, many: int) -> Figure:
    """Cases a second that are read with all the facts fifty rows ask for, and decided upon in one process; nothing is acted upon."""
    merchant, now = _crowd(house, many, "策略商家 A")
    compiled = compile_table(Table("review", "service_order", 1, fifty()))
    with scope(house.pool, PLATFORM) as conn:
        ids = [row[0] for row in conn.execute("select id::text from cases where merchant_id = %s", (merchant,)).fetchall()]
        seen = tables.merchant_seen(conn, merchant)
    fitted, start = 0, time.perf_counter()
    for at in range(0, len(ids), BATCH):
        with scope(house.pool, UUID(merchant), named=True) as conn:
            fitted += sum(acts >= 0 for _, _, acts in evaluate(conn, merchant, compiled, ids[at : at + BATCH], seen, now))
    rate = many / (time.perf_counter() - start)
    return Figure(f"50 strategies over {many:,} waiting cases", rate, "/s", ">= 20 000/s evaluated", reached=rate >= 20_000 and fitted == many, note="facts read and rows asked, one process")


def acting(house: House, many: int) -> Figure:
    """Cases a second that a strategy passes on the one road: considered, facts read, decided under the limits, written."""
    merchant, now = _crowd(house, many, "策略商家 B")
    by = By(Actor(Party.MERCHANT, new_id(), "小满", merchant, ALL))
    strategies.save_draft(house.pool, by, "service_order", "review", encode_rows(fifty()), 0, now)
    strategies.publish(house.pool, by, "service_order", "review", "", now)
    with scope(house.pool, PLATFORM) as conn:
        ids = [row[0] for row in conn.execute("select id::text from cases where merchant_id = %s", (merchant,)).fetchall()]
        considering.leave(conn, merchant, [(case, "review", 1) for case in ids], now)
    start = time.perf_counter()
    while automate.work(house.pool, merchant, now, BATCH):
        pass
    rate = many / (time.perf_counter() - start)
    with scope(house.pool, PLATFORM) as conn:
        row = conn.execute("select count(*) from strategy_decisions where merchant_id = %s and outcome = 'fired'", (merchant,)).fetchone()
    wrong = "" if row == (many,) else f"{row} of {many} were acted upon"
    return Figure(f"strategies acting on {many:,} cases", rate, "/s", ">= 8 000/s", reached=rate >= 8_000 and not wrong, note=wrong or "one process, limits held")


def _crowd(house: House, many: int, name: str) -> tuple[str, datetime]:
    now = datetime.now(UTC)
    merchant = crowd.merchant(house.pool, name)
    crowd.cases(house.pool, merchant, many, now - timedelta(hours=1), now + timedelta(hours=47))
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("set local statement_timeout = 0")
        conn.execute("update cases set facts = facts || '{\"line_quantity\": 1}' where merchant_id = %s", (merchant,))
    with scope(house.pool, PLATFORM) as conn:
        conn.execute("select count(*) from cases where merchant_id = %s", (merchant,))
    return merchant, now
