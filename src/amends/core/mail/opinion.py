"""The merchant's fixed opinion in a mail (TI-8): a line of its own, `处理意见：同意客户诉求` or `Opinion: Agree`, in the words the product itself uses."""

from __future__ import annotations

import re

OPINIONS: dict[str, tuple[str, str]] = {
    "approve": ("同意客户诉求", "Agree"), "reject": ("不同意", "Reject"), "reissue_without_return": ("不退货补发", "Reissue without return"), "ask_buyer": ("需客户补充", "Ask the buyer"),
    "refund_without_return": ("不退货退款", "Refund without return"), "reissue_offline": ("线下补发", "Reissue offline"), "buyer_gave_up": ("客户放弃", "Buyer gave up"),
}
"""Code → in Chinese and English, as on the pages; a test compares them."""
_LINE = re.compile(r"^\s*(?:处理意见|意见|opinion)\s*[:：]\s*(\S.{0,40}?)\s*[。.]?\s*$", re.IGNORECASE | re.MULTILINE)
_SHORT = {"同意": "approve", "驳回": "reject"}


def opinion_in(words: str) -> str:
    """The code of the opinion that the mail names; empty without one, or with one that nobody knows."""
    found = _LINE.search(words)
    if found is None:
        return ""
    said = found[1].strip("“”\"'「」").lower()
    return next((code for code, names in OPINIONS.items() if said in (n.lower() for n in names)), _SHORT.get(said, ""))


def how_to() -> tuple[str, str]:
    """How to name one, in Chinese and English."""
    return (
        "请在首行写明处理意见，例如“处理意见：同意客户诉求”；可选：" + "、".join(zh for zh, _ in OPINIONS.values()) + "。不写则记为“需客户补充”。",
        "Name your opinion in a line of its own, such as “Opinion: Agree”; one of: " + ", ".join(en for _, en in OPINIONS.values()) + ". Without one it counts as “Ask the buyer”.",
    )
