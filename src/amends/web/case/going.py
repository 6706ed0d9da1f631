"""How a case goes by its pack, in a line each: where goods go, who sends, who reviews, and what brought the platform in (PO-8, PO-11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amends.core.divisions import Place
from amends.core.pack_flows import KEEP, flow_of
from amends.web.catalogue import say


@dataclass(frozen=True, slots=True)
class Line:
    """An icon and a sentence."""

    icon: str
    words: str


def going(facts: Mapping[str, Any], lang: str) -> list[Line]:
    """What is out of the ordinary about the way this case goes; nothing for most."""
    out: list[Line] = []
    if called := facts.get("platform_in"):
        refusals = (called.get("facts") or {}).get("refusals", 0)
        words = say(lang, "packs_rules.in_refused_often", n=refusals) if called.get("rule") == "refused_often" else say(lang, "packs_rules.in_unanswered")
        out.append(Line("ti-building-bank", words))
    if facts.get("call_open"):
        out.append(Line("ti-gavel", say(lang, f"home.call_open_{facts.get('called_by', 'merchant')}")))
    elif answer := facts.get("call_answer"):
        out.append(Line("ti-building-bank", say(lang, "home.call_answer", words=answer["words"])))
    if facts.get("return_way") == KEEP:
        out.append(Line("ti-package-off", say(lang, "packs_rules.goods_kept")))
    flow = flow_of(facts)
    if flow.goods_to == "platform_store":
        place = (facts.get("return_store") or {}).get("place")
        where = say(lang, "platform_store.at", receiver=place["receiver"], phone=place["phone"], line=place_line(place)) if place else ""
        out.append(Line("ti-building-warehouse", say(lang, "packs_rules.to_store", store=store_name(facts, lang)) + where))
        senders = [type_ for type_, who in flow.sends.items() if who == "platform"]
        if senders:
            out.append(Line("ti-truck-delivery", say(lang, "packs_rules.platform_sends", what=_list(senders, lang))))
    if facts.get("parts_delivered"):
        out.append(Line("ti-building-warehouse", say(lang, "packs_rules.parts_there")))
    if facts.get("reviewed_by") == "platform":
        out.append(Line("ti-scale", say(lang, "packs_rules.platform_reviews")))
    return out


def place_line(place: Mapping[str, str]) -> str:
    """An address as written on a parcel."""
    return Place(place["province"], place["city"], place["district"]).line() + place["detail"]


def store_name(facts: Mapping[str, Any], lang: str) -> str:
    """What the platform's store is called, once a return has been agreed to."""
    store = facts.get("return_store") or {}
    return str(store.get("zh" if lang == "zh" else "en") or say(lang, "packs_rules.store"))


def _list(types: list[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(say(lang, f"buyer.type_{t}") if lang == "zh" else say(lang, f"buyer.type_{t}").lower() for t in types)
