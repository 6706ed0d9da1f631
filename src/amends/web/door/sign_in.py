"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.refusal import Refusal
from amends.engine import people
from amends.web import page
from amends.web.gate import anyone
from amends.web.middleware import SESSION_COOKIE
from amends.web.way_back import way_back


@anyone
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Any) -> HttpResponse:
    """The form; a refusal comes back beside what was typed, without the password."""
    if request.method != "POST":
        return HttpResponseRedirect(way_back(request)) if request.person else _form(request, "", None, 200)
    email = request.POST.get("email", "").strip()
    answer = people.sign_in(
        request.house.pool, email, request.POST.get("password", ""), request.address, request.headers.get("User-Agent", ""), request.real_now,
    )
    if isinstance(answer, Refusal):
        return _form(request, email, answer, answer.status)
    return welcome(request, answer.token, way_back(request))


def welcome(request: Any, token: str, target: str) -> HttpResponse:
    """Set the session's cookie and go on."""
    response = HttpResponseRedirect(target)
    response.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def _form(request: Any, email: str, refusal: Refusal | None, status: int) -> HttpResponse:
    context = {"email": email, "refusal": refusal, "next": way_back(request)}
    return page.render(request, "door/sign_in.html", context, status)


@anyone
@require_POST
def sign_out(request: Any) -> HttpResponse:
    """End this session here and in the database."""
    if request.token:
        people.sign_out(request.house.pool, request.token, request.real_now, request.address)
    response = HttpResponseRedirect("/sign-in")
    response.delete_cookie(SESSION_COOKIE, samesite="Lax")
    return response
