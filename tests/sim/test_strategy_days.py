"""Merchants whose strategies are on keep every invariant, and a spoiled database is noticed (SA-4, SA-5)."""

import psycopg
import pytest

from amends.sim.invariants_strategies import STRATEGIES
from amends.sim.strategy_days import live_strategy_days


@pytest.mark.parametrize("seed", [1, 3])
def test_days_with_strategies_keep_every_invariant(pool, seed):
    found = live_strategy_days(pool, seed)
    assert found["fired"] > 4, found
    assert found["shadow"] + found["refused"] > 2, found


SPOILS = {
    "a decision lost": ("delete from strategy_decisions where outcome = 'fired'", "decided_once"),
    "an act nobody gave": ("update events set explanation = explanation - 'by' where explanation ->> 'by' = 'strategy'", "decision_without_event"),
    "another version named": ("update events set explanation = jsonb_set(explanation, '{version}', '999') where explanation ->> 'by' = 'strategy'", "names_its_version"),
    "an alert before it": ("update events set body = jsonb_set(body, '{changes}', '{\"alert_open\": true}') where version = 1", "alert_open"),
    "more than a day allows": ("update strategy_versions set rows = (select jsonb_agg(jsonb_set(r, '{limits,per_day}', '0')) from jsonb_array_elements(rows) r)", "limit_of_a_day"),
    "more than a case allows": ("update strategy_versions set rows = (select jsonb_agg(jsonb_set(r, '{limits,amount}', '0')) from jsonb_array_elements(rows) r)", "limit_of_a_case"),
    "more than a buyer may": ("update strategy_versions set rows = (select jsonb_agg(jsonb_set(r, '{limits,per_buyer}', '0')) from jsonb_array_elements(rows) r)", "limit_of_a_buyer"),
    "more money than a buyer may": ("update strategy_versions set rows = (select jsonb_agg(jsonb_set(r, '{limits,amount_per_buyer}', '0')) from jsonb_array_elements(rows) r)", "money_of_a_buyer"),
    "a count forgotten": ("update strategy_counts set n = n + 1", "counted"),
}


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoiled_database_is_noticed(pool, database_url, name):
    query, invariant = SPOILS[name]
    with psycopg.connect(database_url) as conn:
        conn.execute("set session_replication_role = replica")
        merchants = [row[0] for row in conn.execute("select distinct merchant_id from strategy_counts").fetchall()]
        assert conn.execute(query).rowcount > 0, "there is something to spoil"
        assert any(conn.execute(STRATEGIES[invariant], {"m": m}).fetchone() for m in merchants)
        conn.rollback()
