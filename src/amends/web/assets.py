"""Static files: one version for the whole tree in the address, so that they may be kept for a year and never be stale.

Relative addresses inside style sheets and modules stay inside the version by themselves.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

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


def serve(application: Callable[..., Any], home: Path) -> Callable[..., Any]:
    """Static files before the application; style sheets and scripts compressed (fetched ones at set-up, our own below `home`)."""
    prefix = f"static/{version()}/"
    served = WhiteNoise(application, root=ROOT, prefix=prefix, max_age=YEAR, immutable_file_test=lambda _path, _url: True)
    with contextlib.suppress(OSError):  # a home that cannot be written to: uncompressed then
        served.add_files(str(compressed(home)), prefix=prefix)
    answer: Callable[..., Any] = served
    return answer


def compressed(home: Path) -> Path:
    """A folder of our own style sheets and scripts with compressed copies beside them, made once for each version."""
    kept = home / "static"
    folder = kept / version()
    if folder.is_dir():
        return folder
    kept.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=kept, prefix="new-"))
    compressor = Compressor(quiet=True)
    for kind in ("css", "js"):
        shutil.copytree(ROOT / kind, fresh / kind)
        for path in sorted((fresh / kind).rglob("*.*")):
            list(compressor.compress(str(path)))
    fresh.chmod(0o755)
    try:
        fresh.rename(folder)
    except OSError:  # another process was quicker
        shutil.rmtree(fresh)
    return folder
