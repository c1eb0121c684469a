"""Web server, worker and database die in the middle of it: the books end up the same to the cent.

Readers give through the real form, a stand-in for Stripe lets their pledges live, and what it
tells of that is sent shuffled, repeated and by eight senders at once to a real web server.
"""

import json
import random
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from psycopg.rows import dict_row

from donations import checkout, gateway
from donations.sandbox.events import signed
from tests.donations.giving import FORM
from tests.whole_site import PATIENCE_SECONDS, Database, MailServer, WholeSite, wait_until

SENDERS = 8
LIVES = 4
KINDS = ["charge", "fee", "refund", "dispute", "dispute_reversal"]
KIND_OF = {"charge": "charge", "refund": "refund", "refund_failure": "refund"}
STATUS_OF = {"active": "active", "past_due": "past_due", "canceled": "cancelled"}
SUBJECTS = {
    "thanks": "Thank you",
    "payment_failed": "did not go through",
    "cancelled": "has ended",
    "changed": "has changed",
}


@pytest.fixture
def database():
    made = Database(Path(tempfile.mkdtemp(prefix="crashing-")))
    yield made
    made.remove()


@pytest.fixture
def site(tmp_path, database, sandbox, mail_server):
    site = WholeSite(tmp_path, database=database.url, stripe=sandbox.url, mail=mail_server)
    site.manage("migrate", "--verbosity", "0")
    site.start_web()
    yield site
    site.end()


class Life:
    """Somebody who gives monthly, from the form on, and what time and a bank do to that."""

    def __init__(self, site: WholeSite, sandbox: Any, chance: random.Random, number: int) -> None:
        self.sandbox, self.chance = sandbox, chance
        self.email = f"reader{number}@example.org"
        self.mails: Counter[str] = Counter(thanks=1)
        self.give(site)
        self.at = int(time.time()) - 400 * 86_400
        self.subscription = sandbox.newest("subscription")
        for _month in range(chance.randrange(2, 5)):
            chance.choice(
                [self.renew, self.fail, self.refund, self.dispute, self.change, self.pause]
            )()
        if chance.random() < 0.5:
            self.happen("end")
            self.mails["cancelled"] += 1

    def give(self, site: WholeSite) -> None:
        amount = f"{self.chance.randrange(100, 99_999) / 100:.2f}"
        values = {"amount": "other", "other_amount": amount, "email": self.email}
        values["form_token"] = checkout.new_token()
        answer = requests.post(f"{site.url}/contribute", FORM | values, allow_redirects=False)
        assert answer.status_code == 303, answer.text
        self.sandbox.press(answer.headers["Location"], "pay")

    def happen(self, deed: str, object_id: str = "") -> None:
        self.sandbox.happen(deed, object_id or self.subscription["id"])

    def renew(self) -> None:
        self.happen("renew")

    def fail(self) -> None:
        self.happen("fail-renewal")
        self.mails["payment_failed"] += 1

    def refund(self) -> None:
        self.renew()
        charge = self.sandbox.newest("charge")
        part = self.chance.randrange(1, charge["amount"] + 1)
        gateway.create_refund(charge["payment_intent"], part, charge["id"])
        if self.chance.random() < 0.5:
            self.happen("fail-refund", self.sandbox.newest("refund")["id"])

    def dispute(self) -> None:
        self.renew()
        self.happen("dispute", self.sandbox.newest("charge")["id"])
        end = self.chance.choice(["win-dispute", "lose-dispute"])
        self.happen(end, self.sandbox.newest("dispute")["id"])

    def change(self) -> None:
        gateway.change_amount(self.subscription, self.chance.randrange(100, 99_999))

    def pause(self) -> None:
        gateway.resume(self.subscription["id"])


class Storm:
    """Deliveries that are waiting; what was not answered 200 is sent again, as Stripe does."""

    def __init__(self, site: WholeSite, deliveries: list[tuple[bytes, str]]) -> None:
        self.address = f"{site.url}/stripe/webhook"
        self.waiting = deliveries
        self.total = len(deliveries)
        self.taken = 0
        self.answers: Counter[int] = Counter()
        self.lock = threading.Lock()
        self.deadline = time.monotonic() + PATIENCE_SECONDS

    def send(self) -> None:
        while delivery := self.next():
            body, signature = delivery
            try:
                status = requests.post(
                    self.address, body, headers={"Stripe-Signature": signature}, timeout=10
                ).status_code
            except requests.RequestException:
                status = 0
            with self.lock:
                self.answers[status] += 1
                self.taken += status == 200
                if status != 200:
                    self.waiting.insert(0, delivery)
            if status != 200:
                time.sleep(0.1)

    def next(self) -> tuple[bytes, str] | None:
        assert time.monotonic() < self.deadline, self.answers
        with self.lock:
            return self.waiting.pop() if self.waiting else None

    def wait_until_taken(self, number: int) -> None:
        wait_until(lambda: self.taken >= number, "the storm")


@pytest.mark.parametrize("seed", [1, 2])
def test_a_storm_through_crashes_leaves_the_books_and_mails_right(
    seed, site, database, sandbox, mail_server
):
    chance = random.Random(seed)
    lives = [Life(site, sandbox, chance, number) for number in range(LIVES)]
    storm = Storm(site, deliveries_of(sandbox, chance))
    havoc_with_mail(site, database, mail_server)
    site.start_worker()

    with ThreadPoolExecutor(SENDERS) as pool:
        senders = [pool.submit(storm.send) for _sender in range(SENDERS)]
        make_havoc(storm, site, database, chance)
        for sender in senders:
            sender.result()
    let_the_worker_finish(site, database)

    assert set(storm.answers) <= {0, 200, 500, 503}
    assert storm.answers[0], "nothing went wrong"
    assert rows(database, "SELECT id FROM donations_stripeevent WHERE applied_at IS NULL") == []
    assert json.loads(site.manage("ledger", "--json")) == {"EUR": balance_of(sandbox)}
    for life in lives:
        assert_stands_as(life, database, sandbox)
    assert_each_mail_came_once(lives, database, mail_server)


def deliveries_of(sandbox: Any, chance: random.Random) -> list[tuple[bytes, str]]:
    """All that happened, each event one to five times, shuffled; some of the same second."""
    at = int(time.time()) - 400 * 86_400
    events = list(sandbox.store.objects["event"].values())
    for event in events:
        at += chance.choice([0, 1, 3600])
        event["created"] = at
    repeated = [event for event in events for _time in range(chance.randrange(1, 6))]
    chance.shuffle(repeated)
    return [signed(event, sandbox.secret) for event in repeated]


def havoc_with_mail(site: WholeSite, database: Database, mail: MailServer) -> None:
    """The worker dies, and the database, just when the mail server has taken a mail over."""

    def before_answer(number: int) -> None:
        if number == 2:
            site.kill("worker")
        elif number == 4:
            database.crash()

    mail.before_answer = before_answer


def make_havoc(storm: Storm, site: WholeSite, database: Database, chance: random.Random) -> None:
    """Kill one after the other while the storm goes on, and start it again."""

    def kill_web() -> None:
        site.kill("web")
        site.start_web()

    def crash_database() -> None:
        database.crash()
        site.kill("worker")  # It would wait half a minute for connections that are gone.

    deeds = [
        kill_web,
        crash_database,
        lambda: site.kill("worker"),
        lambda: site.kill_one_child("web"),
        crash_database,
    ]
    chance.shuffle(deeds)
    for number, deed in enumerate(deeds, start=1):
        storm.wait_until_taken(number * storm.total // (len(deeds) + 1))
        deed()
        revive_worker(site, database)


def revive_worker(site: WholeSite, database: Database) -> None:
    """Start the worker again if it died; its heart stopped long ago, as far as others know."""
    if site.programs["worker"].poll() is not None:
        rows(
            database,
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"
            " RETURNING id",
        )
        site.start_worker()
        rows(
            database,
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES"
            " ('housekeeping', 'newsroom.tasks.requeue_stalled', '{\"timestamp\": 0}')"
            " RETURNING id",
        )


def let_the_worker_finish(site: WholeSite, database: Database) -> None:
    """Until no mail and no fee waits; what is to be tried again later is tried now."""

    site.kill("worker")

    def is_done() -> bool:
        revive_worker(site, database)
        rows(
            database,
            "UPDATE procrastinate_jobs SET scheduled_at = NULL"
            " WHERE status = 'todo' AND scheduled_at > now() AND queue_name != 'housekeeping'"
            " RETURNING id",
        )
        return not rows(
            database,
            "SELECT task_name, status, attempts FROM procrastinate_jobs"
            " WHERE status IN ('todo', 'doing') AND queue_name IN ('money', 'mail')",
        )

    wait_until(is_done, "the last job")
    failed = "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'failed'"
    assert rows(database, failed) == []


def rows(database: Database, query: str) -> list[dict[str, Any]]:
    with (
        database.lock,
        psycopg.connect(database.url, row_factory=dict_row) as connection,
    ):
        return connection.execute(query).fetchall()


def balance_of(sandbox: Any) -> dict[str, int]:
    """What moved at Stripe, by the names of our ledger."""
    sums = dict.fromkeys(KINDS, 0)
    for booked in sandbox.store.objects["balance_transaction"].values():
        dispute = "dispute" if booked["amount"] < 0 else "dispute_reversal"
        sums[KIND_OF.get(booked["type"], dispute)] += booked["amount"]
        sums["fee"] -= booked["fee"]
    return sums


def assert_stands_as(life: Life, database: Database, sandbox: Any) -> None:
    subscription = sandbox.store.get("subscription", life.subscription["id"])
    found = rows(
        database,
        "SELECT pledge.status, pledge.amount_minor, contribution.state, supporter.email,"
        " contribution.supporter_id = pledge.supporter_id AS is_known,"
        " (SELECT sum(entry.amount_minor) FROM donations_ledgerentry entry"
        "  JOIN donations_payment payment ON payment.intent_id = entry.payment_id"
        "  JOIN donations_invoice invoice ON invoice.invoice_id = payment.invoice_id"
        "  WHERE invoice.pledge_id = pledge.subscription_id) AS left_over"
        " FROM donations_pledge pledge"
        " JOIN donations_contribution contribution ON contribution.id = pledge.contribution_id"
        " JOIN donations_supporter supporter ON supporter.id = pledge.supporter_id"
        f" WHERE pledge.subscription_id = '{life.subscription['id']}'",
    )
    assert found == [
        {
            "status": STATUS_OF[subscription["status"]],
            "amount_minor": subscription["items"]["data"][0]["price"]["unit_amount"],
            "state": "succeeded",
            "email": life.email,
            "is_known": True,
            "left_over": net_of(subscription, sandbox),
        }
    ]


def net_of(subscription: dict[str, Any], sandbox: Any) -> int:
    """What Stripe has left of a pledge."""
    kept = sandbox.store.objects
    charges = {
        charge["id"]
        for charge in kept["charge"].values()
        if charge["customer"] == subscription["customer"]
    }
    sources = charges | {
        made["id"]
        for kind in ("refund", "dispute")
        for made in kept.get(kind, {}).values()
        if made["charge"] in charges
    }
    return sum(
        booked["net"]
        for booked in kept["balance_transaction"].values()
        if booked["source"] in sources
    )


def assert_each_mail_came_once(lives: list[Life], database: Database, mail: MailServer) -> None:
    """Those sent came once; those that may have been sent came once or not, and are listed."""
    ordered: dict[str, Counter[tuple[str, str]]] = {"sent": Counter(), "handing_over": Counter()}
    for row in rows(
        database,
        "SELECT supporter.email, mail.kind, mail.state FROM donations_outgoingmail mail"
        " JOIN donations_supporter supporter ON supporter.id = mail.supporter_id",
    ):
        ordered[row["state"]][row["email"], row["kind"]] += 1
    received = Counter((message["To"], kind_of(message)) for message in mail.received)
    sent, doubtful = ordered["sent"], ordered["handing_over"]

    assert sent <= received <= sent + doubtful
    assert sum(doubtful.values()) >= 2
    for life in lives:
        all_kinds = {
            kind: count for (to, kind), count in (sent + doubtful).items() if to == life.email
        }
        all_kinds.pop("changed", None)  # How many changes it sees depends on the order.
        assert all_kinds == life.mails


def kind_of(message: Any) -> str:
    [kind] = [kind for kind, words in SUBJECTS.items() if words in message["Subject"]]
    return kind
