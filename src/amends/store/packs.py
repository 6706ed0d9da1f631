"""Pack versions, their releases, and what was given to whom (PO-14, PO-18). Everything but reading is done in the platform's scope."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from amends.core.pack_release import Audience, Holder, Release
from amends.core.pack_shape import arranged, pack_shape

Row = dict[str, Any]
MOST_VERSIONS = 2**31
_VERSION = "pack, version, state, copied_from, valid_from, made_by, made_at, note, edit, edited_by, edited_at, released_at"
_RELEASE = "pack, version, of_packs, percent, merchants::text[] as merchants, starts_at, note, made_by, made_at, changed_at, carried_at, withdrawn_at"
_LISTED = f"""select {_VERSION}, document -> 'name' ->> 'zh' as zh, document -> 'name' ->> 'en' as en,
  (select count(*) from merchants m where m.pack = v.pack and m.pack_version = v.version and m.closed_at is null)::int as holders,
  (select row_to_json(r) from (select percent, cardinality(merchants) as named, starts_at, carried_at, withdrawn_at from pack_releases r where r.pack = v.pack and r.version = v.version) r) as release
  from pack_versions v"""


def _rows(conn: psycopg.Connection, query: str, given: Any = ()) -> list[Row]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, given).fetchall()


def lock(conn: psycopg.Connection, pack: str) -> None:
    """Whoever changes versions, releases or holders of a pack does it one after the other; until the transaction ends."""
    conn.execute("select pg_advisory_xact_lock(hashtextextended('pack ' || %s, 0))", (pack,))


def listed(conn: psycopg.Connection, pack: str | None = None) -> list[Row]:
    """Every version (of one pack) with its names, how many merchants hold it and its release, latest version first."""
    return _rows(conn, _LISTED + (" where v.pack = %s" if pack else "") + " order by v.copied_from is not null, v.pack, v.version desc", (pack,) if pack else ())


def one(conn: psycopg.Connection, pack: str, version: int, *, lock: bool = False) -> Row | None:
    """A version with its document, held for a change if `lock`."""
    if not 0 < version < MOST_VERSIONS:
        return None
    found = _rows(conn, f"select {_VERSION}, document from pack_versions where pack = %s and version = %s" + (" for update" if lock else ""), (pack, version))
    for row in found:
        row["document"] = arranged(pack_shape(), row["document"])
    return found[0] if found else None


def latest(conn: psycopg.Connection, pack: str) -> int:
    """The highest version of a pack, 0 where there is none."""
    row = conn.execute("select coalesce(max(version), 0) from pack_versions where pack = %s", (pack,)).fetchone()
    return int(row[0]) if row else 0


def add(conn: psycopg.Connection, row: Row) -> bool:
    """A new version; False when it is there already."""
    return conn.execute(
        "insert into pack_versions (pack, version, state, document, copied_from, valid_from, made_by, made_at, note, edited_by, edited_at, released_at)"
        " values (%(pack)s, %(version)s, %(state)s, %(document)s, %(copied_from)s, %(valid_from)s, %(made_by)s, %(made_at)s, %(note)s, %(made_by)s, %(made_at)s, %(released_at)s)"
        " on conflict do nothing", {"released_at": None, "note": "", "copied_from": None, **row, "document": Jsonb(row["document"])},
    ).rowcount == 1


def save(conn: psycopg.Connection, pack: str, version: int, document: Row, name: str, now: Any) -> None:
    """The document of a draft, one edit further."""
    conn.execute(
        "update pack_versions set document = %s, edit = edit + 1, edited_by = %s, edited_at = %s where pack = %s and version = %s and state = 'draft'",
        (Jsonb(document), name, now, pack, version),
    )


def rewrite(conn: psycopg.Connection, pack: str, version: int, document: Row) -> None:
    """Another document under the same version: in a demo's house only, where nobody was promised anything."""
    conn.execute("update pack_versions set document = %s where pack = %s and version = %s", (Jsonb(document), pack, version))


def drop(conn: psycopg.Connection, pack: str, version: int) -> bool:
    """A draft goes; False when it is none (any more)."""
    return conn.execute("delete from pack_versions where pack = %s and version = %s and state = 'draft'", (pack, version)).rowcount == 1


def set_state(conn: psycopg.Connection, pack: str, version: int, state: str, now: Any, document: Row | None = None, valid_from: Any = None, note: str | None = None) -> None:
    """released or withdrawn; with the document as it stands from now on."""
    conn.execute(
        "update pack_versions set state = %(state)s, document = coalesce(%(document)s, document), valid_from = coalesce(%(from)s, valid_from), note = coalesce(%(note)s, note),"
        " released_at = coalesce(released_at, %(now)s) where pack = %(pack)s and version = %(version)s",
        {"state": state, "document": Jsonb(document) if document is not None else None, "from": valid_from, "note": note, "now": now, "pack": pack, "version": version},
    )


def release(conn: psycopg.Connection, pack: str, version: int) -> Row | None:
    """The release of a version, held for a change."""
    if not 0 < version < MOST_VERSIONS:
        return None
    found = _rows(conn, f"select {_RELEASE} from pack_releases where pack = %s and version = %s for update", (pack, version))
    return found[0] if found else None


def put_release(conn: psycopg.Connection, row: Row) -> None:
    """Make or change a release; it is to be carried out (again) from `starts_at` on."""
    conn.execute(
        "insert into pack_releases (pack, version, of_packs, percent, merchants, starts_at, note, made_by, made_at, changed_at, withdrawn_at)"
        " values (%(pack)s, %(version)s, %(of_packs)s, %(percent)s, %(merchants)s::uuid[], %(starts_at)s, %(note)s, %(made_by)s, %(now)s, %(now)s, %(withdrawn_at)s)"
        " on conflict (pack, version) do update set of_packs = excluded.of_packs, percent = excluded.percent, merchants = excluded.merchants, starts_at = excluded.starts_at,"
        " note = excluded.note, changed_at = excluded.changed_at, carried_at = null, withdrawn_at = excluded.withdrawn_at",
        {"withdrawn_at": None, "note": "", **row},
    )


def name_merchant(conn: psycopg.Connection, pack: str, version: int, merchant_id: str) -> None:
    """The release names this merchant from now on; it has been carried out for it by whoever calls."""
    conn.execute(
        "update pack_releases set merchants = array_append(merchants, %(m)s::uuid) where pack = %(pack)s and version = %(version)s and not %(m)s::uuid = any(merchants)",
        {"m": merchant_id, "pack": pack, "version": version},
    )


def unname_merchant(conn: psycopg.Connection, merchant_id: str, but: tuple[str, int]) -> None:
    """No other release names this merchant any more: it was moved."""
    conn.execute(
        "update pack_releases set merchants = array_remove(merchants, %(m)s::uuid) where %(m)s::uuid = any(merchants) and (pack, version) <> (%(pack)s, %(version)s)",
        {"m": merchant_id, "pack": but[0], "version": but[1]},
    )


def waiting(conn: psycopg.Connection, now: Any) -> list[tuple[str, int]]:
    """Releases to be carried out now, oldest first."""
    return conn.execute("select pack, version from pack_releases where carried_at is null and starts_at <= %s order by changed_at, pack, version", (now,)).fetchall()


def carried(conn: psycopg.Connection, pack: str, version: int, now: Any) -> None:
    """It is carried out as it stands."""
    conn.execute("update pack_releases set carried_at = %s where pack = %s and version = %s", (now, pack, version))


def in_force(conn: psycopg.Connection, now: Any) -> list[Release]:
    """Every release that has begun and was not withdrawn, latest begun first."""
    rows = conn.execute(
        "select pack, version, of_packs, percent, merchants::text[] from pack_releases where withdrawn_at is null and starts_at <= %s order by starts_at desc, made_at desc, version desc, pack", (now,)
    ).fetchall()
    return [Release((r[0], r[1]), Audience(frozenset(r[2]), r[3], frozenset(r[4]))) for r in rows]


def holders(conn: psycopg.Connection, packs: list[str], merchants: list[str], *, lock: bool = True) -> list[Holder]:
    """Open merchants of these packs, and those named, held for a change in the order of their ids."""
    rows = conn.execute(
        "select id::text, pack, pack_version from merchants where closed_at is null and (pack = any(%s) or id = any(%s::uuid[])) order by id" + (" for update" if lock else ""), (packs, merchants),
    )
    return [Holder(*row) for row in rows]


def give(conn: psycopg.Connection, merchants: list[str], pack: str, version: int, why: str, by: str, now: Any) -> None:
    """New cases of these merchants are opened under this version; when and why is written down."""
    conn.execute("update merchants set pack = %s, pack_version = %s where id = any(%s::uuid[])", (pack, version, merchants))
    conn.execute(
        "insert into pack_assignments (merchant_id, since, pack, version, why, given_by) select m, %s, %s, %s, %s, %s from unnest(%s::uuid[]) m", (now, pack, version, why, by, merchants),
    )


def earlier(conn: psycopg.Connection, merchants: list[str], pack: str, version: int) -> dict[str, tuple[str, int]]:
    """For each merchant what it had last before this version, of what may still be given."""
    rows = conn.execute(
        "select distinct on (a.merchant_id) a.merchant_id::text, a.pack, a.version from pack_assignments a join pack_versions v on v.pack = a.pack and v.version = a.version and v.state = 'released'"
        " where a.merchant_id = any(%s::uuid[]) and (a.pack, a.version) <> (%s, %s) order by a.merchant_id, a.seq desc", (merchants, pack, version),
    )
    return {m: (p, v) for m, p, v in rows}


def assignments(conn: psycopg.Connection, *, merchant: str | None = None, pack: str = "", version: int = 0, many: int = 100) -> list[Row]:
    """What was given: to one merchant, or of one version; latest first, with the merchant's name."""
    where = "a.merchant_id = %(m)s::uuid" if merchant else "a.pack = %(pack)s and (%(version)s = 0 or a.version = %(version)s)"
    return _rows(
        conn, "select a.merchant_id::text as merchant_id, m.name, a.since, a.pack, a.version, a.why, a.given_by, m.pack = a.pack and m.pack_version = a.version as holds"
        f" from pack_assignments a join merchants m on m.id = a.merchant_id where {where} order by a.seq desc limit %(many)s",
        {"m": merchant, "pack": pack, "version": version, "many": many},
    )


def names(conn: psycopg.Connection, merchants: list[str]) -> list[Row]:
    """Id and name of these merchants, by name."""
    return _rows(conn, "select id::text as id, name from merchants where id = any(%s::uuid[]) order by name, id", (merchants,))


def merchants_of(conn: psycopg.Connection, packs: list[str], many: int = 2000) -> list[Row]:
    """Open merchants with what they hold, those of these packs first: for choosing some."""
    return _rows(
        conn, "select id::text as id, name, pack, pack_version from merchants where closed_at is null order by pack <> all(%s), name, id limit %s", (packs, many),
    )


def at_zero(conn: psycopg.Connection, packs: list[str]) -> list[Holder]:
    """Merchants that still hold what comes with the product without a version (0), held for a change."""
    return [Holder(*row) for row in conn.execute("select id::text, pack, pack_version from merchants where pack_version = 0 and pack = any(%s) order by id for update", (packs,))]

