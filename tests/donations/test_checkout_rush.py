"""Five hundred want to give within a minute, against a real web server."""

import http.client
import json
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest

from donations import checkout
from donations.models import Attempt, LedgerEntry
from tests.donations.giving import FORM
from tests.donations.stripe_events import make_charge, make_event, signed

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8
TYPED = {"name": "Ida Quist", "message": "Good luck, all of you", "email": "ida@example.org"}


class UnixConnection(http.client.HTTPConnection):
    """A connection as the proxy of a server makes it, through a socket in a folder."""

    def __init__(self, path, netloc):
        super().__init__(netloc, timeout=30)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


@pytest.fixture
def site(whole_site, tmp_path):
    """Reached at its port and by a unix socket, both ways through a proxy it believes."""
    whole_site.socket = tmp_path / "web"
    netloc = urlsplit(whole_site.url).netloc
    whole_site.start_web("--bind", netloc, "--bind", f"unix:{whole_site.socket}")
    return whole_site


def post(site, path, body, headers, *, by_socket=False):
    """The status, headers and body of an answer."""
    netloc = urlsplit(site.url).netloc
    if by_socket:
        connection = UnixConnection(site.socket, netloc)
    else:
        connection = http.client.HTTPConnection(netloc, timeout=30)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def submit(site, number):
    """Send a form from one of many addresses, again while the way to Stripe is taken."""
    form = FORM | TYPED | {"form_token": checkout.new_token()}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": f"203.0.113.77, 198.51.100.{number}",
    }
    while True:
        by_socket = number % 2 == 1
        answer = post(site, "/contribute", urlencode(form), headers, by_socket=by_socket)
        if answer[0] != 503:
            return *answer, form["form_token"]
        time.sleep(0.05)


def send_all(site, numbers):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda number: submit(site, number), numbers))


class Teller(threading.Thread):
    """Stripe, which goes on telling of charges."""

    def __init__(self, site):
        super().__init__()
        self.site = site
        self.answers = []
        self.is_over = threading.Event()

    def run(self):
        while not self.is_over.wait(0.02):
            event, signature = signed_charge()
            headers = {"Stripe-Signature": signature}
            self.answers.append(post(self.site, "/stripe/webhook", event, headers)[0])


def signed_charge():
    body = json.dumps(make_event("charge.succeeded", make_charge(500)))
    return body, signed(body)


def test_a_rush_is_held_to_the_set_rate_while_webhooks_land(site, sandbox):
    teller = Teller(site)
    teller.start()
    begun = time.monotonic()

    greedy = send_all(site, [1] * 101)
    others = send_all(site, [2 + number % 99 for number in range(399)])
    took = time.monotonic() - begun
    teller.is_over.set()
    teller.join()

    assert took < 60, "too slow a machine to say anything"
    assert Counter(answer[0] for answer in greedy) == {303: 60, 429: 41}
    assert Counter(answer[0] for answer in others) == {303: 240, 429: 159}
    assert len(sandbox.store.objects["checkout.session"]) == Attempt.objects.count() == 300
    assert Attempt.objects.values("address_hash").distinct().count() > 50

    assert len(teller.answers) > 20
    assert set(teller.answers) == {200}
    assert LedgerEntry.objects.sums()["EUR"]["charge"] == 500 * len(teller.answers)

    for _status, headers, page, token in [each for each in greedy + others if each[0] == 429]:
        assert headers["Retry-After"] == "60"
        assert "Nothing was charged." in page
        assert token in page
        assert all(text in page for text in TYPED.values())
