"""The embedded PostgreSQL: shared by all processes of one data folder, stopped by the last."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
HOLD = """
import os, sys
from pathlib import Path
from newsroom.embedded import ensure_database
ensure_database(Path(sys.argv[1]))
import psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("SELECT 1")
print("holds", flush=True)
sys.stdin.read()
"""

# As the demo starts its web server.
PARENT = HOLD.replace(
    "print(", "import subprocess; subprocess.Popen(['sleep', '60'], close_fds=False); print("
)


class Holder:
    """A process that uses the database of a folder until it is told to leave."""

    def __init__(self, folder: Path, program: str = HOLD) -> None:
        environment = {key: os.environ[key] for key in os.environ if key != "DATABASE_URL"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(folder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_it_holds(self) -> "Holder":
        assert self.process.stdout.readline() == "holds\n"
        return self

    def leave(self) -> None:
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def folder():
    path = Path(tempfile.mkdtemp(prefix="news room-"))
    yield path
    shutil.rmtree(path)


def server_of(folder: Path) -> psutil.Process | None:
    try:
        return psutil.Process(int((folder / "postgres/postmaster.pid").read_text().split("\n")[0]))
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None


def runs(server: psutil.Process) -> bool:
    """Whether it runs; in a container it may stay as a zombie that nobody has buried."""
    return server.is_running() and server.status() != psutil.STATUS_ZOMBIE


def test_two_that_start_at_once_share_a_server_that_the_last_one_stops(folder):
    first, second = Holder(folder), Holder(folder)
    first.wait_until_it_holds()
    second.wait_until_it_holds()
    server = server_of(folder)

    first.leave()
    assert runs(server)
    second.leave()
    assert not runs(server)


def test_one_that_was_killed_holds_nothing(folder):
    killed = Holder(folder).wait_until_it_holds()
    server = server_of(folder)
    killed.kill()
    assert runs(server)

    Holder(folder).wait_until_it_holds().leave()
    assert not runs(server)


def test_what_a_killed_one_had_started_still_holds(folder):
    first = Holder(folder, program=PARENT).wait_until_it_holds()
    child = psutil.Process(first.process.pid).children()[0]
    first.process.kill()
    server = server_of(folder)
    Holder(folder).wait_until_it_holds().leave()
    assert runs(server)

    child.kill()
    first.process.communicate(timeout=30)
    Holder(folder).wait_until_it_holds().leave()
    assert not runs(server)


def test_a_server_that_was_killed_is_started_again(folder):
    holder = Holder(folder).wait_until_it_holds()
    server = server_of(folder)
    server.send_signal(signal.SIGKILL)
    holder.kill()
    while runs(server):
        time.sleep(0.05)
    pid_file = folder / "postgres/postmaster.pid"
    left_behind = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *left_behind[1:]]))  # The number is reused.

    Holder(folder).wait_until_it_holds().leave()


def test_a_first_start_that_was_killed_does_no_harm(folder):
    shutil.rmtree(folder / "postgres")
    (folder / "postgres.unfinished").mkdir()
    (folder / "postgres.unfinished/PG_VERSION").write_text("18")

    Holder(folder).wait_until_it_holds().leave()


def test_closed_folders_are_opened_for_passage_alone(folder, capsys):
    from newsroom.embedded import _grant_passage

    closed = folder / "closed"
    (closed / "inner").mkdir(parents=True)
    closed.chmod(0o700)
    (closed / "inner").chmod(0o755)

    _grant_passage(closed / "inner" / "postgres")
    assert closed.stat().st_mode & 0o777 == 0o711
    assert (closed / "inner").stat().st_mode & 0o777 == 0o755
    assert str(closed) in capsys.readouterr().err
