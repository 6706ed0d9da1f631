"""What a pack says of disputes (04-disputes): from when a buyer may open one, grounds with the evidence they ask for, numbered rules, and figures of judging."""

from __future__ import annotations

from dataclasses import dataclass

from amends.core.reasons import Problem
from amends.core.verbs.dispute import EVIDENCE_KINDS

CANCEL_ORDER = "cancel_order"
SCENARIOS: dict[str, tuple[str, str, str]] = {
    CANCEL_ORDER: ("取消订单", "Cancelling the order", "cancel"),
    "goods_quality": ("商品质量问题", "Quality of the goods", "goods"),
    "goods_wrong": ("发错商品", "Wrong goods", "goods"),
    "goods_missing": ("少件漏发", "Goods missing", "goods"),
    "goods_counterfeit": ("怀疑假货", "Suspected counterfeit", "goods"),
    "logistics_late": ("发货或送达延迟", "Sent or delivered late", "logistics"),
    "logistics_lost": ("包裹丢失、未收到", "Lost or not received", "logistics"),
    "logistics_no_movement": ("物流无更新", "No movement", "logistics"),
    "process_refund_late": ("退款迟迟未到", "Refund late", "process"),
    "process_freight_unpaid": ("运费未退", "Freight not repaid", "process"),
    "process_refused": ("无正当理由拒绝售后", "Refused without ground", "process"),
    "attitude": ("服务态度", "Attitude of service", "attitude"),
    "promise": ("承诺未兑现", "Broken promise", "promise"),
}
"""DI-1: code → Chinese, English, family."""
FAMILIES: dict[str, tuple[str, str]] = {
    "cancel": ("取消订单", "Cancel order"), "goods": ("商品", "Goods"), "logistics": ("物流", "Logistics"), "process": ("售后处理", "After-sales process"),
    "attitude": ("服务态度", "Service attitude"), "promise": ("承诺", "Promise"),
}
"""The families of scenarios, as screens group them."""


@dataclass(frozen=True, slots=True)
class Ground:
    """举证原因: why the merchant says it is not at fault, in which scenarios, and which kinds of evidence that asks for (DI-5)."""

    code: str
    zh: str
    en: str
    scenarios: tuple[str, ...]
    asks: tuple[str, ...]
    example_zh: str
    example_en: str
    source: str


@dataclass(frozen=True, slots=True)
class NumberedRule:
    """One line of the rule book: judgements name it by its number (DI-6)."""

    number: str
    zh: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Disputes:
    """`open_days`: calendar days after the case ended, or receipt, in which a dispute may be opened. `refusals`: how often the same goods must have been refused first (DI-9).

    `second_above`: minor units above which somebody else confirms a judgement, 0 for never. `compensation_times` times what was paid, at least `compensation_least`
    minor units, is the most that can be awarded beside a refund. `shared_percent`: the merchant's part of what a shared fault gives. Without grounds nothing is offered.
    """

    open_days: int = 15
    open_days_source: str = "own"
    refusals: int = 1
    refusals_source: str = "own"
    second_above: int = 50_000
    second_source: str = "own"
    questions_at_most: int = 6
    compensation_times: int = 3
    compensation_least: int = 50_000
    compensation_source: str = "own"
    shared_percent: int = 50
    shared_source: str = "own"
    files_at_most: int = 30
    grounds: tuple[Ground, ...] = ()
    rules: tuple[NumberedRule, ...] = ()

    @property
    def offered(self) -> bool:
        """Whether disputes can be opened under this pack at all."""
        return bool(self.grounds)

    def compensation_most(self, paid: int) -> int:
        """The most that can be awarded beside a refund, in minor units, for something that `paid` minor units were paid for."""
        return max(self.compensation_times * paid, self.compensation_least)

    def grounds_for(self, scenario: str) -> tuple[Ground, ...]:
        """The grounds of one scenario."""
        return tuple(g for g in self.grounds if scenario in g.scenarios)


NOT_OFFERED = Disputes()


def problems(section: Disputes) -> list[Problem]:
    """Figures and references that make no sense."""
    figures = ("open_days", "refusals", "second_above", "questions_at_most", "compensation_times", "compensation_least", "files_at_most")
    found = [Problem(f"disputes.{name}", "must not be negative") for name in figures if getattr(section, name) < 0]
    if not 0 <= section.shared_percent <= 100:
        found.append(Problem("disputes.shared_percent", "must be 0 to 100"))
    if section.offered and section.open_days < 1:
        found.append(Problem("disputes.open_days", "must be more than 0"))
    seen: set[str] = set()
    for i, ground in enumerate(section.grounds):
        here = f"disputes.grounds[{i}]"
        found += [Problem(f"{here}.scenarios", f"no such scenario: {s!r}") for s in ground.scenarios if s not in SCENARIOS]
        found += [Problem(f"{here}.asks", f"no such kind of evidence: {k!r}") for k in ground.asks if k not in EVIDENCE_KINDS]
        if ground.code in seen:
            found.append(Problem(f"{here}.code", f"twice: {ground.code!r}"))
        if not ground.scenarios or not ground.asks:
            found.append(Problem(here, "needs a scenario and a kind of evidence"))
        seen.add(ground.code)
    if section.offered:
        found += [Problem("disputes.grounds", f"none for the scenario {s}") for s in SCENARIOS if not section.grounds_for(s)]
    numbers = [r.number for r in section.rules]
    found += [Problem(f"disputes.rules[{i}].number", f"twice: {n!r}") for i, n in enumerate(numbers) if n in numbers[:i]]
    if section.offered and not section.rules:
        found.append(Problem("disputes.rules", "needs at least one: a judgement names the rules it follows"))
    return found
