"""Who asked that a buyer be erased, how far it is, what stands for the buyer meanwhile, and what is kept of a buyer beside orders and cases (ST-10). In the platform's scope only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from amends.store.buyer_matters import Matter

_COLUMNS = """r.merchant_id::text as merchant_id, m.name as merchant, r.id::text as id, r.buyer_id, r.why, r.reference, r.state, r.asked_by, r.asked_name, r.asked_at, r.confirmed_name, r.confirmed_at, r.ended_at,
  r.next_at, r.erased, r.held"""

__all__ = ["Asked", "Connection"]


@dataclass(slots=True)
class Asked:
    """One request. `held`: what must still stay, each with its number, the refusal's code and its facts; `next_at`: when it is looked at again."""

    merchant_id: str
    merchant: str
    id: str
    buyer_id: str
    why: str
    reference: str
    state: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    confirmed_name: str
    confirmed_at: datetime | None
    ended_at: datetime | None
    next_at: datetime | None
    erased: int
    held: list[dict[str, Any]]


def listed(conn: psycopg.Connection, most: int = 100, merchant: str | None = None) -> list[Asked]:
    """Requests, open ones first, newest first."""
    with conn.cursor(row_factory=class_row(Asked)) as cursor:
        return cursor.execute(
            f"select {_COLUMNS} from buyer_erasures r join merchants m on m.id = r.merchant_id where (%(m)s::uuid is null or r.merchant_id = %(m)s)"
            " order by r.state not in ('asked', 'running'), r.asked_at desc, r.id limit %(most)s".encode(), {"m": merchant, "most": most},
        ).fetchall()


def one(conn: psycopg.Connection, ident: str, *, lock: bool = False) -> Asked | None:
    """One of them."""
    with conn.cursor(row_factory=class_row(Asked)) as cursor:
        found = cursor.execute(f"select {_COLUMNS} from buyer_erasures r join merchants m on m.id = r.merchant_id where r.id = %s".encode(), (ident,)).fetchone()
    if found is None or not lock:
        return found
    conn.execute("select 1 from buyer_erasures where merchant_id = %s and id = %s for update", (found.merchant_id, ident))
    return one(conn, ident)


def open_of(conn: psycopg.Connection, merchant: str, buyer: str) -> str | None:
    """The id of a request of this buyer that is not ended."""
    row = conn.execute("select id::text from buyer_erasures where merchant_id = %s and buyer_id = %s and state in ('asked', 'running')", (merchant, buyer)).fetchone()
    return row[0] if row else None


def add(conn: psycopg.Connection, merchant: str, ident: str, buyer: str, why: tuple[str, str], by: tuple[str, str], now: datetime) -> bool:
    """A new one; `why`: the reason's code and a reference, `by`: the asker's id and name. False if one of this buyer is open, or this id is known."""
    return conn.execute(
        "insert into buyer_erasures (merchant_id, id, buyer_id, why, reference, state, asked_by, asked_name, asked_at) values (%s, %s, %s, %s, %s, 'asked', %s, %s, %s) on conflict do nothing",
        (merchant, ident, buyer, *why, *by, now),
    ).rowcount == 1


def confirm(conn: psycopg.Connection, merchant: str, ident: str, by: tuple[str, str], now: datetime) -> None:
    """It runs from now on."""
    conn.execute(
        "update buyer_erasures set state = 'running', confirmed_by = %s, confirmed_name = %s, confirmed_at = %s, next_at = %s where merchant_id = %s and id = %s and state = 'asked'", (*by, now, now, merchant, ident)
    )


def withdraw(conn: psycopg.Connection, merchant: str, ident: str, now: datetime) -> None:
    """It is taken back; what has gone stays gone."""
    conn.execute("update buyer_erasures set state = 'withdrawn', ended_at = %s, next_at = null where merchant_id = %s and id = %s and state in ('asked', 'running')", (now, merchant, ident))


def due(conn: psycopg.Connection, now: datetime, most: int = 20) -> list[str]:
    """Running ones that are to be looked at."""
    return [row[0] for row in conn.execute("select id::text from buyer_erasures where state = 'running' and next_at <= %s order by next_at limit %s", (now, most)).fetchall()]


_ERASED = "(select count(*) from erasures e where e.merchant_id = buyer_erasures.merchant_id and e.request_id = buyer_erasures.id and (e.order_id is not null or e.case_id is not null))"
"""Counted, not added up: two turns may run at once."""


def went_on(conn: psycopg.Connection, merchant: str, ident: str, held: Sequence[dict[str, Any]], next_at: datetime) -> None:
    """A turn has ended; these stay; look again then."""
    conn.execute(f"update buyer_erasures set erased = {_ERASED}, held = %s, next_at = %s where merchant_id = %s and id = %s".encode(), (Jsonb(list(held)), next_at, merchant, ident))


def end(conn: psycopg.Connection, merchant: str, ident: str, pseudonym: str, now: datetime) -> None:
    """Nothing is left: the buyer's id goes from here as well."""
    conn.execute(
        f"update buyer_erasures set state = 'done', buyer_id = %s, reference = '', erased = {_ERASED}, held = '[]', ended_at = %s, next_at = null where merchant_id = %s and id = %s".encode(), (pseudonym, now, merchant, ident)
    )


def pseudonym(conn: psycopg.Connection, merchant: str, buyer: str, fresh: str) -> str:
    """What stands for a buyer; `fresh` if nothing does yet."""
    row = conn.execute(
        "insert into pseudonyms (merchant_id, buyer_id, pseudonym) values (%s, %s, %s) on conflict (merchant_id, buyer_id) do update set pseudonym = pseudonyms.pseudonym returning pseudonym", (merchant, buyer, fresh)
    ).fetchone()
    assert row is not None
    return str(row[0])


def begin(conn: psycopg.Connection, ident: str, matter: Matter, stands: str, request: str | None, name: str, now: datetime) -> None:
    """The row under which one matter is erased."""
    conn.execute(
        "insert into erasures (merchant_id, id, order_id, case_id, pseudonym, request_id, by_name, at) values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (matter.merchant_id, ident, matter.order_id, matter.case_id, stands, request, name, now),
    )
    _under(conn, ident)


def _under(conn: psycopg.Connection, ident: str) -> None:
    """From here to `finish`, tables that may only be added to let texts be emptied."""
    conn.execute("select set_config('amends.erasing', %s, true)", (ident,))


def begin_rest(conn: psycopg.Connection, ident: str, merchant: str, request: str | None, stands: str, name: str, now: datetime) -> None:
    """The row under which what is left beside a buyer's matters goes."""
    conn.execute(
        "insert into erasures (merchant_id, id, pseudonym, request_id, by_name, at) values (%s, %s, %s, %s, %s, %s)", (merchant, ident, stands, request, name, now)
    )
    _under(conn, ident)


def finish(conn: psycopg.Connection, merchant: str, ident: str, now: datetime) -> None:
    """Its end, in the same transaction: nothing more may be erased under it."""
    conn.execute("update erasures set done_at = %s where merchant_id = %s and id = %s", (now, merchant, ident))
    conn.execute("select set_config('amends.erasing', '', true)")


def left(conn: psycopg.Connection, merchant: str, buyer: str) -> bool:
    """Whether an order or a case names this buyer."""
    if "\x00" in buyer:
        return False
    row = conn.execute(
        "select exists (select 1 from orders where merchant_id = %(m)s and buyer_id = %(b)s) or exists (select 1 from cases where merchant_id = %(m)s and buyer_id = %(b)s)", {"m": merchant, "b": buyer}
    ).fetchone()
    return bool(row and row[0])


def coupon_until(conn: psycopg.Connection, merchant: str, buyer: str, now: datetime) -> datetime | None:
    """Until when a coupon of this buyer may still be used; None if none may."""
    row = conn.execute(
        "select max(coalesce(valid_until, '9999-12-31')) from coupons where merchant_id = %s and buyer_id = %s and used_at is null and coalesce(valid_until, '9999-12-31') > %s", (merchant, buyer, now)
    ).fetchone()
    return row[0] if row else None


def leftovers(conn: psycopg.Connection, now: datetime, most: int = 200) -> list[tuple[str, str]]:
    """(merchant, buyer) whose last matter has gone, whom nobody asked to be erased, and who hold no coupon that may still be used: what is left beside them is to go as well."""
    return conn.execute(
        "select p.merchant_id::text, p.buyer_id from pseudonyms p where not exists (select 1 from orders o where o.merchant_id = p.merchant_id and o.buyer_id = p.buyer_id)"
        " and not exists (select 1 from cases c where c.merchant_id = p.merchant_id and c.buyer_id = p.buyer_id)"
        " and not exists (select 1 from buyer_erasures r where r.merchant_id = p.merchant_id and r.buyer_id = p.buyer_id and r.state in ('asked', 'running'))"
        " and not exists (select 1 from coupons u where u.merchant_id = p.merchant_id and u.buyer_id = p.buyer_id and u.used_at is null and coalesce(u.valid_until, '9999-12-31') > %s) limit %s", (now, most),
    ).fetchall()


_BESIDE = ("coupons", "notices", "strategy_counts")
"""Tables with a buyer's id whose rows belong to no order and no case."""


def forget(conn: psycopg.Connection, merchant: str, buyer: str, stands: str, now: datetime) -> None:
    """What is left of a buyer whose last matter has gone: rows beside them, drafts, unsent files, what was typed to find them, copies for them; and the way from the id to its pseudonym."""
    given = {"m": merchant, "b": buyer, "s": stands, "now": now}
    for table in _BESIDE:
        conn.execute(f"update {table} set buyer_id = %(s)s where merchant_id = %(m)s and buyer_id = %(b)s".encode(), given)
    conn.execute("update audit set actor_id = %(s)s, actor_name = '', address = null where merchant_id = %(m)s and actor_kind = 'buyer' and actor_id = %(b)s", given)
    conn.execute("delete from drafts where merchant_id = %(m)s and person_id = 'buyer:' || %(b)s", given)  # as the buyer's pages keep them
    conn.execute("delete from files where merchant_id = %(m)s and case_id is null and uploaded_by = %(b)s", given)
    typed(conn, merchant, [buyer])
    conn.execute("update buyer_exports set bytes = '', buyer_id = '', reference = '', gone_at = %(now)s where merchant_id = %(m)s and buyer_id = %(b)s and gone_at is null", given)
    conn.execute("delete from pseudonyms where merchant_id = %(m)s and buyer_id = %(b)s", given)


def typed(conn: psycopg.Connection, merchant: str, values: Sequence[str]) -> None:
    """Saved lists that were narrowed to one of these words, and rows of import files that could not be read and hold one."""
    words = [v for v in values if len(v) > 1]
    given = {"m": merchant, "w": words}
    conn.execute("delete from saved_views v where v.merchant_id = %(m)s and exists (select 1 from unnest(%(w)s::text[]) w where position(w in v.filters::text) > 0 or position(w in v.name) > 0)", given)
    conn.execute("delete from import_errors e where e.merchant_id = %(m)s and exists (select 1 from unnest(%(w)s::text[]) w where position(w in e.raw) > 0 or position(w in e.reason_zh) > 0)", given)


def old_imports(conn: psycopg.Connection, before: datetime) -> None:
    """Rows of imports that were refused, and files of dry runs that were never imported, go by age."""
    conn.execute("delete from import_errors e using imports i where i.merchant_id = e.merchant_id and i.id = e.import_id and i.started_at <= %s", (before,))
    conn.execute("delete from import_files f using imports i where i.merchant_id = f.merchant_id and i.id = f.import_id and i.started_at <= %s", (before,))


def old_answers(conn: psycopg.Connection, before: datetime, most: int = 5000) -> int:
    """Answers told to keys under their Idempotency-Key that belong to no case go by age; answers how many went."""
    return conn.execute(
        "delete from commands_done where (merchant_id, command_id) in (select merchant_id, command_id from commands_done where case_id is null and answer ? 'said' and at <= %s limit %s)", (before, most)
    ).rowcount
