"""Rows that can never act as pack and shop stand now: they are told with why, and those that can are not (SA-4, SA-6)."""

from datetime import date
from typing import Any

import pytest

from amends.core.refusal import Refusal
from amends.core.strategy import Context, Ground, Table
from amends.core.strategy_json import decode_rows
from amends.core.strategy_never import never
from tests.engine.strategy_shop import REVIEW, SO, row

TODAY = date(2026, 3, 2)
CONTEXT = Context(
    {"reasons": frozenset({"no_reason", "quality_fault"})}, addresses=frozenset({"a1"}),
    grounds={"reject": {"other": Ground("其他", "Other", False), "used": Ground("已使用", "Used", True)}},
)
RETURN = ("case_type", "is", "return")


def why(made: dict[str, Any]) -> list[str]:
    rows, wrong = decode_rows([made])
    assert wrong == []
    return [r.code for r in never(Table(REVIEW, SO, 3, rows), CONTEXT, TODAY).get(made["id"], [])]


@pytest.mark.parametrize(("made", "codes"), [
    (row("好", "approve_return", RETURN), []),
    (row("关", "reject", RETURN, fields={"reason": "gone", "words": "不"}, mode="off"), []),
    (row("影子", "reject", RETURN, fields={"reason": "gone", "words": "不"}, mode="shadow"), ["strategy_ground_unknown"]),
    (row("要照片", "reject", RETURN, fields={"reason": "used", "words": "不"}), ["strategy_ground_photos"]),
    (row("地址", "approve_return", RETURN, fields={"return_address": "a2"}), ["strategy_address_unknown"]),
    (row("原因没了", "approve_return", ("reason", "is", "gone")), ["strategy_choice_unknown"]),
    (row("还有一个", "approve_return", ("reason", "in", ["gone", "no_reason"])), []),
    (row("都没了", "approve_return", ("reason", "in", ["gone", "lost"])), ["strategy_choice_unknown"]),
    (row("不是", "approve_return", ("reason", "is_not", "gone")), []),
    (row("过期", "approve_return", RETURN, active={"since": "", "until": "2026-03-01", "weekdays": [], "hours": ["", ""]}), ["strategy_days_over"]),
    (row("今天止", "approve_return", RETURN, active={"since": "", "until": "2026-03-02", "weekdays": [], "hours": ["", ""]}), []),
    (row("金额", "approve_return", ("amount", "lt", 100), ("amount", "ge", 100)), ["strategy_excludes_itself"]),
    (row("刚好", "approve_return", ("amount", "le", 100), ("amount", "ge", 100)), []),
    (row("区间", "approve_return", ("amount", "between", [1, 5]), ("amount", "gt", 5)), ["strategy_excludes_itself"]),
    (row("两类", "approve_return", RETURN, ("case_type", "is", "exchange")), ["strategy_excludes_itself"]),
    (row("除外", "approve_return", RETURN, ("case_type", "not_in", ["return"])), ["strategy_excludes_itself"]),
    (row("无上限", "refund_without_return", RETURN), []),
], ids=lambda x: x["name"] if isinstance(x, dict) else "-")
def test_what_can_never_act(made: dict[str, Any], codes: list[str]) -> None:
    assert why(made) == codes


def test_each_reason_is_told_in_both_languages() -> None:
    for refusal in (Refusal("strategy_days_over", {"until": "2026-03-01"}), Refusal("strategy_excludes_itself", {"zh": "金额", "en": "Amount"})):
        assert refusal.say("zh")
        assert refusal.say("en")
