"""Static files: one version for the whole tree in the address, so that they may be kept for a year and never be stale.

Relative addresses inside style sheets and modules stay inside the version by themselves.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

ROOT = Path(__file__).parent / "static"
VENDOR = ROOT / "vendor"
YEAR = 31_536_000


@functools.cache
def version() -> str:
    """Twelve hexadecimal digits over every own file and the list of fetched ones."""
    seal = hashlib.sha256()
    for path in sorted(p for p in ROOT.rglob("*") if p.is_file()):
        seal.update(str(path.relative_to(ROOT)).encode())
        seal.update(str(path.stat().st_size).encode() if VENDOR in path.parents else path.read_bytes())
    return seal.hexdigest()[:12]


def address(path: str) -> str:
    """The address of a static file, such as `css/tokens.css`. FileNotFoundError for one that is not there."""
    if not (ROOT / path).is_file():
        where = "run `make setup`, which fetches it" if path.startswith("vendor/") else "it is named in a template"
        raise FileNotFoundError(f"no static file {path}: {where}")
    return f"/static/{version()}/{path}"


def serve(application: Callable[..., Any]) -> Callable[..., Any]:
    """Static files before the application, compressed where a compressed copy lies beside the file."""
    served: Callable[..., Any] = WhiteNoise(application, root=ROOT, prefix=f"static/{version()}/", max_age=YEAR, immutable_file_test=lambda _path, _url: True)
    return served
