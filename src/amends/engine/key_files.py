"""Files of keys in the house's directory: readable by their owner only, whole or not there, and the first of several processes that make one wins."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def keep_file(file: Path, text: str) -> bool:
    """Write a new file of mode 0600; false if there is one already, which stays as it is."""
    fresh = _written(file, text)
    try:
        os.link(fresh, file)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    return True


def replace_file(file: Path, text: str) -> None:
    """Put another file of mode 0600 in its place; a reader sees the old one or the new one, never a part."""
    os.replace(_written(file, text), file)


def _written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return fresh
