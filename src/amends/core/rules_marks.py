"""Guards and facts of marking an unreasonable demand (DI-11)."""

from collections.abc import Mapping
from typing import Any

from amends.core.machine import Look
from amends.core.refusal import Refusal
from amends.core.rules import before_asking


@before_asking
def marked_once(look: Look) -> Refusal | None:
    """A case is marked once; what the platform withdrew is not marked anew."""
    return Refusal("mark_there_already") if look.case.body.get("marked") else None


def other_is_said(look: Look) -> Refusal | None:
    """“Other” says what."""
    c: Any = look.command
    return Refusal("mark_needs_words", field="words") if getattr(c, "mark", "") == "other" and not str(getattr(c, "words", "")).strip() else None


def note_mark(look: Look) -> Mapping[str, Any]:
    """The case says that it is marked; the mark itself stands in a table of its own."""
    return {"marked": getattr(look.command, "mark", "")}
