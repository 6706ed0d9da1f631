"""The house: what every process of the product holds while it runs."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from amends.engine import sealed_secrets
from amends.engine.clock import Clock, DemoClock, RealClock
from amends.engine.dossier.publishing import publish
from amends.engine.key_files import keep_file
from amends.engine.pack_start import sync
from amends.store import connect
from amends.store.migrate import migrate

DEFAULT_HOME = Path("var/amends")


@dataclass(slots=True)
class House:
    """Pool, clock, home directory, whether this is a demo, and the secret that signs links and forms."""

    pool: connect.Pool
    clock: Clock
    home: Path
    demo: bool
    secret: bytes
    database: connect.Database

    def close(self) -> None:
        """Give the connections back, and stop the embedded server if this process started it."""
        self.pool.close()
        self.database.close()


def open_house(home: Path | None = None, *, demo: bool = False, connections: int = 10, migrated: bool = False) -> House:
    """Open the database of this home (or DATABASE_URL), bring it and its packs up to date unless `migrated`, and open the pool. Raises OperatorError."""
    home = (home or Path(os.environ.get("AMENDS_HOME") or DEFAULT_HOME)).absolute()
    database = connect.find(home)
    if not migrated:
        migrate(database.url)
    pool = connect.open_pool(database.url, max_size=connections)
    demo = demo or os.environ.get("AMENDS_DEMO") == "1"
    house = House(pool, DemoClock(pool) if demo else RealClock(), home, demo, _secret(home), database)
    sealed_secrets.begin(pool, home, convert=not migrated)
    if not migrated:
        sync(pool, house.clock.now(), demo=demo)
        publish(pool, home, house.clock.now())
    return house


def _secret(home: Path) -> bytes:
    """AMENDS_SECRET, which several machines share; otherwise one made for this home, readable by its owner only."""
    if given := os.environ.get("AMENDS_SECRET"):
        return given.encode()
    file = home / "secret"
    if not file.exists():
        keep_file(file, secrets.token_hex(32))
    return file.read_text(encoding="ascii").encode()
