"""Facts of a kind's own, each under its heading: receipts and refunds of service orders, interceptions, plans, questions, judgements and appeals of disputes (DI-10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.core.dossier import Fact, Section, Who, Words, same
from amends.core.judged import OUT
from amends.core.pack import Pack
from amends.core.pack_disputes import SCENARIOS
from amends.engine.dossier import words
from amends.engine.dossier.copies import Copy
from amends.engine.dossier.happenings import ground
from amends.store.screens.dossier import CaseRows

Facts = dict[str, Any]


def sections(seen: CaseRows, copy: Copy, pack: Pack | None) -> list[Section]:
    """Every section of this kind of case, judgements first."""
    return list(KINDS.get(seen.case["kind"], _nothing)(seen, copy, pack))


def about(seen: CaseRows, pack: Pack | None) -> list[Fact]:
    """The few lines that say what the case is: type, what was asked for, reason, scenario, pieces, source, result."""
    case, facts = seen.case, seen.case["facts"]
    reason = Words(str(facts.get("reason_zh") or case["reason"] or ""), str(facts.get("reason_en") or case["reason"] or ""))
    scenario = facts.get("scenario") or (case["type"] if case["kind"] == "dispute" else "")
    out = [
        _fact("type", words.choice("type", case["type"])) if case["type"] and case["kind"] != "dispute" else None,
        _fact("scenario", _scenario(str(scenario))) if scenario else None,
        _fact("expectation", words.choice("type", case["expectation"])) if case["expectation"] and case["expectation"] != case["type"] and case["kind"] == "service_order" else None,
        _fact("reason", reason) if reason.zh and case["kind"] != "dispute" else None,
        _fact("goods", same(f"{facts['title']} × {case['quantity'] or 1}")) if facts.get("title") else None,
        _fact("demand", words.choice("outcome", str(facts["demand"]))) if facts.get("demand") else None,
        _fact("asked_amount", words.money(int(facts["asked_amount"]), str(case["currency"]))) if facts.get("asked_amount") else None,
        _fact("about", Words(f"{words.kind(str(facts['parent_kind'])).zh} {facts['parent_number']}", f"{words.kind(str(facts['parent_kind'])).en} {facts['parent_number']}")) if facts.get("parent_number") and facts.get("parent_kind") != "order" else None,
        _fact("source", words.known(f"queue.source_{case['source']}", case["source"])) if case["source"] else None,
        _fact("fault", words.choice("fault", str(case["fault"] or facts.get("fault")))) if case["fault"] or facts.get("fault") else None,
    ]
    return [f for f in out if f is not None]


def _scenario(code: str) -> Words:
    zh, en, _ = SCENARIOS.get(code, (code, code, ""))
    return Words(zh, en)


def _service_order(seen: CaseRows, copy: Copy, _pack: Pack | None) -> Iterator[Section]:
    for r in seen.receipts:
        facts = [
            _fact("pieces", same(r["quantity"])), _fact("finding", words.choice("condition", r["outcome"])), _fact("packaging", words.choice("packaging", r["packaging"])),
            *([_fact("appearance", words.choice("appearance", r["appearance"]))] if r["appearance"] else []), *([_fact("function", words.choice("function", r["function"]))] if r["function"] else []),
        ]
        yield Section("receipt", words.label("receipt"), r["at"], copy.who("merchant", r["inspector_name"]), facts, same(r["note"] or ""))
    yield from _refund(seen)


def _refund(seen: CaseRows) -> Iterator[Section]:
    parts = seen.case["facts"].get("refund_parts")
    if parts and seen.case["granted_minor"]:
        currency = str(seen.case["currency"])
        rows = [Fact(words.known(f"buyer.part_{p['label']}_{p['medium']}", p["label"]), words.money(p["amount"], currency)) for p in parts if p["amount"]]
        yield Section("refund", words.label("refund_parts"), None, None, [*rows, Fact(words.label("granted"), words.money(seen.case["granted_minor"], currency))])


def _cancellation(seen: CaseRows, _copy: Copy, _pack: Pack | None) -> Iterator[Section]:
    if told := seen.case["facts"].get("intercept"):
        yield Section("intercept", words.label("intercept"), None, None, [_fact("answer", words.known(f"queue.intercept_{told}", told))])
    yield from _refund(seen)


def _dispute(seen: CaseRows, copy: Copy, pack: Pack | None) -> Iterator[Section]:
    facts: Facts = seen.case["facts"]
    currency = str(seen.case["currency"])
    for judged in facts.get("judgements") or ([facts["judgement"]] if facts.get("judgement") else []):
        yield _judgement(judged, copy, currency)
        if judged.get("second_name"):
            yield Section("approval", words.label("approval"), _at(judged.get("confirmed_at")), copy.who("platform", judged["second_name"]), [_fact("answer", words.label("approved"))])
    if facts.get("pending") and copy.side == "platform":
        waits = _judgement(facts["pending"], copy, currency)
        yield Section("pending", words.label("pending"), waits.at, waits.by, waits.facts, waits.text)
    if facts.get("plan"):
        yield _plan(facts, currency, pack)
    for q in facts.get("questions") or ():
        if copy.side == "buyer" and q["side"] != "buyer":
            continue
        told = [_fact("question_to", words.party(q["side"])), *([_fact("answered_at", same(_wall(q["answered_at"], seen)))] if q.get("answered_at") else [])]
        text = words.lines([same(q["words"]), words.label("answer_is", words=q["answer"]) if q.get("answer") else words.label("not_answered")])
        yield Section("question", words.label("question", n=q["n"]), _at(q.get("at")), copy.who("platform", q.get("by")), told, text)
    for side, at in (facts.get("appeals") or {}).items():
        words_of = facts.get("appeal") or {}
        yield Section("appeal", words.label("appeal"), _at(at), Who(side, words.party(side)), [], same(words_of.get("words") or "" if words_of.get("side") == side else ""))


def _judgement(judged: Facts, copy: Copy, currency: str) -> Section:
    freight = "freight_out" if judged.get("freight_way") == OUT else "freight"
    sums = [("amount", int(judged.get("amount") or 0)), (freight, int(judged.get("freight") or 0)), ("compensation", int(judged.get("compensation") or 0))]
    rows = [
        _fact("liability", words.choice("liability", judged["liability"])), _fact("outcome", words.choice("outcome", judged["outcome"])),
        *(_fact(f"judged_{name}", words.money(amount, currency)) for name, amount in sums if amount),
        *([_fact("freight_of", same(judged["freight_number"]))] if judged.get("freight_number") else []),
        *([_fact("freight_by", words.choice("freight_by", judged["freight_by"]))] if judged.get("freight_by") else []),
        *([_fact("advance", words.label("yes"))] if judged.get("advance") else []), _fact("rules", same("、".join(map(str, judged.get("rules") or ())) or "—")),
    ]
    replies = [(side, str(judged.get(f"words_{side}") or "")) for side in ("buyer", "merchant") if copy.side in (side, "platform")]
    text = words.lines([words.label(f"reply_{side}", words=said) for side, said in replies if said])
    return Section("judgement", words.label("judgement_on_appeal" if judged.get("on_appeal") else "judgement"), _at(judged.get("at")), copy.who("platform", judged.get("by_name")), rows, text)


def _plan(facts: Facts, currency: str, pack: Pack | None) -> Section:
    rows = [_fact("plan", words.own().get(f"plan_{facts['plan']}") or same(facts["plan"]))]
    offer = facts.get("offer") or {}
    if facts["plan"] == "offer" and offer:
        rows.append(_fact("outcome", words.choice("outcome", offer["outcome"])))
        rows += [_fact("amount", words.money(total, currency))] if (total := int(offer.get("amount") or 0) + int(offer.get("compensation") or 0)) else []
    if facts.get("ground"):
        rows.append(_fact("ground", ground(pack, str(facts["ground"]))))
    rows += [_fact("plan_number", same(facts["plan_number"]))] if facts.get("plan_number") else []
    rows += [_fact("silent", words.label("yes"))] if facts.get("merchant_silent") else []
    rows += [_fact("settled_by", words.label(f"settled_by_{facts['settled_by']}"))] if facts.get("settled_by") else []
    return Section("plan", words.label("plan_chosen"), None, None, rows, same(facts.get("statement") or offer.get("words") or ""))


def _fact(name: str, value: Words) -> Fact:
    return Fact(words.label(f"f_{name}"), value)


def _at(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


def _wall(text: str, seen: CaseRows) -> str:
    return f"{datetime.fromisoformat(text).astimezone(ZoneInfo(seen.case['tz'])):%Y-%m-%d %H:%M}"


def _nothing(_seen: CaseRows, _copy: Copy, _pack: Pack | None) -> Iterator[Section]:
    return iter(())


KINDS: dict[str, Callable[[CaseRows, Copy, Pack | None], Iterator[Section]]] = {"service_order": _service_order, "cancellation": _cancellation, "dispute": _dispute}
"""Sections by kind of case; a kind that is not here has none of its own, and all the rest of the dossier."""
