"""Money given back, in part or whole, and refunds that fail."""

import itertools

import pytest

from donations.models import LedgerEntry
from tests.donations.stripe_events import make_charge, make_refund, tell

pytestmark = pytest.mark.django_db


def refunded() -> int:
    return LedgerEntry.objects.sums()["EUR"]["refund"]


@pytest.fixture
def charge(client):
    made = make_charge(1000)
    tell(client, "charge.succeeded", made)
    return made


def test_a_refund_is_booked_once_with_its_payment(client, charge):
    refund = make_refund(charge, 400)
    tell(client, "refund.created", refund)
    tell(client, "refund.updated", refund)

    entry = LedgerEntry.objects.get(kind="refund")
    assert (entry.amount_minor, entry.payment_id) == (-400, charge["payment_intent"])


def test_parts_add_up(client, charge):
    for amount in (400, 600):
        tell(client, "refund.created", make_refund(charge, amount))

    assert refunded() == -1000


def test_a_refund_that_waits_for_somebody_has_moved_nothing(client, charge):
    refund = make_refund(charge, status="requires_action", balance_transaction=None)
    tell(client, "refund.created", refund)
    assert refunded() == 0

    tell(client, "refund.updated", refund | {"status": "succeeded"})
    assert refunded() == -1000


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("end", ["failed", "canceled"])
def test_a_refund_that_fails_costs_nothing_in_whatever_order(client, charge, order, end):
    refund = make_refund(charge, 400)
    events = [
        ("refund.created", refund | {"status": "pending"}),
        ("refund.updated", refund),
        ("refund.failed", refund | {"status": end, "failure_balance_transaction": "txn_back"}),
    ]
    for number in order:
        tell(client, *events[number])

    assert refunded() == 0
