"""One's own account: who one is, password, where one is signed in (ST-5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import people
from amends.web import page
from amends.web.gate import person


def by(request: Any) -> people.By:
    """Who asks, from where, under which number: what the audit log keeps."""
    return people.By(request.person.actor(), request.address, request.correlation)


@person
@require_safe
def me(request: Any) -> HttpResponse:
    """The page."""
    return _page(request)


@person
@require_POST
def password(request: Any) -> HttpResponse:
    """Change one's own password; every other session ends."""
    new = request.POST.get("password", "")
    if new != request.POST.get("again", ""):
        return _page(request, Refusal("passwords_differ", field="again"))
    refusal = people.change_password(request.house.pool, by(request), request.POST.get("old_password", ""), new, request.real_now, request.token)
    return _page(request, refusal) if refusal else HttpResponseRedirect("/me?done=password")


@person
@require_POST
def end_sessions(request: Any) -> HttpResponse:
    """End one session by its name, or all others."""
    if one := request.POST.get("session"):
        people.end_session(request.house.pool, by(request), one, request.real_now)
    else:
        people.sign_out_everywhere(request.house.pool, by(request), request.real_now, request.token)
    return HttpResponseRedirect("/me?done=sessions")


def _page(request: Any, refusal: Refusal | None = None) -> HttpResponse:
    sessions = people.sessions_of(request.house.pool, by(request), request.real_now, request.token)
    done = request.GET.get("done", "")
    context = {"sessions": sessions, "refusal": refusal, "done": done if done in ("password", "sessions") else ""}
    return page.render(request, "door/me.html", context, refusal.status if refusal else 200)
