"""The sandbox tells the site by itself, and what it knows outlives it."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command

from donations import checks
from donations.models import LedgerEntry, StripeEvent
from donations.sandbox.events import Courier
from donations.sandbox.store import Store
from tests.donations.records import make_contribution
from tests.donations.test_sandbox import open_checkout

PATIENCE_SECONDS = 20


def wait_until(is_true) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Listener(HTTPServer):
    """A site that refuses what it hears first."""

    def __init__(self, refusals: int) -> None:
        self.heard: list[str] = []
        self.refusals = refusals
        super().__init__(("127.0.0.1", 0), Ear)
        threading.Thread(target=self.serve_forever, args=[0.02], daemon=True).start()


class Ear(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(json.loads(body)["type"])
        self.send_response(500 if len(self.server.heard) <= self.server.refusals else 200)
        self.end_headers()

    def log_message(self, format, *args) -> None:
        pass


@pytest.fixture
def courier_to():
    started = []

    def start(store: Store, listener: Listener) -> Courier:
        url = f"http://127.0.0.1:{listener.server_port}/stripe/webhook"
        courier = Courier(store, url, "whsec_x", first_retry_seconds=0.05)
        courier.start()
        started.extend([(courier.stop), listener.shutdown, listener.server_close])
        return courier

    yield start
    for stop in started:
        stop()


@pytest.mark.django_db(transaction=True)
def test_events_reach_the_site_over_http(telling_sandbox):
    session = open_checkout(make_contribution())
    telling_sandbox.press(session["url"], "pay")

    wait_until(lambda: not telling_sandbox.store.undelivered)
    assert StripeEvent.objects.filter(failure="").count() == len(telling_sandbox.types())
    assert LedgerEntry.objects.get(kind="charge").amount_minor == 1000


def test_what_was_not_taken_is_told_again_and_later_events_do_not_wait(courier_to):
    store, listener = Store(), Listener(refusals=1)
    courier = courier_to(store, listener)
    store.tell("charge.succeeded", {"id": "ch_1"})
    store.tell("charge.updated", {"id": "ch_1"})
    courier.wake()

    wait_until(lambda: not store.undelivered)
    assert listener.heard == ["charge.succeeded", "charge.updated", "charge.succeeded"]
    assert all(event["pending_webhooks"] == 0 for event in store.objects["event"].values())


def test_what_was_not_told_yet_is_told_after_a_restart(tmp_path, courier_to):
    store = Store(tmp_path / "sandbox.json")
    store.make("customer", name="Someone")
    store.tell("charge.succeeded", {"id": "ch_1"})
    store.save()

    again = Store(tmp_path / "sandbox.json")
    assert again.objects == store.objects
    listener = Listener(refusals=0)
    courier_to(again, listener)
    wait_until(lambda: not again.undelivered)
    assert listener.heard == ["charge.succeeded"]


def test_a_live_key_never_meets_the_sandbox(settings):
    settings.STRIPE_LIVE, settings.STRIPE_API_BASE = True, "http://127.0.0.1:9"
    assert [error.id for error in checks.live_key_goes_to_stripe(None)] == ["donations.E001"]
    with pytest.raises(CommandError, match="live key"):
        call_command("stripe_sandbox")

    settings.STRIPE_API_BASE = ""
    assert checks.live_key_goes_to_stripe(None) == []
