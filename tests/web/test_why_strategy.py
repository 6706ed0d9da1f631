"""What the history of a case says of a strategy that acted, in both languages (SO-25)."""

from functools import partial

import pytest

from amends.web.case.whys import WHYS
from amends.web.catalogue import say

WHY = {
    "by": "strategy", "strategy": "小额同意", "row": "…", "place": 2, "node": "review", "version": 14, "currency": "CNY", "named": {"reasons": {"no_reason": ["七天无理由", "No reason"]}},
    "facts": [
        {"fact": "reason", "op": "is", "value": "no_reason", "actual": "no_reason"}, {"fact": "amount", "op": "lt", "value": 10000, "actual": 9900},
        {"fact": "keywords", "op": "has_none", "value": ["threat"], "actual": []}, {"expression": "photos == 0", "actual": {"photos": 0}}, {"active": {"_day": "2026-11-22"}}, {"fact": "gone"},
    ],
}


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", "策略“小额同意”（审核第 2 条，版本 14）：原因 是 七天无理由；实付 < ¥100（这单 ¥99）；识别到的关键词集 不含 threat（这单 无）；高级条件 photos == 0；在生效时间内"),
        ("en", "Strategy “小额同意” (Review, row 2, version 14): reason is No reason; paid < ¥100 (here ¥99); keyword sets found has none of threat (here none); expression photos == 0; within its active times"),
    ],
)
def test_it_names_row_version_and_every_condition(lang, told):
    assert WHYS["strategy"](WHY, lang, partial(say, lang), str) == told
