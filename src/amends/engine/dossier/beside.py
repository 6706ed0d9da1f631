"""What lies beside the history in a dossier: order and goods, money, parcels with traces, evidence, talk, rules with their sources, ledger, other cases (DI-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amends.core.buyer_sight import is_buyers
from amends.core.cases import TABLES
from amends.core.clock_words import span_words
from amends.core.dossier import Exhibit, Goods, Money, Movement, Order, Other, Parcel, Rule, Said, Scan, Who, Words, same
from amends.core.ledger import ACCOUNTS, KINDS, PROVIDER, account_of
from amends.core.masking import mask_within
from amends.core.pack import Pack
from amends.core.pack_flows import traits_of
from amends.engine.dossier import words
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.happenings import pack_name, source_words, title
from amends.store.screens.dossier import CaseRows, Row

ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf", "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov", "audio/mpeg": "mp3",
    "audio/mp4": "m4a", "text/plain": "txt",
}
BUYERS_ACCOUNTS = frozenset({"buyer_refund", "buyer_charge", "compensation", "goodwill"})
"""Purses a buyer's copy may see into: what was owed to the buyer or by the buyer. What it cost whom is between merchant and platform."""


def order(seen: CaseRows, copy: Copy) -> Order | None:
    """The order with its goods; None for a case without one."""
    o = seen.order
    if o is None:
        return None
    many = seen.case["facts"].get("lines")
    pieces = {x["line_id"]: int(x["quantity"]) for x in many} if isinstance(many, list) else {seen.case["line_id"]: seen.case["quantity"] or 0}
    if many == [] and seen.case["kind"] == "dispute":  # about the order as such
        pieces = {x["id"]: x["quantity"] for x in seen.lines}
    goods = [Goods(x["sku"], x["title"], x["quantity"], x["unit_price_minor"], x["paid_minor"], x["refunded_minor"], pieces.get(x["id"], 0)) for x in seen.lines]
    return Order(
        o["number"], words.known(f"buyer.order_{o['state']}", o["state"]), o["placed_at"], o["paid_at"], o["shipped_at"], o["delivered_at"], o["receipt_confirmed_at"], o["paid_minor"],
        o["freight_minor"], o["refunded_minor"], copy.receiver(o["receiver"]), copy.phone(o["phone"]), copy.address(o["address"]), goods,
    )


def money(seen: CaseRows) -> list[Money]:
    """What was paid, what was asked back of providers, and what was given beside a refund, in the order of time."""
    out = [Money(words.label("payment"), words.way(x["provider"], x["method"]), x["amount_minor"], x["currency"], words.label("paid"), x["paid_at"], x["paid_at"], x["provider_ref"]) for x in seen.payments]
    out += [
        Money(words.label(x["kind"]), words.way(x["provider"], x["method"]), x["amount_minor"], x["currency"], words.known(f"case.request_{x['state']}", x["state"]), x["requested_at"], x["moved_at"], x["reference"] or "")
        for x in seen.requests
    ]
    out += [
        Money(words.known(f"compensation.kind_{x['kind']}", x["kind"]), words.known(f"compensation.medium_{x['medium']}", x["medium"]), x["amount_minor"], x["currency"],
              words.known(f"compensation.state_{x['state']}", x["state"]), x["asked_at"], x["paid_at"], x["number"])
        for x in seen.given
    ]
    return sorted(out, key=lambda m: m.at)


def parcels(seen: CaseRows, copy: Copy) -> list[Parcel]:
    """Every parcel with its trace, oldest first; what carriers say stands in a masked copy without the receiver's name, phone and street, and without telephone numbers of others (ST-10)."""
    known = tuple(str((seen.order or {}).get(name) or "") for name in ("receiver", "phone", "address"))

    def told(text: str) -> str:
        return mask_within(text, *known) if copy.masks_buyer else text

    return [
        Parcel(words.known(f"case.direction_{p['direction']}", p["direction"]), p["carrier"], p["waybill"], words.known(f"parcels.state_{p['state']}", p["state"]), p["sent_at"], p["signed_at"],
               [Scan(datetime.fromisoformat(e["at"]), told(e["words"]), told(e["place"])) for e in p["trace"]])
        for p in seen.parcels
    ]


def exhibits(seen: CaseRows, copy: Copy) -> list[Exhibit]:
    """Every file of the case and of the case it is about, numbered in their order; who filed it, when and its digest as it was filed, or read off the event that names it."""
    named = _named(seen.events, str(seen.case["kind"]), copy) | _named(seen.under, _under_kind(seen), copy)
    named |= {p["file_id"]: (copy.who(p["side"], p["actor_name"]), words.choice("evidence", p["kind"]), p["words"], False) for p in seen.filed}
    as_filed = {p["file_id"]: (p["sha256"], p["at"]) for p in seen.filed}
    out: list[Exhibit] = []
    for f in seen.files:
        by, about, note, hidden = named.get(f["id"], (Who("", same("")), words.label("attached"), "", False))
        if hidden:
            continue
        n, (sha256, at) = len(out) + 1, as_filed.get(f["id"], (f["sha256"], f["at"]))
        path = f"evidence/{n:02d}-{sha256[:8]}.{ENDINGS.get(f['media_type'], 'bin')}"
        out.append(Exhibit(f["id"], path, sha256, f["media_type"], f["size"], by, at, f["number"], about, note))
    return out


def _under_kind(seen: CaseRows) -> str:
    return next((str(o["kind"]) for o in seen.others if o["under"]), "")


def _named(events: list[Row], kind: str, copy: Copy) -> dict[str, tuple[Who, Words, str, bool]]:
    """For each file: who filed it, with what, the words beside it, and whether this copy leaves it out. The first event that names a file filed it."""
    out: dict[str, tuple[Who, Words, str, bool]] = {}
    for e in events:
        given: dict[str, Any] = e["body"].get("input") or {}
        changes: dict[str, Any] = e["body"].get("changes") or {}
        about = words.choice("evidence", given["evidence"]) if given.get("evidence") else title(e | {"explanation": e.get("explanation")}, kind)
        for photo in [*(given.get("photos") or ()), *(changes.get("photos") or ())]:
            hidden = copy.hides(e) != ""
            out.setdefault(str(photo), (copy.who(e["actor_kind"], e["actor_name"]), about, str(given.get("words") or ""), hidden))
    return out


def opened_with(seen: CaseRows, copy: Copy) -> dict[str, tuple[Who, Words]]:
    """Pictures of the application, and of that of the case in dispute, which the first event does not name: the buyer's, or whoever opened it."""
    under: list[str] = next((o["photos"] for o in seen.others if o["under"]), [])
    return {
        str(p): (copy.who(events[0]["actor_kind"], events[0]["actor_name"]), words.label("application"))
        for events, photos in ((seen.under, under), (seen.events, seen.case["facts"].get("photos") or [])) if events for p in photos
    }


def messages(seen: CaseRows, copy: Copy, paths: Mapping[str, str]) -> list[Said]:
    """The talk."""
    return [Said(m["at"], copy.who(m["actor_kind"], m["actor_name"]), m["body"], [paths[i] for i in m["file_ids"] if i in paths], m["read_at"]) for m in seen.messages]


def rules(seen: CaseRows, pack: Pack | None) -> list[Rule]:
    """What was applied: the verdict when it was opened, the length of every clock of a state the case was in, and the rules a judgement names."""
    facts = seen.case["facts"]
    ref = f"{facts.get('pack') or (pack.id if pack else '')}@{facts.get('pack_version') or (pack.version if pack else '')}"
    out = []
    said = facts.get("verdict")
    if isinstance(said, dict) and said.get("rule"):
        out.append(Rule(str(said["rule"]), words.label("verdict"), Words(str(said.get("zh", "")), str(said.get("en", ""))), ref, str(said.get("source") or ""), source_words(pack, str(said.get("source") or "")), level(pack, str(said.get("source") or ""))))
    if pack is not None:
        out += [_clock(name, seen.case, pack, ref) for name in _clocks(seen) if name in pack.clocks]
        judged = facts.get("judgement") or {}
        book = {r.number: r for r in pack.disputes.rules}
        out += [Rule(n, words.label("rule"), Words(book[n].zh, book[n].en), ref, book[n].source, source_words(pack, book[n].source), level(pack, book[n].source)) for n in map(str, judged.get("rules") or ()) if n in book]
    return out


def _clocks(seen: CaseRows) -> list[str]:
    states = TABLES[seen.case["kind"]].states if seen.case["kind"] in TABLES else {}
    told = [states[to].clock for e in seen.events if (to := str(e["body"].get("to", ""))) in states] + [(e["explanation"] or {}).get("clock") for e in seen.events]
    return list(dict.fromkeys(str(name) for name in told if name))


def _clock(name: str, case: Row, pack: Pack, ref: str) -> Rule:
    span, then, source = pack.clocks[name].for_case(str(case["type"] or ""), traits_of(case["facts"]))
    value = words.label("clock_value", span=Words(span_words(span, 0), span_words(span, 1)), then=words.then(then))
    return Rule(name, words.label("clock_of", name=words.clock(name)), value, ref, source, source_words(pack, source), level(pack, source))


def level(pack: Pack | None, code: str) -> Words | None:
    """What kind of source it is: a source document, the law, the web, or our own default (PO-17)."""
    found = pack.sources.get(code) if pack else None
    return words.label(f"level_{found.level}") if found else None


def ledger(rows: list[Row], copy: Copy) -> list[Movement]:
    """The case's movements. A buyer's copy has only the entries that say what the buyer was owed."""
    out: dict[str, Movement] = {}
    for r in rows:
        if copy.side == "buyer" and r["account"] not in BUYERS_ACCOUNTS:
            continue
        kind = KINDS.get(r["kind"])
        move = out.setdefault(r["movement_id"], Movement(Words(kind.zh, kind.en) if kind else same(r["kind"]), r["at"], []))
        move.entries.append((_account(r["account"]), r["amount_minor"], r["currency"]))
    return list(out.values())


def _account(code: str) -> Words:
    found = account_of(code)
    if found is None:
        return same(code)
    if not code.startswith(PROVIDER):
        return Words(found.zh, found.en)
    way = words.way(code.removeprefix(PROVIDER), "")
    return Words(f"{found.zh} · {way.zh}", f"{found.en} · {way.en}")


assert ACCOUNTS.keys() >= BUYERS_ACCOUNTS


def others(seen: CaseRows, copy: Copy) -> list[Other]:
    """Cases of the same order; of the one this case is about, its events too."""
    out = []
    for o in seen.others:
        if copy.side == "buyer" and not is_buyers(o["kind"], o):
            continue
        told = [
            (e["version"], e["at"], words.label("withheld_internal") if copy.hides(e) == "internal" else title(e | {"explanation": None}, o["kind"]), words.party(e["actor_kind"]))
            for e in (seen.under if o["under"] else ())
        ]
        out.append(Other(words.kind(o["kind"]), o["number"], words.state(o["kind"], o["state"]), o["opened_at"], o["closed_at"], o["granted_minor"], o["moved_minor"], o["under"], told))
    return out


__all__ = ["exhibits", "ledger", "messages", "money", "opened_with", "order", "others", "pack_name", "parcels", "rules"]
