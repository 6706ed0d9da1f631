"""Policy packs over the API: documents for everybody, drafts, releases and replays for keys of the platform (PO-14, PO-18)."""

from __future__ import annotations

import json
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from amends.api import pack_shapes as shapes
from amends.api.door import Call, Refused, Reply
from amends.api.operations import PAGING
from amends.api.pages import DEFAULT_LIMIT, cursor, limit, read_cursor
from amends.api.records import read_record
from amends.api.shop_shapes import Pack, PackPage, PackRow
from amends.core.policy import load_pack
from amends.core.refusal import Refusal
from amends.core.what_if import KINDS
from amends.engine import pack_releases, packs, what_if
from amends.engine.audit import By
from amends.engine.pack_releases import Meant
from amends.engine.packs import Ref
from amends.store import packs as store
from amends.store import what_if as runs
from amends.store.connect import PLATFORM, scope

DOCUMENT_BYTES = 2 * 2**20


def listed(call: Call) -> Reply:
    """GET every policy pack."""
    call.needs("read")
    call.known_queries()
    return Reply(PackPage([PackRow(**_row(document, call)) for document in _seen(call).values()], None))


def one(call: Call, pack: str) -> Reply:
    """GET one policy pack with the rules of its latest released version."""
    call.needs("read")
    call.known_queries()
    document = _seen(call).get(pack)
    if document is None:
        raise Refused(Refusal("not_there"))
    return Reply(Pack(**_row(document, call), rules={k: v for k, v in document.items() if k not in PackRow.__struct_fields__}))


def versions(call: Call, pack: str) -> Reply:
    """GET the versions of a pack."""
    call.needs("read")
    call.known_queries()
    if pack not in _seen(call) and call.caller.merchant_id is not None:
        raise Refused(Refusal("not_there"))
    with scope(call.house.pool, PLATFORM) as conn:
        rows = [r for r in store.listed(conn, pack) if r["state"] != "draft" or call.caller.merchant_id is None]
        releases = {r["version"]: store.release(conn, pack, r["version"]) for r in rows}
    if not rows:
        raise Refused(Refusal("not_there"))
    return Reply(shapes.PackVersionPage([shapes.PackVersion(**_version(r, releases[r["version"]], call)) for r in rows], None))


def version(call: Call, pack: str, version: int) -> Reply:
    """GET one version with its document."""
    call.needs("read")
    call.known_queries()
    if pack not in _seen(call) and call.caller.merchant_id is not None:
        raise Refused(Refusal("not_there"))
    return _document(call, (pack, version))


def draft(call: Call, pack: str) -> Reply:
    """POST a draft of the next version."""
    return _document(call, _done(packs.new_version(call.house.pool, _by(call), _there(call, pack), call.now)))


def edit(call: Call, pack: str, version: int) -> Reply:
    """PUT the document of a draft; with If-Match only if nobody saved since."""
    by, body, ref = _by(call), call.json(), (pack, version)
    wrong = [Refusal("field_unknown", {"name": name}, name) for name in body if name != "document"]
    if not isinstance(body.get("document"), dict):
        wrong.append(Refusal("required", {"zh": "文档", "en": "Document"}, "document"))
    if wrong:
        raise Refused(*wrong)
    seen = call.seen_version()
    if seen is None:
        with scope(call.house.pool, PLATFORM) as conn:
            row = store.one(conn, *ref)
        seen = row["edit"] if row else 0
    _done(packs.replace_document(call.house.pool, by, ref, json.dumps(body["document"]), seen, call.now))
    return _document(call, ref)


def problems(call: Call, pack: str, version: int) -> Reply:
    """GET everything that is wrong with a version."""
    _by(call)
    call.known_queries()
    with scope(call.house.pool, PLATFORM) as conn:
        row = store.one(conn, pack, version)
    if row is None:
        raise Refused(Refusal("not_there"))
    return Reply(shapes.PackProblems([shapes.PackProblem(p.path, p.message) for p in packs.problems_of(row["document"])]))


def copy(call: Call, pack: str, version: int) -> Reply:
    """POST a copy under an id of its own; the same key again answers the same copy."""
    by, given = _by(call), _read(call, shapes.NAMES)
    return _document(call, _done(packs.copy(call.house.pool, by, pack, version, given["zh"], given["en"], str(call.command_id), call.now)))


def release(call: Call, pack: str, version: int) -> Reply:
    """POST to whom and from when."""
    by, given = _by(call), _read(call, shapes.RELEASE)
    meant = Meant(given.get("percent", 0), [str(m) for m in given.get("merchants", [])])
    _done(pack_releases.release(call.house.pool, by, (pack, version), meant, given.get("valid_from", ""), given.get("note", ""), call.now))
    return _document(call, (pack, version))


def withdraw(call: Call, pack: str, version: int) -> Reply:
    """POST: nobody has it any more."""
    _done(pack_releases.withdraw(call.house.pool, _by(call), (pack, version), call.now))
    return _document(call, (pack, version))


def replay(call: Call, pack: str, version: int) -> Reply:
    """POST a what-if run; its id is made of the key, so that the same key again answers the same run."""
    by, given = _by(call), _read(call, shapes.REPLAY)
    asked = _done(what_if.ask(call.house.pool, by, (pack, version), given["days"], [str(m) for m in given.get("merchants", [])], str(call.command_id), call.now))
    return _run(call, asked)


def run(call: Call, id: UUID) -> Reply:
    """GET how far a run is."""
    _by(call)
    call.known_queries()
    return _run(call, str(id))


def differences(call: Call, id: UUID) -> Reply:
    """GET what would differ, case by case."""
    _by(call)
    call.known_queries(*PAGING, "difference_kind")
    after, most = call.query("cursor", read_cursor(tuple[UUID, UUID, int])), call.query("limit", limit, DEFAULT_LIMIT)
    kind = call.query("difference_kind", _kind, "")
    with scope(call.house.pool, PLATFORM) as conn:
        if runs.one(conn, str(id)) is None:
            raise Refused(Refusal("not_there"))
        rows = runs.differences(conn, str(id), kind, after=(str(after[0]), str(after[1]), after[2]) if after else None, many=most + 1)
    shown = [shapes.WhatIfDifference(**{n: r["amount_minor" if n == "amount" else n] for n in shapes.WhatIfDifference.__struct_fields__}) for r in rows[:most]]
    last = rows[most - 1] if len(rows) > most else None
    return Reply(shapes.WhatIfPage(shown, cursor(last["merchant_id"], last["case_id"], last["nth"]) if last else None))


def _by(call: Call) -> By:
    by = By(call.caller)
    if refusal := packs.lacking(by):
        raise Refused(refusal)
    return by


def _done(answer: Any) -> Any:
    if isinstance(answer, Refusal):
        raise Refused(Refusal("not_there") if answer.code == "pack_version_unknown" else answer)
    return answer


def _there(call: Call, pack: str) -> str:
    _by(call)
    return pack


def _read(call: Call, table: Any) -> dict[str, Any]:
    wrong: list[Refusal] = []
    values = read_record(call.json(), table, "", wrong)
    if wrong:
        raise Refused(*wrong)
    return values


def _kind(text: str) -> str:
    if text not in KINDS:
        raise ValueError(text)
    return text


@cache
def _built_in() -> dict[str, dict[str, Any]]:
    return {name: msgspec.to_builtins(pack) for name, _, _ in packs.pack_ids() if (pack := load_pack(name).pack) is not None}


def _seen(call: Call) -> dict[str, dict[str, Any]]:
    """Documents by pack, each in its latest released version: the product's own, and copies the caller may see."""
    found = dict(_built_in())
    with scope(call.house.pool, PLATFORM) as conn:
        rows = {r["pack"]: r["version"] for r in reversed(store.listed(conn)) if r["state"] == "released"}
        own = store.holders(conn, [], [call.caller.merchant_id], lock=False) if call.caller.merchant_id else []
        for pack, latest in rows.items():
            if (call.caller.merchant_id is None or pack in {h.pack for h in own}) and (pack not in found or latest > found[pack]["version"]) and (row := store.one(conn, pack, latest)):
                found[pack] = row["document"]
    return found


def _row(document: dict[str, Any], call: Call) -> dict[str, Any]:
    name = document["name"]
    return {"id": document["id"], "name": (name["zh"], name["en"])[call.at], "version": document["version"], "valid_from": document["valid_from"], "timezone": document["timezone"]}


def _version(row: dict[str, Any], release: dict[str, Any] | None, call: Call) -> dict[str, Any]:
    platform = call.caller.merchant_id is None
    shown = shapes.PackRelease(**{n: release[n] for n in shapes.PackRelease.__struct_fields__}) if release and platform else None
    return {
        **{n: row[n] for n in ("pack", "version", "state", "copied_from", "note", "edit")}, "name": ((row["zh"], row["en"])[call.at]) or row["pack"], "valid_from": row["valid_from"].isoformat(),
        "holders": row["holders"] if platform else None, "release": shown,
    }


def _document(call: Call, ref: Ref) -> Reply:
    with scope(call.house.pool, PLATFORM) as conn:
        row, whole = next((r for r in store.listed(conn, ref[0]) if r["version"] == ref[1]), None), store.one(conn, *ref)
        release = store.release(conn, *ref)
    if row is None or whole is None or (row["state"] == "draft" and call.caller.merchant_id is not None):
        raise Refused(Refusal("not_there"))
    return Reply(shapes.PackDocument(**_version(row, release, call), document=whole["document"]), version=row["edit"])


def _run(call: Call, run_id: str) -> Reply:
    with scope(call.house.pool, PLATFORM) as conn:
        row = runs.one(conn, run_id)
    if row is None:
        raise Refused(Refusal("not_there"))
    return Reply(shapes.WhatIfRun(**{n: row[n] for n in shapes.WhatIfRun.__struct_fields__}))


