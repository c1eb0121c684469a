"""The books: what is booked when, that nothing booked changes, and their sums."""

import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from donations import gateway, tasks
from donations.models import LedgerEntry
from tests.donations.stripe_events import make_balance_transaction, make_charge, tell

pytestmark = pytest.mark.django_db


def due_fees() -> list[dict]:
    """What the worker was asked to fetch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'donations.tasks.fetch_fee'"
            " ORDER BY id"
        )
        return [json.loads(args) if isinstance(args, str) else args for (args,) in cursor]


@pytest.fixture
def fee_at_stripe(monkeypatch):
    """Let Stripe know a fee; returned is how to say which."""

    def know(fee: int, currency: str = "eur") -> None:
        monkeypatch.setattr(
            gateway,
            "retrieve_balance_transaction",
            lambda id: make_balance_transaction(id, 1000, fee=fee, currency=currency),
        )

    return know


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE donations_ledgerentry SET amount_minor = 1",
        "DELETE FROM donations_ledgerentry",
        "DELETE FROM donations_ledgerentry WHERE false",
        "TRUNCATE donations_ledgerentry",
        "TRUNCATE donations_payment CASCADE",
    ],
)
def test_what_is_booked_stays(client, statement):
    tell(client, "charge.succeeded", make_charge(1000))
    with connection.cursor() as cursor:  # A check that waits would refuse TRUNCATE by itself.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)

    assert LedgerEntry.objects.sums()["EUR"]["charge"] == 1000


def test_an_object_is_booked_once_of_each_kind(client):
    tell(client, "charge.succeeded", make_charge(1000))
    entry = LedgerEntry.objects.get()
    entry.pk = None

    with pytest.raises(IntegrityError, match="ledger_books_once"), transaction.atomic():
        entry.save()


def test_a_charge_is_booked_by_whichever_event_comes(client):
    charge = make_charge(1000)
    tell(client, "charge.updated", charge)
    tell(client, "charge.succeeded", charge | {"balance_transaction": None})

    assert LedgerEntry.objects.get().amount_minor == 1000


@pytest.mark.parametrize("fields", [{"status": "failed"}, {"captured": False}])
def test_what_did_not_come_in_is_not_booked(client, fields):
    tell(client, "charge.updated", make_charge(1000, **fields))

    assert not LedgerEntry.objects.exists()


def test_yen_are_booked_as_yen(client):
    tell(client, "charge.succeeded", make_charge(500, "jpy"))

    assert LedgerEntry.objects.sums()["JPY"]["charge"] == 500


class TestFees:
    def test_are_fetched_in_their_own_currency(self, client, fee_at_stripe):
        fee_at_stripe(54, "usd")
        tell(client, "charge.succeeded", make_charge(1000))
        (due,) = due_fees()
        for _time in range(2):
            tasks.fetch_fee.func(**due)

        sums = LedgerEntry.objects.sums()
        assert (sums["EUR"]["charge"], sums["EUR"]["fee"]) == (1000, 0)
        assert sums["USD"]["fee"] == -54
        assert LedgerEntry.objects.get(kind="fee").payment == LedgerEntry.objects.first().payment

    def test_wait_for_the_balance_transaction(self, client):
        charge = make_charge(1000)
        tell(client, "charge.succeeded", charge | {"balance_transaction": None})
        assert due_fees() == []

        tell(client, "charge.updated", charge)
        assert [due["balance_transaction_id"] for due in due_fees()] == [
            charge["balance_transaction"]
        ]

    def test_that_are_nothing_leave_no_entry(self, client, fee_at_stripe):
        fee_at_stripe(0)
        tell(client, "charge.succeeded", make_charge(1000))
        tasks.fetch_fee.func(**due_fees()[0])

        assert not LedgerEntry.objects.filter(kind="fee").exists()


class TestCommand:
    def test_prints_json_and_nothing_else(self, client, fee_at_stripe, capsys):
        fee_at_stripe(54)
        tell(client, "charge.succeeded", make_charge(1000))
        tasks.fetch_fee.func(**due_fees()[0])

        call_command("ledger", "--json")

        printed = capsys.readouterr()
        assert json.loads(printed.out) == {
            "EUR": {"charge": 1000, "fee": -54, "refund": 0, "dispute": 0, "dispute_reversal": 0}
        }
        assert printed.err == ""

    def test_prints_what_is_left_for_people(self, client, capsys):
        tell(client, "charge.succeeded", make_charge(1250))

        call_command("ledger")

        assert "EUR  left                       12.50" in capsys.readouterr().out

    def test_an_empty_ledger_is_an_empty_object(self, capsys):
        call_command("ledger", "--json")

        assert json.loads(capsys.readouterr().out) == {}
