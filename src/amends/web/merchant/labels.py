"""Words of the tables as screens say them: states, types, verbs and what a clock will do, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from amends.core.cases import TABLES
from amends.core.refusal import Refusal
from amends.engine.batches import COMMANDS
from amends.store.screens.queue_filter import QUEUES
from amends.store.screens.queue_row import QueueRow
from amends.web import wording
from amends.web.case.alert import snippet
from amends.web.catalogue import say, words

TYPES = ("return", "exchange", "repair", "reissue")
KIND_ICONS = {"service_order": "ti-clipboard-list", "cancellation": "ti-circle-x", "dispute": "ti-scale", "ticket": "ti-ticket"}
ICONS = {"return": "ti-arrow-back-up", "exchange": "ti-arrows-exchange", "repair": "ti-tool", "reissue": "ti-package-export"}


def state(name: str, lang: str, kind: str = "service_order") -> str:
    """待审核 / In review; an unknown state as it stands."""
    return wording.state(name, lang, kind)


def choice(field: str, code: str, lang: str) -> str:
    """What a code that a command offers is called."""
    return wording.choice(field, code, lang)


def verb(name: str, lang: str) -> str:
    """同意客户发货 / Approve return."""
    command = COMMANDS[name]
    return command.zh if lang == "zh" else command.en


def type_word(code: str, lang: str) -> str:
    """A type of service order, or what a dispute is about."""
    return known(lang, f"queue.type_{code}") or wording.choice("type", code, lang)


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


def then(late: bool, due_at: Any, clock: dict[str, Any] | None, waits_on: str, lang: str) -> str:
    """The same for what a home page tells of a list's first case."""
    if due_at is None:
        return known(lang, f"queue.waits_{waits_on}")
    return say(lang, "queue.then_late") if late else known(lang, f"queue.then_{(clock or {}).get('then', '')}")


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


def alert_words(row: QueueRow, lang: str) -> Markup:
    """Which words raised the alert, marked in what the buyer wrote (KW-2); without words, that there is one."""
    found = row.alert_words or {}
    words = snippet(row.description, found.get("hits", ()))
    return words or escape(found.get(lang) or say(lang, "queue.alert_open"))


def alert_tip(row: QueueRow, lang: str) -> str:
    """The whole sentence of the alert."""
    return str((row.alert_words or {}).get(lang) or say(lang, "queue.alert_open"))


def title(row: QueueRow, lang: str) -> str:
    """The goods, or a ticket's own title; one that was only named after its subject is told in the reader's language."""
    if row.kind == "ticket" and row.title == row.reason_zh and lang != "zh":
        return row.reason_en or row.title
    return row.title or row.sku or row.number


def variant(row: QueueRow, lang: str) -> str:
    """雾霭蓝 L × 2: the SKU's attributes and the pieces; how many lines where there are several; nothing where the case is about no goods."""
    if row.lines > 1:
        return say(lang, "queue.lines", n=row.lines, pieces=row.quantity or row.lines)
    if row.kind == "ticket" and not row.sku and not row.attributes:
        return ""
    return " ".join([*(str(v) for v in row.attributes.values() if v), f"× {row.quantity or 1}"])


def states_of(queue: str) -> tuple[str, ...]:
    """The states a list's filter offers: its own, those that have ended, or all of its kind; none where there is nothing to choose."""
    own = QUEUES[queue]
    shown = own.states if own.states else own.final() if own.ended else tuple(TABLES[own.kind].states)
    return shown if len(shown) > 1 else ()


def case_address(case_id: str) -> str:
    """The page of one case."""
    return f"/m/cases/{case_id}"


def case_link(row: QueueRow, asked: Any) -> str:
    """The page of a case, told which list one comes from, so that the next case is of the same list (UI-1a)."""
    filtered = {"f": urlencode(asked.query)} if asked.query else {}
    return f"{case_address(row.id)}?{urlencode({'q': asked.queue, **filtered})}"


def _moved(row: Any) -> timedelta:
    """By how much suspensions have moved the clock of a row (PO-15)."""
    plain = (row.clock or {}).get("plain_due_at")
    return row.due_at - datetime.fromisoformat(plain) if plain and row.due_at else timedelta()


def waits_long(row: QueueRow, now: datetime, waits: int) -> bool:
    """Whether a case has waited for longer than it should: `waits` seconds in its list (CA-5), or to its own red moment (TI-2)."""
    if row.red_at is not None and row.closed_at is None and row.red_at <= now:
        return True
    hurries = any(q.hurries and q.kind == row.kind and row.state in q.states for q in QUEUES.values())
    return bool(waits) and hurries and row.due_at is not None and row.closed_at is None and now - row.opened_at - _moved(row) >= timedelta(seconds=waits)


def urgent(lang: str, waits: int) -> str:
    """What urgent means in a list: due within the hour, or there for more than `waits` seconds (CA-5)."""
    return say(lang, "queue.due_hurry", n=waits // 3600) if waits else say(lang, "queue.due_urgent")


def red(lang: str, waits: int) -> str:
    """What red means in a list: its time is over, or it has waited for more than `waits` seconds (CA-5, TI-2)."""
    return say(lang, "queue.due_red_waits", n=waits // 3600) if waits else say(lang, "queue.due_red")


def ship(row: QueueRow, lang: str, day: Callable[[datetime], str]) -> tuple[str, str]:
    """未发货, or 已发货 with when; under it by whom the order is stored and brought (SOP · 京配)."""
    first = say(lang, "queue.shipped_at", when=day(row.shipped_at)) if row.shipped_at else say(lang, "queue.shipped_no")
    return first, " · ".join([row.mode or "", say(lang, f"queue.carried_{'platform' if row.platform_delivery else 'other'}")])


def why(refusal: Refusal, lang: str) -> str:
    """Why a case was left out of a batch: in a list some sentences must name no "above" and no single case."""
    return known(lang, f"queue.why_{refusal.code}") or refusal.say(lang)
