"""`amends serve`: the pages and the API, until it is told to stop."""

import argparse
import os
from pathlib import Path

from amends.engine.house import open_house


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the sub-command."""
    serve = verbs.add_parser("serve", help="serve the pages and the API; any number may run")
    serve.add_argument("--home", type=Path, help="the data directory (default: AMENDS_HOME or var/amends)")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine only)")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=1, help="worker processes (default: 1)")
    serve.add_argument("--threads", type=int, default=4, help="threads of each (default: 4)")
    serve.set_defaults(run=_serve)


def _serve(given: argparse.Namespace) -> int:
    if given.home:
        os.environ["AMENDS_HOME"] = str(given.home.absolute())
    house = open_house(given.home, connections=1)  # migrates once, and holds the embedded server while the worker processes run
    house.pool.close()
    try:
        from amends.web.serve import serve  # Django takes a moment; `amends --help` does without it

        serve(given.host, given.port, given.workers, given.threads)
    finally:
        house.database.close()
    return 0
