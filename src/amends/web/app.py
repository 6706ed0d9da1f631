"""The WSGI application of a house: static files first, everything else through Django."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from amends.engine.house import House
from amends.web import assets, catalogue, settings
from amends.web.api_way import PREFIX, way

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
HOUSE = "amends.house"  # where the house stands in the WSGI environment


def make_app(house: House) -> Wsgi:
    """A WSGI application that serves this house; several houses may be served in one process (tests do)."""
    settings.configure(house)
    catalogue.words()  # a faulty catalogue, address or static file stops the start, not the first visitor
    importlib.import_module("amends.web.urls")
    assets.version()
    pages, api = WSGIHandler(), way(house)

    def enter(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ[HOUSE] = house
        whose = api if environ.get("PATH_INFO", "").startswith(PREFIX) else pages
        answer: Iterable[bytes] = whose(environ, start)
        return answer

    return assets.serve(enter, house.home)
