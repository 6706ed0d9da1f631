"""The platform's mails: the list in and out, what is not placed, one mail with what can be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from amends.core.refusal import Refusal
from amends.engine import mail_desk, mail_writing
from amends.engine.ids import is_id
from amends.engine.mail_desk import SIDES
from amends.engine.mailboxes import PERMISSION
from amends.store import files, mails
from amends.store.connect import PLATFORM, scope
from amends.store.mailboxes import PLATFORMS_OWN
from amends.store.screens import mails as reads
from amends.store.screens.mails import STATUSES, Sought
from amends.web.door.account import by
from amends.web.gate import platform
from amends.web.mail.telling import words_of
from amends.web.page import render
from amends.web.settings_pages.ground import Filled, said

PAGE = 50
DONE = ("placed", "aside", "again")


def shown(request: Any, template: str, context: dict[str, Any], refusal: Refusal | None = None) -> HttpResponse:
    """A page of mail with its tabs."""
    with scope(request.house.pool, PLATFORM) as conn:
        waiting = reads.open_count(conn)
    done = request.GET.get("done", "")
    tabs = [
        ("list", reverse("platform-mails"), None), ("open", reverse("platform-mail-open"), waiting), ("boxes", reverse("platform-mailboxes"), None),
    ]
    more = {
        "mail_tabs": tabs, "refusal": refusal, "done": done if done.isidentifier() else "", "say": lambda r: said(r, request.lang), "platforms_own": PLATFORMS_OWN, **words_of(request.lang),
    }
    return render(request, template, more | context, refusal.status if refusal else 200)


@platform(PERMISSION)
@require_safe
def listed(request: Any) -> HttpResponse:
    """The newest first, narrowed by direction, status, merchant and words."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("direction", "status", "merchant", "words")}
    asked["direction"] = asked["direction"] if asked["direction"] in ("in", "out") else ""
    asked["status"] = asked["status"] if asked["status"] in STATUSES else ""
    sought = Sought(asked["direction"], asked["status"], asked["merchant"] if is_id(asked["merchant"]) else "", asked["words"], _after(request.GET.get("after", "")))
    with scope(request.house.pool, PLATFORM) as conn:
        rows, merchants = reads.listed(conn, sought, PAGE + 1), reads.names(conn)
    given = {name: value for name, value in asked.items() if value}
    more = ""
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        more = f"{reverse('platform-mails')}?{urlencode({**given, 'after': last['at'].isoformat() + '_' + last['id']})}"
    context = {"here": "list", "rows": rows[:PAGE], "more": more, "asked": asked, "narrowed": bool(given), "merchants": merchants, "statuses": STATUSES}
    return shown(request, "mail/list.html", context)


def _after(text: str) -> tuple[datetime, str] | None:
    at, _, mail = text.rpartition("_")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (instant, mail) if is_id(mail) and instant.tzinfo is not None else None


@platform(PERMISSION)
@require_safe
def waiting(request: Any) -> HttpResponse:
    """Mails that found no place, the oldest first."""
    with scope(request.house.pool, PLATFORM) as conn:
        rows = reads.not_placed(conn)
    return shown(request, "mail/open.html", {"here": "open", "rows": rows})


@platform(PERMISSION)
@require_safe
def one(request: Any, mail_id: UUID) -> HttpResponse:
    """One mail: words, files, where it is, what can be done."""
    return _page(request, str(mail_id))


def _page(request: Any, mail_id: str, refusal: Refusal | None = None, at: str = "") -> HttpResponse:
    with scope(request.house.pool, PLATFORM) as conn:
        row, merchants = reads.one(conn, mail_id), reads.names(conn)
    if row is None:
        raise Http404
    return shown(request, "mail/one.html", {
        "here": "open" if row["status"] == "not_placed" else "list", "row": row, "merchants": merchants, "sides": SIDES, "at": at, "typed": Filled(request.POST.dict() if refusal else {}),
    }, refusal)


@platform(PERMISSION)
@require_POST
def place(request: Any, mail_id: UUID) -> HttpResponse:
    """Onto a ticket by its number, or as a new one."""
    given = request.POST
    side = given.get("side", "")
    refusal = mail_desk.bind(
        request.house.pool, by(request), str(mail_id), given.get("merchant", ""), given.get("number", ""), side if side in SIDES else "beside", request.now,
    )
    return _page(request, str(mail_id), refusal, "place") if refusal else _back("platform-mail-open", "placed")


@platform(PERMISSION)
@require_POST
def aside(request: Any, mail_id: UUID) -> HttpResponse:
    """To no ticket, with a reason."""
    refusal = mail_desk.set_aside(request.house.pool, by(request), str(mail_id), request.POST.get("reason", ""), request.now)
    return _page(request, str(mail_id), refusal, "aside") if refusal else _back("platform-mail-open", "aside")


@platform(PERMISSION)
@require_POST
def again(request: Any, mail_id: UUID) -> HttpResponse:
    """Out once more."""
    refusal = mail_writing.send_again(request.house.pool, by(request), str(mail_id), request.now)
    return _page(request, str(mail_id), refusal, "again") if refusal else HttpResponseRedirect(reverse("platform-mail", kwargs={"mail_id": mail_id}) + "?done=again")


def _back(name: str, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(name)}?done={done}")


@platform(PERMISSION)
@require_safe
def original(request: Any, mail_id: UUID) -> HttpResponse:
    """The message exactly as it came or went, to be saved; a browser never shows it."""
    with scope(request.house.pool, PLATFORM) as conn:
        known = mails.one(conn, str(mail_id))
        found = mails.original(conn, known.merchant_id, known.id) if known else None
    if found is None:
        raise Http404
    return download(found[0], "application/octet-stream", f"{mail_id}.eml")


@platform(PERMISSION)
@require_safe
def file(request: Any, mail_id: UUID, file_id: UUID) -> HttpResponse:
    """An attachment of a mail: pictures are shown, everything else is saved."""
    with scope(request.house.pool, PLATFORM) as conn:
        row = reads.one(conn, str(mail_id))
        named = next((a for a in row["attached"] if a["file"] == str(file_id)), None) if row else None
        found = files.read(conn, row["merchant_id"], str(file_id)) if row and named else None
    if found is None or named is None:
        raise Http404
    return download(found.bytes, found.media_type, named["name"], inline=found.media_type.startswith("image/"))


def download(data: bytes, media_type: str, name: str, *, inline: bool = False) -> HttpResponse:
    """Bytes with the name they are saved under; nothing guesses what they are."""
    how = "inline" if inline else f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return HttpResponse(data, content_type=media_type, headers={"Content-Disposition": how, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"})
