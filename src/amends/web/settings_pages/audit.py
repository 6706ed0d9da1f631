"""The audit log: searched, and taken away as CSV, which is on record too (ST-8)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from amends.core.cases import TABLES
from amends.engine.audit import record
from amends.engine.ids import is_id
from amends.store.connect import scope
from amends.store.screens import audit_log
from amends.web import wording
from amends.web.catalogue import say, words
from amends.web.door.account import by
from amends.web.gate import holder
from amends.web.moments import is_moment, midnight
from amends.web.rights import name_of
from amends.web.settings_pages.ground import Filled, show

COLUMNS = ("at", "actor_kind", "actor_name", "actor_id", "action", "subject_kind", "subject_id", "address", "correlation_id", "before", "after")
FIELDS = ("action", "actor", "words", "since", "until", "everybody")
LIMIT = 50
EVERYBODY = timedelta(days=1)
"""How far back the log of all merchants goes where no day is named: it is read in the order of time, not by merchant."""
_BROWSERS = (("Edg/", "Edge"), ("MicroMessenger", "微信"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("Linux", "Linux"))


@holder("read_audit")
@require_safe
def audit(request: Any) -> HttpResponse:
    """One page of the log, newest first."""
    sought = _sought(request)
    rows = audit_log.page(request.house.pool, request.person.merchant_id, sought, LIMIT)
    more = rows[LIMIT - 1] if len(rows) > LIMIT else None
    asked = {name: request.GET[name] for name in FIELDS if request.GET.get(name)}
    older = "?" + urlencode(asked | {"after": f"{more['at'].isoformat()}~{more['id']}"}) if more else ""
    context = {
        "rows": [row | {"what": _action(row["action"], request.lang), "changed": _changed(row, request.lang)} for row in rows[:LIMIT]], "older": older, "asked": Filled(asked),
        "query": urlencode(asked), "actions": [(a, _action(a, request.lang)) for a in audit_log.actions(request.house.pool, request.person.merchant_id)],
    }
    return show(request, "settings/audit.html", context)


@holder("read_audit")
@require_safe
def export(request: Any) -> StreamingHttpResponse:
    """All rows of the search as CSV (UTF-8 with a mark, so that spreadsheets read it)."""
    asker, sought = by(request), _sought(request)
    sought.after = None
    with scope(request.house.pool, asker.scope) as conn:
        record(conn, asker, request.now, "exported", ("audit", ""), after={name: request.GET[name] for name in FIELDS if request.GET.get(name)})
    rows = audit_log.every(request.house.pool, request.person.merchant_id, sought)
    answer = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{request.now:%Y%m%d}.csv"'
    return answer


def _lines(rows: Iterator[audit_log.Row]) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    for row in rows:
        yield _line([_cell(row[name]) for name in COLUMNS])


def _line(cells: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _cell(value: Any) -> str:
    """Text that a spreadsheet takes for text: what begins like a formula is quoted."""
    text = value.isoformat() if isinstance(value, datetime) else json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value or "")
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _sought(request: Any) -> audit_log.Sought:
    given = request.GET
    at, _, last = given.get("after", "").partition("~")
    after = (datetime.fromisoformat(at), last) if is_id(last) and is_moment(at) else None
    until = midnight(request, given.get("until", ""))
    since, everybody = midnight(request, given.get("since", "")), given.get("everybody") == "1"
    if everybody and since is None and request.person.merchant_id is None:
        since = request.now - EVERYBODY
    return audit_log.Sought(
        given.get("action", ""), given.get("actor", "").strip(), given.get("words", "").strip(), since,
        until + timedelta(days=1) if until else None, after, everybody,
    )


def _action(action: str, lang: str) -> str:
    key = f"audit.did_{action}"
    return say(lang, key) if key in words() else name_of(action, lang)


def _changed(row: audit_log.Row, lang: str) -> list[tuple[str, str, str]]:
    """Name, before, after of what changed, as short texts in the reader's words."""
    before, after = row["before"] or {}, row["after"] or {}
    names = [name for name in {**after, **before} if before.get(name) != after.get(name)]
    kind = row["subject_kind"] or ""
    texts = [(_field(name, lang), _short(name, before.get(name), lang, kind), _short(name, after.get(name), lang, kind)) for name in names]
    return [text for text in texts if text[1] or text[2]]


def browser(agent: str) -> str:
    """Chrome · Windows out of what a browser says of itself; what is not known stays as it is."""
    name = next((n for mark, n in _BROWSERS if mark in agent), "")
    system = next((n for mark, n in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (name, system))) or agent[:40]


def _field(name: str, lang: str) -> str:
    key = f"audit.field_{name}"
    return say(lang, key) if key in words() else name


def _short(name: str, value: Any, lang: str, kind: str = "") -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return say(lang, "audit.yes" if value else "audit.no")
    if name == "rows" and isinstance(value, list):
        return say(lang, "audit.rows_n", n=len(value))
    if isinstance(value, list):
        return ("、" if lang == "zh" else ", ").join(_short(name, one, lang) for one in value)
    if name in ("permission", "permissions"):
        return name_of(str(value), lang)
    if name == "state":
        return wording.state(str(value), lang, kind) if kind in TABLES else str(value)
    if name == "agent":
        return browser(str(value))
    if name == "shown":
        return _field(str(value), lang)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
