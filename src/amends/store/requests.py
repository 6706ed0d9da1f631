"""One round trip for every API request: whose key this is, how often it has knocked in this minute, and what was asked under its Idempotency-Key (IN-1, ST-6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from amends.store.connect import Pool

WINDOW = timedelta(minutes=1)
KEPT = timedelta(days=2)
"""How long what was asked under an Idempotency-Key is remembered beyond the command's own record."""

_AS_PLATFORM = "select set_config('role', 'amends_platform', true), set_config('amends.scope', 'platform', true), set_config('amends.merchant', '', true)"
_KNOCK = """
with held as (
  select k.id, k.merchant_id, k.name, k.permissions from api_keys k left join merchants m on m.id = k.merchant_id
   where k.prefix = %(prefix)s and k.key_hash = %(hash)s and k.revoked_at is null and (k.expires_at is null or k.expires_at > %(now)s) and m.closed_at is null
), noted as (
  update api_keys k set used_at = %(now)s from held where k.id = held.id and (k.used_at is null or k.used_at <= %(now)s - interval '1 minute')
), counted as (
  insert into rate_limits as r (key, window_start, count) select 'api:' || held.id, %(window)s, 1 from held
  on conflict (key) do update set count = case when r.window_start = excluded.window_start then r.count + 1 else 1 end, window_start = excluded.window_start
  returning count
), asked as (
  insert into api_requests as a (id, key, fingerprint, at) select %(request)s::uuid, 'api:' || held.id, %(fingerprint)s, %(now)s
    from held, counted where %(request)s::uuid is not null and counted.count <= %(most)s
  on conflict (id) do update set at = a.at returning fingerprint
), swept as (
  delete from api_requests a using held, counted where counted.count = 1 and a.key = 'api:' || held.id and a.at < %(now)s - %(kept)s::interval
)
select held.id::text, held.merchant_id::text, held.name, held.permissions, counted.count, (select fingerprint from asked) from held, counted
"""


def knock(pool: Pool, prefix: str, key_hash: bytes, now: datetime, most: int, request: UUID | None, fingerprint: bytes) -> tuple[Any, ...] | None:
    """(key id, merchant id, name, permissions, requests in this window, fingerprint first asked under `request`), or None for no live key."""
    given = {
        "prefix": prefix, "hash": key_hash, "now": now, "window": window_of(now), "most": most, "request": request, "fingerprint": fingerprint, "kept": KEPT,
    }
    with pool.connection() as conn:
        try:
            with conn.pipeline():
                conn.execute("begin")
                conn.execute(_AS_PLATFORM)
                found = conn.execute(_KNOCK, given)
                conn.execute("commit")
            return found.fetchone()
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise


def window_of(now: datetime) -> datetime:
    """The start of the window an instant lies in."""
    return now.replace(second=0, microsecond=0)
