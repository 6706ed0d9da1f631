"""A buyer is erased when the time is over, on request, to the last word in the database, while money, counts and the structure of the history stay (ST-10)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from amends import cli
from amends.core.actor import Actor, Party
from amends.core.orders import Line, Order, Parcel, complete
from amends.core.refusal import Refusal
from amends.core.verbs.desk import Note
from amends.engine import buyer_erasure, drafts, erasure
from amends.engine.audit import By
from amends.engine.buyer_erasure import Turn
from amends.engine.erasure import ITSELF
from amends.engine.ids import new_id, new_ids
from amends.store import orders
from amends.store.connect import PLATFORM, scope
from tests.api.caller import StillClock
from tests.engine.kept_columns import KEPT
from tests.engine.marked_buyer import BUYER, MARK, lived, marked, where
from tests.shop import Shop, open_shop

PERMISSIONS = frozenset({"erase_personal_data", "export_personal_data"})
HE, QING = (By(Actor(Party.PLATFORM, new_id(), name, None, PERMISSIONS)) for name in ("贺兰", "青山"))


@pytest.fixture(scope="module")
def shop(pool) -> Shop:
    return open_shop(pool)


@pytest.fixture(scope="module")
def whole(shop, admin_module) -> tuple[str, str]:
    order, case = lived(shop)
    held = marked(admin_module, shop, order, case)
    assert len({table for table, _ in held}) > 45, "the mark stands nearly everywhere"
    return order, case


@pytest.fixture(scope="module")
def admin_module(database_url):
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as conn:
        yield conn


def ended(admin, at) -> None:
    """Everything that still ran has ended."""
    admin.execute("update cases set closed_at = %s where closed_at is null", (at,))
    admin.execute("update orders set state = 'completed', completed_at = %s", (at,))
    admin.execute("update outbox set done_at = %s, dead_at = null", (at,))


def test_until_its_time_it_stays_and_says_why_then_every_word_goes(shop, whole, admin_module):
    pool, admin, now = shop.pool, admin_module, shop.now
    shown = buyer_erasure.look(pool, HE, shop.merchant, BUYER, now)
    assert not isinstance(shown, Refusal)
    assert [why.code for _, why in shown if why] == ["buyer_case_open"]
    ident = buyer_erasure.ask(pool, HE, shop.merchant, BUYER, "buyer_asked", "T-77", now)
    assert isinstance(ident, str)
    own = buyer_erasure.confirm(pool, HE, ident, now)
    assert isinstance(own, Refusal)
    assert (own.code, "贺兰" in own.say("zh")) == ("buyer_second_person", True)
    assert buyer_erasure.confirm(pool, QING, ident, now) is None
    assert buyer_erasure.turn(pool, ITSELF, ident, now).gone == 0
    ended(admin, now)
    before = figures(admin)
    early = buyer_erasure.turn(pool, ITSELF, ident, now + timedelta(days=1095))
    assert [why.code for _, why in early.stays] == ["buyer_not_due"]
    assert admin.execute("select next_at::date - %s::date from buyer_erasures", (now,)).fetchone()[0] == 1096
    late = now + timedelta(days=1097)
    assert buyer_erasure.run_asked(pool, ITSELF, late) == 1
    assert admin.execute("select state, erased, buyer_id like 'erased:%%', held from buyer_erasures").fetchone() == ("done", 1, True, [])
    left = where(admin)
    assert " ".join(".".join(c) for c in sorted(left - set(KEPT))) == ""
    assert " ".join(".".join(c) for c in sorted(set(KEPT) - left)) == "", "these no longer need to be excused"
    assert names_left(admin) == []
    assert figures(admin) == before


def names_left(admin) -> list[str]:
    """Tables in which a row of the buyer's own still has the name."""
    out = []
    for table, kind, name in admin.execute(
        "select k.table_name, k.column_name, n.column_name from information_schema.columns k join information_schema.columns n using (table_schema, table_name)"
        " where table_schema = 'public' and (k.column_name, n.column_name) in (('actor_kind', 'actor_name'), ('side', 'actor_name'), ('asked_kind', 'asked_name'))"
    ).fetchall():
        if admin.execute(f"select 1 from {table} where {kind} = 'buyer' and {name} like '%%{MARK}%%'").fetchone():
            out.append(table)
    return out


def figures(admin) -> list:
    return [admin.execute(text).fetchall() for text in (
        "select count(*), sum(paid_minor), sum(refunded_minor), count(distinct buyer_id) from orders", "select kind, state, count(*), sum(granted_minor), sum(amount_minor), count(distinct buyer_id) from cases group by 1, 2",
        "select account, sum(amount_minor), count(*) from ledger_entries group by 1", "select case_id, version, name, at, command_id, body -> 'to', (select count(*) from jsonb_object_keys(body -> 'changes')) from events order by 1, 2",
        "select count(*) from files", "select action, at, actor_kind, subject_id from audit where action not like 'buyer_e%%' order by 2, 1, 4", "select case_id, at, actor_kind from messages order by 2", "select score, count(*) from ratings group by 1",
    )]


def test_twice_is_harmless_and_a_request_goes_on_where_a_turn_ended(shop):
    pool, buyer, now = shop.pool, f"b{new_id()[-8:]}", shop.now
    placed = [shop.order(("CUP", 1, 10000), buyer_id=buyer, receiver="周晓", phone="13911112222") for _ in range(3)]
    late = now + timedelta(days=1200)
    assert drafts.save(pool, shop.merchant, f"buyer:{buyer}", placed[0], "apply", {"description": "杯口裂了"}, None, now), "as the buyer's pages keep what is half written"
    ident = buyer_erasure.ask(pool, ITSELF, shop.merchant, buyer, "account_closed", "", late)
    assert isinstance(ident, str)
    assert buyer_erasure.ask(pool, ITSELF, shop.merchant, buyer, "account_closed", "", late, ident) == ident, "the same command again"
    again = buyer_erasure.ask(pool, ITSELF, shop.merchant, buyer, "account_closed", "", late)
    assert isinstance(again, Refusal)
    assert again.code == "buyer_asked_already"
    assert [gone(buyer_erasure.turn(pool, ITSELF, ident, late, most=1)) for _ in range(3)] == [1, 1, 1]
    assert gone(buyer_erasure.turn(pool, ITSELF, ident, late)) == 0
    rows = shop.all("select buyer_id, receiver, phone, paid_minor, erased_at is not null from orders where id = any(%s::uuid[])", placed)
    assert len({row[0] for row in rows}) == 1, "still one buyer"
    assert {row[1:] for row in rows} == {(None, None, 10000, True)}
    assert shop.all("select state, erased from buyer_erasures where id = %s", ident) == [("done", 3)]
    assert shop.all("select 1 from pseudonyms where buyer_id = %s", buyer) == [], "nothing leads back"
    assert shop.all("select 1 from drafts where person_id = %s", f"buyer:{buyer}") == []
    unknown = buyer_erasure.ask(pool, ITSELF, shop.merchant, buyer, "account_closed", "", late)
    assert isinstance(unknown, Refusal)
    assert unknown.code == "buyer_unknown"


def gone(done: Turn | Refusal) -> int:
    assert isinstance(done, Turn)
    return done.gone


def test_what_a_shop_sends_again_brings_nobody_back(shop):
    placed = datetime(2022, 1, 1, tzinfo=UTC)
    record = Order("R-1", "completed", f"b{new_id()[-8:]}", "CNY", placed, receiver="郑和平", phone="13700001111", city="广州市", detail="东风路 3 号", completed_at=placed, lines=[Line("CUP", "杯", 1, 500, 500)], parcels=[Parcel("顺丰速运", "SF900")])
    record.fulfilment_mode = "SOP"
    complete(record)
    for _ in range(2):
        with scope(shop.pool, PLATFORM) as conn:
            orders.put(conn, [(shop.merchant, record)], new_ids)
        assert buyer_erasure.erase_due(shop.pool, ITSELF, placed + timedelta(days=1200)) in (1, 0)
    assert shop.all("select receiver, phone, city, detail, buyer_id like 'erased:%%', state from orders where number = 'R-1'") == [(None, None, None, None, True, "completed")]
    assert shop.all("select waybill like 'erased:%%' from parcels p join orders o on o.merchant_id = p.merchant_id and o.id = p.order_id where o.number = 'R-1'") == [(True,)]


@pytest.mark.parametrize(("columns", "code"), [({"state": "shipped"}, "buyer_order_open"), ({}, "buyer_owed")], ids=["not-delivered", "refund-not-paid"])
def test_what_is_open_or_owed_stays(shop, columns, code):
    buyer, late = f"b{new_id()[-8:]}", shop.now + timedelta(days=4000)
    order = shop.order(("CUP", 1, 10000), buyer_id=buyer, **columns)
    with scope(shop.pool, PLATFORM) as conn:
        if not columns:
            conn.execute(
                "insert into compensations (merchant_id, id, number, kind, state, order_id, buyer_id, asked_minor, amount_minor, currency, asked_kind, asked_at, decided_at) values (%s, %s, %s, 'goodwill', 'granted', %s, %s, 100, 100, 'CNY', 'merchant', %s, %s)",
                (shop.merchant, new_id(), f"K-{new_id()[-6:]}", order, buyer, shop.now, shop.now),
            )
    shown = buyer_erasure.look(shop.pool, HE, shop.merchant, buyer, late)
    assert not isinstance(shown, Refusal)
    assert [why.code for _, why in shown if why] == [code]


@pytest.mark.parametrize(
    ("erasing", "change"),
    [
        (False, "update events set body = jsonb_set(body, '{input}', '{}')"), (True, "update events set body = jsonb_set(body, '{to}', '\"completed\"')"), (True, "update events set body = body #- '{input,quantity}'"),
        (True, "update events set body = '{}'"), (True, "update events set explanation = '{\"by\": \"me\"}'"), (True, "update audit set actor_name = 'x'"), (True, "update ledger_movements set reason = 'x'"),
    ],
    ids=["no-erasure", "another-state", "a-number-less", "everything", "something-more", "another-name", "another-reason"],
)
def test_the_history_can_be_emptied_and_nothing_else(pool, erasing, change):
    shop = open_shop(pool)
    case = shop.apply(shop.order(("CUP", 1, 10000)))
    shop.say(case, Note(words="备注"))
    with pytest.raises(Exception, match="只能追加"):
        tampered(shop, erasing, f"{change} where merchant_id = '{shop.merchant}'")


def tampered(shop: Shop, erasing: bool, text: str) -> None:
    with scope(shop.pool, PLATFORM) as conn:
        ident, order = new_id(), conn.execute("select id from orders where merchant_id = %s", (shop.merchant,)).fetchone()
        conn.execute("insert into ledger_movements (merchant_id, id, kind, about, at) values (%s, %s, 'deposit_paid_in', %s, now())", (shop.merchant, new_id(), new_id()))
        conn.execute("insert into erasures (merchant_id, id, order_id, pseudonym, by_name, at, done_at) values (%s, %s, %s, 'erased:x', '', now(), %s)", (shop.merchant, ident, order[0], None if erasing else shop.now))
        conn.execute("select set_config('amends.erasing', %s, true)", (ident,))
        conn.execute(text)


def test_a_merchant_does_not_read_the_books_of_erasure(shop):
    for table in ("buyer_erasures", "buyer_exports", "erasures", "pseudonyms"):
        with pytest.raises(Exception, match="permission denied"), scope(shop.pool, UUID(shop.merchant)) as conn:
            conn.execute(f"select 1 from {table}")


def test_only_the_platforms_people_with_leave_and_for_a_reason(shop):
    nobody = By(Actor(Party.PLATFORM, new_id(), "新人", None, frozenset({"read"})))
    for by, why, reference, code in ((nobody, "buyer_asked", "", "permission_missing"), (By(shop.hai), "buyer_asked", "", "permission_missing"), (HE, "because", "", "buyer_why_missing"), (HE, "buyer_asked", "客户 buyer-lin", "buyer_reference_named")):
        refused = buyer_erasure.ask(shop.pool, by, shop.merchant, "buyer-lin", why, reference, shop.now)
        assert isinstance(refused, Refusal)
        assert refused.code == code


def test_the_least_days_are_the_laws(shop):
    assert erasure.retention(shop.pool).days >= 1096


def test_the_command_says_and_does_it(shop, monkeypatch, capsys, tmp_path):
    buyer = f"b{new_id()[-8:]}"
    shop.order(("CUP", 1, 10000), buyer_id=buyer, receiver="吴桐", state="completed")
    clock = StillClock(shop.now)
    house = SimpleNamespace(pool=shop.pool, clock=clock, secret=b"secret", close=lambda: None)
    monkeypatch.setattr("amends.engine.erasure_command.open_house", lambda *_, **__: house)
    assert cli.main(["erase", "buyer", buyer, "--dry-run"]) == 1
    assert "还在法定保存期内" in capsys.readouterr().out
    assert cli.main(["erase", "export", buyer, "--out", str(tmp_path / "copy.zip"), "--language", "en"]) == 0
    assert (tmp_path / "copy.zip").stat().st_mode & 0o777 == 0o600
    clock.at = shop.now + timedelta(days=1200)
    assert cli.main(["erase", "status"]) == 0
    assert "订单 orders" in capsys.readouterr().out
    assert cli.main(["erase", "buyer", buyer, "--why", "account_closed"]) == 0
    assert "1 已清除 erased" in capsys.readouterr().out
    assert cli.main(["erase", "buyer", buyer]) == 1
    assert cli.main(["erase", "due"]) == 0


def test_a_turn_that_dies_leaves_whole_orders_and_two_turns_at_once_do_each_once(shop, monkeypatch):
    pool, buyer, late = shop.pool, f"b{new_id()[-8:]}", shop.now + timedelta(days=1200)
    placed = [shop.order(("CUP", 1, 10000), buyer_id=buyer, receiver="沈舟") for _ in range(4)]
    ident = buyer_erasure.ask(pool, ITSELF, shop.merchant, buyer, "buyer_asked", "", late)
    assert isinstance(ident, str)
    with monkeypatch.context() as dying:
        dying.setattr(buyer_erasure.store, "finish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            buyer_erasure.turn(pool, ITSELF, ident, late)
    assert shop.all("select count(*) from orders where id = any(%s::uuid[]) and receiver = '沈舟' and erased_at is null", placed) == [(4,)]
    assert shop.all("select count(*) from erasures where request_id = %s", ident) == [(0,)]
    with ThreadPoolExecutor(2) as both:
        done = [turned.result() for turned in [both.submit(buyer_erasure.turn, pool, ITSELF, ident, late) for _ in range(2)]]
    assert sum(gone(one) for one in done) == 4
    buyer_erasure.turn(pool, ITSELF, ident, late)
    assert shop.all("select count(*) from erasures where request_id = %s and order_id is not null and done_at is not null", ident) == [(4,)]
    assert shop.all("select state, erased from buyer_erasures where id = %s", ident) == [("done", 4)]
