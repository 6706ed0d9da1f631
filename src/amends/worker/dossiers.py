"""Dossiers that are too large to be drawn while somebody waits are drawn here, beside the rounds (DI-10)."""

from __future__ import annotations

from amends.engine.dossier.making import any_waiting, draw_waiting
from amends.worker.aside import Aside

DOSSIERS = Aside("dossiers", any_waiting, draw_waiting)
