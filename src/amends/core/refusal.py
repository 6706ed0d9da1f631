"""A refusal is data: a code for machines, facts for the sentence, and the sentence in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amends.core.sentences import SENTENCES

FORBIDDEN = frozenset({"permission_missing", "not_yours", "decided_signed_in"})


@dataclass(slots=True)
class Refusal:
    """Why a command was not carried out. `facts` fills the sentence; `field` names the input it is about, if any."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    field: str | None = None

    @property
    def status(self) -> int:
        """The HTTP status of this refusal: 403 where the person may not, 422 for a field, 409 otherwise (SO-21, ST-4)."""
        if self.code in FORBIDDEN:
            return 403
        return 422 if self.field else 409

    def say(self, language: str) -> str:
        """The sentence in `zh` or `en`; it says what to do instead. KeyError for a code that has no sentence is a bug."""
        zh, en = SENTENCES[self.code]
        words = {k: "、".join(map(str, v)) if isinstance(v, list) else v for k, v in self.facts.items()}
        return (zh if language.startswith("zh") else en).format_map(words)
