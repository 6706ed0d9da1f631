"""Ids: UUIDv7 (RFC 9562), so that new rows lie beside each other in an index."""

import secrets
from datetime import UTC, datetime
from uuid import UUID


def new_id(at: datetime | None = None) -> str:
    """A fresh UUIDv7 as text; `at` places it in time (default: the real moment, which is only its order, never a business time)."""
    moment = int((at or datetime.now(UTC)).timestamp() * 1000) & (2**48 - 1)
    value = moment << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))
