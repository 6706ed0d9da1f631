"""The merchant's reply templates: by scenario, each to be changed, switched off or put back, and new ones (DI-12)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from amends.core import replies as core
from amends.core.dossier import Words
from amends.core.refusal import Refusal
from amends.core.replies import Template
from amends.engine import replies
from amends.web.catalogue import say
from amends.web.door.account import by
from amends.web.gate import staff
from amends.web.settings_pages.ground import Filled, back, said, show

FIELDS = ("id", "scenario", "name_zh", "name_en", "words_zh", "words_en", "active")


@staff("manage_settings")
@require_http_methods(("GET", "HEAD", "POST"))
def page(request: Any) -> HttpResponse:
    """GET: the list, with the form of `?edit=<id>` or `?edit=new` open. POST: save one; a refusal stands beside its field with everything typed."""
    if request.method != "POST":
        return _page(request, request.GET.get("edit", ""))
    given = Filled({name: request.POST.get(name, "").strip() for name in FIELDS})
    made = Template(given["id"], given["scenario"], Words(given["name_zh"], given["name_en"]), Words(given["words_zh"], given["words_en"]), active=bool(given["active"]))
    wrong = replies.save(request.house.pool, by(request), made, request.now)
    return _page(request, given["id"] or "new", given, wrong) if wrong else back(request, "replies", "template_saved")


@staff("manage_settings")
@require_POST
def drop(request: Any) -> HttpResponse:
    """Remove an own one, or put one of the product's back."""
    refusal = replies.drop(request.house.pool, by(request), request.POST.get("id", ""), request.now)
    return _page(request, "", None, [refusal]) if refusal else back(request, "replies", "template_dropped")


def _page(request: Any, edit: str, typed: Filled | None = None, wrong: list[Refusal] | None = None) -> HttpResponse:
    found, at = replies.of_merchant(request.house.pool, request.person.merchant_id), 0 if request.lang == "zh" else 1
    groups = [(code, say(request.lang, f"replies.scenario_{code}"), list(rows)) for code, rows in groupby(found, key=lambda t: t.scenario)]
    chosen = next((t for t in found if t.id == edit), None)
    form = typed or (_form(chosen) if chosen else Filled({"active": "on", "scenario": request.GET.get("scenario", core.SCENARIOS[0])}) if edit == "new" else None)
    beside = {r.field: said(r, request.lang) for r in wrong or () if r.field}
    loose = next((r for r in wrong or () if not r.field), None)
    context = {
        "groups": groups, "form": form, "chosen": chosen, "beside": beside, "scenarios": [(code, say(request.lang, f"replies.scenario_{code}")) for code in core.SCENARIOS],
        "fills": [(name, both[at]) for name, both in core.FILLS.items()], "at": at, "most": core.WORDS_MOST,
    }
    return show(request, "settings/replies.html", context, loose or (wrong[0] if wrong else None))


def _form(template: Template) -> Filled:
    return Filled({
        "id": template.id, "scenario": template.scenario, "name_zh": template.name.zh, "name_en": template.name.en, "words_zh": template.words.zh, "words_en": template.words.en,
        "active": "on" if template.active else "",
    })
