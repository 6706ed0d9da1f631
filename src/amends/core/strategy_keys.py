"""What the tables of strategies are called in addresses of pages and of the API: one word for each kind of case and node (SA-1)."""

from amends.core.strategy_facts import NODES, STATES, Node

KEYS: dict[str, tuple[str, Node]] = {
    "review": ("service_order", "review"), "receipt": ("service_order", "receipt"), "processing": ("service_order", "processing"),
    "cancellation_review": ("cancellation", "review"), "cancellation_processing": ("cancellation", "processing"),
}
LABELS: dict[str, tuple[str, str]] = {
    "review": NODES["review"], "receipt": NODES["receipt"], "processing": NODES["processing"],
    "cancellation_review": ("取消审核", "Cancellations"), "cancellation_processing": ("取消跟进", "Follow-ups"),
}
KEY_OF: dict[tuple[str, str], str] = {at: key for key, at in KEYS.items()}
assert set(KEYS.values()) == set(STATES), "every node that has strategies has a word"
