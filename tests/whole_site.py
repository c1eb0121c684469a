"""The site as it runs on a server: processes that may be killed, a database that may crash.

The stand-in for Stripe and the mail server stay in the test, which so sees what reached them.
"""

import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
import requests
from django.conf import settings
from django.db import connection

from newsroom import embedded

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60
MANAGE = [sys.executable, "manage.py"]
WEB = [sys.executable, "-m", "gunicorn", "-c", "python:newsroom.gunicorn_conf"]
WORKER = [*MANAGE, "procrastinate", "worker", "--fetch-job-polling-interval", "0.2"]


def wait_until(is_so: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.02)


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail and keeps it."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailConversation)
        self.received: list[EmailMessage] = []
        self.refuses = False
        self.before_answer: Callable[[int], None] = lambda number: None  # How many it has now.
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""


class _MailConversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say(220)
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say(354)
                self.take_mail()
            if word == b"RCPT" and self.server.refuses:
                self.wfile.write(b"550 nobody here: %s\r\n" % line.strip())
            else:
                self.say(221 if word == b"QUIT" else 250)

    def say(self, code: int) -> None:
        self.wfile.write(b"%d so be it\r\n" % code)

    def take_mail(self) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line.removeprefix(b"."))
        else:
            raise ConnectionError("the client is gone")
        self.server.received.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.server.before_answer(len(self.server.received))


class Database:
    """An embedded PostgreSQL beside that of the suite, which may crash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "postgres"
        self.lock = threading.Lock()
        embedded._make_cluster(self.folder)
        self.server = embedded._running(self.folder)

    @property
    def url(self) -> str:
        folder = self.server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@/postgres?host={quote(str(folder))}"

    def crash(self) -> None:
        """Stop at once, nothing tidied up; then start again and recover."""
        with self.lock:
            postmaster = psutil.Process(self.server.get_postmaster_info().pid)
            postmaster.send_signal(signal.SIGQUIT)
            wait_until(lambda: not _runs(postmaster), "the crash")
            self.server = embedded._running(self.folder)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Within this it takes connections and answers nothing."""
        postmaster = psutil.Process(self.server.get_postmaster_info().pid)
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    def remove(self) -> None:
        self.server._stop()
        shutil.rmtree(self.folder.parent)


def _runs(process: psutil.Process) -> bool:
    """In a container a dead process may stay as a zombie that nobody buries."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def address_of_test_database() -> str:
    """The database of this test, for other processes."""
    name = connection.settings_dict["NAME"]
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


class WholeSite:
    """Programs with settings of their own; what they write to their log is kept."""

    def __init__(self, folder: Path, *, database: str, stripe: str, mail: MailServer) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.mail = mail
        self.url = f"http://127.0.0.1:{port}"
        self.log_file = folder / "log"
        self.log_file.touch()
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            "DATABASE_URL": database,
            "DATA_DIR": str(folder),
            "DEFAULT_FROM_EMAIL": "Our Paper <gifts@paper.example>",
            "EMAIL_URL": mail.url,
            "HOME": str(folder),
            "HOST": "127.0.0.1",
            "LANGUAGES": "en,ru",
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "SECRET_KEY": settings.SECRET_KEY,
            "STRIPE_API_BASE": stripe,
            "STRIPE_SECRET_KEY": settings.STRIPE_SECRET_KEY,
            "STRIPE_WEBHOOK_SECRET": settings.STRIPE_WEBHOOK_SECRETS[0],
            "TRUSTED_PROXIES": "127.0.0.1",
        }

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def manage(self, *words: str) -> str:
        """What a command prints."""
        done = subprocess.run(
            [*MANAGE, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str, command: list[str]) -> None:
        with self.log_file.open("ab") as log:
            self.programs[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # So that all of it can be killed at once.
            )

    def start_web(self, *options: str) -> None:
        self.start("web", [*WEB, *options])
        wait_until(self.answers, f"an answer ({self.log})")

    def start_worker(self) -> None:
        self.start("worker", WORKER)

    def answers(self) -> bool:
        assert self.programs["web"].poll() is None, self.log
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).ok
        except requests.RequestException:
            return False

    def kill(self, name: str) -> None:
        """End a program and its children at once, without a word."""
        program = self.programs[name]
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()

    def kill_one_child(self, name: str) -> None:
        children = psutil.Process(self.programs[name].pid).children()
        children[0].kill()

    def end(self) -> None:
        for name in self.programs:
            self.kill(name)
