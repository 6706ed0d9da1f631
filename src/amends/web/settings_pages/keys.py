"""API keys: made and shown once, rotated, revoked (ST-6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from amends.core.refusal import Refusal
from amends.engine import people
from amends.store import keys as reads
from amends.store.connect import scope
from amends.web.door.account import by
from amends.web.gate import holder
from amends.web.settings_pages.ground import Filled, back, show
from amends.web.settings_pages.matrix import chosen, givable_by, groups

LIVES = (30, 90, 365)
OVERLAPS = (0, 24, 168)


@holder("manage_keys")
@require_http_methods(("GET", "HEAD", "POST"))
def keys(request: Any) -> HttpResponse:
    """The list, and the form for a new key; a new key is on the answer and nowhere else."""
    if request.method != "POST":
        return _list(request)
    days = request.POST.get("life", "")
    expires_at = request.real_now + timedelta(days=int(days)) if days.isdecimal() and int(days) in LIVES else None
    made = people.make_key(request.house.pool, by(request), request.POST.get("name", ""), chosen(request, "permissions"), request.real_now, expires_at=expires_at)
    return _answer(request, made)


@holder("manage_keys")
@require_POST
def rotate(request: Any, key_id: str) -> HttpResponse:
    """A new secret; the old one stops now, or after the hours chosen."""
    hours = request.POST.get("overlap", "0")
    overlap = timedelta(hours=int(hours)) if hours.isdecimal() and int(hours) in OVERLAPS else timedelta(0)
    return _answer(request, people.rotate_key(request.house.pool, by(request), key_id, request.real_now, overlap=overlap))


@holder("manage_keys")
@require_POST
def revoke(request: Any, key_id: str) -> HttpResponse:
    """Stop a key at once."""
    refusal = people.revoke_key(request.house.pool, by(request), key_id, request.real_now)
    return _list(request, refusal) if refusal else back(request, "keys", "revoked")


def _answer(request: Any, made: people.Shown | Refusal) -> HttpResponse:
    return _list(request, made) if isinstance(made, Refusal) else _list(request, shown=made)


def _list(request: Any, refusal: Refusal | None = None, shown: people.Shown | None = None) -> HttpResponse:
    asker = by(request)
    with scope(request.house.pool, asker.scope) as conn:
        rows = reads.listed(conn, asker.merchant_id)
    live = [r for r in rows if not r["revoked_at"] and (not r["expires_at"] or r["expires_at"] > request.real_now)]
    context = {
        "live": live, "over": [r for r in rows if r not in live], "shown": shown, "groups": groups(asker.merchant_id, request.lang), "can": givable_by(request.person),
        "lives": LIVES, "overlaps": OVERLAPS, "typed": Filled(request.POST.dict() if refusal else {"life": "90"}), "ticked": request.POST.getlist("permissions") if refusal else [],
    }
    return show(request, "settings/keys.html", context, refusal)
