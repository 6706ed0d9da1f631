"""What is erased when its time is over (ST-10): mails with their originals and attachments, and dossiers. Read and written in the platform's scope only.

A row stays, with when it came, where it belonged and the digest of what it was; its words, names, addresses and bytes go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import class_row

KINDS = ("mail", "dossier")

_ABOUT = """
  from {table} x left join merchants k on k.id = x.merchant_id left join cases c on c.merchant_id = x.merchant_id and c.id = x.case_id
  left join lateral (select array_agg(o.number order by o.closed_at is not null, o.number) as numbers, bool_or(o.closed_at is null) as open, max(o.closed_at) as ended_at from cases o
    where c.id is not null and o.merchant_id = c.merchant_id and o.id <> c.id
      and (o.order_id = c.order_id or o.id = c.parent_id or o.parent_id = c.id or o.id::text = c.facts ->> 'parent_id' or o.facts ->> 'parent_id' = c.id::text)) r on true"""
_COLUMNS = """x.merchant_id::text as merchant_id, x.id::text as id, x.erased_at, coalesce(k.name, '') as merchant, coalesce(c.number, '') as number, coalesce(c.kind, '') as kind, c.closed_at as closed_at, c.id is not null as of_case,
  coalesce(r.numbers, '{{}}') as numbers, coalesce(r.open, false) as open, r.ended_at"""
_MAIL = "select 'mail' as what, x.at as at, x.status, " + _COLUMNS + _ABOUT.format(table="mails")
_DOSSIER = "select 'dossier' as what, x.requested_at as at, x.side as status, " + _COLUMNS + _ABOUT.format(table="dossiers")
_QUERY = {"mail": _MAIL.replace("{{}}", "{}"), "dossier": _DOSSIER.replace("{{}}", "{}")}
_ENDED = "(c.id is null or c.closed_at is not null) and not coalesce(r.open, false) and greatest({at}, c.closed_at, r.ended_at) <= %(before)s"
_DUE = {
    "mail": f"x.erased_at is null and x.status not in ('kept', 'not_placed', 'queued') and x.at <= %(before)s and {_ENDED.format(at='x.at')}",
    "dossier": f"x.erased_at is null and x.requested_at <= %(before)s and {_ENDED.format(at='x.requested_at')}",
}

_OF_ADDRESS = "({m}.sender = %(a)s or {m}.recipient = %(a)s or {m}.reply_to = %(a)s or {m}.recipients @> to_jsonb(%(a)s::text))"


@dataclass(slots=True)
class Found:
    """A mail or a dossier, its case, and the other cases about the same goods (open ones first): what decides whether it may go."""

    what: str
    at: datetime
    status: str
    merchant_id: str
    id: str
    merchant: str
    erased_at: datetime | None
    number: str
    kind: str
    closed_at: datetime | None
    of_case: bool
    numbers: list[str]
    open: bool
    ended_at: datetime | None


@dataclass(slots=True)
class Retention:
    """For how many days things are kept after their end, whether the worker erases what is due by itself, and whether another person confirms that a buyer is to be erased."""

    days: int
    by_itself: bool
    second_person: bool
    changed_by: str
    changed_at: datetime | None


def retention(conn: psycopg.Connection, *, lock: bool = False) -> Retention:
    """What is set."""
    with conn.cursor(row_factory=class_row(Retention)) as cursor:
        found = cursor.execute("select days, by_itself, second_person, changed_by, changed_at from retention" + (" for update" if lock else "")).fetchone()
    assert found is not None
    return found


def set_retention(conn: psycopg.Connection, days: int, by_itself: bool, second_person: bool, name: str, now: datetime) -> None:
    """Other days, by itself or not, with a second person or not."""
    conn.execute("update retention set days = %s, by_itself = %s, second_person = %s, changed_by = %s, changed_at = %s", (days, by_itself, second_person, name, now))


def one(conn: psycopg.Connection, what: str, ident: str) -> Found | None:
    """One by its kind and id."""
    with conn.cursor(row_factory=class_row(Found)) as cursor:
        return cursor.execute(f"{_QUERY[what]} where x.id = %s".encode(), (ident,)).fetchone()


def of_address(conn: psycopg.Connection, address: str, most: int | None = None) -> list[Found]:
    """Mails from or to an address, whoever else they went to, that are not erased yet, and the dossiers of the tickets they are on. `most` of each; None: all."""
    with conn.cursor(row_factory=class_row(Found)) as cursor:
        mails = cursor.execute(f"{_QUERY['mail']} where x.erased_at is null and {_OF_ADDRESS.format(m='x')} order by x.at limit %(m)s".encode(), {"a": address, "m": most}).fetchall()
        within = f"(x.merchant_id, x.case_id) in (select m.merchant_id, m.case_id from mails m where m.case_id is not null and {_OF_ADDRESS.format(m='m')})"
        return mails + cursor.execute(f"{_QUERY['dossier']} where x.erased_at is null and {within} order by x.requested_at limit %(m)s".encode(), {"a": address, "m": most}).fetchall()


def of_case(conn: psycopg.Connection, number: str, most: int | None = None) -> list[Found]:
    """Mails and dossiers of the cases of this number that are not erased yet. Each merchant has numbers of its own, so there may be several such cases."""
    with conn.cursor(row_factory=class_row(Found)) as cursor:
        return [row for what in KINDS for row in cursor.execute(f"{_QUERY[what]} where x.erased_at is null and c.number = %(n)s order by 2 limit %(m)s".encode(), {"n": number, "m": most}).fetchall()]


def due(conn: psycopg.Connection, days: int, now: datetime, most: int) -> list[Found]:
    """What may go: everything about it has ended that long ago, the oldest first."""
    with conn.cursor(row_factory=class_row(Found)) as cursor:
        return [row for what in KINDS for row in cursor.execute(f"{_QUERY[what]} where {_DUE[what]} order by 2 limit %(m)s".encode(), {"before": now - timedelta(days=days), "m": most}).fetchall()]


def counts(conn: psycopg.Connection, days: int, now: datetime) -> dict[str, tuple[int, int, int]]:
    """For mails and dossiers: how many are kept, how many are due, how many were erased."""
    out: dict[str, tuple[int, int, int]] = {}
    for what, table in (("mail", "mails"), ("dossier", "dossiers")):
        row = conn.execute(
            f"select (select count(*) from {table} where erased_at is null), (select count(*) from ({_QUERY[what]} where {_DUE[what]}) q), (select count(*) from {table} where erased_at is not null)".encode(),
            {"before": now - timedelta(days=days)},
        ).fetchone()
        assert row is not None
        out[what] = (row[0], row[1], row[2])
    return out


def erase_mail(conn: psycopg.Connection, merchant: str, mail_id: str, name: str, now: datetime) -> bool:
    """Words, names, addresses, the message itself and what came with it; false if it was erased already."""
    done = conn.execute(
        "update mails set sender = '', sender_name = '', reply_to = '', recipient = '', recipients = '[]', subject = '', said = '', body = '', attached = '[]', told = '', message_id = '',"
        " key = 'erased:' || encode(sha256(convert_to(key, 'UTF8')), 'hex'), erased_at = %s, erased_by = %s where merchant_id = %s and id = %s and erased_at is null",
        (now, name, merchant, mail_id),
    ).rowcount
    if done:
        conn.execute("update mail_keys set key = 'erased:' || encode(sha256(convert_to(key, 'UTF8')), 'hex') where mail_id = %s", (mail_id,))
        conn.execute("delete from mail_originals where merchant_id = %s and mail_id = %s", (merchant, mail_id))
        conn.execute("delete from files where merchant_id = %s and uploaded_by = %s", (merchant, f"mail:{mail_id}"))
    return bool(done)


def erase_dossier(conn: psycopg.Connection, merchant: str, dossier_id: str, name: str, now: datetime) -> bool:
    """The document and the paper; their digests stay, so that the house can still tell one it made. False if it was erased already."""
    return conn.execute(
        "update dossiers set json = ''::bytea, pdf = case when pdf is not null then ''::bytea end, requested_name = '', trouble = null, erased_at = %s, erased_by = %s,"
        " content = sha256(content || decode(replace(id::text, '-', ''), 'hex')) where merchant_id = %s and id = %s and erased_at is null", (now, name, merchant, dossier_id),
    ).rowcount == 1
