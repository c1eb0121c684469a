"""Programs that run and end together."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE_SECONDS = 10
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(Exception):
    """Ctrl-C, SIGTERM, or SIGHUP: the window of the terminal was closed."""


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """Within this, a wish to stop arrives as StopAsked, so that all is left in order."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise StopAsked

    wanted = set(STOP_SIGNALS)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # By nohup.
        wanted.discard(signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_together(
    commands: dict[str, list[str]], *, is_ready: Callable[[], bool], when_ready: Callable[[], None]
) -> str:
    """Run `commands` until one of them ends; return its name and exit code, in words.

    `when_ready` is called once, as soon as `is_ready` says so. On the way out, be it by an
    exception, the others are asked to end, and made to after PATIENCE_SECONDS.
    """
    programs: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # With our open files, of which the hold on the embedded database is one.
            programs[name] = subprocess.Popen(command, close_fds=False)  # noqa: S603
        is_waiting = True
        while True:
            if is_waiting and is_ready():
                is_waiting = False
                when_ready()
            for name, program in programs.items():
                if program.poll() is not None:
                    return f"{name} ended with exit code {program.returncode}"
            time.sleep(0.1)
    finally:
        _end(list(programs.values()))


def _end(programs: list[subprocess.Popen[bytes]]) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # Once is enough.
    for program in programs:
        program.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for program in programs:
        try:
            program.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()
