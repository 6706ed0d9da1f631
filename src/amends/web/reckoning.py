"""How a compensation was reckoned, in rows that merchants, buyers and the platform read alike (CO-1, CO-3 … CO-5, PO-17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from amends.core.pack import Pack
from amends.store.screens.compensations import Listed
from amends.web import show, wording
from amends.web.catalogue import say


@dataclass(slots=True)
class Reckoning:
    """Rows of (label, value); the last is the sum. `rule`: which rule of which pack version, from which source."""

    rows: list[tuple[str, str]]
    rule: str


def of(k: Listed, lang: str, moment: Callable[[datetime], str]) -> Reckoning:
    """The reckoning of one compensation, from the explanation that was kept with it."""
    why, rows = k.explanation, []
    if why:
        rows = {"late_shipment": _late, "price_protection": _price, "return_freight": _freight, "goodwill": _goodwill, "judgement": _judged}[k.kind](k, why, lang, moment)
    return Reckoning([*rows, _sum(k, lang)], _rule(why, lang))


def kind(code: str, lang: str) -> str:
    """What a kind is called."""
    return say(lang, f"compensation.kind_{code}")


def state(k: Listed, lang: str) -> str:
    """Where it stands; a coupon is given, not paid."""
    return say(lang, "compensation.state_issued") if k.medium == "coupon" and k.state == "paid" else say(lang, f"compensation.state_{k.state}")


TONES = {"asked": "amber", "granted": "accent", "paid": "green", "failed": "red", "refused": "soft", "dropped": "soft", "reversed": "soft"}


def reason(k: Listed, lang: str) -> str:
    """The coded reason of goodwill in the pack's words."""
    pack = pack_of(k.explanation)
    found = next((r for r in pack.compensation.goodwill.reasons if r.code == k.reason), None) if pack else None
    return (found.zh if lang == "zh" else found.en) if found else k.reason


def pack_of(why: dict[str, Any]) -> Pack | None:
    """The pack an explanation names."""
    return wording.pack_of(f"{why['pack']}@{why.get('version') or 0}") if why.get("pack") else None


def _rule(why: dict[str, Any], lang: str) -> str:
    pack = pack_of(why)
    if pack is None:
        return ""
    source = pack.sources.get(str(why.get("source", "")))
    name = pack.name.zh if lang == "zh" else pack.name.en
    rule = say(lang, "compensation.by_rule", rule=why.get("rule", ""), pack=name, version=why.get("version", ""))
    return f"{rule} · {say(lang, f'settings.source_{source.level}')}{' ' + str(why['source']) if source.level == 'document' else ''}" if source else rule


def _sum(k: Listed, lang: str) -> tuple[str, str]:
    given = k.state not in ("asked", "refused")
    label = "compensation.given_coupon" if given and k.medium == "coupon" else "compensation.given" if given else "compensation.asked_for"
    return say(lang, label), show.money(k.amount_minor if given else k.asked_minor, k.currency)


def _late(k: Listed, why: dict[str, Any], lang: str, moment: Callable[[datetime], str]) -> list[tuple[str, str]]:
    by, sent = datetime.fromisoformat(why["ship_by"]), why.get("shipped_at")
    rows = [
        (say(lang, "compensation.promised_by" if why["promised"] else "compensation.to_ship_by"), moment(by)),
        (say(lang, "compensation.shipped"), moment(datetime.fromisoformat(sent)) if sent else say(lang, "compensation.not_shipped")),
        (say(lang, "compensation.late_by"), show.span(timedelta(seconds=why["late_by"]), lang)),
        (say(lang, "compensation.paid_for"), show.money(why["paid"], k.currency)),
    ]
    if why["refunded"]:
        rows.append((say(lang, "compensation.given_back"), show.money(-why["refunded"], k.currency)))
    rows.append((say(lang, "compensation.share", percent=f"{why['basis_points'] / 100:g}"), show.money(why["share"], k.currency)))
    bounds = ("compensation.bounds", {"least": show.money(why["least"], k.currency)}) if why.get("least") is not None else ("compensation.bound", {})
    rows.append((say(lang, "compensation.limits"), say(lang, bounds[0], most=show.money(why["most"], k.currency), **bounds[1])))
    return rows


def _price(k: Listed, why: dict[str, Any], lang: str, moment: Callable[[datetime], str]) -> list[tuple[str, str]]:
    rows = [
        (say(lang, "compensation.pieces_paid", n=why["pieces"]), show.money(why["paid"], k.currency)),
        (say(lang, "compensation.today", price=show.money(why["today"], k.currency), n=why["pieces"]), show.money(-why["today"] * why["pieces"], k.currency)),
    ]
    if why["given"]:
        rows.append((say(lang, "compensation.given_ahead"), show.money(-why["given"], k.currency)))
    return rows


def _freight(k: Listed, why: dict[str, Any], lang: str, moment: Callable[[datetime], str]) -> list[tuple[str, str]]:
    rows = [
        (say(lang, "compensation.receipt"), show.money(why["receipt"], k.currency)), (say(lang, "compensation.at_most"), show.money(why["most"], k.currency)),
        (say(lang, "compensation.fault"), say(lang, f"compensation.fault_{why.get('fault') or 'merchant'}")),
    ]
    if why["given"]:
        rows.append((say(lang, "compensation.given_ahead"), show.money(-why["given"], k.currency)))
    if why.get("insured"):
        rows.append((say(lang, "compensation.insured"), show.money(min(int(why["insured"]), k.amount_minor or k.asked_minor), k.currency)))
    return rows


def _goodwill(k: Listed, why: dict[str, Any], lang: str, moment: Callable[[datetime], str]) -> list[tuple[str, str]]:
    rows = [(say(lang, "compensation.reason"), reason(k, lang))]
    if k.medium == "coupon" and k.coupon_until:
        least = say(lang, "compensation.coupon_from", amount=show.money(k.coupon_minimum or 0, k.currency)) if k.coupon_minimum else say(lang, "compensation.coupon_any")
        rows += [(say(lang, "compensation.coupon"), f"{k.coupon} · {least}"), (say(lang, "compensation.coupon_until"), moment(k.coupon_until))]
    return rows


def _judged(k: Listed, why: dict[str, Any], lang: str, moment: Callable[[datetime], str]) -> list[tuple[str, str]]:
    what = say(lang, f"compensation.judged_{why['what']}")
    rows = [(say(lang, "compensation.judged_in"), f"{why['dispute']} · {what}")] if "dispute" in why else [(say(lang, "compensation.decided_in"), f"{why['ticket']} · {what}")]
    rows += [(say(lang, f"compensation.judged_by_{payer}"), show.money(amount, k.currency)) for payer, amount in why["by"].items()]
    if why.get("kept"):
        rows.append((say(lang, "compensation.judged_kept"), show.money(why["kept"], k.currency)))
    return rows
