"""What supporters and staff ask of Stripe, from the gateway to the sandbox and back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from donations import gateway
from donations.models import LedgerEntry, Pledge, StripeCustomer
from tests.donations.records import make_contribution
from tests.donations.test_sandbox import given, open_checkout, pledged  # noqa: F401  Fixtures.

pytestmark = pytest.mark.django_db


@pytest.fixture
def pledge(pledged) -> Pledge:  # noqa: F811
    return Pledge.objects.get()


def renew(sandbox, pledge: Pledge) -> list[int]:
    """All charges after one more has fallen due, in minor units."""
    sandbox.happen("renew", pledge.pk)
    sandbox.deliver()
    charges = LedgerEntry.objects.filter(kind="charge").order_by("pk")
    return list(charges.values_list("amount_minor", flat=True))


def test_another_amount_is_charged_from_the_next_time_on(sandbox, pledge):
    gateway.change_amount(gateway.retrieve_subscription(pledge.pk), 1500)
    sandbox.deliver()

    pledge.refresh_from_db()
    assert pledge.amount_minor == 1500
    assert renew(sandbox, pledge) == [1000, 1500]


def test_a_change_that_would_be_prorated_is_refused(sandbox, pledge):
    item = sandbox.newest("subscription")["items"]["data"][0]
    form = {
        "items[0][id]": item["id"],
        "items[0][price_data][currency]": "eur",
        "items[0][price_data][product]": item["price"]["product"],
        "items[0][price_data][recurring][interval]": "month",
        "items[0][price_data][unit_amount]": "1500",
    }
    address = f"/v1/subscriptions/{pledge.pk}"

    status, answer = sandbox.call("POST", address, form)
    assert (status, answer["error"]["param"]) == (400, "proration_behavior")
    form |= {"proration_behavior": "none", "items[0][price_data][currency]": "usd"}
    assert sandbox.call("POST", address, form)[0] == 400


def test_nothing_is_charged_during_a_pause(sandbox, pledge):
    paused = gateway.pause(pledge.pk, timezone.now() + timedelta(days=80))
    assert paused["pause_collection"]["behavior"] == "void"
    sandbox.deliver()
    pledge.refresh_from_db()
    assert pledge.status == "paused"

    assert renew(sandbox, pledge) == [1000]
    gateway.resume(pledge.pk)
    assert renew(sandbox, pledge) == [1000, 1000]
    pledge.refresh_from_db()
    assert pledge.status == "active"


def test_a_pause_ends_by_itself(sandbox, pledge):
    gateway.pause(pledge.pk, timezone.now() + timedelta(days=20))
    assert renew(sandbox, pledge) == [1000, 1000]


def test_a_pause_into_the_past_is_refused(sandbox, pledge):
    with pytest.raises(gateway.Refused):
        gateway.pause(pledge.pk, timezone.now() - timedelta(days=1))


def test_a_cancelled_pledge_is_over(sandbox, pledge):
    assert gateway.cancel(pledge.pk)["status"] == "canceled"
    sandbox.deliver()

    pledge.refresh_from_db()
    assert pledge.status == "cancelled"
    with pytest.raises(gateway.Missing):
        gateway.cancel(pledge.pk)
    with pytest.raises(gateway.Refused):
        gateway.change_amount(gateway.retrieve_subscription(pledge.pk), 1500)


def test_deleting_a_customer_ends_what_was_promised(sandbox, pledge):
    customer_id = StripeCustomer.objects.get().pk
    gateway.delete_customer(customer_id)
    sandbox.deliver()

    pledge.refresh_from_db()
    assert pledge.status == "cancelled"
    assert sandbox.call("GET", f"/v1/customers/{customer_id}")[1] == {
        "id": customer_id,
        "object": "customer",
        "deleted": True,
    }
    with pytest.raises(gateway.Missing):
        gateway.delete_customer(customer_id)


def test_the_portal_changes_the_card(sandbox, pledge):
    address = gateway.open_portal(StripeCustomer.objects.get().pk, "http://testserver/back")
    assert "ending in 4242" in sandbox.ask("GET", address).read().decode()

    sandbox.press(address, "card")
    page = sandbox.ask("GET", address).read().decode()
    assert "ending in 4444" in page
    assert '<a href="http://testserver/back">Back</a>' in page
    cards = [each["default_payment_method"]["card"] for each in gateway.living_subscriptions()]
    assert [card["last4"] for card in cards] == ["4444"]


def test_a_gift_is_given_back_once_per_key(sandbox, given):  # noqa: F811
    intent_id = sandbox.newest("payment_intent")["id"]

    first = gateway.create_refund(intent_id, 400, "key")
    assert gateway.create_refund(intent_id, 400, "key")["id"] == first["id"]
    with pytest.raises(gateway.Refused):
        gateway.create_refund(intent_id, 700, "other")
    sandbox.deliver()
    assert LedgerEntry.objects.sums()["EUR"]["refund"] == -400


def test_all_that_happened_in_a_time_is_listed(sandbox, pledge):
    for _number in range(3):
        sandbox.press(open_checkout(make_contribution())["url"], "pay")
    charge = sandbox.newest("charge")
    gateway.create_refund(charge["payment_intent"], 100, "key")
    sandbox.happen("dispute", sandbox.store.newest_first("charge")[1]["id"])
    day, now = timedelta(days=1), timezone.now()

    def count(list_between) -> tuple[int, int]:
        today = list(list_between(now - day, now + day))
        assert len({made["id"] for made in today}) == len(today)
        return len(today), len(list(list_between(now - 2 * day, now - day)))

    assert count(gateway.checkouts_between) == (4, 0)
    assert count(gateway.charges_between) == (4, 0)
    assert count(gateway.refunds_between) == (1, 0)
    assert count(gateway.disputes_between) == (1, 0)
    assert count(gateway.balance_transactions_between) == (6, 0)
