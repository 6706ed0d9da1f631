"""A service order judged anew with what was found about its goods (PO-2, PO-5, PO-6): at review by whoever looks into it, at receipt by the inspection."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from amends.core import findings
from amends.core.case import Case
from amends.core.commands import Command, inputs, verb
from amends.core.eligibility import verdict
from amends.core.pack import ServiceType
from amends.engine.deadlines import Deadlines
from amends.engine.rejudging import Row, goods_from, kept

RECORDED = "record_findings"


def brings(command: Command) -> bool:
    """Whether a command says something about the goods that their verdict depends on."""
    kind: Any = type(command)
    if not _can_bring(kind):
        return False
    return verb(command) == RECORDED or bool(getattr(command, "findings", ())) or any(getattr(command, name, None) == value for name, value in findings.SEEN_AT_RECEIPT)


@cache
def _can_bring(command: Any) -> bool:
    """Asked of every command of every batch, so once a kind."""
    names = {item.name for item in inputs(command)}
    return "findings" in names or any(name in names for name, _ in findings.SEEN_AT_RECEIPT)


def judged(case: Case, command: Command, row: Row | None, clocks: Deadlines) -> dict[str, Any]:
    """The fact `judging`: codes found (an inspection adds to what stands, a record replaces it), those that can be said, whether weight matters, the verdict with them.

    Judged as of the application, under the pack it was opened under. Empty where the goods are not known.
    """
    if row is None:
        return {}
    pack, goods = clocks.pack, goods_from(row, case.body)
    before, short = findings.of_case(case.body)
    codes = findings.said(command, pack, goods.category)
    if verb(command) != RECORDED:
        codes = [*sorted(before - set(codes)), *codes]
    else:
        short = getattr(command, "weight_short_mg", None)
    leaf = pack.leaves.get((cast(ServiceType, case.type), case.reason), (None, None))[0]
    stands = case.body.get("verdict")
    if leaf is not None:
        found = goods_from(row, {"findings": {"codes": codes, "weight_short_mg": short}})
        stands = kept(verdict(pack, found, cast(ServiceType, case.type), case.reason, case.opened_at, clocks.calendar), case.body)
    known = findings.sayable(pack, goods.category)
    return {"judging": {"codes": codes, "weight": short, "known": known, "measured": bool(leaf and leaf.measured), "verdict": stands}}
