"""The page behind an invitation or a reset link: a password is set, and the person is in (ST-5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from amends.core.refusal import Refusal
from amends.engine import invitations
from amends.web import page
from amends.web.gate import anyone


@anyone
@require_http_methods(("GET", "HEAD", "POST"))
def invitation(request: Any) -> HttpResponse:
    """Choose a password twice; afterwards one signs in with it. The token is in the query, which no log keeps (OP-9)."""
    token = request.GET.get("token", "")
    pool, secret = request.house.pool, request.house.secret
    who = invitations.invited(pool, secret, token, request.real_now)
    if isinstance(who, Refusal):
        return page.refused(request, who)
    if request.method != "POST":
        return _form(request, who)
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return _form(request, who, Refusal("passwords_differ", field="again"))
    answer = invitations.accept(pool, secret, token, password, request.real_now, request.address)
    return _form(request, who, answer) if isinstance(answer, Refusal) else HttpResponseRedirect("/sign-in")


def _form(request: Any, who: Any, refusal: Refusal | None = None) -> HttpResponse:
    return page.render(request, "settings/invitation.html", {"who": who, "refusal": refusal}, refusal.status if refusal else 200)
