"""What the forms of a case can offer: addresses, goods, people, carriers, refund requests, and sensible first values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amends.core import findings
from amends.core.negotiation import agreed_amount
from amends.core.pack import Pack
from amends.store.screens.case import CaseSeen
from amends.store.screens.case_rows import AddressRow, ColleagueRow, RequestRow, StockRow
from amends.web import catalogue, show, wording
from amends.web.case.zero import Way, way_of
from amends.web.disputes.grounds import GroundShown, filed_kinds, grounds_of

FIRST = {
    ("register_receipt", "condition"): "good", ("register_receipt", "packaging"): "intact", ("register_receipt", "appearance"): "intact",
    ("register_receipt", "function"): "normal", ("register_receipt", "accessories"): "complete", ("register_receipt", "disposition"): "sale",
}
"""What is chosen before anybody has chosen: goods as most of them come."""
PICTURES = 12
"""How many photos of the case a form offers as proof."""


@dataclass(slots=True)
class Offers:
    """Lists and defaults for one case. `computed` and `cap` are minor units; `ways` are how the money came.

    `charges`: differences asked for, in minor units by id; `way`: how far the order has come; `by_hand` and `failed`: refund requests a person transfers, and those the provider refused.
    """

    currency: str
    quantity: int
    received: int | None
    sku: str
    computed: int
    cap: int
    addresses: list[AddressRow]
    stock: list[StockRow]
    colleagues: list[ColleagueRow]
    requests: list[RequestRow]
    carriers: list[str]
    ways: list[str]
    pack: Pack | None
    lang: str
    kind: str = "service_order"
    charges: dict[str, int] = field(default_factory=dict)
    way: Way = Way()
    type: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    by_hand: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    state: str = ""
    granted: int = 0
    grounds: list[GroundShown] = field(default_factory=list)
    category: str = ""
    pictures: list[str] = field(default_factory=list)
    """Photos the case has, newest first."""
    award_room: int = 0
    """On a ticket: the most that can be awarded as compensation beside the order's money, in minor units."""

    def default(self, verb: str, name: str) -> Any:
        """The first value of a choice or a count."""
        if verb == "propose":
            return ""
        if verb == "exchange" and name == "quantity" and (agreed := (self.facts.get("agreed") or {}).get("quantity")):
            return agreed
        if name == "received":
            return self.quantity
        if name == "quantity":
            return self.quantity if self.received is None else min(self.received, self.quantity)
        if (verb, name) == ("reject_cancellation", "reason"):
            return "delivered" if self.way.delivered else "on_the_way" if self.way.shipped else ""
        return FIRST.get((verb, name), "")

    def findings(self) -> list[tuple[str, tuple[str, str], bool]]:
        """What can be found of these goods under the case's pack: code, words, and whether it is about resale (PO-2) or about not being handled at all (PO-6)."""
        if self.pack is None:
            return []
        resale = findings.against_resale(self.pack, self.category)
        return [(code, words, code in resale) for code, words in findings.sayable(self.pack, self.category).items()]

    def money_hint(self, name: str) -> str:
        """What an empty amount means, and the most there can be."""
        if self.kind == "dispute":
            return catalogue.say(self.lang, "disputes.amount_hint", most=show.money(self.cap, self.currency)) if name == "amount" else ""
        if name == "amount":
            bound = agreed_amount(self.facts, self.quantity, self.granted, self.cap)
            key = "negotiation.agreed_hint" if bound is not None else "case.amount_hint"
            if bound is not None:
                return catalogue.say(self.lang, key, amount=show.money(bound, self.currency), cap=show.money(self.cap, self.currency))
            return catalogue.say(self.lang, "case.amount_hint", computed=show.money(self.computed, self.currency), cap=show.money(self.cap, self.currency))
        return catalogue.say(self.lang, "case.freight_hint") if name == "freight" else ""

    def sku_words(self, row: StockRow) -> str:
        """雾霭蓝 · 0 件 · 每件补 ¥6.00: what it is, how many there are, and what it costs more or less than what was bought."""
        what = attributes(row.attributes) or row.title
        bought = next((s.price for s in self.stock if s.sku == self.sku), row.price)
        more = row.price - bought
        words = [f"{what} · {pieces(row, self.lang)}"]
        if more:
            words.append(catalogue.say(self.lang, "stock.dearer" if more > 0 else "stock.cheaper", amount=show.money(abs(more), self.currency)))
        return " · ".join(words)


def by_hand(facts: dict[str, Any]) -> frozenset[str]:
    """The refund requests that wait for a person: no provider has them, or it has refused them (MO-3)."""
    return frozenset(r for r in facts.get("requests", {}) if r not in facts.get("with_provider", ()) or r in facts.get("failed", ()))


def attributes(given: dict[str, Any]) -> str:
    """Size, colour and the like, in one phrase."""
    return " ".join(str(v) for v in given.values() if isinstance(v, str | int) and str(v).strip())


def pieces(row: StockRow, lang: str) -> str:
    """How many can be taken, and how many of those on hand are held."""
    if row.on_hand is None:
        return catalogue.say(lang, "case.stock_uncounted")
    if row.own:
        return catalogue.say(lang, "stock.own", n=row.on_hand - row.held, own=row.own)
    if row.held:
        return catalogue.say(lang, "case.stock_held", n=row.on_hand - row.held, held=row.held)
    return catalogue.say(lang, "case.stock_free", n=row.on_hand)


def offers_of(seen: CaseSeen, facts: dict[str, Any], pack: Pack | None, lang: str) -> Offers:
    """The lists of a case that was read."""
    case = seen.case
    used = [p.carrier for p in seen.parcels if p.carrier and p.carrier != "—"]
    carriers = list(dict.fromkeys([*used, *(c.strip() for c in catalogue.say(lang, "case.carriers").split(";"))]))
    return Offers(
        case.currency, case.quantity, case.facts.get("received"), case.sku, int(facts.get("computed", 0)), int(facts.get("room" if case.kind in ("dispute", "ticket") else "cap", 0)), seen.addresses, seen.stock,
        seen.colleagues, seen.requests, carriers, [wording.way(p.method or p.provider, lang) for p in seen.payments], pack, lang, case.kind, dict(facts.get("charges", {})), way_of(seen.order), case.type, case.facts, by_hand(facts), frozenset(facts.get("failed", ())), case.state, case.granted,
        grounds_of(facts["disputes"], case.type, filed_kinds(seen.evidence), lang) if case.kind == "dispute" else [], case.category, [f.id for f in reversed(seen.files.values()) if f.media_type.startswith("image/")][:PICTURES], int(facts.get("award_room", 0)),
    )
