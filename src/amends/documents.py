"""Writes the generated documents, and says which of them are stale."""

from pathlib import Path

from amends.api import openapi
from amends.core.cases import MACHINES
from amends.core.documents import case_page, permission_page


def pages() -> dict[str, str]:
    """Every generated document: its path below `docs/` and its text."""
    return {f"cases/{m.kind}.md": case_page(m) for m in MACHINES} | {"permissions.md": permission_page(MACHINES), "openapi.json": openapi.text()}


def stale(docs: Path) -> list[str]:
    """Paths of generated documents that are missing or differ from what the tables say now."""
    return [name for name, text in pages().items() if not (docs / name).is_file() or (docs / name).read_text("utf-8") != text]


def write(docs: Path) -> list[str]:
    """Write what is stale; answers what was written."""
    written = stale(docs)
    for name in written:
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(pages()[name], "utf-8")
    return written
