"""Tables as files: a download of a version, and an upload that first says what it would change (SA-6)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.refusal import Refusal
from amends.core.strategy_json import decode, schema
from amends.core.strategy_keys import KEYS
from amends.engine import strategies
from amends.engine.ids import new_id
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.strategies.differences import differences
from amends.web.strategies.ground import EDIT, Ground, back, conflict_words, ground_of, place_of, placed, render, table_name, told
from amends.web.strategies.table import revision_of

MOST_BYTES = 1024 * 1024


@dataclass(slots=True)
class Wrong:
    """Something in a file that must change, and where it stands."""

    place: str
    words: str


@staff("read")
@require_safe
def export(request: Any, key: str) -> HttpResponse:
    """The published table, or one version of it, as JSON."""
    (kind, node), text = place_of(key), request.GET.get("version", "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None
    document = strategies.export_json(request.house.pool, request.person.merchant_id, kind, node, number)
    if document is None:
        raise Http404
    answer = HttpResponse(json.dumps(document, ensure_ascii=False, indent=1) + "\n", content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="strategies-{key}-v{document["version"]}.json"'
    return answer


@staff("read")
@require_safe
def published_schema(request: Any) -> HttpResponse:
    """The JSON Schema that every such file follows."""
    answer = HttpResponse(json.dumps(schema(), ensure_ascii=False, indent=1) + "\n", content_type="application/schema+json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="strategies.schema.json"'
    return answer


@staff(EDIT)
@require_http_methods(("GET", "HEAD", "POST"))
def take_in(request: Any, key: str) -> HttpResponse:
    """Choose a file; see what it would change; take it into the draft."""
    ground = ground_of(request, key)
    if request.method != "POST":
        return _show(request, ground)
    text = _text(request)
    document, wrong = _read(text, ground)
    if wrong:
        return _show(request, ground, wrong=[Wrong(r.field or "", told(request, r, ground)) for r in wrong], status=422)
    if "accept" not in request.POST:
        return _show(request, ground, document=document)
    done = strategies.import_json(request.house.pool, by(request), ground.kind, ground.node, document, revision_of(request), request.now)
    if not isinstance(done, list):
        return back(key, "imported")
    if done[0].code == "strategy_draft_moved":
        return _show(request, ground, document=document, conflict=conflict_words(request, ground), status=409)
    return _show(request, ground, wrong=[Wrong(r.field or "", told(request, r, ground)) for r in done], status=422)


def _text(request: Any) -> str:
    """The document that was looked at already, or the file."""
    if "accept" in request.POST:
        return str(request.POST.get("document", ""))
    file = request.FILES.get("file")
    raw = file.read(MOST_BYTES + 1) if file else b""
    return "" if len(raw) > MOST_BYTES else raw.decode("utf-8-sig", "replace")


def _read(text: str, ground: Ground) -> tuple[Any, list[Refusal]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None, [Refusal("strategy_not_json")]
    found, wrong = decode(document, new_id)
    if found is not None and not wrong and (found.kind, found.node) != (ground.kind, ground.node):
        wrong = [Refusal("strategy_other_node", {"found": _called(found.kind, found.node, ground.names.lang), "here": _called(ground.kind, ground.node, ground.names.lang)})]
    return document, wrong


def _called(kind: str, node: str, lang: str) -> str:
    """取消审核; a place that is none as the file has it."""
    key = next((k for k, at in KEYS.items() if at == (kind, node)), "")
    return table_name(key, lang) if key else f"{kind}.{node}"


def _show(request: Any, ground: Ground, *, document: Any = None, wrong: list[Wrong] | None = None, conflict: str = "", status: int = 200) -> HttpResponse:
    found, faults = None, []
    if document is not None:
        table, _ = decode(document, new_id)
        assert table is not None, "it was read before it is shown"
        faults = placed(request, strategies.problems(request.house.pool, request.person.merchant_id, table), ground, table.rows)
        found = differences(ground.desk.draft.table.rows, table.rows, ground.names, ground.kind, ground.node)
    text = json.dumps(document, ensure_ascii=False) if document is not None else ""
    return render(request, "strategies/import.html", ground, {"found": found, "faults": faults, "document": text, "wrong": wrong or [], "conflict": conflict}, status)
