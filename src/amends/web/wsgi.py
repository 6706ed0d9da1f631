"""The importable application of a worker process: opens the house named by AMENDS_HOME, DATABASE_URL and AMENDS_DEMO."""

from amends.engine.house import open_house
from amends.web.app import make_app

application = make_app(open_house(migrated=True))
