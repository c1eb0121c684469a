"""Any order, any number of times, eight at once: the books end up the same to the cent."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import gateway
from donations.models import (
    Contribution,
    LedgerEntry,
    OutgoingMail,
    Pledge,
    StripeEvent,
)
from tests.donations.records import make_contribution
from tests.donations.stripe_events import (
    make_balance_transaction,
    make_charge,
    make_dispute,
    make_event,
    make_invoice,
    make_invoice_payment,
    make_refund,
    make_session,
    make_subscription,
    post_event,
)

SENDERS = 8
START = 1_790_000_000
DAY = 86_400


class Life:
    """A pledge's life as Stripe tells it, and what must be left of it here."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.amount = chance.randrange(100, 99_999)
        self.contribution = make_contribution(
            frequency="monthly", amount_minor=self.amount, email=f"r{chance.random()}@example.org"
        )
        self.at = START
        self.events: list[dict[str, Any]] = []
        self.sums: Counter[str] = Counter()
        self.balance: dict[str, dict[str, Any]] = {}  # What Stripe keeps, by id.
        self.mails: Counter[str] = Counter(thanks=1)
        self.status = Pledge.Status.ACTIVE
        self.subscription = make_subscription(self.contribution.pk, self.amount)
        self.pay("subscription_create")
        self.tell_of_subscription("created")
        session = make_session(
            self.contribution.pk,
            mode="subscription",
            payment_intent=None,
            subscription=self.subscription["id"],
        )
        self.tell("checkout.session.completed", session)
        for _month in range(chance.randrange(1, 5)):
            self.next_month()
        if chance.random() < 0.5:
            self.cancel()

    def tell(self, type: str, made: dict[str, Any]) -> None:
        self.at += 1
        self.events.append(make_event(type, made, at=self.at))

    def tell_of_subscription(self, happened: str, **fields: Any) -> None:
        self.subscription = self.subscription | fields
        self.tell(f"customer.subscription.{happened}", self.subscription)

    def next_month(self) -> None:
        self.at += 30 * DAY
        step = self.chance.choice(
            [self.renew, self.fail_to_renew, self.refund, self.dispute, self.change, self.pause]
        )
        step()

    def pay(self, reason: str = "subscription_cycle") -> dict[str, Any]:
        charge = make_charge(self.amount)
        self.keep_fee(charge, self.chance.randrange(1, self.amount))
        invoice = make_invoice(self.subscription["id"], self.amount, billing_reason=reason)
        payment = make_invoice_payment(invoice["id"], charge["payment_intent"], self.amount)
        self.tell("charge.succeeded", charge | {"balance_transaction": None})
        self.tell("charge.updated", charge)
        self.tell("charge.updated", charge)
        self.tell("invoice.paid", invoice)
        self.tell("invoice_payment.paid", payment)
        self.sums["charge"] += self.amount
        return charge

    def keep_fee(self, made: dict[str, Any], fee: int) -> None:
        id = made["balance_transaction"]
        self.balance[id] = make_balance_transaction(id, made["amount"], fee=fee)
        self.sums["fee"] -= fee

    def renew(self) -> None:
        self.pay()
        if self.status == Pledge.Status.PAST_DUE:
            self.tell_of_subscription("updated", status="active")
            self.status = Pledge.Status.ACTIVE

    def fail_to_renew(self) -> None:
        invoice = make_invoice(self.subscription["id"], self.amount, status="open")
        self.tell("charge.failed", make_charge(self.amount, status="failed", captured=False))
        self.tell("invoice.payment_failed", invoice)
        self.tell_of_subscription("updated", status="past_due", pause_collection=None)
        self.mails["payment_failed"] += 1
        self.status = Pledge.Status.PAST_DUE

    def refund(self) -> None:
        charge = self.pay()
        refund = make_refund(charge, self.chance.randrange(1, self.amount + 1))
        self.keep_fee(refund, self.chance.randrange(3))
        self.tell("refund.created", refund | {"status": "pending"})
        if self.chance.random() < 0.5:
            self.tell("refund.failed", refund | {"status": "failed"})
        else:
            self.tell("refund.updated", refund)
            self.sums["refund"] -= refund["amount"]

    def dispute(self) -> None:
        charge = self.pay()
        dispute = make_dispute(charge)
        self.tell("charge.dispute.created", dispute | {"balance_transactions": []})
        self.tell("charge.dispute.funds_withdrawn", dispute)
        self.sums["dispute"] -= self.amount
        self.sums["fee"] -= 1500
        if self.chance.random() < 0.5:
            back = make_balance_transaction(f"{dispute['id']}_back", self.amount, fee=-1500)
            won = dispute | {"balance_transactions": [*dispute["balance_transactions"], back]}
            self.tell("charge.dispute.funds_reinstated", won)
            self.sums["dispute_reversal"] += self.amount
            self.sums["fee"] += 1500
        self.tell("charge.dispute.closed", dispute)

    def change(self) -> None:
        self.amount = self.chance.randrange(100, 99_999)
        items = make_subscription(amount=self.amount, id=self.subscription["id"])["items"]
        self.tell_of_subscription("updated", items=items)

    def pause(self) -> None:
        pause = {"behavior": "void", "resumes_at": self.at + 60 * DAY}
        self.tell_of_subscription("updated", status="active", pause_collection=pause)
        self.status = Pledge.Status.PAUSED
        if self.chance.random() < 0.5:
            self.tell_of_subscription("updated", pause_collection=None)
            self.status = Pledge.Status.ACTIVE

    def cancel(self) -> None:
        self.tell_of_subscription("deleted", status="canceled")
        self.status = Pledge.Status.CANCELLED
        self.mails["cancelled"] += 1


def deliver(events: list[dict[str, Any]]) -> Counter[int]:
    """Send all from eight threads at once; what is answered 500 again, as Stripe does."""
    answers: Counter[int] = Counter()
    lock = threading.Lock()
    waiting = list(events)

    def send() -> None:
        client = Client(raise_request_exception=False)
        while True:
            with lock:
                if not waiting:
                    break
                event = waiting.pop()
            status = post_event(client, event).status_code
            with lock:
                answers[status] += 1
                if status != 200 and answers[status] < 1000:
                    waiting.insert(0, event)
        connections.close_all()

    with ThreadPoolExecutor(SENDERS) as pool:
        for sender in [pool.submit(send) for _sender in range(SENDERS)]:
            sender.result()
    return answers


def fetch_fees(lives: list[Life], chance: random.Random, monkeypatch: Any) -> None:
    """Do what the events asked of the worker, some of it twice, as after a worker was killed."""
    balance = {id: made for life in lives for id, made in life.balance.items()}
    monkeypatch.setattr(gateway, "retrieve_balance_transaction", balance.__getitem__)
    jobs = list(ProcrastinateJob.objects.filter(task_name="donations.tasks.fetch_fee"))
    waiting = [job for job in jobs for _time in range(chance.randrange(1, 4))]
    chance.shuffle(waiting)

    def do(job: ProcrastinateJob) -> None:
        app.tasks[job.task_name].func(**job.args)
        connections.close_all()

    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(do, waiting))


def storm(seed: int, monkeypatch: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Deliver three lives, shuffled and repeated: the sums in the books, and what they must be."""
    chance = random.Random(seed)
    lives = [Life(chance) for _life in range(3)]
    events = [event for life in lives for event in life.events]
    repeated = [event for event in events for _time in range(chance.randrange(1, 6))]
    chance.shuffle(repeated)

    answers = deliver(repeated)
    fetch_fees(lives, chance, monkeypatch)

    assert set(answers) <= {200, 500}
    assert not StripeEvent.objects.filter(applied_at=None).exists()
    assert StripeEvent.objects.count() == len(events)
    for life in lives:
        assert_stands_as(life)
    kinds = LedgerEntry.Kind.values
    expected = {kind: sum(life.sums[kind] for life in lives) for kind in kinds}
    return LedgerEntry.objects.sums()["EUR"], expected


def assert_stands_as(life: Life) -> None:
    pledge = Pledge.objects.get(pk=life.subscription["id"])
    contribution = Contribution.objects.get(pk=life.contribution.pk)
    assert contribution.state == Contribution.State.SUCCEEDED
    assert pledge.contribution == contribution
    assert pledge.supporter is not None
    assert pledge.supporter == contribution.supporter
    assert (pledge.status, pledge.amount_minor) == (life.status, life.amount)
    paid = LedgerEntry.objects.filter(payment__invoice__pledge=pledge)
    once = {(entry.kind, entry.stripe_id): entry.amount_minor for entry in paid}
    assert sum(once.values()) == sum(life.sums.values())

    mails = OutgoingMail.objects.filter(supporter=pledge.supporter)
    ordered = Counter(mails.values_list("kind", flat=True))
    del ordered["changed"]  # How many changes it takes notice of depends on the order.
    assert ordered == life.mails
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT args) FROM procrastinate_jobs"
            " WHERE queue_name = 'mail' AND (args->>'mail_id')::bigint = ANY(%s)",
            [list(mails.values_list("pk", flat=True))],
        )
        tasks, different = cursor.fetchone()
    assert tasks == different == mails.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(8))
def test_a_storm_of_events_leaves_the_books_right(seed, monkeypatch):
    found, expected = storm(seed, monkeypatch)

    assert found == expected


@pytest.mark.django_db(transaction=True)
def test_without_the_unique_constraint_it_would_not(monkeypatch):
    """The guard is needed: in the same storm charges and fees are booked twice."""
    name = "ledger_books_once"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE donations_ledgerentry DROP CONSTRAINT {name}")
    try:
        found, expected = storm(1, monkeypatch)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE donations_ledgerentry DISABLE TRIGGER donations_ledger_append_only;"
                "TRUNCATE donations_ledgerentry;"
                "ALTER TABLE donations_ledgerentry ENABLE TRIGGER donations_ledger_append_only;"
                f"ALTER TABLE donations_ledgerentry ADD CONSTRAINT {name} UNIQUE (stripe_id, kind)"
            )
    for kind in ("charge", "fee"):
        assert abs(found[kind]) > abs(expected[kind]), kind
