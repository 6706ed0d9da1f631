"""Where to go afterwards: only ever to a page of this site."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: Any, default: str = "/", drop: str = "") -> str:
    """`next` of the form or address if it is a path of ours, else the default; without the query field `drop`."""
    target = request.POST.get("next") or request.GET.get("next") or default
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return default
    if not drop:
        return target
    parts = urlsplit(target)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != drop])
    return parts.path + (f"?{query}" if query else "")
