"""How a kept file is sent: pictures to be seen, documents only to be saved, videos piece by piece; nothing in them ever runs in this site's name (DI-5)."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse

from amends.store.files import File

ENDINGS = {"application/pdf": "pdf", "video/mp4": "mp4", "video/webm": "webm"}
NOTHING_RUNS = "default-src 'none'; sandbox"
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def send(request: Any, found: File, file_id: str, cache: str = "private, max-age=31536000, immutable") -> HttpResponse:
    """The file, as it was kept; it never changes under its address. A picture is shown, everything else is saved under a plain name."""
    if found.media_type.startswith("image/"):
        response = HttpResponse(found.bytes, content_type=found.media_type)
        response["Content-Disposition"] = "inline"
    else:
        response = _part(request, found)
        ending = ENDINGS.get(found.media_type, "bin")
        response["Content-Disposition"] = f'attachment; filename="evidence-{file_id[-12:]}.{ending}"'
        response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = NOTHING_RUNS
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _part(request: Any, found: File) -> HttpResponse:
    """What a player asks for: one range of bytes, or all of it."""
    asked, size = _RANGE.fullmatch(request.headers.get("Range", "")), len(found.bytes)
    if asked is None or not (asked[1] or asked[2]):
        return HttpResponse(found.bytes, content_type=found.media_type)
    first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    return HttpResponse(found.bytes[first : last + 1], content_type=found.media_type, status=206, headers={"Content-Range": f"bytes {first}-{last}/{size}"})
