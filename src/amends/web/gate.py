"""Who may see a view. A view that declares nothing answers 403 (deny by default); what is missing is said in words (ST-4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from django.http import HttpResponse, HttpResponseRedirect

from amends.web import page
from amends.web.rights import may, name_of

View = TypeVar("View", bound=Callable[..., HttpResponse])


@dataclass(frozen=True, slots=True)
class Gate:
    """`who`: anyone, staff (of a merchant), platform, person (either), buyer; `permission`: a name of the matrix, or None."""

    who: str
    permission: str | None = None


def anyone(view: View) -> View:
    """Open to the world."""
    return _declare(view, Gate("anyone"))


def person(view: View) -> View:
    """Any signed-in person, of a merchant or of the platform."""
    return _declare(view, Gate("person"))


def holder(permission: str) -> Callable[[View], View]:
    """Any signed-in person who holds this permission, of a merchant or of the platform."""
    return lambda view: _declare(view, Gate("person", permission))


def staff(permission: str | None = None) -> Callable[[View], View]:
    """Staff of a merchant; with a permission, only those who hold it."""
    return lambda view: _declare(view, Gate("staff", permission))


def platform(permission: str | None = None) -> Callable[[View], View]:
    """Staff of the platform; with a permission, only those who hold it."""
    return lambda view: _declare(view, Gate("platform", permission))


def buyer(view: View) -> View:
    """A buyer let in by a signed link or a proven phone."""
    return _declare(view, Gate("buyer"))


def _declare(view: View, gate: Gate) -> View:
    view.gate = gate  # type: ignore[attr-defined]
    return view


class Gatekeeper:
    """The middleware that reads the declarations."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """None lets the request through; a response is the refusal."""
        gate: Gate | None = getattr(view, "gate", None)
        if gate is None:
            return page.trouble(request, 403, "trouble.closed")
        if gate.who == "anyone":
            return None
        if gate.who == "buyer":
            return None if request.buyer else _prove_first(request)
        return _staff(request, gate)


def _prove_first(request: Any) -> HttpResponse:
    """To the form for order number and phone; a form sent after the visit ended is told so."""
    return HttpResponseRedirect("/b/find") if request.method == "GET" else page.trouble(request, 401, "trouble.buyer")


def _staff(request: Any, gate: Gate) -> HttpResponse | None:
    who = request.person
    if who is None:
        return sign_in_first(request)
    if gate.who == "staff" and who.merchant_id is None:
        return page.trouble(request, 403, "trouble.staff_only")
    if gate.who == "platform" and who.merchant_id is not None:
        return page.trouble(request, 403, "trouble.platform_only")
    if gate.permission and not may(who, gate.permission):
        return page.trouble(request, 403, "trouble.permission", permission=name_of(gate.permission, request.lang))
    return None


def sign_in_first(request: Any) -> HttpResponse:
    """To the sign-in page and back afterwards; a form sent after the session ended is told so instead of being lost."""
    if request.method != "GET":
        return page.trouble(request, 401, "trouble.signed_out")
    target = "/sign-in?next=" + quote(request.get_full_path(), safe="/")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
