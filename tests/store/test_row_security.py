"""The second wall (ST-9), the audit that cannot be edited (ST-8), and what the tables themselves refuse."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from amends.store.connect import PLATFORM, Pool, Whose, scope

MILL, KILN = UUID(int=1), UUID(int=2)
EVENT = (
    "insert into events (merchant_id, case_id, version, name, command_id, actor_kind, at) "
    "values (%s, gen_random_uuid(), 1, 'opened', gen_random_uuid(), 'buyer', now())"
)
CASE = (
    "insert into cases (merchant_id, id, kind, number, state, waits_on, opened_at, granted_minor, moved_minor, currency) "
    "values (%s, %s, 'service_order', %s, 'reviewing', 'merchant', now(), %s, %s, 'CNY')"
)
AUDIT = "insert into audit (merchant_id, id, at, actor_kind, action) values (%s, gen_random_uuid(), now(), 'merchant', 'sign_in')"


@pytest.fixture(scope="module", autouse=True)
def two_merchants(pool: Pool) -> None:
    """A mill and a kiln, with a case and a line in the audit each."""
    for merchant, name in ((MILL, "磨坊"), (KILN, "窑")):
        with scope(pool, PLATFORM) as conn:
            conn.execute("insert into merchants (id, name, pack, fulfilment_mode) values (%s, %s, 'jd', 'SOP')", (merchant, name))
        with scope(pool, merchant) as conn:
            conn.execute(CASE, (merchant, uuid4(), "S-2026-000001", 0, 0))
            conn.execute(EVENT, (merchant,))
            conn.execute(AUDIT, (merchant,))


def _merchants_seen(pool: Pool, whose: Whose, table: str, column: str = "merchant_id") -> set[UUID]:
    with scope(pool, whose) as conn:
        return {row[0] for row in conn.execute(f"select {column} from {table}")}


@pytest.mark.parametrize("table", ["cases", "events", "audit"])
def test_one_merchant_sees_only_its_own_rows_even_without_where(pool: Pool, table: str) -> None:
    assert _merchants_seen(pool, MILL, table) == {MILL}
    assert _merchants_seen(pool, KILN, table) == {KILN}
    assert {MILL, KILN} <= _merchants_seen(pool, PLATFORM, table)


def test_a_merchant_does_not_even_see_that_another_exists(pool: Pool) -> None:
    assert _merchants_seen(pool, MILL, "merchants", "id") == {MILL}


def test_no_scope_sees_nothing_and_a_scope_does_not_outlive_its_transaction(pool: Pool) -> None:
    with scope(pool, MILL) as conn:
        conn.execute("select 1")
    with pool.connection() as conn:
        assert conn.execute("select count(*) from cases").fetchone() == (0,)
        assert conn.execute("select current_user").fetchone() == ("amends_app",)


def test_a_merchant_cannot_touch_or_plant_rows_of_another(pool: Pool) -> None:
    with scope(pool, MILL) as conn:
        assert conn.execute("update cases set state = 'x' where merchant_id = %s", (KILN,)).rowcount == 0
        assert conn.execute("delete from cases where merchant_id = %s", (KILN,)).rowcount == 0
    with pytest.raises(errors.InsufficientPrivilege), scope(pool, MILL) as conn:
        conn.execute(CASE, (KILN, uuid4(), "S-2026-000009", 0, 0))


def test_the_platform_setting_alone_opens_nothing(pool: Pool) -> None:
    with scope(pool, MILL) as conn:
        conn.execute("set local amends.scope = 'platform'")
        assert {row[0] for row in conn.execute("select merchant_id from cases")} == {MILL}


def test_every_table_with_a_merchant_stands_behind_the_wall(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "select c.relname, c.relrowsecurity and c.relforcerowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid) "
        "from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'merchant_id' "
        "where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert len(rows) > 25
    assert [row for row in rows if row[1:] != (True, 2)] == []


def test_every_unique_index_of_a_merchants_table_begins_with_the_merchant(admin: psycopg.Connection) -> None:
    reference = {"merchants", "people", "roles", "grants", "sessions", "api_keys"}
    rows = admin.execute(
        "select c.relname, i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid "
        "join pg_attribute a on a.attrelid = c.oid and a.attname = 'merchant_id' "
        "where c.relnamespace = 'public'::regnamespace and i.indisunique and i.indkey[0] <> a.attnum"
    ).fetchall()
    assert [row for row in rows if row[0] not in reference] == []


def test_the_application_roles_are_ordinary(admin: psycopg.Connection) -> None:
    rows = admin.execute("select rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname like 'amends\\_%'").fetchall()
    assert rows == [(False, False, False)] * 2


@pytest.mark.parametrize("sql", ["update audit set action = 'x'", "delete from audit", "truncate audit", "update events set name = 'x'", "delete from events"])
def test_audit_and_events_cannot_be_changed_by_anybody(pool: Pool, admin: psycopg.Connection, sql: str) -> None:
    for whose in (MILL, PLATFORM):
        with pytest.raises(errors.InsufficientPrivilege), scope(pool, whose) as conn:
            conn.execute(sql)
    with pytest.raises(errors.InsufficientPrivilege, match="只能追加"):
        admin.execute(sql)


@pytest.mark.parametrize(
    ("constraint", "sql"),
    [
        ("cases_moved", "update cases set granted_minor = 100, moved_minor = 101"),
        ("cases_granted_minor_check", "update cases set granted_minor = -1, moved_minor = -1"),
        ("cases_not_forgotten", "update cases set waits_on = null"),
        ("stock_on_hand_check", "insert into stock (merchant_id, sku, on_hand) values ('00000000-0000-0000-0000-000000000001', 'cup', -1)"),
        ("stock_over_held", "insert into stock (merchant_id, sku, on_hand, held) values ('00000000-0000-0000-0000-000000000001', 'cup', 1, 2)"),
    ],
)
def test_impossible_figures_are_refused(pool: Pool, constraint: str, sql: str) -> None:
    with pytest.raises(errors.CheckViolation) as refused, scope(pool, MILL) as conn:
        conn.execute(sql)
    assert refused.value.diag.constraint_name == constraint


def test_the_ledger_balances_with_every_statement(pool: Pool) -> None:
    entries = "insert into ledger_entries (merchant_id, movement_id, line, account, amount_minor, currency, at) values "
    row = "(%s, %s, %s, %s, %s, 'CNY', now())"
    movement = uuid4()
    with scope(pool, MILL) as conn:
        conn.execute(f"{entries}{row}, {row}", (MILL, movement, 1, "buyer", 500, MILL, movement, 2, "merchant", -500))
    with pytest.raises(errors.CheckViolation), scope(pool, MILL) as conn:
        conn.execute(entries + row, (MILL, uuid4(), 1, "buyer", 500))


def test_the_demo_clock_only_moves_forward(pool: Pool, admin: psycopg.Connection) -> None:
    with scope(pool, PLATFORM) as conn:
        conn.execute("update demo_clock set ahead = '2 days'")
    for sql in ("update demo_clock set ahead = '1 day'", "delete from demo_clock", "truncate demo_clock"):
        with pytest.raises(errors.CheckViolation):
            admin.execute(sql)
    assert admin.execute("select ahead from demo_clock").fetchone() == (timedelta(days=2),)
    with pytest.raises(errors.InsufficientPrivilege), scope(pool, MILL) as conn:
        conn.execute("update demo_clock set ahead = '3 days'")


def test_who_of_the_platform_has_a_case_in_hand_is_not_a_merchants_to_read(pool: Pool) -> None:
    with pytest.raises(errors.InsufficientPrivilege), scope(pool, MILL) as conn:
        conn.execute("select from desk_assignments")
