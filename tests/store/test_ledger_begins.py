"""A house that granted and moved refunds before it had a ledger finds them in it, balanced, after the migration."""

import psycopg

from amends.store.migrate import known, migrate

BEFORE = 23


def test_what_was_granted_and_moved_before_stands_in_the_ledger(empty_url):
    migrate(empty_url, known()[:BEFORE])
    with psycopg.connect(empty_url, autocommit=True) as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute(
            "insert into cases (merchant_id, id, kind, number, state, granted_minor, moved_minor, currency, waits_on, opened_at)"
            " select md5('m')::uuid, md5(n::text)::uuid, 'service_order', 'S-' || n, 'confirming', n * 100, 0, 'CNY', 'buyer', now() from generate_series(0, 3) n"
        )
        conn.execute(
            "insert into refund_requests (merchant_id, id, case_id, order_id, payment_id, provider, key, amount_minor, currency, state, requested_at, moved_at)"
            " values (md5('m')::uuid, md5('r')::uuid, md5('2')::uuid, md5('o')::uuid, md5('p')::uuid, 'wepay', 'k', 150, 'CNY', 'moved', now(), now())"
        )
    migrate(empty_url)
    with psycopg.connect(empty_url) as conn:
        assert dict(conn.execute("select account, balance_minor from ledger_balances").fetchall()) == {"merchant_settlement": -600, "buyer_refund": 450, "provider:wepay": 150}
        assert conn.execute("select kind, count(*) from ledger_movements group by 1 order by 1").fetchall() == [("refund_granted", 3), ("refund_moved", 1)]
        assert conn.execute("select movement_id from ledger_entries group by 1 having sum(amount_minor) <> 0").fetchall() == []
