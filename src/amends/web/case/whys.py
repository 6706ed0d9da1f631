"""Explanations of what acted by itself, told in words: one function for each `by` (SO-25). Each room adds its own entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.web.case import fast_review, why_dispute, why_lightning, why_order, why_pack, why_strategy, why_ticket

Why = Callable[[dict[str, Any], str, Callable[..., str], Callable[[datetime], str]], str]
"""Asked with the explanation, the language, the words and how instants are written."""

WHYS: dict[str, Why] = {
    "pack_rule": why_pack.pack_rule, "merchant_switch": why_pack.merchant_switch, "fast_review": fast_review.passed, "strategy": why_strategy.acted, "lightning": why_lightning.advanced,
    "order_news": why_order.news, "agreement": why_order.agreed,
    "dispute": why_dispute.by_dispute,
    "ticket_decision": why_ticket.decided,
}
