"""Serve the site with granian: synchronous WSGI, worker processes, each with a few threads."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces


def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = 1, threads: int = 4) -> None:
    """Serve until stopped. The house comes from the environment (see `web/wsgi.py`); its database is migrated already."""
    Granian(
        "amends.web.wsgi:application", address=host, port=port, interface=Interfaces.WSGI,
        workers=workers, blocking_threads=threads, log_enabled=True, log_access=False, workers_kill_timeout=5,
    ).serve()
