"""Photos on their way in: small enough, really a picture, re-encoded without what the camera wrote beside it (SO-1)."""

import hashlib
import io
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from PIL import Image, ImageOps, UnidentifiedImageError

from amends.core.refusal import Refusal
from amends.engine.ids import new_id
from amends.store import files
from amends.store.connect import PLATFORM, Pool, scope

BYTES_BELOW = 800 * 1024
"""SO-1: a photo is smaller than 800 KB (S4); packs may say otherwise."""

UNSENT_FOR = timedelta(days=1)
"""How long a picture waits to be sent: somebody fills a form in, is called away, and comes back the same day."""

DRAFTED_FOR = timedelta(days=30)
"""How long files wait in a draft that nobody goes on with; what was typed stays longer, for it is small."""

AT_ONCE = 500
PIXELS_AT_MOST = 40_000_000
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_QUALITIES = (90, 82, 74, 64, 50)


def take_photo(
    pool: Pool, merchant_id: str, data: bytes, uploaded_by: str, now: datetime, *, once: str = "", bytes_below: int = BYTES_BELOW
) -> str | Refusal:
    """Keep a photo and answer its id, to be named in a command; or say why not, about the field `photos`.

    The type is told by the content, never by a name or a header. `once` (a UUID, the command id of the form) makes the id the same
    when the same form brings the same picture again, so that a double click stays one command (SO-23).
    """
    if len(data) >= bytes_below:
        return Refusal("photo_too_big", {"most": say_size(bytes_below), "now": say_size(len(data))}, "photos")
    found = reencode(data, bytes_below)
    if isinstance(found, Refusal):
        return found
    media_type, clean = found
    file_id = str(uuid5(UUID(once), hashlib.sha256(data).hexdigest())) if once else new_id()
    with scope(pool, UUID(merchant_id)) as conn:
        files.add(conn, merchant_id, file_id, hashlib.sha256(clean).digest(), media_type, clean, uploaded_by, now)
    return file_id


def remove_unsent(pool: Pool, now: datetime) -> int:
    """Remove files that were uploaded more than a day ago and never sent with anything, or stand in a draft that is a month old; answers how many. Safe from any number of workers."""
    before, total = now - UNSENT_FOR, 0
    with scope(pool, PLATFORM) as conn:
        merchants = files.merchants_with_unsent(conn, before)
    for merchant in merchants:
        while True:
            with scope(pool, UUID(merchant)) as conn:
                some = files.remove_unsent(conn, merchant, before, AT_ONCE, now - DRAFTED_FOR)
            total += some
            if some < AT_ONCE:
                break
    return total


def reencode(data: bytes, bytes_below: int = BYTES_BELOW) -> tuple[str, bytes] | Refusal:
    """The picture drawn again: upright, first frame only, no metadata. Answers media type and bytes, or a refusal."""
    try:
        with Image.open(io.BytesIO(data), formats=list(TYPES)) as image:
            if image.width * image.height > PIXELS_AT_MOST:
                most, now = f"{PIXELS_AT_MOST // 1_000_000}", f"{image.width} × {image.height}"
                return Refusal("photo_too_many_pixels", {"most": most, "now": now}, "photos")
            kind = image.format or "JPEG"
            image.load()
            upright = ImageOps.exif_transpose(image)
            return _encode(upright, kind, bytes_below)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return Refusal("photo_not_picture", field="photos")


def _encode(image: Image.Image, kind: str, bytes_below: int) -> tuple[str, bytes]:
    if kind == "PNG":
        clean = _save(image if image.mode in ("1", "L", "LA", "P", "RGB", "RGBA") else image.convert("RGB"), "PNG", optimize=True)
        if len(clean) < bytes_below:
            return TYPES["PNG"], clean
        kind = "WEBP"
    drawn = image.convert("RGB") if kind == "JPEG" or image.mode not in ("RGB", "RGBA") else image
    while True:
        for quality in _QUALITIES:
            clean = _save(drawn, kind, quality=quality)
            if len(clean) < bytes_below or drawn.width + drawn.height < 8:
                return TYPES[kind], clean
        drawn = drawn.resize((max(1, drawn.width * 3 // 4), max(1, drawn.height * 3 // 4)))


def _save(image: Image.Image, kind: str, **how: object) -> bytes:
    bare = image.copy()
    bare.info = {k: v for k, v in image.info.items() if k == "transparency"}
    out = io.BytesIO()
    bare.save(out, kind, **how)
    return out.getvalue()


def say_size(size: int) -> str:
    """Bytes as people say them: 800 KB, 1.3 MB."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"
