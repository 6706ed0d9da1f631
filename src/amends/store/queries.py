"""Named queries: each is one .sql file under sql/, with a sentence at its head that says what it is for."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sql(name: str) -> str:
    """The text of sql/<name>.sql. Raises FileNotFoundError for a name that is not there."""
    return files("amends.store").joinpath("sql", f"{name}.sql").read_text("utf-8")
