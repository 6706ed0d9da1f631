"""What the disputes of one order have given or promised beside refunds (DI-6, CO-5): pure figures off what each case keeps, minor units.

A judgement that stands and is not carried out yet is a promise, and so is an offer the buyer has not answered; one that waits for its second person is none. What a judgement taken back has left with the
buyer counts until something is granted again. A way back is named by its service order or its order line (`freight_way`); unnamed it is that of all goods in dispute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from amends.core.judged import OUT, freight_of

STANDS = ("adjudicated", "appealing", "closed")
OFFERED = "awaiting_buyer_confirmation"


@dataclass(frozen=True, slots=True)
class Freight:
    """What pays a way back: `asked` (a claim that waits), `claim` (granted), `judgement`; its number and minor units."""

    by: str
    number: str
    amount: int


@dataclass(frozen=True, slots=True)
class Way:
    """A way back that freight may be awarded for: `kind` goods (all in dispute), case (a service order), line; `name` the service order's number; what pays it already or is to, and whether it has been given."""

    kind: str
    name: str = ""
    paid: Freight | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """One way back: of a service order (`case`), of some order lines, or of all goods of the order (`lines` None)."""

    case: str
    lines: frozenset[str] | None

    def same(self, other: Back) -> bool:
        """Whether both are the same way: the same service order, else goods that both are about."""
        if self.case and other.case:
            return self.case == other.case
        return self.lines is None or other.lines is None or bool(self.lines & other.lines)


def back(dispute: Mapping[str, Any], parent: str, named: str, line_of: Mapping[str, str]) -> Back:
    """The way back that freight of a dispute is about. `dispute`: its facts, `parent`: the case in dispute, `named`: what the judgement names, `line_of`: service order → its line."""
    own = frozenset(str(x["line_id"]) for x in dispute.get("lines") or ()) or None
    if named and named not in line_of:
        return Back("", frozenset((named,)))
    case = named or (parent if dispute.get("parent_kind") == "service_order" else "")
    return Back(case, frozenset((line_of[case],)) if line_of.get(case) else own)


def _standing(state: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The remedy that is still to be carried out; empty where it was, or was paid first."""
    if state == OFFERED:
        return body.get("offer") or {}
    judged: Mapping[str, Any] = body.get("judgement") or {}
    return judged if state in STANDS and not body.get("executed") and not judged.get("advance") else {}


def _given(body: Mapping[str, Any], what: str) -> int:
    return sum(int(a["amount"]) for a in body.get("awards") or () if a["what"] == what)


def compensation(state: str, body: Mapping[str, Any]) -> int:
    """Compensation that a dispute has given or promised."""
    return _given(body, "compensation") + max(int(_standing(state, body).get("compensation") or 0), int(body.get("award_left") or 0))


def freights(state: str, body: Mapping[str, Any]) -> dict[str, int]:
    """The ways back that a dispute has given or promised, and what a freight taken back has left with the buyer: way as named → minor units. The way out is refunded, and no part of this."""
    out, promised, left = given_freights(body), dict[str, int](), int(body.get("award_left") or 0)
    standing = _standing(state, body)
    if freight_of(standing) and way_of(standing) != OUT:
        promised[way_of(standing)] = freight_of(standing)
    for way, amount in (body.get("freight_reversed_by") or {"": int(body.get("freight_reversed") or 0)}).items():
        kept = min(left, int(amount))
        left, promised[way] = left - kept, max(promised.get(way, 0), kept)
    for way, amount in promised.items():
        out[way] = out.get(way, 0) + amount
    return {way: amount for way, amount in out.items() if amount}


def given_freights(body: Mapping[str, Any]) -> dict[str, int]:
    """The ways back that a dispute has really given, promises left out: what carrying another one out looks at."""
    out: dict[str, int] = {}
    for a in body.get("awards") or ():
        if a["what"] == "freight":
            out[a.get("way", "")] = out.get(a.get("way", ""), 0) + int(a["amount"])
    return out


def way_of(remedy: Mapping[str, Any]) -> str:
    """Which way the freight of a remedy is for, as named."""
    return str(remedy.get("freight_way") or "")


def compensated(body: Mapping[str, Any]) -> int:
    """Compensation that a dispute has really given."""
    return _given(body, "compensation")


def buyer_bears(state: str, body: Mapping[str, Any]) -> str | None:
    """The way back that a judgement that stands lets the buyer bear, as named; None where it says nothing of one."""
    judged: Mapping[str, Any] = (body.get("judgement") or {}) if state in STANDS else {}
    return way_of(judged) if judged.get("freight_by") == "buyer" and way_of(judged) != OUT else None
