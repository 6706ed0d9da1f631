"""What somebody typed and has not sent, with the files brought to it: one row for each person, case and command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

_OWN = """array(select f.id from unnest(%(files)s::uuid[]) with ordinality w (id, n) join files f on f.merchant_id = %(m)s and f.id = w.id and f.case_id is null and f.uploaded_by = %(uploader)s
    where not exists (select from unclaimed_parcels u where u.merchant_id = %(m)s and f.id = any(u.file_ids)) order by w.n)"""
_SAVE = f"""
insert into drafts (merchant_id, person_id, case_id, command, body, file_ids, case_version, saved_at) values (%(m)s, %(person)s, %(case)s, %(command)s, %(body)s, {_OWN}, %(version)s, %(at)s)
on conflict (merchant_id, person_id, case_id, command) do update set body = excluded.body, file_ids = case when %(leave)s then drafts.file_ids else excluded.file_ids end,
  case_version = excluded.case_version, saved_at = excluded.saved_at
"""
_DROP = """
with gone as (
  delete from drafts where merchant_id = %(m)s and person_id = %(person)s and case_id = %(case)s and (%(command)s::text is null or command = %(command)s)
    and (not %(empty)s or file_ids = '{}') returning file_ids
)
delete from files f where f.merchant_id = %(m)s and f.id in (select unnest(g.file_ids) from gone g) and f.case_id is null
  and not exists (select from unclaimed_parcels u where u.merchant_id = %(m)s and f.id = any(u.file_ids))
"""
_LOAD = """
select d.command, d.body, d.case_version, d.saved_at, array(select w.id::text from unnest(d.file_ids) with ordinality w (id, n)
    join files f on f.merchant_id = d.merchant_id and f.id = w.id and f.case_id is null order by w.n) as files
from drafts d where d.merchant_id = %s and d.person_id = %s and d.case_id = %s order by d.command
"""


def save(
    conn: psycopg.Connection, merchant: str, person: str, case: str, command: str, body: dict[str, Any], version: int | None, at: datetime, files: Sequence[str] | None = None, uploader: str = "",
) -> None:
    """Keep it, in place of what was kept before. `files`: ids, of which those that `uploader` brought and nothing has been done with are kept; None leaves the files as they are."""
    given = {"m": UUID(merchant), "person": person, "case": UUID(case), "command": command, "body": Jsonb(body), "version": version, "at": at}
    conn.execute(_SAVE, {**given, "files": [UUID(f) for f in files or ()], "leave": files is None, "uploader": uploader})


def drop(conn: psycopg.Connection, merchant: str, person: str, case: str, command: str | None, *, empty: bool = False) -> None:
    """Forget the draft of one command, or of all of them, with the files that were brought to it and not sent; `empty`: only one without files."""
    conn.execute(_DROP, {"m": UUID(merchant), "person": person, "case": UUID(case), "command": command, "empty": empty})


def load(conn: psycopg.Connection, merchant: str, person: str, case: str) -> list[tuple[str, dict[str, Any], int | None, datetime, list[str]]]:
    """(command, body, version of the case then, saved at, ids of files that are still there and not sent) of everything kept for this person and case."""
    return conn.execute(_LOAD, (UUID(merchant), person, UUID(case))).fetchall()
