"""Words of the tables as screens say them: states, types, verbs and what a clock will do, in the reader's language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from amends.core.cases import TABLES
from amends.core.refusal import Refusal
from amends.store.screens.queue import FINAL, QueueRow
from amends.store.screens.queue_filter import QUEUES
from amends.web.catalogue import say, words

TABLE = TABLES["service_order"]
TYPES = ("return", "exchange", "repair", "reissue")
ICONS = {"return": "ti-arrow-back-up", "exchange": "ti-arrows-exchange", "repair": "ti-tool", "reissue": "ti-package-export"}


def state(name: str, lang: str) -> str:
    """待审核 / In review; an unknown state as it stands."""
    found = TABLE.states.get(name)
    return name if found is None else found.zh if lang == "zh" else found.en


def verb(name: str, lang: str) -> str:
    """同意客户发货 / Approve return."""
    command = TABLE.commands[name]
    return command.zh if lang == "zh" else command.en


def known(lang: str, key: str, fallback: str = "") -> str:
    """A word of the catalogue if it has this key."""
    return say(lang, key) if key in words() else fallback


def at_zero(row: QueueRow, lang: str) -> str:
    """What happens when the clock runs out: 系统同意, 自动关闭; for paused cases who is waited for."""
    if row.closed_at is not None:
        return ""
    if row.due_at is None:
        return known(lang, f"queue.waits_{row.waits_on}")
    if row.late:
        return say(lang, "queue.then_late")
    return known(lang, f"queue.then_{(row.clock or {}).get('then', '')}")


def rule_tip(row: QueueRow, lang: str) -> str:
    """The pack, its version and the rule behind the deadline."""
    clock = row.clock or {}
    return say(lang, "queue.rule_tip", pack=clock["pack"], version=clock["version"]) if clock.get("pack") else ""


def verdict(row: QueueRow, lang: str) -> dict[str, Any] | None:
    """The policy's answer in one line: class, icon, words, the rule under it, the whole sentence as a tip. None where nothing was kept."""
    if row.alert_open:
        return {"tone": "ask", "icon": "ti-help-circle", "words": say(lang, "queue.needs_person"), "under": say(lang, "queue.alert_open"), "tip": ""}
    said = row.verdict
    if not said:
        return None
    kind = say(lang, f"queue.type_{row.type}") if row.type in TYPES else str(row.type)
    tip = str(said.get(lang) or "")
    rule = say(lang, "queue.by_rule", rule=said["rule"]) if said.get("rule") else ""
    if not said.get("allowed"):
        return {"tone": "no", "icon": "ti-circle-x", "words": say(lang, "queue.not_allowed", type=kind), "under": rule, "tip": tip}
    payer = known(lang, f"queue.freight_{row.fault}")
    return {"tone": "ok", "icon": "ti-circle-check", "words": say(lang, "queue.allowed", type=kind) + (f" · {payer}" if payer else ""), "under": rule, "tip": tip}


def variant(row: QueueRow) -> str:
    """雾霭蓝 L × 2: the SKU's attributes and the pieces."""
    return " ".join([*(str(v) for v in row.attributes.values() if v), f"× {row.quantity or 1}"])


def states_of(queue: str) -> tuple[str, ...]:
    """The states a queue's filter offers."""
    return FINAL if queue == "done" else QUEUES[queue]


def case_address(case_id: str) -> str:
    """The page of one case."""
    return f"/m/cases/{case_id}"


def case_link(row: QueueRow, asked: Any) -> str:
    """The page of a case, told which list one comes from, so that the next case is of the same list (UI-1a)."""
    filtered = {"f": urlencode(asked.query)} if asked.query else {}
    return f"{case_address(row.id)}?{urlencode({'q': asked.queue, **filtered})}"


def why(refusal: Refusal, lang: str) -> str:
    """Why a case was left out of a batch: in a list some sentences must name no "above" and no single case."""
    return known(lang, f"queue.why_{refusal.code}") or refusal.say(lang)
