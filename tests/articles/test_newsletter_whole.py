"""The newsletter as it runs: a worker killed in the middle, a mail server, a log that is kept."""

import re
from collections import Counter

import pytest
import requests
from django.db import connection

from articles.models import Delivery, NewsletterIssue, Outlet, SignUpMail, Subscriber
from articles.models.subscriber import hashes_of
from articles.newsletter import links, sending
from tests.articles.newsletters import make_issue, make_subscriber
from tests.whole_site import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

READERS = 1000
MARK = "quistmark"


def add_readers(count):
    one = make_subscriber("reader0@example.org")
    Subscriber.objects.bulk_create(
        Subscriber(
            email=(email := f"reader{number}@example.org"),
            address_hash=hashes_of(email)[0],
            language="en",
            state="confirmed",
            wording=one.wording,
            asked_at=one.asked_at,
            confirmed_at=one.confirmed_at,
        )
        for number in range(1, count)
    )


def revive_worker(site):
    """Start it again; its heart stopped long ago, as far as others know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
        )
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES"
            " ('housekeeping', 'newsroom.tasks.requeue_stalled', '{\"timestamp\": 0}')"
        )
    site.start_worker()


def test_a_killed_worker_makes_nobody_get_two_and_loses_nobody(whole_site, mail_server):
    Outlet.objects.create(pk=1, name="The Tide", newsletter_per_minute=60_000)
    add_readers(READERS)
    issue = make_issue()
    issue.start(by=None)
    sending.order_batch(issue.pk)

    def kill(number):
        if number == READERS // 3:
            whole_site.kill("worker")

    mail_server.before_answer = kill
    whole_site.start_worker()
    wait_until(lambda: whole_site.programs["worker"].poll() is not None, "the kill")
    revive_worker(whole_site)
    wait_until(lambda: NewsletterIssue.objects.get().state == "sent", f"the end\n{whole_site.log}")

    received = Counter(message["To"] for message in mail_server.received)
    states = Counter(Delivery.objects.values_list("state", flat=True))
    [doubtful] = Delivery.objects.filter(state="handing_over").select_related("subscriber")
    assert set(received.values()) == {1}
    assert states == {"sent": READERS - 1, "handing_over": 1}
    # It was taken before the answer came, which nobody could know.
    assert doubtful.subscriber.email in received
    assert len(received) == READERS


def test_no_line_of_the_log_holds_an_address_or_a_word_that_opens_something(
    whole_site, mail_server
):
    email = f"ida.{MARK}@example.org"
    site = whole_site
    site.start_web("--access-logfile", "-")  # As somebody may who looks for a fault.
    site.start_worker()
    here = {"Origin": site.url}
    sign_up = f"{site.url}/newsletter"

    assert requests.post(sign_up, {"email": email}, headers=here).status_code == 200
    wait_until(lambda: mail_server.received, "the mail")
    text = mail_server.received[0].get_body(("plain",)).get_content()
    word = re.search(r"confirm\?key=(\S+)", text)[1]
    confirm = f"{site.url}/newsletter/confirm?key={word}"
    assert requests.get(confirm).status_code == 200
    assert requests.post(confirm).status_code == 200
    leave = links.to_leave(Subscriber.objects.get().pk, "en").partition("key=")[2]

    # What goes wrong.
    assert requests.post(sign_up, {"email": email}).status_code == 403
    assert requests.post(sign_up, {"email": f"{MARK}@"}, headers=here).status_code == 400
    assert requests.get(f"{confirm}x").status_code == 410
    issue = make_issue()
    issue.start(by=None)
    mail_server.refuses = True
    sending.order_batch(issue.pk)
    requests.post(sign_up, {"email": email}, headers=here)
    wait_until(Delivery.objects.filter(state="refused").exists, "a refusal")
    wait_until(SignUpMail.objects.filter(state="refused").exists, "another refusal")
    with connection.cursor() as cursor:
        table = "ALTER TABLE articles_subscriber"
        cursor.execute(f"{table} ADD CONSTRAINT mark CHECK (email NOT LIKE '%mark%') NOT VALID")
    try:
        answer = requests.post(sign_up, {"email": f"b.{MARK}@example.org"}, headers=here)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE articles_subscriber DROP CONSTRAINT mark")
    assert answer.status_code == 500
    address = f"{site.url}/newsletter/unsubscribe?key={leave}"
    assert requests.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert requests.post(address, {"forget": "1"}).status_code == 200

    site.end()
    assert "IntegrityError" in site.log
    assert "/newsletter/unsubscribe" in site.log
    for secret in (MARK, word, leave, word.partition(".")[0]):
        assert [line for line in site.log.splitlines() if secret in line.lower()][:3] == []
