"""The one way in: every view of the API stands behind this door, which lets nobody in who is not known (deny by default; ST-4, ST-6, IN-1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import msgspec
import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from amends.api.problems import TYPE, problem, status_of
from amends.api.shapes import Problem
from amends.core.actor import Actor, Party
from amends.core.machine import Machine
from amends.core.refusal import Refusal
from amends.engine import callers
from amends.engine.house import House
from amends.store.connect import PLATFORM, Whose

JSON, PROBLEM = "application/json", "application/problem+json"
MOST_BYTES = 256 * 1024
_ONCE = re.compile(r"[!-~]{1,200}")
_ACTING = re.compile(r"(buyer|carrier)/([!-~]{1,192})")
_TAG = re.compile(r'"([0-9]{1,9})"')
_encode = msgspec.json.Encoder().encode
log = structlog.get_logger("amends.api")


class Refused(Exception):
    """Ends a view with a problem; raised in this room only, where a web framework expects an exception to end a request early."""

    def __init__(self, *refusals: Refusal, machine: Machine | None = None, made: Problem | None = None) -> None:
        super().__init__(refusals[0].code if refusals else "")
        self.refusals, self.machine, self.made = refusals, machine, made


@dataclass(slots=True)
class Bytes:
    """A body that is no JSON: a file."""

    media_type: str
    data: bytes


@dataclass(slots=True)
class Reply:
    """What a view answers: a struct, its version for the ETag, and whether it is an earlier answer."""

    body: Any
    version: int | None = None
    replayed: bool = False
    status: int = 200


class Answer:
    """An answer while it is written: status, headers, body. Whoever carries it makes of it what it needs."""

    __slots__ = ("content", "headers", "status")

    def __init__(self) -> None:
        self.status, self.content = 200, b""
        self.headers = {"Content-Type": JSON}


@dataclass(slots=True)
class Call:
    """A request that was let in. `command_id` is made of the key and the Idempotency-Key; `raw` is the body."""

    request: Any
    house: House
    now: datetime
    language: str
    caller: Actor
    command_id: UUID | None = None
    raw: bytes = b""
    at: int = field(default=0)
    ahead: Any = None
    """What was read for it while its key was looked at (`engine.handle.Ahead`)."""

    def __post_init__(self) -> None:
        self.at = 0 if self.language == "zh" else 1

    def needs(self, permission: str) -> None:
        """Raises Refused unless the key holds it."""
        if not self.caller.holds(permission):
            raise Refused(Refusal("permission_missing", {"permission": permission}))

    def merchant(self) -> str:
        """The merchant this call is about: the key's own, or the one named by a platform key. Raises Refused."""
        named = self.query("merchant_id", uuid_text)
        if self.caller.merchant_id is None:
            if named is None:
                raise Refused(Refusal("merchant_missing", field="merchant_id"))
            return str(named)
        if named is not None and named != self.caller.merchant_id:
            raise Refused(Refusal("not_there"))
        return self.caller.merchant_id

    def whose(self) -> Whose:
        """The rows to read: one merchant's, or all for a platform key that names none."""
        if self.caller.merchant_id is None and self.query("merchant_id", uuid_text) is None:
            return PLATFORM
        return UUID(self.merchant())

    def query(self, name: str, read: Callable[[str], Any], default: Any = None) -> Any:
        """A query parameter, read by `read`, whose ValueError is refused by name."""
        given = self.request.GET.get(name)
        if given is None:
            return default
        try:
            return read(given)
        except (ValueError, OverflowError):
            raise Refused(Refusal("parameter_wrong", {"name": name}, name)) from None

    def known_queries(self, *names: str) -> None:
        """Refuses what the operation does not know, so that a misspelt filter is not silently dropped."""
        odd = [Refusal("parameter_wrong", {"name": name}, name) for name in self.request.GET if name not in (*names, "merchant_id", "lang")]
        if odd:
            raise Refused(*odd)

    def acting(self) -> Actor:
        """The key itself, or the buyer or carrier it speaks for (Acting-As). Raises Refused."""
        given = self.request.headers.get("Acting-As")
        if given is None:
            return self.caller
        found = _ACTING.fullmatch(given)
        if found is None or not unquote(found[2]).isprintable():
            raise Refused(Refusal("parameter_wrong", {"name": "Acting-As"}, "Acting-As"))
        actor = callers.speaking_for(self.caller, Party(found[1]), unquote(found[2]))
        if isinstance(actor, Refusal):
            raise Refused(actor)
        return actor

    def seen_version(self) -> int | None:
        """The version of If-Match; None when it is absent or `*`. Raises Refused."""
        given = self.request.headers.get("If-Match")
        if given is None or given == "*":
            return None
        found = _TAG.fullmatch(given)
        if found is None:
            raise Refused(Refusal("parameter_wrong", {"name": "If-Match"}, "If-Match"))
        return int(found[1])

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; no body at all is an empty one. Raises Refused."""
        if not self.raw:
            return {}
        if self.request.content_type != JSON:
            raise Refused(Refusal("body_not_json"))
        try:
            body = msgspec.json.decode(self.raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise Refused(Refusal("json_wrong", {"place": _place(str(wrong))})) from None
        if not isinstance(body, dict):
            raise Refused(Refusal("json_wrong", {"place": "{ }"}))
        return body


View = Callable[..., Reply]


@dataclass(frozen=True, slots=True)
class Open:
    """Tells the shell's gatekeeper that this view has a door of its own."""

    who: str = "anyone"


def resource(*, most_bytes: int = MOST_BYTES, **views: View) -> Callable[..., HttpResponse]:
    """One address: a view for each method it knows (`get`, `post`, `put`). Anything else answers 405."""

    def serve(request: Any, **path: Any) -> Answer:
        """For whoever carries requests without Django (`web/api_way.py`)."""
        language, response = getattr(request, "lang", "zh"), Answer()
        try:
            reply = _answer(request, language, response, views, most_bytes, path)
        except Refused as refused:
            made = refused.made or problem(refused.refusals, language, refused.machine)
            reply = Reply(made, status=made.status)
            response.headers["Content-Type"] = PROBLEM
        except Exception:
            log.exception("broken", path=request.path)
            reply = Reply(problem([Refusal("house_broken")], language), status=500)
            response.headers["Content-Type"] = PROBLEM
        return _filled(request, response, reply, language)

    @csrf_exempt
    def view(request: HttpRequest, **path: Any) -> HttpResponse:
        answer = serve(request, **path)
        response = HttpResponse(answer.content, status=answer.status, headers=answer.headers)
        if "Content-Type" not in answer.headers:
            del response["Content-Type"]
        return response

    view.serve = serve
    view.gate = Open()
    opened: Callable[..., HttpResponse] = view
    return opened


def _answer(request: Any, language: str, response: Answer, views: dict[str, View], most: int, path: dict[str, Any]) -> Reply:
    method = (request.method or "").lower()
    view = views.get("get" if method == "head" else method)
    if view is None:
        allowed = ", ".join(m.upper() for m in (*views, *(("head",) if "get" in views else ())))
        response.headers["Allow"] = allowed
        raise Refused(Refusal("method_unknown", {"method": request.method, "allowed": allowed}))
    kept: list[Any] = []
    try:
        return view(_let_in(request, language, response, method, most, partial(_look_ahead, view, path, kept)), **path)
    finally:
        for ahead in kept:
            ahead.give_back()


def _look_ahead(view: Any, path: dict[str, Any], kept: list[Any], house: House, merchant: str, command_id: UUID, raw: bytes) -> Any:
    """What the view would read for this merchant, if it can tell before it is called."""
    ahead = view.looks_ahead(house.pool, merchant, command_id, raw, **path) if hasattr(view, "looks_ahead") else None
    if ahead is not None:
        kept.append(ahead)
    return ahead


def _let_in(request: Any, language: str, response: Answer, method: str, most: int, look: Callable[..., Any]) -> Call:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not bearer:
        response.headers["WWW-Authenticate"] = "Bearer"
        raise Refused(Refusal("key_missing"))
    raw = _body(request, most) if method in ("post", "put") else b""
    command_id, print_of = None, b""
    if method == "post":
        once = request.headers.get("Idempotency-Key", "")
        command_id = callers.command_id(bearer, once) if _ONCE.fullmatch(once) else None
        print_of = b"\n".join((request.get_full_path().encode(), request.headers.get("Acting-As", "").encode(), raw))
    house, now = request.META["amends.house"], request.now
    # Whose key it was before, it most likely is still: then its case is read in the same round trip. Only for a bare request, which no query makes another one.
    probably = callers.probably(bearer) if command_id is not None and not request.GET and request.content_type == JSON else None
    ahead = look(house, probably, command_id, raw) if probably is not None else None
    # A dry run does nothing that could be done twice: its key stays free for the act.
    caller = callers.knock(house.pool, bearer, now, None if request.GET.get("dry_run") == "true" else command_id, print_of, ahead.read if ahead is not None else None)
    if isinstance(caller, Refusal):
        _refuse_at_the_door(response, caller)
    assert not isinstance(caller, Refusal)
    response.headers["RateLimit-Policy"] = f'"key";q={callers.most_a_minute()};w=60'
    response.headers["RateLimit"] = f'"key";r={caller.left};t={caller.resets}'
    if method == "post" and command_id is None:
        raise Refused(Refusal("once_key_missing", field="Idempotency-Key"))
    return Call(request, house, now, language, caller.actor, command_id, raw, ahead=ahead)


def _refuse_at_the_door(response: Answer, refusal: Refusal) -> None:
    if status_of(refusal) == 401:
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if refusal.code == "too_often":
        response.headers["RateLimit-Policy"] = f'"key";q={refusal.facts["most"]};w=60'
        response.headers["RateLimit"] = f'"key";r=0;t={refusal.facts["seconds"]}'
        response.headers["Retry-After"] = str(refusal.facts["seconds"])
    raise Refused(refusal)


def _body(request: Any, most: int) -> bytes:
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > most:
        raise Refused(Refusal("body_too_large", {"most": most}))
    raw: bytes = request.read(most + 1)
    if len(raw) > most:
        raise Refused(Refusal("body_too_large", {"most": most}))
    return raw


def _filled(request: Any, response: Answer, reply: Reply, language: str) -> Answer:
    response.status = reply.status
    response.headers["Vary"] = "Accept-Language, Authorization"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Language"] = "zh-CN" if language == "zh" else "en"
    if reply.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    if reply.version is not None:
        response.headers["ETag"] = f'"{reply.version}"'
        if request.method in ("GET", "HEAD") and request.headers.get("If-None-Match") in (f'"{reply.version}"', f'W/"{reply.version}"'):
            response.status = 304
            del response.headers["Content-Type"]
            return response
    if isinstance(reply.body, Bytes):
        response.headers["Content-Type"] = reply.body.media_type
    response.content = b"" if request.method == "HEAD" else reply.body.data if isinstance(reply.body, Bytes) else _encode(reply.body)
    return response


def uuid_text(text: str) -> str:
    """A UUID in its usual form. Raises ValueError."""
    if len(text) != 36:
        raise ValueError(text)
    return str(UUID(text))


def _place(message: str) -> str:
    found = re.search(r"byte (\d+)", message)
    return f"byte {found[1]}" if found else "end"


def refuse(refusals: Sequence[Refusal], machine: Machine | None = None) -> None:
    """Ends the view when anything is wrong; all of it in one answer."""
    if refusals:
        raise Refused(*refusals, machine=machine)


__all__ = ["MOST_BYTES", "TYPE", "Bytes", "Call", "Refused", "Reply", "refuse", "resource", "uuid_text"]
