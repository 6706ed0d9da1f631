"""Policy packs: those that come with the product, and drafts of others: copied, edited, checked, brought in from a file (PO-14)."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from amends.core.pack_bounds import check
from amends.core.pack_diff import BESIDE
from amends.core.pack_shape import Shape, document_of, pack_shape
from amends.core.policy import Pack, Problem, load_pack, parse_pack
from amends.core.refusal import Refusal
from amends.engine.audit import By, record
from amends.store import packs as store
from amends.store.connect import PLATFORM, Pool, scope

PERMISSION = "manage_packs"
NAME_AT_MOST, BYTES_AT_MOST = 40, 1_000_000
Ref = tuple[str, int]
Document = dict[str, Any]


GENERAL = "general"
"""The part of an editor that holds a pack's name and its single figures."""


@cache
def general_shape() -> Shape:
    """Name and single figures of a pack as one object."""
    inside = {n: s for n, s in pack_shape().inside.items() if n == "name" or (s.kind not in ("object", "list", "table") and n not in BESIDE)}
    return Shape("object", cls="Pack", inside=inside)


@cache
def pack_ids() -> tuple[tuple[str, str, str], ...]:
    """Id and name (中文, English) of every pack that comes with the product and loads, by id."""
    names = sorted(f.name.removesuffix(".json") for f in files("amends.core.packs").iterdir() if f.name.endswith(".json"))
    loaded = ((name, load_pack(name).pack) for name in names)
    return tuple((name, pack.name.zh, pack.name.en) for name, pack in loaded if pack is not None)


def offered(pool: Pool) -> tuple[tuple[str, str, str], ...]:
    """Every pack a merchant can be moved to: the product's own, and copies with a version that is in force or was."""
    with scope(pool, PLATFORM) as conn:
        made = {r["pack"]: (r["pack"], r["zh"], r["en"]) for r in reversed(store.listed(conn)) if r["state"] == "released"}
    return tuple(({p[0]: p for p in pack_ids()} | made).values())


def lacking(by: By) -> Refusal | None:
    """Packs are the platform's, and need the permission `manage_packs`."""
    if by.merchant_id is not None:
        return Refusal("not_yours", {"command": PERMISSION, "party": by.actor.party.value})
    return by.lacks(PERMISSION)


def copy(pool: Pool, by: By, pack: str, version: int, zh: str, en: str, wish: str, now: datetime) -> Ref | Refusal:
    """A pack of its own out of a version; its id is the name in Latin letters and a part nobody else has, made of `wish`: the same wish again answers the same copy."""
    refusal = lacking(by) or _names(zh, en)
    if refusal:
        return refusal
    with scope(pool, PLATFORM) as conn:
        row = store.one(conn, pack, version)
        if row is None:
            return Refusal("pack_version_unknown", {"pack": pack, "version": version})
        made = new_id(en, wish)
        document = deepcopy(row["document"]) | {"id": made, "version": 1, "name": {"zh": zh.strip(), "en": en.strip()}, "valid_from": now.date().isoformat()}
        if store.add(conn, _draft(made, 1, document, f"{pack}@{version}", by, now)):
            record(conn, by, now, "pack_copied", ("pack", f"{made}@1"), after={"from": f"{pack}@{version}", "zh": zh.strip(), "en": en.strip()})
    return made, 1


def new_version(pool: Pool, by: By, pack: str, now: datetime) -> Ref | Refusal:
    """A draft of the next version of a copy, out of its latest; the draft that is there already where there is one. A built-in pack is copied instead."""
    if refusal := lacking(by):
        return refusal
    if load_pack(pack).pack is not None:
        return Refusal("pack_built_in")
    with scope(pool, PLATFORM) as conn:
        store.lock(conn, pack)
        last = store.latest(conn, pack)
        row = store.one(conn, pack, last)
        if row is None:
            return Refusal("pack_version_unknown", {"pack": pack, "version": 1})
        if row["state"] == "draft":
            return pack, last
        document = row["document"] | {"version": last + 1, "valid_from": now.date().isoformat()}
        store.add(conn, _draft(pack, last + 1, document, row["copied_from"], by, now))
        record(conn, by, now, "pack_drafted", ("pack", f"{pack}@{last + 1}"), after={"from": f"{pack}@{last}"})
    return pack, last + 1


def bring_in(pool: Pool, by: By, text: str, wish: str, now: datetime) -> Ref | Refusal:
    """A draft out of a JSON document, under an id of its own; what is wrong with it is told in the editor. Refuses what is no pack at all."""
    if refusal := lacking(by):
        return refusal
    document = read_document(text)
    if isinstance(document, Refusal):
        return document
    names = document.get("name")
    zh, en = (str(names.get("zh") or ""), str(names.get("en") or "")) if isinstance(names, dict) else ("", "")
    if refusal := _names(zh, en):
        return refusal
    made = new_id(en, wish)
    with scope(pool, PLATFORM) as conn:
        origin = next((r for r in store.listed(conn, str(document.get("id"))) if r["version"] == document.get("version")), None)
        came = f"{origin['pack']}@{origin['version']}" if origin else None
        if store.add(conn, _draft(made, 1, document | {"id": made, "version": 1, "valid_from": now.date().isoformat()}, came, by, now)):
            record(conn, by, now, "pack_copied", ("pack", f"{made}@1"), after={"from": "JSON", "zh": zh, "en": en})
    return made, 1


def read_document(text: str) -> Document | Refusal:
    """A JSON object that could be a pack, or why not."""
    if len(text.encode()) > BYTES_AT_MOST:
        return Refusal("pack_file_large", {"most": BYTES_AT_MOST // 1000}, "document")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        return Refusal("pack_file_not_json", {"line": getattr(wrong, "lineno", 1)}, "document")
    return document if isinstance(document, dict) else Refusal("pack_file_not_json", {"line": 1}, "document")


def save_part(pool: Pool, by: By, ref: Ref, path: str, value: Any, seen: str, now: datetime) -> int | Refusal:
    """Put `value` at one place of a draft; answers the draft's edit. `seen`: the print of what stood there when the form was drawn.

    Two people who edit different places do not meet. Where somebody else changed this place meanwhile, `pack_edited` says who; the same value again is no change.
    """
    if refusal := lacking(by):
        return refusal
    with scope(pool, PLATFORM) as conn:
        row = store.one(conn, *ref, lock=True)
        if row is None or row["state"] != "draft":
            return Refusal("pack_not_draft", {"pack": ref[0], "version": ref[1]})
        there = at(row["document"], path)
        if there == value:
            return int(row["edit"])
        if print_of(there) != seen:
            return Refusal("pack_edited", {"name": row["edited_by"]}, path)
        store.save(conn, *ref, put(row["document"], path, value), by.actor.name, now)
        record(conn, by, now, "pack_edited", ("pack", f"{ref[0]}@{ref[1]}"), before={path: _short(there)}, after={path: _short(value)})
        return int(row["edit"]) + 1


def replace_document(pool: Pool, by: By, ref: Ref, text: str, edit: int, now: datetime) -> int | Refusal:
    """The whole document of a draft out of JSON, if nobody saved since `edit`. Id and version stay the draft's own."""
    if refusal := lacking(by):
        return refusal
    document = read_document(text)
    if isinstance(document, Refusal):
        return document
    with scope(pool, PLATFORM) as conn:
        row = store.one(conn, *ref, lock=True)
        if row is None or row["state"] != "draft":
            return Refusal("pack_not_draft", {"pack": ref[0], "version": ref[1]})
        document = document | {"id": ref[0], "version": ref[1]}
        if document == row["document"]:
            return int(row["edit"])
        if row["edit"] != edit:
            return Refusal("pack_edited", {"name": row["edited_by"]}, "document")
        store.save(conn, *ref, document, by.actor.name, now)
        record(conn, by, now, "pack_edited", ("pack", f"{ref[0]}@{ref[1]}"), after={"document": "JSON"})
        return edit + 1


def discard(pool: Pool, by: By, ref: Ref, now: datetime) -> Refusal | None:
    """A draft goes for good."""
    if refusal := lacking(by):
        return refusal
    with scope(pool, PLATFORM) as conn:
        if not store.drop(conn, *ref):
            return Refusal("pack_not_draft", {"pack": ref[0], "version": ref[1]})
        record(conn, by, now, "pack_discarded", ("pack", f"{ref[0]}@{ref[1]}"))
    return None


def problems_of(document: Document) -> tuple[Problem, ...]:
    """Everything that is wrong with a document that is to be released, with the path of each field."""
    return check(document)


def parsed(document: Document) -> Pack | None:
    """The pack of a document that has no problem."""
    return parse_pack(document).pack


def built_in_document(pack: str) -> Document | None:
    """The document of a pack as it comes with the product."""
    found = load_pack(pack).pack
    return document_of(found) if found else None


def new_id(name: str, wish: str) -> str:
    """`spring_rules_4fk2a9`: the name in Latin letters, and six letters made of `wish`."""
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:24].strip("_")
    slug = slug if slug[:1].isalpha() else f"pack_{slug}".rstrip("_")
    digits, n = "", int.from_bytes(sha256(wish.encode()).digest()[:8], "big")
    for _ in range(6):
        n, rest = divmod(n, 36)
        digits += "0123456789abcdefghijklmnopqrstuvwxyz"[rest]
    return f"{slug}_{digits}"


def at(document: Any, path: str) -> Any:
    """What stands at a place (`clocks.review`); None where nothing does. Places of editors go by names only; `general` stands for all single figures."""
    if path == GENERAL:
        return {name: document.get(name) for name in general_shape().inside}
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document


def put(document: Document, path: str, value: Any) -> Document:
    """A document with another value at a place; None takes what stands there away."""
    made = deepcopy(document)
    if path == GENERAL:
        return {**made, **{name: value[name] for name in general_shape().inside if name in value}}
    *above, last = path.split(".")
    here = made
    for name in above:
        if not isinstance(here.get(name), dict):
            here[name] = {}
        here = here[name]
    if value is None:
        here.pop(last, None)
    else:
        here[last] = value
    return made


def print_of(value: Any) -> str:
    """A short print of plain data, the same for the same data."""
    return sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:20]


def _draft(pack: str, version: int, document: Document, came: str | None, by: By, now: datetime) -> dict[str, Any]:
    return {"pack": pack, "version": version, "state": "draft", "document": document, "copied_from": came, "valid_from": now.date(), "made_by": by.actor.name, "made_at": now}


def _names(zh: str, en: str) -> Refusal | None:
    for field, text, label in (("zh", zh, ("中文名称", "Chinese name")), ("en", en, ("英文名称", "English name"))):
        if not text.strip():
            return Refusal("required", {"zh": label[0], "en": label[1]}, field)
        if len(text.strip()) > NAME_AT_MOST:
            return Refusal("too_long", {"zh": label[0], "en": label[1], "most": NAME_AT_MOST, "now": len(text.strip())}, field)
    return None


def _short(value: Any) -> Any:
    """What the log keeps of a place: small values whole, others by their print."""
    return value if len(json.dumps(value, ensure_ascii=False)) <= 2000 else {"print": print_of(value)}
