"""The command `amends`."""

import argparse
from pathlib import Path

from amends import documents


def main(arguments: list[str] | None = None) -> int:
    """Run one sub-command; answers the exit status. `docs` writes the generated documents, `docs --check` only names stale ones."""
    parser = argparse.ArgumentParser(prog="amends", description="善后 Amends: after-sales for marketplaces")
    verbs = parser.add_subparsers(dest="verb", required=True)
    docs = verbs.add_parser("docs", help="write the documents generated from the case tables")
    docs.add_argument("--to", type=Path, default=Path("docs"), help="the folder (default: docs)")
    docs.add_argument("--check", action="store_true", help="write nothing; exit 1 if a document is stale")
    given = parser.parse_args(arguments)
    names = documents.stale(given.to) if given.check else documents.write(given.to)
    for name in names:
        print(name)
    return 1 if given.check and names else 0
