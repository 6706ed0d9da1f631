"""Marking a case whose buyer asks for money beyond the rules (DI-11)."""

from dataclasses import dataclass

from amends.core.commands import Command, ask

MARK_REASONS = ("beyond_rules", "threat", "repeated", "other_goods", "after_agreement", "other")
"""What made the demand unreasonable: more than the rules give; money or a bad review; the same again; goods that are not ours; more after it was agreed."""


@dataclass
class MarkUnreasonable(Command):
    """标记不合理诉求: the agent marks the case; the platform sees marks by buyer, the buyer never sees them (DI-11)."""

    zh, en, event, node = "标记不合理诉求", "Mark an unreasonable demand", "marked_unreasonable", "desk"
    mark: str = ask("客户的要求", "What the buyer asks for", "choice", required=True, choices=MARK_REASONS)
    words: str = ask("说明", "Details", "long")
