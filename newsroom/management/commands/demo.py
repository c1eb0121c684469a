import fcntl
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from newsroom import demo, sample_content
from newsroom.environment import http_address
from newsroom.processes import StopAsked, run_together, stop_signals_raise

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Command(BaseCommand):
    help = "Serve a newsroom with sample content on this machine, until Ctrl-C."
    requires_system_checks: list[str] = []  # Migrate runs them, once.
    requires_migrations_checks = False

    def handle(self, *args: object, **options: object) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demo makes logins with known passwords. Set DEMO=1 if that is what you want."
            )
        with stop_signals_raise():
            try:
                with _only_demo_here():
                    _check_port_is_free()
                    self._prepare()
                    problem = self._serve(_sandbox_port() if settings.HAS_SANDBOX else None)
            except StopAsked:
                self.stdout.write(f"\nStopped. The data stays in {settings.DATA_DIR}.")
                return
        raise CommandError(f"The demo ends, for its {problem}. See above.")

    def _prepare(self) -> None:
        self.stdout.write("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
        if not sample_content.is_loaded():
            self.stdout.write("Putting in sample content …")
            sample_content.load()
        self.stdout.write("Collecting static files …")
        call_command("collectstatic", interactive=False, verbosity=0)

    def _serve(self, sandbox_port: int | None) -> str:
        """Serve until a part of the demo ends; says which one."""
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        programs = {
            "web server": [sys.executable, "-m", "gunicorn", "-c", "python:newsroom.gunicorn_conf"],
            "worker": [*manage, "procrastinate", "worker", "--concurrency", "2"],
        }
        address = ""
        if sandbox_port:
            address = http_address(urlsplit(settings.SITE_URL).hostname or "", sandbox_port)
            demo.keep_sandbox_address(settings.DATA_DIR, address)
            state = str(settings.DATA_DIR / "sandbox.json")
            programs["payment sandbox"] = [
                *manage, "stripe_sandbox", "--verbosity", "0",
                "--port", str(sandbox_port), "--state", state,
            ]  # fmt: skip
        return run_together(programs, is_ready=_answers, when_ready=lambda: self._greet(address))

    def _greet(self, sandbox_address: str) -> None:
        rows = [
            ("Site", settings.SITE_URL),
            ("Desk", f"{settings.SITE_URL}/admin/"),
            *(
                ("Login" if number == 0 else "", f"{name:<14} password {password}")
                for number, (name, password, _groups) in enumerate(sample_content.LOGINS)
            ),
            *([("Money", f"{sandbox_address}/sandbox")] if sandbox_address else []),
            ("Data", str(settings.DATA_DIR)),
            ("Stop", "Ctrl-C"),
        ]
        lines = [f"  {label:<6} {text}" for label, text in rows]
        if settings.HOST not in LOOPBACK:
            lines.append("  Whoever reaches this address can sign in with these passwords.")
        self.stdout.write("\n".join(["", *lines, ""]))
        self.stdout.flush()


@contextmanager
def _only_demo_here() -> Iterator[None]:
    """Refuse to start beside another demo with the same data."""
    with (settings.DATA_DIR / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"A demo is running with the data of {settings.DATA_DIR} already."
                " Stop it, or start this one with another DATA_DIR."
            ) from None
        yield


def _check_port_is_free() -> None:
    host, port = settings.HOST, settings.PORT
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"{http_address(host, port)} cannot be listened on: {error.strerror or error}."
            f" Choose another port, for instance: make demo PORT={port % 65535 + 1}"
        ) from error


def _sandbox_port() -> int:
    """A free port, that of last time if possible: it stands in addresses given to readers."""
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    before = demo.sandbox_address(settings.DATA_DIR)
    ports = [] if before == demo.NO_SANDBOX else [urlsplit(before).port or 0]
    for port in [*ports, 0]:
        try:
            with socket.create_server((settings.HOST, port), family=family) as probe:
                return probe.getsockname()[1]
        except OSError:
            continue
    raise CommandError("The system has no port left for the payment sandbox.")


def _answers() -> bool:
    """Whether the web server takes connections."""
    try:
        socket.create_connection((settings.HOST, settings.PORT), timeout=1).close()
    except OSError:
        return False
    return True
