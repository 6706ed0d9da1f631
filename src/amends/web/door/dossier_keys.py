"""The public keys with which this house signs dossiers, for whoever holds one (DI-10): a page, and the keys themselves at well-known addresses. Open to the world."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from amends.engine.dossier.signature import ALGORITHM, pem
from amends.store import signing_keys
from amends.store.connect import PLATFORM, scope
from amends.store.signing_keys import PublicKey
from amends.web.gate import anyone
from amends.web.page import render

PEM_AT, JSON_AT = "/.well-known/amends-dossier-keys.pem", "/.well-known/amends-dossier-keys.json"


@anyone
@require_safe
def shown(request: Any) -> HttpResponse:
    """Each key in full, and how to check a dossier with openssl alone."""
    rows = [{"id": k.id, "pem": pem(k.public), "since": k.first_used_at} for k in _keys(request)]
    return render(request, "door/dossier_keys.html", {"rows": rows, "pem_at": PEM_AT, "json_at": JSON_AT, "host": request.build_absolute_uri("/").rstrip("/")})


@anyone
@require_safe
def as_pem(request: Any) -> HttpResponse:
    """All of them in PEM, the latest first."""
    return HttpResponse("".join(pem(k.public) for k in _keys(request)), content_type="application/x-pem-file")


@anyone
@require_safe
def as_json(request: Any) -> HttpResponse:
    """All of them with id and date."""
    return JsonResponse({"keys": [
        {"id": k.id, "algorithm": ALGORITHM, "public_key": base64.b64encode(k.public).decode(), "since": k.first_used_at.isoformat()} for k in _keys(request)
    ]})


def _keys(request: Any) -> list[PublicKey]:
    with scope(request.house.pool, PLATFORM) as conn:
        return signing_keys.every(conn)
