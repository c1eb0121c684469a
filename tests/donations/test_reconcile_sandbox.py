"""What the sandbox has for reconciling: lists, payouts, cards that end."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from donations import gateway
from tests.donations.reconciled import DAY, give, pledge

pytestmark = pytest.mark.django_db


def test_a_list_says_that_a_checkout_has_expired(sandbox):
    session = give(sandbox, "decline")
    session["expires_at"] = int(time.time()) - 1
    now = timezone.now()

    listed = list(gateway.checkouts_between(now - DAY, now + DAY))

    assert [each["status"] for each in listed] == ["expired"]
    assert "checkout.session.expired" in sandbox.types()


def test_a_payout_holds_what_was_on_the_balance(sandbox):
    give(sandbox)
    sandbox.happen("pay-out", "")
    paid_out = sandbox.newest("balance_transaction")
    give(sandbox, email="other@example.org")

    together = list(gateway.balance_transactions_of(paid_out["source"]))

    assert [each["type"] for each in together] == ["payout", "charge"]
    assert sum(each["net"] for each in together) == 0
    sandbox.happen("pay-out", "")
    assert len(list(gateway.balance_transactions_of(paid_out["source"]))) == 2


def test_each_currency_is_paid_out_by_itself(sandbox):
    give(sandbox)
    give(sandbox, currency="JPY", email="other@example.org")
    sandbox.happen("pay-out", "")

    paid_out = sandbox.call("GET", "/v1/balance_transactions?type=payout")[1]["data"]
    assert {each["currency"] for each in paid_out} == {"eur", "jpy"}


def test_a_card_can_be_made_to_end(sandbox):
    subscription = pledge(sandbox)
    sandbox.happen("age-card", subscription["id"])

    card = next(gateway.living_subscriptions())["default_payment_method"]["card"]
    today = time.gmtime()
    assert (card["exp_year"], card["exp_month"]) == (today.tm_year, today.tm_mon)


def test_only_what_has_not_ended_lives(sandbox):
    living, ended = pledge(sandbox), pledge(sandbox, email="other@example.org")
    gateway.cancel(ended["id"])
    now = timezone.now()

    assert [each["id"] for each in gateway.living_subscriptions()] == [living["id"]]
    hour = timedelta(hours=1)
    assert len(list(gateway.subscriptions_between(now - hour, now + hour))) == 2
    assert list(gateway.subscriptions_between(now - DAY, now - hour)) == []


def test_payments_of_invoices_are_found_from_either_side(sandbox):
    pledge(sandbox)
    pledge(sandbox, email="other@example.org")
    invoice, intent = sandbox.newest("invoice"), sandbox.newest("payment_intent")

    by_intent = list(gateway.invoice_payments_by(intent["id"]))

    assert [each["invoice"] for each in by_intent] == [invoice["id"]]
    assert list(gateway.invoice_payments_for(invoice["id"])) == by_intent


@pytest.mark.parametrize("path", ["charges?state=paid", "balance_transactions?payouts=po_1"])
def test_what_stripe_does_not_know_is_refused(sandbox, path):
    status, answer = sandbox.call("GET", f"/v1/{path}")

    assert (status, answer["error"]["code"]) == (400, "parameter_unknown")


def test_the_page_of_the_sandbox_lets_it_all_happen(sandbox):
    pledge(sandbox)
    page = sandbox.ask("GET", "/sandbox").read().decode()

    assert 'formaction="/sandbox/age-card"' in page
    sandbox.press("/sandbox/pay-out", "", id="all")
    assert sandbox.newest("balance_transaction")["type"] == "payout"
