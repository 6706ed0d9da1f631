"""What opening a ticket reads and writes, and what a mail about one is made of (05-tickets)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from amends.store.merchant_seen import COLUMNS, MerchantSeen, merchant_of
from amends.store.queries import sql


@dataclass(slots=True)
class About:
    """What a number stands for: an order, a service order or a cancellation."""

    kind: str
    id: str
    order_id: str
    order_number: str
    buyer_id: str
    province: str
    currency: str
    sku: str
    line_id: str


@dataclass(slots=True)
class SeenForTicket:
    """Everything `see` found. `about`: what the number stands for; `photos`: which of the files are there and belong to no case yet."""

    merchant: MerchantSeen
    about: About | None
    done: dict[str, Any] | None
    photos: set[str]


_ABOUT = """select * from (
  select c.kind, c.id::text as id, coalesce(c.order_id::text, '') as order_id, coalesce(o.number, '') as order_number, coalesce(c.buyer_id, '') as buyer_id,
    coalesce(o.province, '') as province, coalesce(c.currency, '') as currency, coalesce(c.sku, '') as sku, coalesce(c.line_id::text, '') as line_id, 0 as rank
  from cases c left join orders o on o.merchant_id = c.merchant_id and o.id = c.order_id
  where c.merchant_id = %(merchant)s and c.kind in ('service_order', 'cancellation') and c.number = %(number)s
  union all select 'order', o.id::text, o.id::text, o.number, o.buyer_id, coalesce(o.province, ''), o.currency,
    coalesce((select l.sku from order_lines l where l.merchant_id = o.merchant_id and l.order_id = o.id order by l.position limit 1), ''), '', 1
  from orders o where o.merchant_id = %(merchant)s and o.number = %(number)s) x order by rank limit 1"""
_PHOTOS = "select id::text from files where merchant_id = %(merchant)s and id::text = any(%(photos)s) and case_id is null"
_DONE = "select answer from commands_done where merchant_id = %(merchant)s and command_id = %(command)s"


@dataclass(slots=True)
class _Row(About):
    rank: int


def see(conn: psycopg.Connection, merchant: str, number: str, command: str, photos: list[str]) -> SeenForTicket:
    """Open a transaction in the merchant's scope, hold the command id, and read. The caller ends the transaction."""
    given = {"merchant": UUID(merchant), "number": number, "command": command, "photos": photos}
    conn.execute("begin")
    conn.execute("select set_config('amends.merchant', %s, true)", (merchant,))
    # Two that open the same ticket at once wait for each other here, and the later one finds what the earlier one wrote.
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 37))", (command,))
    about = None
    if number:
        with conn.cursor(row_factory=class_row(_Row)) as cursor:
            about = cursor.execute(_ABOUT, given).fetchone()
    whose = conn.execute(f"select {COLUMNS} from merchants where id = %(merchant)s", given).fetchone()
    done = conn.execute(_DONE, given).fetchone()
    pictures = {row[0] for row in conn.execute(_PHOTOS, given).fetchall()} if photos else set()
    return SeenForTicket(merchant_of(whose), about, done[0] if done else None, pictures)


def insert(conn: psycopg.Connection, given: dict[str, Any]) -> None:
    """Write a ticket with its first event, words, clock and messages, and commit. `facts`, `body`, `answer` and `mail` are JSON; `files` a list of file ids."""
    row = {**given, "event_text": given["event_id"], **{name: Jsonb(given[name]) for name in ("facts", "body", "answer", "mail")}}
    conn.execute(sql("insert_ticket"), row)
    if given["files"]:
        rows = [{"id": file, "case_id": given["id"]} for file in given["files"]]
        conn.execute(sql("file_photos"), {"merchant": given["merchant"], "now": given["now"], "rows": msgspec.json.encode(rows).decode()})
    conn.execute("commit")


@dataclass(slots=True)
class MailOfTicket:
    """What a mail about a ticket says. `to`: `merchant` or `other_side`; `address` is known for the other side only (who wrote the mail the ticket came from).

    `title`: the ticket's own; `by`: who wrote; `file_ids`: attachments; `due_at` until when the merchant is to answer, None where nobody is waited for.
    """

    ticket_id: str
    number: str
    title: str
    to: str
    address: str
    by: str
    words: str
    file_ids: list[str]
    result: str
    state: str
    due_at: Any


_MAIL = """select c.number, coalesce(c.facts ->> 'title', ''), coalesce(c.facts ->> 'mail_from', ''), coalesce(m.actor_name, ''), coalesce(m.body, ''),
    coalesce(m.file_ids::text[], '{}'), coalesce(c.facts ->> 'result', ''), c.state, c.due_at
  from cases c left join messages m on m.merchant_id = c.merchant_id and m.case_id = c.id and m.id = %(message)s
  where c.merchant_id = %(merchant)s and c.id = %(ticket)s and c.kind = 'ticket'"""


def mail_of(conn: psycopg.Connection, merchant: str, ticket: str, message: str | None, to: str) -> MailOfTicket | None:
    """What the mail about one message of a ticket says; None if there is no such ticket. Merchant's scope."""
    row = conn.execute(_MAIL, {"merchant": UUID(merchant), "ticket": ticket, "message": message}).fetchone()
    if row is None:
        return None
    number, title, wrote, by, words, files, result, state, due_at = row
    return MailOfTicket(ticket, number, title, to, wrote if to == "other_side" else "", by, words, list(files), result if to == "other_side" else "", state, due_at)


def by_number(conn: psycopg.Connection, merchant: str, number: str) -> tuple[str, str, str] | None:
    """Id, state and other side's address of a ticket by its number; None if this merchant has none such. Merchant's scope."""
    row = conn.execute(
        "select id::text, state, coalesce(facts ->> 'mail_from', '') from cases where merchant_id = %s and kind = 'ticket' and number = %s", (UUID(merchant), number),
    ).fetchone()
    return None if row is None else (row[0], row[1], row[2])


def facts_of(conn: psycopg.Connection, merchant: str, ticket: str) -> tuple[str, dict[str, Any]]:
    """Number and facts of a ticket that is known to be there. Merchant's scope."""
    row = conn.execute("select number, facts from cases where merchant_id = %s and id = %s", (UUID(merchant), ticket)).fetchone()
    return ("", {}) if row is None else (row[0], row[1])
