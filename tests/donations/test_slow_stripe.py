"""Stripe is slow, broken or forgetful: readers see a page, pay once, and others wait for nobody."""

import socketserver
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from donations import checkout, gateway
from donations.models import Contribution
from donations.sandbox.faults import Fault
from tests.donations.giving import FORM, send
from tests.factories import make_publication
from tests.whole_site import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

READERS = 8
LONGEST_WAIT_SECONDS = 10


@pytest.fixture
def site(whole_site):
    whole_site.start_web()
    return whole_site


def submit(site, token=None):
    form = FORM | {"form_token": token or checkout.new_token(), "email": "reader@example.org"}
    return requests.post(f"{site.url}/contribute", form, allow_redirects=False, timeout=60)


@pytest.fixture
def dripping(settings, monkeypatch):
    """A Stripe whose answer comes in drops: no read of it ever times out."""
    is_over = threading.Event()

    class Drops(socketserver.BaseRequestHandler):
        def handle(self):
            while not is_over.wait(0.05):
                self.request.send(b"H")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drops)
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr(gateway, "LONGEST_WAIT_SECONDS", 0.3)
    yield
    is_over.set()
    server.shutdown()
    server.server_close()


def order(sandbox, kind, times):
    """A fault whose remaining times can be watched."""
    fault = Fault(kind, times, seconds=30)
    sandbox.server.sandbox.faults.order(fault)
    return fault


@pytest.mark.parametrize("kind", ["error", "lost", "hang"])
def test_a_reader_sees_a_page_in_time_and_pays_once(site, sandbox, kind):
    token = checkout.new_token()
    fault = order(sandbox, kind, times=3)  # A call and its repetition, then one more.

    begun = time.monotonic()
    first = submit(site, token)
    waited = time.monotonic() - begun
    assert waited < LONGEST_WAIT_SECONDS
    assert first.status_code == 503
    assert first.headers["Retry-After"]
    assert "Nothing was charged." in first.text
    assert token in first.text
    assert "reader@example.org" in first.text

    fault.times = 1
    second = submit(site, token)
    assert second.status_code == 303
    assert submit(site, token).headers["Location"] == second.headers["Location"]
    thanks = sandbox.press(second.headers["Location"], "pay")

    assert submit(site, token).headers["Location"] in thanks
    assert len(sandbox.store.objects["checkout.session"]) == 1
    assert len(sandbox.store.objects["charge"]) == 1
    assert Contribution.objects.count() == 1


def test_an_answer_in_drops_is_not_waited_for(client, dripping):
    begun = time.monotonic()

    assert send(client, checkout.new_token()).status_code == 503
    assert time.monotonic() - begun < LONGEST_WAIT_SECONDS


def test_whoever_only_reads_waits_for_nobody(site, sandbox):
    story = make_publication()
    fault = order(sandbox, "hang", times=1000)
    with ThreadPoolExecutor(READERS) as pool:
        waiting = {pool.submit(submit, site) for _reader in range(READERS)}
        # Half of the threads of each process wait for Stripe, the other readers are told at once.
        wait_until(
            lambda: sum(not each.done() for each in waiting) == 1000 - fault.times,
            "that as many wait as Stripe was called",
        )
        hanging = {each for each in waiting if not each.done()}
        assert len(hanging) >= 2

        for _page in range(10):
            for path in ("/", story.get_absolute_url(), "/contribute"):
                assert requests.get(site.url + path, timeout=60).status_code == 200
        assert not any(each.done() for each in hanging)

        answers = {each.result().status_code for each in waiting}
    assert answers == {503}
