"""Nothing of a reader in any log line, in what Stripe is told, or in mail to anybody else."""

import re
import socket
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.db import connection

from donations import checkout
from donations.models import OutgoingMail
from donations.sandbox import api
from donations.sandbox.events import signed
from tests.donations.giving import FORM, token_in
from tests.donations.stripe_events import make_charge, make_event
from tests.factories import make_publication
from tests.whole_site import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "ida.quistmark@example.org"
TYPED = {"email": EMAIL, "name": "Ida Namemark", "message": "Messagemark to you all"}
MARKS = ["quistmark", "namemark", "messagemark", "slugmark", "headlinemark"]
HAS_MARK = "CHECK (email NOT LIKE '%%quistmark%%') NOT VALID"


@pytest.fixture
def told(monkeypatch):
    """All that was said to Stripe: method, path, parameters and key of each call."""
    calls = []
    answer = api.answer

    def heard(store, method, path, pairs, key):
        calls.append((method, path, pairs, key))
        return answer(store, method, path, pairs, key)

    monkeypatch.setattr(api, "answer", heard)
    return calls


@pytest.fixture
def site(whole_site):
    whole_site.start_web("--access-logfile", "-")  # As somebody may who looks for a fault.
    whole_site.start_worker()
    return whole_site


@pytest.fixture
def story():
    return make_publication(slug="slugmark", headline="Headlinemark")


def give(site, story, **fields):
    values = {"form_token": checkout.new_token(), "article": str(story.pk)}
    form = FORM | TYPED | values | fields
    return requests.post(f"{site.url}/contribute", form, allow_redirects=False)


def deliver(site, sandbox):
    """Post all new events; the status of each answer."""
    statuses = []
    while sandbox.store.undelivered:
        event = sandbox.store.get("event", sandbox.store.undelivered.pop(0))
        statuses.append(post(site, event, sandbox.secret))
    return statuses


def post(site, event, secret):
    body, signature = signed(event, secret)
    headers = {"Stripe-Signature": signature}
    return requests.post(f"{site.url}/stripe/webhook", body, headers=headers).status_code


@pytest.fixture
def database_that_quotes():
    """One that refuses the reader, and says so with the whole row."""
    tables = ["donations_contribution", "donations_supporter"]

    def refuse():
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT has_mark {HAS_MARK}")

    yield refuse
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS has_mark")


def test_a_gift_and_all_that_goes_wrong_with_it_leave_no_trace_of_who_gave(
    site, sandbox, mail_server, told, story, database_that_quotes
):
    # What goes well.
    requests.get(site.url + story.get_absolute_url())
    page = requests.get(f"{site.url}/contribute?article={story.pk}&email={EMAIL}")
    assert token_in(page)
    address = give(site, story).headers["Location"]
    thanks = sandbox.press(address, "pay")
    assert requests.get(thanks.replace("http://testserver", site.url)).status_code == 200
    assert set(deliver(site, sandbox)) == {200}
    sandbox.happen("fail-renewal", sandbox.newest("subscription")["id"])
    sandbox.happen("refund", sandbox.store.newest_first("charge")[-1]["id"])
    assert set(deliver(site, sandbox)) == {200}
    wait_until(lambda: mail_server.received, "a mail")
    words = use_manage_link(site, mail_server)

    # What goes wrong.
    assert requests.get(site.url + story.get_absolute_url() + "9").status_code == 404
    requests.get(f"{site.url}/contribute/manage?link={words[0]}x")
    assert give(site, story, email="ida.quistmark@localhost").status_code == 400
    sandbox.fail("error", times=2)
    assert give(site, story).status_code == 503
    mail_server.refuses = True
    sandbox.press(give(site, story, frequency="once").headers["Location"], "pay")
    assert set(deliver(site, sandbox)) == {200}
    wait_until(OutgoingMail.objects.filter(state="refused").exists, "a refusal")
    stranger = give(site, story, email="second.quistmark@example.org").headers["Location"]
    database_that_quotes()
    assert give(site, story).status_code == 500
    sandbox.press(stranger, "pay")
    assert 500 in deliver(site, sandbox)
    charge = make_charge(statement_descriptor=f"Ida Namemark\x00 {EMAIL}")
    assert post(site, make_event("charge.succeeded", charge), sandbox.secret) == 500
    send_raw(site, f"GET /contribute?email={EMAIL}\r\n\r\n")
    send_raw(site, f"GET / HTTP/1.1\r\nCookie : visit={words[-1]}\r\n\r\n")

    site.end()
    for said in ["Internal Server Error", "was not applied", "Invalid request", "IntegrityError"]:
        assert said in site.log
    access = [line for line in site.log.splitlines() if re.search(r"\] (GET|POST) /", line)]
    assert len(access) > 10
    assert not any("?" in line for line in access)
    assert_unmarked(site.log.replace(story.get_absolute_url(), ""), *words)
    assert_stripe_knows_the_address_alone(told, *words)
    assert {message["To"] for message in mail_server.received} == {EMAIL}


def use_manage_link(site, mail_server):
    """Ask for the link, use it, look around; the words nobody else may know."""
    before = len(mail_server.received)
    requests.post(f"{site.url}/contribute/manage", {"email": EMAIL})
    wait_until(lambda: len(mail_server.received) > before, "the link")
    text = mail_server.received[-1].get_body(("plain",)).get_content()
    address = re.search(r"http\S+link=\S+", text)[0]
    word = parse_qs(urlsplit(address).query)["link"][0]
    browser = requests.Session()
    browser.get(address)
    page = browser.post(f"{site.url}/contribute/manage", {"link": word})
    assert page.status_code == 200, page.text
    assert browser.cookies
    return [word, *browser.cookies.values()]


def send_raw(site, text):
    with socket.create_connection(("127.0.0.1", urlsplit(site.url).port), timeout=10) as plain:
        plain.sendall(text.encode())
        plain.recv(1000)


def assert_unmarked(text, *words):
    found = [line for line in text.splitlines() if has_mark(line, words)]
    assert not found, found[:5]


def has_mark(text, words):
    return any(mark in text.lower() for mark in MARKS) or any(word in text for word in words)


def assert_stripe_knows_the_address_alone(told, *words):
    created = 0
    for method, path, pairs, key in told:
        for name, value in pairs:
            if name == "customer_email":
                created += 1
            else:
                assert_unmarked(value, *words)
                assert "article" not in name
        assert_unmarked(f"{method} {path} {key}", *words)
        metadata = {name for name, _value in pairs if "metadata" in name}
        assert all(name.endswith("[reference]") for name in metadata)
    assert created
