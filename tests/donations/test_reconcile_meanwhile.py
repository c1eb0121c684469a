"""Between Stripe's answer and our look at it an event may come: nothing is told or undone then."""

import copy
from collections.abc import Callable
from dataclasses import replace

import pytest

from donations import gateway, subscriptions
from donations.models import Contribution, LedgerEntry, Pledge
from donations.reconciling import books
from tests.donations.reconciled import give, kept, pledge, reconcile

pytestmark = pytest.mark.django_db


def listing(*made: dict) -> Callable:
    """A list of Stripe's that shows things as they are now, whatever happens later."""
    as_listed = copy.deepcopy(made)
    return lambda *_time: iter(as_listed)


def assert_nothing_is_told_or_undone() -> None:
    left = kept()
    code, _printed, told = reconcile()
    assert (code, told) == (0, "")
    assert kept() == left


def test_a_checkout_was_paid(sandbox, monkeypatch):
    session = give(sandbox, "decline")
    monkeypatch.setattr(gateway, "checkouts_between", listing(session))
    sandbox.press(session["url"], "pay")
    sandbox.deliver()

    assert_nothing_is_told_or_undone()
    assert Contribution.objects.get().state == "succeeded"


def test_a_pledge_was_changed(sandbox, monkeypatch):
    subscription = pledge(sandbox)
    sandbox.deliver()
    monkeypatch.setattr(gateway, "living_subscriptions", listing(*gateway.living_subscriptions()))
    gateway.change_amount(subscription, 2500)
    sandbox.deliver()

    assert_nothing_is_told_or_undone()
    assert Pledge.objects.get().amount_minor == 2500


def test_a_pledge_was_cancelled(sandbox, monkeypatch):
    subscription = pledge(sandbox)
    sandbox.deliver()
    monkeypatch.setattr(gateway, "living_subscriptions", listing(*gateway.living_subscriptions()))
    gateway.cancel(subscription["id"])
    sandbox.deliver()

    assert_nothing_is_told_or_undone()
    assert Pledge.objects.get().status == "cancelled"


def test_a_pledge_was_changed_while_stripe_was_asked_again(sandbox, monkeypatch):
    """Its event is the later word, though Stripe's answer arrives after it."""
    subscription = pledge(sandbox)
    sandbox.deliver()
    gateway.change_amount(subscription, 2500)
    retrieve = gateway.retrieve_subscription

    def answer_late(subscription_id: str) -> dict:
        fetched = retrieve(subscription_id)
        changed = copy.deepcopy(fetched)
        changed["items"]["data"][0]["price"]["unit_amount"] = 3000
        as_of = Pledge.objects.get().as_of
        subscriptions.follow(changed, as_of.replace(year=as_of.year + 1))
        return fetched

    monkeypatch.setattr(gateway, "retrieve_subscription", answer_late)
    reconcile()

    assert Pledge.objects.get().amount_minor == 3000


def test_a_refund_failed(sandbox, monkeypatch):
    give(sandbox)
    gateway.create_refund(sandbox.newest("payment_intent")["id"], 400, "key")
    sandbox.deliver()
    refund = sandbox.newest("refund")
    monkeypatch.setattr(books, "REFUNDS", replace(books.REFUNDS, between=listing(refund)))
    sandbox.happen("fail-refund", refund["id"])
    sandbox.deliver()

    assert_nothing_is_told_or_undone()
    assert LedgerEntry.objects.sums()["EUR"]["refund"] == 0


def test_a_gift_came_in(sandbox, monkeypatch):
    monkeypatch.setattr(gateway, "checkouts_between", listing())
    monkeypatch.setattr(books, "CHARGES", replace(books.CHARGES, between=listing()))
    monkeypatch.setattr(books, "BALANCE", replace(books.BALANCE, between=listing()))
    give(sandbox)
    sandbox.deliver()

    assert_nothing_is_told_or_undone()
    assert LedgerEntry.objects.sums()["EUR"]["charge"] == 1000
