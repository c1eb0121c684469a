"""The sandbox as the tests use it: a server of its own, on this machine."""

import http.client
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import gateway
from donations.sandbox import pages
from donations.sandbox.events import Courier, signed
from donations.sandbox.faults import Fault
from donations.sandbox.server import Sandbox, Server
from donations.sandbox.store import Store
from tests.donations.giving import Checkouts
from tests.whole_site import MANAGE, ROOT, MailServer, WholeSite, address_of_test_database


@dataclass
class RunningSandbox:
    """A sandbox that listens, and what a test does with it."""

    server: Server
    secret: str
    client: Client = field(default_factory=Client)
    done: set[int] = field(default_factory=set)  # Jobs.

    @property
    def store(self) -> Store:
        return self.server.sandbox.store

    @property
    def url(self) -> str:
        return self.store.base_url

    def newest(self, kind: str) -> dict[str, Any]:
        """The object of this kind that was made last."""
        return self.store.newest_first(kind)[0]

    def types(self) -> list[str]:
        """The types of all events, in the order in which they happened."""
        return [event["type"] for event in self.store.objects.get("event", {}).values()]

    def press(self, address: str, action: str, **fields: str) -> str:
        """Press a button of a page; the address the browser is sent to."""
        answer = self.ask("POST", address, {"action": action, **fields})
        assert answer.status == 303, answer.status
        return answer.getheader("Location", "")

    def ask(
        self, method: str, address: str, form: Any = None, **headers: str
    ) -> http.client.HTTPResponse:
        """A request as any program would send it; a call of the API if `headers` hold a key."""
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, urlencode(form) if form else None, headers)
        return connection.getresponse()

    def call(
        self, method: str, path: str, form: Any = None, key: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """A call of the API, as Stripe's client would make it."""
        headers = {"Authorization": f"Bearer {self.server.sandbox.key}"}
        if key:
            headers["Idempotency-Key"] = key
        answer = self.ask(method, path, form, **headers)
        return answer.status, json.loads(answer.read())

    def happen(self, deed: str, object_id: str) -> None:
        """Something that only time, a bank or Stripe does: renew, dispute, fail-refund …"""
        with self.store.lock:
            pages.make_happen(self.store, deed, object_id)

    def fail(self, kind: str, times: int = 1, path: str = "/v1/", seconds: float = 30) -> None:
        """Let the next calls go wrong: hang, lost, error, busy."""
        self.server.sandbox.faults.order(Fault(kind, times, path, seconds))

    def deliver(self) -> None:
        """Post all new events, signed, to the real view, in order; then do what it ordered."""
        while self.store.undelivered:
            event = self.store.get("event", self.store.undelivered.pop(0))
            body, signature = signed(event, self.secret)
            answer = self.client.post(
                "/stripe/webhook",
                body,
                content_type="application/json",
                headers={"Stripe-Signature": signature},
            )
            assert answer.status_code == 200, event["type"]
        self.work()

    def work(self) -> None:
        """Do the jobs about money that are waiting, here and now."""
        jobs = ProcrastinateJob.objects.filter(queue_name="money", status="todo")
        for job in jobs.exclude(pk__in=self.done).order_by("pk"):
            app.tasks[job.task_name].func(**job.args)
            self.done.add(job.pk)


@pytest.fixture
def sandbox(settings) -> Iterator[RunningSandbox]:
    """A stand-in for Stripe that the gateway talks to; its events wait for `deliver()`."""
    server = Server(("127.0.0.1", 0), Sandbox(Store(), settings.STRIPE_SECRET_KEY))
    server.start()
    settings.STRIPE_API_BASE = server.sandbox.store.base_url
    yield RunningSandbox(server, settings.STRIPE_WEBHOOK_SECRETS[0])
    server.stop()


@pytest.fixture
def telling_sandbox(settings, live_server) -> Iterator[RunningSandbox]:
    """One that delivers its events itself, to a web server of the tests."""
    store = Store()
    courier = Courier(
        store,
        f"{live_server.url}/stripe/webhook",
        settings.STRIPE_WEBHOOK_SECRETS[0],
        first_retry_seconds=0.05,
    )
    server = Server(("127.0.0.1", 0), Sandbox(store, settings.STRIPE_SECRET_KEY, courier))
    server.start()
    settings.STRIPE_API_BASE = store.base_url
    yield RunningSandbox(server, settings.STRIPE_WEBHOOK_SECRETS[0])
    server.stop()


@pytest.fixture
def checkouts(monkeypatch):
    """What Stripe would keep of checkouts, without Stripe."""
    kept = Checkouts()
    monkeypatch.setattr(gateway, "create_checkout", kept.create)
    monkeypatch.setattr(gateway, "retrieve_checkout", kept.retrieve)
    monkeypatch.setattr(gateway, "expire_checkout", kept.expire)
    return kept


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def static_files(tmp_path_factory):
    """The folder of static files as a server has them."""
    folder = tmp_path_factory.mktemp("collected")
    needed = {"DATABASE_URL": "postgres://nobody@/nothing", "SECRET_KEY": "unused"}
    environment = needed | {"DATA_DIR": str(folder)}
    command = [*MANAGE, "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return folder / "static"


@pytest.fixture
def whole_site(tmp_path, transactional_db, static_files, sandbox, mail_server):
    """Web server and worker on the database of this test, to be started by it."""
    (tmp_path / "static").symlink_to(static_files)
    database = address_of_test_database()
    site = WholeSite(tmp_path, database=database, stripe=sandbox.url, mail=mail_server)
    yield site
    site.end()
