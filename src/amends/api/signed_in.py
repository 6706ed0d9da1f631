"""What only a person who is signed in decides, never a key: a judgement needs two people, and a person with a key as well would be both (DI-6, TI-5)."""

from __future__ import annotations

from amends.core.refusal import Refusal

DECISIONS = {
    "dispute": frozenset({"adjudicate", "confirm_judgement", "return_judgement", "uphold_appeal", "dismiss_appeal"}),
    "ticket": frozenset({"decide_ticket", "refund_for_merchant", "approve_decision", "return_decision"}),
}
"""By kind of case. Stepping in, asking and closing decide nothing and stay open to keys."""
ABOUT = "只能登录后在平台页面操作，密钥不能。 · Only by a person who is signed in, not by a key (DI-6)."


def refused(kind: str, verb: str) -> Refusal | None:
    """Why a key does not give this command; None for all others."""
    return Refusal("decided_signed_in", {"command": verb}) if verb in DECISIONS.get(kind, ()) else None
