"""Look before you judge: the sentence of the judgement, what it does to the merchant's rate, the time to appeal, the second person, and the ledger line by line (SO-33, UI-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from amends.core.commands import Command
from amends.core.ledger import PARTS
from amends.engine import judging, liability
from amends.web import catalogue, show, wording
from amends.web.adjudication.reading import Desk
from amends.web.finance import lines

Say = Callable[..., str]
FREIGHT = ("freight_out", "freight_kept")
"""Parts of a movement that are told apart from the goods."""
LIABLE = ("merchant", "shared")
"""Faults that count against the merchant."""


@dataclass(slots=True)
class Phrase:
    """An icon and words; `strong`: what the eye should find; `warn`: what is out of the ordinary."""

    icon: str
    words: str
    strong: bool = False
    warn: bool = False


@dataclass(slots=True)
class Look:
    """What would follow: phrases, why not, and the ledger as (words, amount as written, sign); `total` is always zero."""

    phrases: list[Phrase] = field(default_factory=list)
    refusal: str = ""
    ledger: list[tuple[str, str, int]] = field(default_factory=list)
    total: str = ""
    note: str = ""


def look(request: Any, desk: Desk, command: Command) -> Look:
    """Try it without writing; where it could not be carried out, the reason in words."""
    say = _say(request.lang)
    found = judging.preview(request.house.pool, desk.merchant_id, desk.seen.case.id, command, desk.actor, request.now, early=desk.mode in ("early", "judge"))
    judged = _judged(desk, command)
    out = Look()
    if judged.get("liability") and judged.get("outcome"):
        out.phrases.append(Phrase("ti-eye-check", sentence(judged, desk.seen.case.currency, request.lang), strong=True))
        out.phrases.append(_rate(desk, judged, say))
    if found.refusal is not None:
        out.refusal = desk.tell(request, found.refusal)
        return out
    out.phrases += _after(request, desk, found, say)
    if judged and not judged.get("liability"):
        out.note = say("adjudication.choose_fault")
        return out
    currency = desk.seen.case.currency
    entries = found.by_account()
    out.ledger = [(_account(desk, e, request.lang), show.money(e.amount, currency, signed=True), e.amount) for e in entries]
    out.total = show.money(sum(e.amount for e in entries), currency) if entries else ""
    out.note = _note(found, judged, currency, say)
    return out


def sentence(judged: dict[str, Any], currency: str, lang: str) -> str:
    """判商家责任，退货退款 ¥245.00."""
    say = _say(lang)
    outcome = str(judged.get("outcome", ""))
    what = wording.choice("outcome", outcome, lang)
    amount, beside = int(judged.get("amount") or 0), int(judged.get("compensation") or 0)
    if outcome == "compensation":
        amount, beside = beside, 0
    said = f"{what} {show.money(amount, currency)}" if amount else what
    if beside:
        said += say("adjudication.beside", amount=show.money(beside, currency))
    return say("adjudication.judges", fault=wording.choice("liability", str(judged.get("liability", "")), lang), what=said)


def _judged(desk: Desk, command: Command) -> dict[str, Any]:
    if hasattr(command, "liability"):
        c: Any = command
        return {
            "liability": c.liability, "outcome": c.outcome, "amount": c.amount or 0, "freight": c.freight or 0, "freight_by": c.freight_by, "freight_way": c.freight_way, "compensation": c.compensation or 0, "advance": c.advance,
        }
    return dict(desk.facts.get("pending") or {})


def _rate(desk: Desk, judged: dict[str, Any], say: Say) -> Phrase:
    """The merchant's liable judgements of the days its pack measures for the refunds that ended, before and after, beside the line the pack draws (DI-7, PO-12)."""
    figures = desk.beside.figures
    before, after = figures.liable + figures.liable_here, figures.liable + (judged.get("liability") in LIABLE)
    measure = liability.measure_of(desk.sight.deadlines.pack)
    if not figures.ended:
        return Phrase("ti-gauge", say("adjudication.liable_count", before=before, after=after, days=measure.days), warn=after > before)
    told = say("adjudication.rate", before=_share(before, figures.ended), after=_share(after, figures.ended), days=measure.days)
    kept = [liability.Liability(0, n, 0, figures.ended).passes(measure) for n in (before, after)]
    return Phrase("ti-gauge", told + (say("adjudication.rate_falls") if kept == [True, False] else ""), warn=after > before)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%"


def _after(request: Any, desk: Desk, found: judging.Preview, say: Say) -> list[Phrase]:
    section, currency = desk.section, desk.seen.case.currency
    out, second = [], found.second or desk.mode == "second"
    if found.appeal_until is not None and (left := _may_appeal(desk)):
        until = show.moment(found.appeal_until, request.now, request.zone, request.lang)
        out.append(Phrase("ti-clock", say(f"adjudication.appeal_{left}", when=until)))
    if section.second_above:
        above = show.money(section.second_above, currency)
        out.append(Phrase("ti-users", say("adjudication.second_needed" if second else "adjudication.second_not", amount=above), warn=second))
    return out


def _may_appeal(desk: Desk) -> str:
    """Which sides have their one appeal left: both, buyer, merchant, or nobody (DI-8)."""
    left = [side for side in ("buyer", "merchant") if side not in (desk.facts.get("appeals") or {})]
    return "both" if len(left) == 2 else left[0] if left else ""


def _account(desk: Desk, entry: judging.Entry, lang: str) -> str:
    """商家货款; what goes to the buyer says by which way."""
    if entry.account == "buyer_refund":
        ways = ("、" if lang == "zh" else ", ").join(dict.fromkeys(w for w in desk.offers.ways if w))
        return catalogue.say(lang, "adjudication.to_buyer_by", way=ways) if ways else catalogue.say(lang, "adjudication.to_buyer")
    if entry.account == "compensation":
        return catalogue.say(lang, "adjudication.to_buyer_compensation")
    name = lines.account(entry.account, lang)
    if entry.part in FREIGHT:
        return catalogue.say(lang, "adjudication.account_part", account=name, part=PARTS[entry.part][wording.at(lang)])
    return name


def _note(found: judging.Preview, judged: dict[str, Any], currency: str, say: Say) -> str:
    if found.later:
        return say("adjudication.refund_with_goods", amount=show.money(found.later, currency))
    if judged.get("advance"):
        return say("adjudication.advanced_first")
    return say("adjudication.no_money") if not found.entries else ""


def _say(lang: str) -> Say:
    return lambda key, **facts: catalogue.say(lang, key, **facts)
