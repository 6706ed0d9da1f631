"""Stock, exchange, restock and disposition scenarios of other systems' tests, run on ours by case id; figures are read from the peer file (docs/stock_cases.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from amends.core.stock import NEVER_CAME, Short, hold_all
from amends.core.verbs import buyer as b
from amends.core.verbs import processing as p
from amends.core.verbs import review as v
from amends.engine.application import Applied
from tests.engine.stock_shop import GOOD, LOCKS, ONLY, ask, asked, broken, counts, holds, stocked, to_processing
from tests.shop import LIN

FILE = Path(__file__).resolve().parents[2] / "../shared/cases/peer_cases.yaml"
AREAS = {"stock_hold", "exchange", "restock", "disposition"}
ALL: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["cases"] if FILE.exists() else []
CASES: dict[str, dict[str, Any]] = {c["id"]: c for c in ALL if c["area"] in AREAS}
RUN = {"ST-014", "ST-036", "ST-038", "ST-039", "ST-043", "ST-059", "ST-060", "ST-061", "ST-063", "ST-065"}
NOT_APPLICABLE: dict[str, str] = {}
"""None of these areas; what a case leaves open is told in docs/stock_cases.md."""


def case_of(number: str) -> dict[str, Any]:
    """One peer case; without the file there is nothing to run."""
    return CASES[number] if CASES else pytest.skip("the peer cases (../shared/cases/peer_cases.yaml) are not here")


def test_every_case_of_these_areas_is_run_or_has_a_reason():
    assert set(CASES) <= RUN | set(NOT_APPLICABLE)
    assert not RUN & set(NOT_APPLICABLE)


def test_st_014_a_case_that_is_given_up_frees_what_it_holds(pool):
    expected = case_of("ST-014")
    shop = stocked(pool, {"CUP": 5}, LOCKS)
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    assert len([h for h in holds(shop, case) if h[3] is None]) == expected["given"]["reservations"]
    assert shop.say(case, v.Abandon("chat")).refusal is None
    assert len([h for h in holds(shop, case) if h[3] is None]) == expected["expected"]["reservations"]


def test_st_061_a_hold_lasts_as_long_as_the_merchant_says(pool):
    expected = case_of("ST-061")
    per_minute = expected["expected"]["expires_in_seconds"] / expected["given"]["ttl_minutes"]
    shop = stocked(pool, {"CUP": 5}, {**LOCKS, "hold_days": expected["given"]["ttl_minutes"]})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    (seconds,), = shop.all("select extract(epoch from expires_at - held_at)::int from holds where case_id = %s", case)
    assert seconds == expected["given"]["ttl_minutes"] * per_minute * 60 * 24  # our figure is in days


def test_st_063_the_same_sku_on_two_lines_cannot_be_oversold(pool):
    given = case_of("ST-063")["given"]
    assert isinstance(hold_all({"CUP": {"": given["stock"]}}, [("CUP", n) for n in given["lines"]]), Short)
    shop = stocked(pool, {"CUP": given["stock"]}, ONLY)
    order = shop.order(*[("CUP", n, 1000 * n) for n in given["lines"]])
    found = ask(shop, order, *enumerate(given["lines"]))
    assert isinstance(found, Applied) == case_of("ST-063")["expected"]["ok"]
    assert counts(shop, "CUP") == (given["stock"], 0)


def test_st_065_holding_what_is_held_is_holding_it_once(pool):
    expected = case_of("ST-065")
    shop = stocked(pool, {"CUP": expected["given"]["stock"]}, LOCKS)
    case, = asked(shop, shop.order(("CUP", 3, 3000)), (0, 3))
    assert shop.say(case, v.ReissueWithoutReturn(quantity=3)).refusal is None
    assert len(holds(shop, case)) == expected["expected"]["holds"]
    assert counts(shop, "CUP")[1] == expected["expected"]["held"]
    assert broken(shop) == []


def test_st_036_goods_received_for_sale_are_on_hand_again(pool):
    expected = case_of("ST-036")["expected"]
    shop = stocked(pool, {"CUP": 5})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    received(shop, case, disposition="sale")
    assert counts(shop, "CUP")[0] == 5 + expected["stock_change"]


def test_st_038_the_first_piece_of_a_sku_makes_its_count(pool):
    expected = case_of("ST-038")["expected"]
    shop = stocked(pool, {})
    case, = asked(shop, shop.order(("NEW", 1, 2000)), (0, 1))
    received(shop, case, disposition="sale")
    assert counts(shop, "NEW") == (expected["count_on_hand"], 0)


FINDINGS = {"given_to_customer": "kept_by_buyer", "lost_in_transit": "lost", "shipped_wrong_item": "wrong_item", "in_transit": "lost", "short_shipped": "missing"}


@pytest.mark.parametrize("state", list(FINDINGS))
def test_st_039_what_never_came_moves_no_stock_and_is_refunded(pool, state):
    expected = case_of("ST-039")
    assert state in expected["given"]["states"]
    assert FINDINGS[state] in NEVER_CAME
    shop = stocked(pool, {"CUP": 5})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1), type_="return")
    received(shop, case, condition=FINDINGS[state], disposition="sale")
    assert counts(shop, "CUP")[0] - 5 == expected["expected"]["stock_change"]
    assert shop.say(case, p.Refund()).refusal is None


@pytest.mark.parametrize(("settings", "ok"), [(ONLY, False), (LOCKS, True), ({}, True)], ids=["only with stock", "holding what there is", "without switches"])
def test_st_060_an_exchange_that_cannot_be_sent_is_refused_where_the_switch_says_so(pool, settings, ok):
    expected = case_of("ST-060")
    shop = stocked(pool, {"CUP": 0}, settings)
    found = ask(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    assert isinstance(found, Applied) == ok
    assert ok or expected["expected"]["ok"] is False


def test_st_043_an_exchange_gives_no_refund(pool):
    expected = case_of("ST-043")
    shop = stocked(pool, {"CUP": 5})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    to_processing(shop, case)
    assert shop.say(case, p.Exchange("CUP")).refusal is None
    assert shop.row(case, "granted_minor")[0] == int(float(expected["expected"]["amount"]) * 100)


def test_st_059_deciding_on_an_exchange_promises_its_pieces(pool):
    expected = case_of("ST-059")
    shop = stocked(pool, {"CUP": expected["given"]["stock"]})
    case, = asked(shop, shop.order(("CUP", 1, 2000)), (0, 1))
    to_processing(shop, case)
    assert shop.say(case, p.Exchange("CUP", expected["given"]["qty"])).refusal is None
    assert counts(shop, "CUP") == (expected["given"]["stock"], expected["expected"]["allocated"])
    assert shop.say(case, p.ShipReplacement("顺丰", f"SF-{case[-8:]}")).refusal is None
    assert counts(shop, "CUP") == (expected["given"]["stock"] - expected["expected"]["allocated"], 0)


def received(shop, case, **more):
    """Approved, sent back, and registered with this finding."""
    assert shop.say(case, v.ApproveReturn()).refusal is None
    assert shop.say(case, b.ShipBack("顺丰", f"SF{case[-12:]}"), LIN).refusal is None
    assert shop.say(case, p.RegisterReceipt(received=1, **{**GOOD, **more})).refusal is None
