"""The command `amends`: every room that has something to run registers it here."""

import argparse
from pathlib import Path

from amends import demo, documents
from amends.bench import command as bench
from amends.engine import erasure_command as erasure
from amends.engine import keyword_command as keywords
from amends.engine import secrets_command as secrets_
from amends.engine.dossier import command as dossier
from amends.engine.importing import command as importing
from amends.sim import command as sim
from amends.simulators import carrier as simulate_carrier
from amends.simulators import mail as simulate_mail
from amends.simulators import payment_command as simulate_payment
from amends.store.trouble import OperatorError
from amends.web import command as web
from amends.worker import command as worker
from amends.worker import mail_command as mail
from amends.worker import reconcile_command as reconcile

ROOMS = (demo, web, worker, importing, keywords, sim, bench, simulate_payment, simulate_carrier, simulate_mail, reconcile, mail, dossier, secrets_, erasure)


def main(arguments: list[str] | None = None) -> int:
    """Run one sub-command; answers the exit status (0 well, 1 something found, 2 the operator must act). `amends --help` lists them."""
    parser = argparse.ArgumentParser(prog="amends", description="善后 Amends: after-sales for marketplaces")
    verbs = parser.add_subparsers(dest="verb", required=True)
    docs = verbs.add_parser("docs", help="write the documents generated from the case tables")
    docs.add_argument("--to", type=Path, default=Path("docs"), help="the folder (default: docs)")
    docs.add_argument("--check", action="store_true", help="write nothing; exit 1 if a document is stale")
    docs.set_defaults(run=_docs)
    for room in ROOMS:
        room.register(verbs)
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except OperatorError as trouble:
        print(trouble)
        return 2


def _docs(given: argparse.Namespace) -> int:
    names = documents.stale(given.to) if given.check else documents.write(given.to)
    for name in names:
        print(name)
    return 1 if given.check and names else 0


if __name__ == "__main__":
    raise SystemExit(main())
