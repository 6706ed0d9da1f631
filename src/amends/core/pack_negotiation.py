"""What a pack says of negotiation (SO-28): how often a merchant may propose something else, and whether it must before it refuses."""

from __future__ import annotations

from dataclasses import dataclass

from amends.core.reasons import Problem


@dataclass(frozen=True, slots=True)
class Negotiation:
    """`at_most`: proposals per case, 0 for not offered. `least_left`: seconds that a clock has at least when it goes on after a proposal.

    `required_before_reject`: an application is refused only after a proposal. How long the buyer has to answer is the clock `negotiation`.
    """

    at_most: int = 0
    required_before_reject: bool = False
    least_left: int = 7200
    source: str = "own"

    @property
    def required(self) -> bool:
        """Whether a proposal must come before a refusal: never where none can be made."""
        return self.required_before_reject and self.at_most > 0


def problems(section: Negotiation) -> list[Problem]:
    """Figures that make no sense."""
    found = [Problem(f"negotiation.{name}", "must not be negative") for name in ("at_most", "least_left") if getattr(section, name) < 0]
    if section.required_before_reject and not section.at_most:
        found.append(Problem("negotiation.at_most", "must be more than 0 where a proposal is required before a refusal"))
    return found
