"""What the settings pages stand on: their addresses on either side, their tabs, and refusals that name permissions in words."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from amends.core.refusal import Refusal
from amends.web import page
from amends.web.rights import may, name_of

# name of the page and of its words, the permission that opens it, whether only a merchant has it
TABS: tuple[tuple[str, str, bool], ...] = (
    ("staff", "manage_staff", False), ("roles", "manage_staff", False), ("addresses", "manage_addresses", True), ("shop", "manage_settings", True), ("stock", "manage_settings", True),
    ("compensation", "manage_settings", True), ("mail", "manage_settings", True), ("keywords", "manage_keywords", True), ("replies", "manage_settings", True), ("rules", "read", True), ("clocks", "read", True), ("keys", "manage_keys", False), ("audit", "read_audit", False),
)


class Filled(dict[str, Any]):
    """What was typed or kept, where a missing field is empty: templates refuse unknown names."""

    def __missing__(self, name: str) -> str:
        return ""


def link(request: Any, name: str, **given: str) -> str:
    """The address of a settings page on the reader's side, /m/settings/ or /p/settings/."""
    side = "m" if request.person.merchant_id else "p"
    return str(reverse(f"{side}-settings:{name}", kwargs=given or None))


def tabs(request: Any) -> list[dict[str, Any]]:
    """The pages this person may open."""
    open_to = [name for name, permission, shop in TABS if may(request.person, permission) and (request.person.merchant_id or not shop)]
    return [{"name": name, "url": link(request, name), "on": request.path.startswith(link(request, name))} for name in open_to]


def said(refusal: Refusal, lang: str) -> str:
    """The sentence of a refusal, with permissions by their names (ui.md: 需要“处理-退款”权限)."""
    if "permission" not in refusal.facts:
        return refusal.say(lang)
    given = refusal.facts["permission"]
    names = [name_of(p, lang) for p in (given if isinstance(given, list) else [given])]
    return Refusal(refusal.code, {**refusal.facts, "permission": names}, refusal.field).say(lang)


def show(request: Any, template: str, context: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    """A settings page; with a refusal it has that refusal's status. `done` names what was just done, if the address says so."""
    done = request.GET.get("done", "")
    more = {
        "tabs": tabs(request), "link": lambda name, **given: link(request, name, **given), "refusal": refusal, "done": done if done.isidentifier() else "",
        "say": lambda r: said(r, request.lang), "permission_name": lambda p: name_of(p, request.lang),
    }
    return page.render(request, template, more | context, refusal.status if refusal else 200)


def back(request: Any, name: str, done: str = "", at: str = "", **given: str) -> HttpResponseRedirect:
    """To a settings page after something was done; a card that was used is where one comes back to."""
    return HttpResponseRedirect(link(request, name, **given) + (f"?done={done}" if done else "") + (f"#{at}" if at else ""))
