"""Ids: UUIDv7 (RFC 9562), so that new rows lie beside each other in an index; and ids that are made of what they are about."""

import hashlib
import os
import time
from datetime import UTC, datetime
from uuid import UUID


def new_id(at: datetime | None = None) -> str:
    """A fresh UUIDv7 as text; `at` places it in time (default: the real moment, which is only its order, never a business time).

    The twelve bits after the milliseconds hold their fraction (RFC 9562, 6.2, method 3): what one process makes one after the other sorts so.
    """
    nanoseconds = int(at.timestamp() * 1000) * 1_000_000 if at else time.time_ns()
    moment, chance = (nanoseconds // 1_000_000) & (2**48 - 1), os.urandom(9).hex()
    head = f"{moment:012x}"
    third = chance[16:] + chance[0] if at else f"{(nanoseconds % 1_000_000) * 4096 // 1_000_000:03x}"
    return f"{head[:8]}-{head[8:]}-7{third}-{'89ab'[int(chance[0], 16) & 3]}{chance[1:4]}-{chance[4:16]}"


def new_ids_in_order(count: int) -> list[str]:
    """Fresh UUIDv7 at once that sort as they come, as those do that `new_id` makes one after the other."""
    moment, fraction = divmod(time.time_ns(), 1_000_000)
    first, chance = moment * 4096 + fraction * 4096 // 1_000_000, os.urandom(8 * count).hex()
    found = []
    for n in range(count):
        head, at = f"{(first + n) & (2**60 - 1):015x}", 16 * n
        found.append(f"{head[:8]}-{head[8:12]}-7{head[12:]}-{'89ab'[int(chance[at], 16) & 3]}{chance[at + 1:at + 4]}-{chance[at + 4:at + 16]}")
    return found


def id_about(of: str, what: str) -> str:
    """The UUIDv5 (RFC 9562) of `what` about the UUID `of`, as text: the same for the same, whoever makes it. What `uuid.uuid5` answers, for many at once."""
    h = hashlib.sha1(bytes.fromhex(of.replace("-", "")) + what.encode(), usedforsecurity=False).hexdigest()
    return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{'89ab'[int(h[16], 16) & 3]}{h[17:20]}-{h[20:32]}"


def is_id(text: str) -> bool:
    """Whether a text from outside can be an id at all, before it is looked up."""
    try:
        return str(UUID(text)) == text.lower()
    except (ValueError, AttributeError, TypeError):
        return False


def new_ids(count: int, at: datetime | None = None) -> list[str]:
    """Many fresh UUIDv7 at once, of one moment; for imports, where one by one is too slow.

    Each is greater than the one before (RFC 9562, 6.2, method 1: 26 bits count from a chance beginning, 48 are chance), so that rows written one after the other stand so in every index.
    """
    moment = int((at or datetime.now(UTC)).timestamp() * 1000) & (2**48 - 1)
    head = f"{moment >> 16:08x}-{moment & 0xFFFF:04x}-7"
    chance = os.urandom(6 * count + 3).hex()
    first = int(chance[-6:], 16)
    places = zip(range(first, first + count), range(0, 12 * count, 12), strict=True)
    return [f"{head}{n >> 14:03x}-{n & 0x3FFF | 0x8000:04x}-{chance[i:i + 12]}" for n, i in places]
