"""Reply templates (DI-12): texts by scenario of a dispute, with words in braces that are filled from the case and never left unfilled."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from amends.core.dossier import Words
from amends.core.refusal import Refusal

SCENARIOS = (
    "cancel_order", "goods_quality", "goods_wrong", "goods_missing", "goods_counterfeit", "logistics_late", "logistics_lost", "logistics_no_movement", "process_refund_late",
    "process_freight_unpaid", "process_refused", "attitude", "promise",
)
"""The scenarios of disputes (DI-1)."""
FILLS: dict[str, tuple[str, str]] = {
    "buyer": ("客户称呼", "the buyer's name"), "shop": ("店铺名", "the shop's name"), "case": ("单号", "the case's number"), "order": ("订单号", "an order"), "goods": ("商品", "goods"),
    "reason": ("申请原因", "a reason"), "paid": ("商品实付", "what was paid"), "placed_at": ("下单时间", "when it was ordered"), "amount": ("同意的退款金额", "a granted refund"),
    "granted_at": ("同意退款的时间", "when the refund was granted"), "moved_at": ("退款到账时间", "when the refund arrived"), "way": ("退款方式", "the way of the refund"),
    "reference": ("退款流水号", "the provider's reference"), "carrier": ("承运商", "a carrier"), "waybill": ("运单号", "a waybill"), "latest": ("最新轨迹", "tracking events"),
    "latest_at": ("最新轨迹时间", "the time of the last tracking event"), "shipped_at": ("发货时间", "when it was sent"), "signed_at": ("签收时间", "when it was signed for"), "due": ("期限", "a deadline"),
}
"""What a template can be filled with, and how that is called where it is missing: Chinese, English."""
NAME_MOST, NAME_EN_MOST, WORDS_MOST = 40, 80, 500
_FILL = re.compile(r"{([^{}]*)}")
_ID = re.compile(r"[a-z0-9_]{1,64}")


@dataclass(frozen=True, slots=True)
class Template:
    """One text. `own`: the merchant changed or added it; `shipped`: it comes with the product, so it can be put back.

    `unless`: facts with which it would not be true, such as “not sent yet” for what has a waybill.
    """

    id: str
    scenario: str
    name: Words
    words: Words
    active: bool = True
    own: bool = False
    shipped: bool = True
    unless: tuple[str, ...] = ()


@cache
def shipped() -> tuple[Template, ...]:
    """The templates that come with the product, in the order of the scenarios."""
    found = json.loads((Path(__file__).parent / "reply_templates.json").read_text("utf-8"))["templates"]
    made = [Template(x["id"], x["scenario"], Words(**x["name"]), Words(**x["words"]), unless=tuple(x.get("unless", ()))) for x in found]
    return tuple(sorted(made, key=lambda t: SCENARIOS.index(t.scenario)))


def wants(text: str) -> tuple[str, ...]:
    """The words in braces, each once, in their order."""
    return tuple(dict.fromkeys(_FILL.findall(text)))


def fill(text: str, facts: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The text filled, and what was missing for it: where anything is missing the text is empty, never half filled."""
    missing = tuple(name for name in wants(text) if not facts.get(name))
    return ("", missing) if missing else (_FILL.sub(lambda found: facts[found[1]], text), ())


def is_true(template: Template, facts: Mapping[str, str]) -> bool:
    """Whether nothing is known that would make it untrue."""
    return not any(facts.get(name) for name in template.unless)


def check(template: Template) -> list[Refusal]:
    """All that is wrong with a template as somebody wrote it, about the fields name_zh, name_en, words_zh, words_en and scenario."""
    wrong = []
    if template.scenario not in SCENARIOS or not _ID.fullmatch(template.id):
        wrong.append(Refusal("template_scenario_wrong", field="scenario"))
    for name, text, most in (("name_zh", template.name.zh, NAME_MOST), ("name_en", template.name.en, NAME_EN_MOST)):
        if not 0 < len(text) <= most or "\x00" in text:
            wrong.append(Refusal("template_name_missing", field=name))
    for name, text in (("words_zh", template.words.zh), ("words_en", template.words.en)):
        if not 0 < len(text) <= WORDS_MOST or "\x00" in text:
            wrong.append(Refusal("template_words_missing", field=name))
        wrong += [Refusal("template_unknown_word", {"name": odd}, name) for odd in wants(text) if odd not in FILLS]
    return wrong


def lacking(missing: tuple[str, ...], at: int) -> list[str]:
    """What is missing, in words: 0 Chinese, 1 English."""
    return [FILLS[name][at] if name in FILLS else name for name in missing]
