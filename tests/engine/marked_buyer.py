"""A buyer whose every word is marked: through the product's own ways as far as they go, then in every text, JSON and file of every table, whatever its name.

What is new in a later migration is marked too without being told of: a table without rows gets one, made of what its columns and checks say.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg import sql

from amends.core.actor import Actor, Party
from amends.core.verbs.buyer import Answer, ShipBack
from amends.core.verbs.desk import Note, Say
from amends.core.verbs.review import ApproveReturn, AskBuyer
from amends.engine.ids import new_id
from amends.engine.photos import take_photo
from tests.shop import Shop

MARK = "ZQ7"
BUYER = f"buyer-{MARK}"
WHO = Actor(Party.BUYER, BUYER, f"钱{MARK}")
SKIPPED = frozenset({
    "schema_migrations", "divisions", "retention", "ledger_days", "pickup_slots", "pickup_offers", "demo_clock", "signing_keys", "pack_versions", "pack_releases", "suspensions", "suspension_changes", "platform_store", "connections", "mailboxes", "mailbox_secrets",
    "merchant_mail", "people", "roles", "grants", "sessions", "api_keys", "api_requests", "rate_limits", "phone_proofs", "carrier_names", "inbox", "merchants", "what_if_runs", "erasures", "pseudonyms", "buyer_erasures",
})
"""Tables of the house, of its staff, of packs, of other machines' messages (gone after a month), and the books of erasure itself: no row of theirs is about a buyer's matter."""
ROWS: dict[str, dict[str, Any]] = {
    "mails": {"direction": "in", "status": "placed", "side": "other_side", "kind": "mail"}, "urges": {"words": "x"}, "coupons": {"kind": "open", "minimum_minor": 0, "used_at": "2026-03-02", "order_id": "order"},
    "batches": {"finished_at": "2026-03-02"}, "reconciliation_differences": {"closed_at": "2026-03-02", "note": "x"}, "reconciliations": {"from_at": "2026-03-01", "to_at": "2026-03-02"}, "strategy_versions": {"rows": "[]"}, "ticket_turns": {"outcome": "transferred"},
    "mail_originals": {"size": 32}, "ledger_entries": {"account": "provider:x"}, "unclaimed_parcels": {"matched_case_id": "case", "matched_at": "2026-03-02"},
    "strategy_decisions": {"outcome": "refused"}, "calls": {"side": "buyer", "answered_at": "2026-03-02", "answer": "x"}, "buyer_marks": {}, "charges": {"state": "paid", "paid_at": "2026-03-02"},
    "refund_requests": {"state": "moved", "kind": "payout", "moved_at": "2026-03-02"}, "compensations": {"state": "refused", "decided_at": "2026-03-02", "asked_kind": "buyer", "asked_by": BUYER, "asked_name": f"钱{MARK}"},
    "parcel_troubles": {"by_id": BUYER, "by_name": f"钱{MARK}", "settled_at": "2026-03-02", "settled_words": "x"}, "order_changes": {"actor_kind": "buyer", "actor_id": BUYER, "actor_name": f"钱{MARK}"},
    "evidence": {"side": "buyer", "actor_id": BUYER, "actor_name": f"钱{MARK}"}, "drafts": {"person_id": BUYER}, "ledger_movements": {"kind": "deposit_paid_in", "actor_kind": "buyer", "actor_id": BUYER, "actor_name": f"钱{MARK}"},
    "stock_moves": {"actor_kind": "buyer", "actor_id": BUYER, "actor_name": f"钱{MARK}"}, "buyer_exports": {"buyer_id": BUYER, "size": 3, "bytes": MARK.encode(), "language": "en"}, "notices": {"reader": "buyer"},
    "audit": {"actor_kind": "buyer", "actor_id": BUYER, "actor_name": f"钱{MARK}", "subject_id": "case"}, "saved_views": {"filters": f'{{"q": "{BUYER}"}}'}, "import_errors": {"raw": f"{BUYER},x"},
}
"""What a row of a table says beside what every row does."""
PARENTS = ("parcels", "compensations", "mails", "imports", "batches")
"""Made first, because rows of others name theirs."""
NOT_TYPED = re.compile(r"(.*_)?(id|ids|by|kind|state|status|side|buyer|direction|outcome|number|currency|event|language|key)")
"""Columns that hold ids, codes and keys of the house: nobody types there. The buyer's id and keys of messages are looked for all the same."""


def lived(shop: Shop) -> tuple[str, str]:
    """An order and a return of the marked buyer, through the product: (order, case)."""
    order = shop.order(("CUP", 2, 20000), buyer_id=BUYER, receiver=f"钱{MARK}", phone=f"1380000{MARK}", city=f"廊坊{MARK}", district=f"广阳{MARK}", detail=f"银河大街 {MARK} 号", remarks=f"备注 {MARK}", buyer_remark=f"请早点 {MARK}")
    photo = take_photo(shop.pool, shop.merchant, PIXEL, BUYER, shop.now)
    assert isinstance(photo, str)
    case = _apply(shop, order, photo)
    for command, actor in (
        (AskBuyer(missing="photos", words=f"您好 {MARK}"), shop.hai), (Answer(words=f"我是 {MARK}"), WHO), (Note(words=f"这位是 {MARK}"), shop.hai), (Say(words=f"给 {MARK} 回电"), WHO), (ApproveReturn(words=f"同意 {MARK}"), shop.hai),
        (ShipBack(carrier="顺丰速运", waybill=f"SF{MARK}1"), WHO),
    ):
        answer = shop.say(case, command, actor)
        assert answer.refusal is None, (command, answer)
    return order, case


def _apply(shop: Shop, order: str, photo: str) -> str:
    from amends.engine.application import Application, Item
    from amends.engine.intake import apply_for

    item = Item(shop.lines[order][0], 1, "return", "no_reason", f"坏了 {MARK}", [photo])
    done = apply_for(shop.pool, shop.merchant, Application(order, [item]), WHO, shop.now, new_id())
    assert not isinstance(done, list), [r.say("zh") for r in done]
    return done.cases[0].case_id


def marked(admin: psycopg.Connection, shop: Shop, order: str, case: str) -> set[tuple[str, str]]:
    """Put the mark into every column of every table; answers (table, column) of those that hold it now."""
    admin.execute("set session_replication_role = replica")
    for table in _tables(admin):
        if not admin.execute(sql.SQL("select 1 from {} limit 1").format(sql.Identifier(table))).fetchone() or table in ROWS:
            _row(admin, table, shop.merchant, order, case)
        for column, kind in _columns(admin, table):
            _mark(admin, table, column, kind)
    admin.execute("set session_replication_role = origin")
    return where(admin)


def where(admin: psycopg.Connection) -> set[tuple[str, str]]:
    """Every column, of files too, in which the mark stands."""
    found = set()
    for table, column, kind in admin.execute(
        "select c.table_name, c.column_name, c.data_type from information_schema.columns c join information_schema.tables t using (table_schema, table_name) where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"
        " and c.data_type in ('text', 'jsonb', 'ARRAY', 'bytea') order by 1, 2"
    ).fetchall():
        name = sql.Identifier(column)
        test = sql.SQL("position({} in {}) > 0").format(sql.Literal(MARK.encode()), name) if kind == "bytea" else sql.SQL("position({} in {}::text) > 0").format(sql.Literal(MARK), name)
        if admin.execute(sql.SQL("select 1 from {} where {} limit 1").format(sql.Identifier(table), test)).fetchone():
            found.add((table, column))
    return found


def _tables(admin: psycopg.Connection) -> list[str]:
    rows = admin.execute("select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by table_name <> all(%s), 1", (list(PARENTS),)).fetchall()
    return [row[0] for row in rows if row[0] not in SKIPPED]


def _columns(admin: psycopg.Connection, table: str) -> list[tuple[str, str]]:
    rows = admin.execute(
        "select column_name, data_type from information_schema.columns where table_schema = 'public' and table_name = %s and is_generated = 'NEVER' and data_type in ('text', 'jsonb', 'bytea') order by ordinal_position", (table,)
    ).fetchall()
    return [(name, kind) for name, kind in rows if kind != "text" or not NOT_TYPED.fullmatch(name)]


def _mark(admin: psycopg.Connection, table: str, column: str, kind: str) -> None:
    name, whole = sql.Identifier(column), sql.Identifier(table)
    value = {
        "text": sql.SQL("coalesce({0}, '') || {1}").format(name, sql.Literal(f" {MARK}")),
        "jsonb": sql.SQL("case jsonb_typeof({0}) when 'array' then {0} || {1}::jsonb else coalesce({0}, '{{}}') || {2}::jsonb end").format(
            name, sql.Literal(f'["{MARK}"]'), sql.Literal(f'{{"words": "{MARK}", "unheard_of": {{"deep": [{{"said": "{MARK}", "buyer": "{BUYER}"}}]}}, "waybill": "SF{MARK}"}}')),
        "bytea": sql.Literal(MARK.encode()),
    }[kind]
    more = sql.SQL(", size = 3") if table in ("files", "mail_originals") and column == "bytes" else sql.SQL("")
    try:
        admin.execute(sql.SQL("update {} set {} = {}{}").format(whole, name, value, more))
    except (psycopg.errors.CheckViolation, psycopg.errors.UniqueViolation, psycopg.errors.DataError):
        return  # a code, or a digest: nothing typed can stand there


def _row(admin: psycopg.Connection, table: str, merchant: str, order: str, case: str) -> None:
    checks = " ".join(r[0] for r in admin.execute("select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and contype = 'c'", (table,)).fetchall())
    rows = admin.execute(
        "select column_name, data_type, is_nullable = 'NO' and column_default is null and is_identity = 'NO' from information_schema.columns where table_schema = 'public' and table_name = %s and is_generated = 'NEVER'", (table,)
    ).fetchall()
    known = {"merchant_id": merchant, "case_id": case, "order_id": order, "buyer_id": BUYER, "currency": "CNY", "parcel_id": _any(admin, "parcels"), "mail_id": _any(admin, "mails"), "compensation_id": _any(admin, "compensations"),
             "batch_id": _any(admin, "batches"), "import_id": _any(admin, "imports")}
    own = {name: case if value == "case" else order if value == "order" else value for name, value in ROWS.get(table, {}).items()}
    values: dict[str, Any] = {}
    for name, kind, needed in rows:
        if name in own:
            values[name] = own[name]
        elif name in known and (needed or name in ("buyer_id", "case_id", "order_id")):
            values[name] = known[name]
        elif needed:
            values[name] = _value(name, kind, checks)
    if table == "coupons":
        values.pop("case_id", None)
    admin.execute(sql.SQL("insert into {} ({}) values ({})").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Literal, values.values()))))


def _any(admin: psycopg.Connection, table: str) -> str:
    row = admin.execute(sql.SQL("select id::text from {} limit 1").format(sql.Identifier(table))).fetchone()
    return row[0] if row else new_id()


def _value(name: str, kind: str, checks: str) -> Any:
    if kind == "text":
        found = re.search(rf"\(?\b{name} = ANY \(ARRAY\['([^']+)'", checks)
        return found[1] if found else "x"
    if kind == "ARRAY":
        return "{}"
    return {"uuid": new_id(), "timestamp with time zone": "2026-03-01", "date": "2026-03-01", "jsonb": "{}", "bytea": b"x" * 32, "boolean": False, "xid8": "1"}.get(kind, 1)


PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082")
