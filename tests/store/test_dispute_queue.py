"""The platform's list of disputes: tabs, a scenario's rows and counts, as a plain look at all of them finds (UI-5); and that a rare scenario is not looked for among all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import psycopg
import pytest
from psycopg.types.json import Jsonb

from amends.store.connect import PLATFORM, Pool, scope
from amends.store.screens import dispute_queue
from amends.store.screens.dispute_queue import TABS, Wanted

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MILL, KILN = UUID(int=101), UUID(int=102)
STATES = ("awaiting_merchant", "awaiting_adjudication", "awaiting_evidence", "awaiting_buyer_confirmation", "adjudicated", "appealing", "closed")
MANY, RARE = 700, "promise"
Case = dict[str, object]


def made() -> list[Case]:
    """Disputes of two merchants in every state; some judged and waiting for the second person, some due at the same instant, some never."""
    out: list[Case] = []
    for n in range(MANY):
        state = STATES[n % len(STATES)]
        pending = n % 5 == 0 and state in ("awaiting_adjudication", "appealing")
        out.append({
            "id": str(uuid5(UUID(int=7), str(n))), "merchant": MILL if n % 3 else KILN, "state": state, "type": RARE if n % 97 == 0 else ("goods_quality", "logistics_lost", "attitude")[n % 4 % 3],
            "waits_on": "merchant" if n % 2 else "buyer", "due": None if n % 23 == 0 or state == "closed" else NOW + timedelta(minutes=(n * 37) % 900 // 30 * 30 - 200), "pending": pending, "asked": n * 10,
        })
    return out


CASES = made()
TAB = {
    "judge": lambda c: c["state"] == "awaiting_adjudication" and not c["pending"],
    "second": lambda c: c["pending"],
    "appeal": lambda c: c["state"] == "appealing" and not c["pending"],
    "evidence": lambda c: c["state"] == "awaiting_evidence",
    "merchant": lambda c: c["state"] == "awaiting_merchant" or (c["state"] == "adjudicated" and c["waits_on"] == "merchant"),
    "buyer": lambda c: c["state"] == "awaiting_buyer_confirmation",
    "all": lambda c: True,
}
WISHES = {
    "anything": (Wanted(), lambda c: True),
    "a-scenario": (Wanted(scenario="goods_quality"), lambda c: c["type"] == "goods_quality"),
    "a-rare-one": (Wanted(scenario=RARE), lambda c: c["type"] == RARE),
    "none-such": (Wanted(scenario="cancel_order"), lambda c: False),
    "late-of-a-scenario": (Wanted(scenario="attitude", late=True), lambda c: c["type"] == "attitude" and c["due"] is not None and c["due"] <= NOW),
    "a-scenario-of-a-merchant": (Wanted(scenario="attitude", merchant=str(KILN)), lambda c: c["type"] == "attitude" and c["merchant"] == KILN),
    "an-amount-of-a-scenario": (Wanted(scenario="goods_quality", least=3000), lambda c: c["type"] == "goods_quality" and c["asked"] >= 3000),
}


@pytest.fixture(scope="module", autouse=True)
def cases(pool: Pool) -> None:
    with scope(pool, PLATFORM) as conn, conn.cursor() as cursor:
        for merchant in (MILL, KILN):
            cursor.execute("insert into merchants (id, name, pack, fulfilment_mode) values (%s, %s, 'jd', 'SOP')", (merchant, f"商家 {merchant}"))
        cursor.executemany(
            "insert into cases (merchant_id, id, kind, number, state, type, waits_on, due_at, opened_at, closed_at, currency, parent_id, facts) values (%s, %s, 'dispute', %s, %s, %s, %s, %s, %s, %s, 'CNY', gen_random_uuid(), %s)",
            [(c["merchant"], c["id"], f"D-2026-{n:06d}", c["state"], c["type"], c["waits_on"], c["due"], NOW - timedelta(hours=n), NOW if c["state"] == "closed" else None,
              Jsonb({"asked_amount": c["asked"], **({"pending": {"by_name": "甲"}} if c["pending"] else {})})) for n, c in enumerate(CASES)],
        )


@pytest.mark.parametrize("wish", WISHES)
def test_rows_and_counts_are_those_of_a_plain_look(pool: Pool, wish: str) -> None:
    want, fits = WISHES[wish]
    found = dispute_queue.counts(pool, NOW, None if wish == "anything" else want)
    for tab in TABS:
        right = sorted((c for c in CASES if c["state"] != "closed" and TAB[tab](c) and fits(c)), key=lambda c: (c["due"] is None, c["due"] or NOW, c["id"]))
        whole, after = [], None
        while True:
            page = dispute_queue.rows(pool, Wanted(**{**{name: getattr(want, name) for name in Wanted.__slots__}, "tab": tab, "after": after}), NOW, limit=40)
            whole += [row["id"] for row in page[:40]]
            if len(page) <= 40:
                break
            after = (page[39]["place"], page[39]["id"])
        assert whole == [c["id"] for c in right], tab
        assert found[tab]["n"] == len(right)
        assert found[tab]["late"] == sum(c["due"] is not None and c["due"] <= NOW for c in right)


def test_a_merchants_own_people_see_only_their_own(pool: Pool) -> None:
    with scope(pool, KILN) as conn:
        assert conn.execute("select count(*) from cases where kind = 'dispute'").fetchone() == (sum(c["merchant"] == KILN for c in CASES),)


def test_a_rare_scenario_is_not_looked_for_among_all(pool: Pool, database_url: str) -> None:
    """Its rows and its counts touch the rows of the scenario alone, however many others wait."""
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, type, waits_on, due_at, opened_at, currency, parent_id) select %s, gen_random_uuid(), 'dispute', 'D-2025-' || g, 'awaiting_adjudication', 'logistics_late', "
            "'platform', %s::timestamptz + g * interval '1 minute', %s, 'CNY', gen_random_uuid() from generate_series(1, 8000) g", (MILL, NOW, NOW),
        )
        conn.execute("analyze cases")
    tests = " and ".join(["c.kind = 'dispute'", "c.closed_at is null", TABS["judge"], "c.type = %(type)s"])
    with dispute_queue.in_order(pool) as conn:
        row = conn.execute(f"explain (analyze, format json) select c.id from cases c where {tests} order by coalesce(c.due_at, 'infinity'), c.id limit 51", {"type": RARE}).fetchone()  # type: ignore[arg-type]
    touched = [node["Actual Rows"] * node["Actual Loops"] + node.get("Rows Removed by Filter", 0) for node in nodes(row[0][0]["Plan"]) if node.get("Relation Name") == "cases"]
    assert max(touched) <= sum(c["type"] == RARE for c in CASES)


def nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    inner = [node for child in plan.get("Plans", []) for node in nodes(child)]  # type: ignore[attr-defined]
    return [plan, *inner]
