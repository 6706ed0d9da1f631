"""A case gathered into its dossier: read in one round trip, worded, masked for one side, chained and sealed (DI-10). Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from amends.core.buyer_sight import is_buyers
from amends.core.dossier import Dossier, Exhibit, Subject, content, sealed, written
from amends.core.masking import mask_name
from amends.core.pack import Pack
from amends.engine.deadlines import pack_of, pack_opened_under
from amends.engine.dossier import beside, kinds, words
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.happenings import history
from amends.store.connect import Pool, scope
from amends.store.screens import dossier as screen
from amends.store.screens import ledger


@dataclass(slots=True)
class Gathered:
    """The sealed document, its bytes, what it says apart from when and for whom it was made, and the files it names."""

    document: dict[str, Any]
    data: bytes
    content: str
    exhibits: list[Exhibit]
    version: int
    buyer_id: str
    """Whose copy for a buyer it may become; empty where there is none for any buyer."""


def gather(pool: Pool, merchant_id: str, case_id: str, copy: Copy, secret: bytes, dossier_id: str, now: datetime, made_for: str = "") -> Gathered | None:
    """The dossier of a case of any kind; None when this merchant has no such case."""
    with scope(pool, UUID(merchant_id)) as conn:
        seen = screen.read(conn, merchant_id, case_id)
    if seen is None:
        return None
    entries = ledger.of_case(pool, merchant_id, case_id)
    made = _dossier(seen, entries, copy, secret, dossier_id, now, made_for)
    document = sealed(made)
    return Gathered(document, written(document), content(document), made.evidence, seen.case["version"], str(seen.case["buyer_id"] or "") if is_buyers(seen.case["kind"], seen.case["facts"]) else "")


def _dossier(seen: screen.CaseRows, entries: list[dict[str, Any]], copy: Copy, secret: bytes, dossier_id: str, now: datetime, made_for: str) -> Dossier:
    case, pack = seen.case, _pack(seen.case["facts"])
    evidence = _evidence(seen, copy)
    paths = {e.id: e.path for e in evidence}
    buyer = next((e["actor_name"] for e in seen.events if e["actor_kind"] == "buyer" and e["actor_name"]), "") or (seen.order or {}).get("receiver", "")
    return Dossier(
        dossier_id, now, {"side": copy.side, "words": words.label(f"copy_{copy.side}{'_full' if copy.unmasked else ''}"), "name": made_for, "unmasked": copy.unmasked}, case["tz"], case["merchant"],
        buyer if not copy.masks_buyer else mask_name(buyer), _subject(seen, pack), kinds.sections(seen, copy, pack), beside.order(seen, copy), beside.money(seen), beside.parcels(seen, copy), evidence,
        beside.messages(seen, copy, paths), history(seen.events, case, copy, pack, secret, paths), beside.rules(seen, pack), beside.ledger(entries, copy), beside.others(seen, copy),
    )


def _evidence(seen: screen.CaseRows, copy: Copy) -> list[Exhibit]:
    first = beside.opened_with(seen, copy)
    return [replace(e, by=first[e.id][0], about=first[e.id][1]) if e.id in first and not e.by.party else e for e in beside.exhibits(seen, copy)]


def _subject(seen: screen.CaseRows, pack: Pack | None) -> Subject:
    case = seen.case
    return Subject(
        case["kind"], words.kind(case["kind"]), case["id"], case["number"], case["state"], words.state(case["kind"], case["state"]), case["version"], case["opened_at"], case["closed_at"], case["currency"],
        case["granted_minor"], case["moved_minor"], kinds.about(seen, pack), str(case["facts"].get("description") or case["facts"].get("words") or ""),
    )


def _pack(facts: dict[str, Any]) -> Pack | None:
    try:
        return pack_of(pack_opened_under(facts)) if facts.get("pack") else None
    except ValueError:
        return None
