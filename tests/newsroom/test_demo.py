"""The demo: what keeps it from starting, and that all its parts end together."""

import fcntl
import signal
import socket
import sys
import time

import pytest
from django.core.management import CommandError, call_command

from newsroom import demo, processes
from newsroom.processes import StopAsked, run_together, stop_signals_raise

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('deaf', flush=True); time.sleep(60)",
]
FAIL = [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.fixture
def started(monkeypatch):
    """The programs that `run_together` has started."""
    programs = []

    class Popen(processes.subprocess.Popen):
        def __init__(self, command, **options):
            super().__init__(command, **options)
            programs.append(self)

    monkeypatch.setattr(processes.subprocess, "Popen", Popen)
    return programs


@pytest.fixture(autouse=True)
def _signals_as_before():
    handlers = {number: processes.signal.getsignal(number) for number in processes.STOP_SIGNALS}
    yield
    for number, handler in handlers.items():
        processes.signal.signal(number, handler)


def nothing() -> None:
    pass


def test_when_one_program_ends_the_others_are_ended_too(started):
    problem = run_together(
        {"sleeper": SLEEP, "worker": FAIL}, is_ready=lambda: False, when_ready=nothing
    )

    assert problem == "worker ended with exit code 3"
    assert all(program.poll() is not None for program in started)


def test_a_program_that_does_not_listen_is_killed(started, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE_SECONDS", 0.3)

    def stop() -> None:
        time.sleep(0.3)  # Until it is deaf.
        raise StopAsked

    with pytest.raises(StopAsked):
        run_together({"worker": STUBBORN}, is_ready=lambda: True, when_ready=stop)
    assert started[0].returncode in {-9, -15}


def test_readiness_is_told_once():
    told = []
    program = [sys.executable, "-c", "import time; time.sleep(0.5)"]

    run_together({"one": program}, is_ready=lambda: True, when_ready=lambda: told.append(1))
    assert told == [1]


@pytest.fixture
def hangs_up():
    """SIGHUP as a program gets it in a window, however these tests were started."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", processes.STOP_SIGNALS)
def test_each_way_to_stop_is_heard(number, hangs_up):
    with pytest.raises(StopAsked), stop_signals_raise():
        signal.raise_signal(number)


def test_nohup_keeps_it_running_when_the_window_is_closed(hangs_up):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with stop_signals_raise():
        signal.raise_signal(signal.SIGHUP)


def test_a_port_in_use_is_named_with_the_remedy(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.HOST, settings.PORT = taken.getsockname()
        with pytest.raises(CommandError, match="in use. Choose another port, for instance: make"):
            call_command("demo")


def test_two_demos_do_not_share_their_data(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="start this one with another DATA_DIR"):
            call_command("demo")


def test_it_makes_no_known_passwords_where_nobody_asked_for_a_demo(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="Set DEMO=1"):
        call_command("demo")


def test_its_key_stays_the_same_and_is_read_by_its_owner_alone(tmp_path):
    key = demo.secret_key(tmp_path)

    assert len(key) > 50
    assert demo.secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
