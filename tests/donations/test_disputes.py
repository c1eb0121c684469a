"""Money a bank took back, the fee for it, and money won again."""

import logging

import pytest

from donations.models import LedgerEntry
from tests.donations.stripe_events import (
    make_balance_transaction,
    make_charge,
    make_dispute,
    tell,
)

pytestmark = pytest.mark.django_db


def euros() -> dict[str, int]:
    return LedgerEntry.objects.sums()["EUR"]


@pytest.fixture
def dispute(client):
    charge = make_charge(1000)
    tell(client, "charge.succeeded", charge)
    return make_dispute(charge, fee=1500)


def won(dispute):
    back = make_balance_transaction("txn_back", 1000, fee=-1500)
    return dispute | {"balance_transactions": [*dispute["balance_transactions"], back]}


def test_a_dispute_by_itself_moves_no_money(client, dispute):
    tell(client, "charge.dispute.created", dispute | {"balance_transactions": []})
    tell(client, "charge.dispute.closed", dispute)

    assert euros()["dispute"] == euros()["fee"] == 0


def test_a_withdrawal_is_booked_with_its_fee(client, dispute):
    for _time in range(2):
        tell(client, "charge.dispute.funds_withdrawn", dispute)

    assert euros() == {
        "charge": 1000,
        "fee": -1500,
        "refund": 0,
        "dispute": -1000,
        "dispute_reversal": 0,
    }


@pytest.mark.parametrize("is_reinstated_first", [False, True])
def test_what_is_won_again_comes_back_with_its_fee(client, dispute, is_reinstated_first):
    events = [
        ("charge.dispute.funds_withdrawn", dispute),
        ("charge.dispute.funds_reinstated", won(dispute)),
    ]
    for type, told in reversed(events) if is_reinstated_first else events:
        tell(client, type, told)

    assert sum(euros().values()) == 1000
    assert (euros()["dispute"], euros()["dispute_reversal"]) == (-1000, 1000)


def test_a_fee_is_booked_in_the_currency_it_was_taken_in(client, dispute):
    taken = make_balance_transaction("txn_usd", -1100, fee=1500, currency="usd")
    tell(client, "charge.dispute.funds_withdrawn", dispute | {"balance_transactions": [taken]})

    assert euros()["dispute"] == -1000
    assert LedgerEntry.objects.sums()["USD"]["fee"] == -1500


@pytest.mark.parametrize(
    ("type", "object"),
    [
        ("charge.dispute.created", "dispute"),
        ("radar.early_fraud_warning.created", "radar.early_fraud_warning"),
    ],
)
def test_the_staff_is_warned(client, dispute, caplog, type, object):
    with caplog.at_level(logging.WARNING):
        tell(client, type, {"id": "x_1", "object": object})

    assert f"Stripe reports {object} x_1" in caplog.text
