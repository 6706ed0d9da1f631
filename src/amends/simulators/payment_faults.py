"""How badly the simulated provider behaves: shares between 0 and 1, drawn from the seed and the key, so that a run can be had again."""

from __future__ import annotations

import random
from dataclasses import dataclass

REFUSALS = (("account_closed", "The payer's account is closed"), ("limit_reached", "The payer's account has reached its limit"), ("risk", "Stopped by risk control"))
LIES = ("other_amount", "moved_then_failed", "failed_but_moved")


@dataclass(frozen=True, slots=True)
class Faults:
    """`delay`: mean seconds until a transfer ends (0: in the answer itself), divided by `speed`. The rest are shares.

    late: takes fifty times as long. refuse: ends refused. lose: an answer, or a message, never arrives. repeat: a message comes twice.
    reorder: a message is held back so that later ones overtake it. lie: tells something untrue besides the truth.
    """

    delay: float = 0.0
    speed: float = 1.0
    late: float = 0.0
    refuse: float = 0.0
    lose: float = 0.0
    repeat: float = 0.0
    reorder: float = 0.0
    lie: float = 0.0
    seed: int = 0

    def draw(self, what: str, key: str) -> random.Random:
        """A source of chance of its own for each question about each key."""
        return random.Random(f"{self.seed} {what} {key}")

    def happens(self, what: str, key: str) -> bool:
        """Whether the fault `what` befalls this key."""
        share: float = getattr(self, what)
        return self.draw(what, key).random() < share

    def takes(self, key: str) -> float:
        """Seconds until this transfer ends."""
        mean = self.delay * (50 if self.happens("late", key) else 1)
        return mean * self.draw("takes", key).uniform(0.5, 1.5) / self.speed

    def refusal(self, key: str) -> tuple[str, str] | None:
        """Code and words where this transfer is refused."""
        return self.draw("why", key).choice(REFUSALS) if self.happens("refuse", key) else None

    def lies_about(self, key: str) -> str:
        """Which lie is told about this transfer; empty for none."""
        return self.draw("which lie", key).choice(LIES) if self.happens("lie", key) else ""

    def held_back(self, key: str) -> float:
        """Seconds by which its message is held back."""
        return self.draw("held", key).uniform(1, 4) / self.speed if self.happens("reorder", key) else 0.0
