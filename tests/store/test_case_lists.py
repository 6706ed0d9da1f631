"""Cases as the API lists them by what is due soonest: the same as one plain look, page after page (IN-1); and that a page reads what it shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import psycopg
import pytest

from amends.core.cases import TABLES
from amends.store.connect import PLATFORM, Pool, scope
from amends.store.screens import cases
from amends.store.screens.cases import Wanted, page

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MILL, KILN = UUID(int=101), UUID(int=102)
KINDS = ("service_order", "cancellation", "dispute", "ticket")
Case = dict[str, object]
CASES: list[Case] = [
    {"id": str(uuid5(UUID(int=7), str(n))), "kind": KINDS[n % 4], "state": list(TABLES[KINDS[n % 4]].states)[n % 7 % len(TABLES[KINDS[n % 4]].states)], "buyer": f"b{n % 9}",
     "due": NOW + timedelta(minutes=n * 37 % 500 // 20 * 20) if n % 6 else None, "merchant": MILL if n % 5 else KILN} for n in range(500)
]


@pytest.fixture(scope="module", autouse=True)
def made(pool: Pool) -> None:
    with scope(pool, PLATFORM) as conn, conn.cursor() as cursor:
        for merchant in (MILL, KILN):
            cursor.execute("insert into merchants (id, name, pack, fulfilment_mode) values (%s, %s, 'jd', 'SOP')", (merchant, f"商家 {merchant}"))
        cursor.executemany(
            "insert into cases (merchant_id, id, kind, number, state, buyer_id, waits_on, due_at, opened_at, closed_at, parent_id) values (%s, %s, %s, %s, %s, %s, 'merchant', %s, %s, %s, gen_random_uuid())",
            [(c["merchant"], c["id"], c["kind"], f"X-{n}", c["state"], c["buyer"], c["due"], NOW, NOW if ended(c) else None) for n, c in enumerate(CASES)],
        )


def ended(case: Case) -> bool:
    return TABLES[str(case["kind"])].states[str(case["state"])].final


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("filters", "fits"), [
    ({}, lambda c: True), ({"buyer_id": "b3"}, lambda c: c["buyer"] == "b3"), ({"due_before": NOW + timedelta(hours=2)}, lambda c: c["due"] < NOW + timedelta(hours=2)),
], ids=["all", "of-a-buyer", "due-before"])
@pytest.mark.parametrize("states", [None, 1, 3, "none"], ids=lambda s: f"states-{s}")
def test_what_is_due_soonest_comes_first_page_after_page(pool: Pool, kind: str, filters: dict[str, object], fits: object, states: int | str | None) -> None:
    names = list(TABLES[kind].states)
    some = {} if states is None else {"state": ["nowhere"] if states == "none" else names[:states]}  # type: ignore[misc]
    right = [
        c["id"] for c in sorted((c for c in CASES if c["due"] is not None), key=lambda c: (c["due"], c["id"]))  # type: ignore[return-value]
        if c["merchant"] == MILL and c["kind"] == kind and not ended(c) and fits(c) and c["state"] in some.get("state", names)  # type: ignore[operator]
    ]
    found: list[object] = []
    after = None
    while True:
        rows = page(pool, MILL, kind, Wanted({**filters, **some}, None, "due_at", after, 11))
        found += [row["id"] for row in rows[:11]]
        if len(rows) <= 11:
            break
        after = (rows[10]["due_at"], rows[10]["id"])
    assert found == right


def test_the_platform_lists_all_merchants_in_the_same_order(pool: Pool) -> None:
    rows = page(pool, PLATFORM, "service_order", Wanted(order="due_at", limit=400))
    assert [row["id"] for row in rows] == [c["id"] for c in sorted((c for c in CASES if c["due"] is not None and c["kind"] == "service_order" and not ended(c)), key=lambda c: (c["due"], c["id"]))]  # type: ignore[return-value]


def test_nobody_waits_for_the_whole_of_a_large_merchant(pool: Pool, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, waits_on, due_at, opened_at) select %s, gen_random_uuid(), 'service_order', 'S-2025-' || g, 'reviewing', 'merchant', %s::timestamptz + g * interval '1 minute', %s "
            "from generate_series(1, 8000) g", (KILN, NOW, NOW),
        )
        conn.execute("analyze cases")
    wanted = Wanted(order="due_at", limit=20)
    query = cases._by_what_is_due("service_order", ["c.merchant_id = %(merchant)s", "c.kind = %(kind)s", "c.closed_at is null", "c.due_at is not null"], wanted)
    assert query is not None
    with scope(pool, KILN) as conn:
        row = conn.execute(b"explain (analyze, format json) " + query, {"merchant": KILN, "kind": "service_order", "limit": 21}).fetchone()
    assert row is not None
    touched = [node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0) for node in nodes(row[0][0]["Plan"]) if node.get("Relation Name") == "cases"]
    assert max(touched) <= 21


def nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    inner = [node for child in plan.get("Plans", []) for node in nodes(child)]  # type: ignore[attr-defined]
    return [plan, *inner]
