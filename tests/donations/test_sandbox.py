"""From the gateway over HTTP to the sandbox, and back by events into the books."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlencode

import pytest
from stripe._encode import _api_encode

from donations import gateway
from donations.models import Contribution, LedgerEntry, Payment, Pledge
from donations.sandbox import api
from tests.donations.records import make_contribution

pytestmark = pytest.mark.django_db

State = Contribution.State
SITE = "http://testserver"


def order(contribution: Contribution, interval: str | None = None) -> gateway.CheckoutOrder:
    return gateway.CheckoutOrder(
        reference=str(contribution.pk),
        currency=contribution.currency,
        total_minor=contribution.total_minor,
        interval=interval,
        product_name="A gift",
        email=contribution.email,
        language="en",
        success_url=f"{SITE}/contribute/thanks?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{SITE}/contribute",
    )


def open_checkout(contribution: Contribution, interval: str | None = None) -> dict:
    return gateway.create_checkout(order(contribution, interval), str(contribution.pk))


@pytest.fixture
def pledged(sandbox):
    """A monthly gift of ten euros, paid once."""
    contribution = make_contribution(frequency="monthly")
    session = open_checkout(contribution, "month")
    sandbox.press(session["url"], "pay")
    sandbox.deliver()
    return contribution


@pytest.fixture
def given(sandbox):
    """A single gift of ten euros, paid."""
    contribution = make_contribution()
    sandbox.press(open_checkout(contribution)["url"], "pay")
    sandbox.deliver()
    return contribution


def test_a_gift_is_paid_and_booked(sandbox):
    contribution = make_contribution(amount_minor=1000)
    session = open_checkout(contribution)

    page = sandbox.ask("GET", session["url"]).read().decode()
    assert "No money moves" in page
    assert "10.00 EUR" in page
    assert sandbox.press(session["url"], "pay") == (
        f"{SITE}/contribute/thanks?session_id={session['id']}"
    )
    fetched = gateway.retrieve_checkout(session["id"])
    assert (fetched["status"], fetched["payment_status"]) == ("complete", "paid")

    sandbox.deliver()
    contribution.refresh_from_db()
    assert contribution.state == State.SUCCEEDED
    assert Payment.objects.get().contribution == contribution
    sums = LedgerEntry.objects.sums()["EUR"]
    assert (sums["charge"], sums["fee"]) == (1000, -40)


def test_events_come_in_the_order_stripe_has_for_a_single_gift(sandbox, given):
    assert sandbox.types() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_events_come_in_the_order_stripe_has_for_a_monthly_gift(sandbox, pledged):
    interesting = {
        "customer.subscription.created",
        "charge.succeeded",
        "invoice.paid",
        "invoice_payment.paid",
        "customer.subscription.updated",
        "checkout.session.completed",
        "charge.updated",
    }
    assert [type for type in sandbox.types() if type in interesting] == [
        "customer.subscription.created",
        "charge.succeeded",
        "invoice.paid",
        "invoice_payment.paid",
        "customer.subscription.updated",
        "checkout.session.completed",
        "charge.updated",
    ]


def test_a_declined_card_leaves_the_checkout_open(sandbox):
    contribution = make_contribution()
    session = open_checkout(contribution)

    again = sandbox.press(session["url"], "decline")
    sandbox.deliver()
    assert "declined" in sandbox.ask("GET", again).read().decode()
    assert gateway.retrieve_checkout(session["id"])["status"] == "open"
    contribution.refresh_from_db()
    assert contribution.state == State.CHECKOUT
    assert not LedgerEntry.objects.exists()

    sandbox.press(session["url"], "pay")
    sandbox.deliver()
    contribution.refresh_from_db()
    assert contribution.state == State.SUCCEEDED


def test_pressing_pay_twice_charges_once(sandbox):
    session = open_checkout(make_contribution())

    first = sandbox.press(session["url"], "pay")
    assert sandbox.press(session["url"], "pay") == first
    assert len(sandbox.store.objects["charge"]) == 1


def test_whoever_cancels_goes_back_to_the_form(sandbox):
    page = sandbox.ask("GET", open_checkout(make_contribution())["url"]).read().decode()
    assert f'<a href="{SITE}/contribute">Cancel</a>' in page


def test_an_expired_checkout_takes_no_payment(sandbox):
    contribution = make_contribution()
    session = open_checkout(contribution)

    gateway.expire_checkout(session["id"])
    sandbox.press(session["url"], "pay")
    sandbox.deliver()
    contribution.refresh_from_db()
    assert contribution.state == State.EXPIRED
    assert "charge" not in sandbox.store.objects
    with pytest.raises(gateway.Refused):
        gateway.expire_checkout(session["id"])


@pytest.mark.parametrize(("deed", "state"), [("arrive", "succeeded"), ("fail-to-arrive", "failed")])
def test_a_payment_that_takes_days_is_told_of_twice(sandbox, deed, state):
    contribution = make_contribution()
    session = open_checkout(contribution)

    sandbox.press(session["url"], "later")
    sandbox.deliver()
    contribution.refresh_from_db()
    assert contribution.state == State.PROCESSING
    assert not LedgerEntry.objects.exists()

    sandbox.happen(deed, session["id"])
    sandbox.deliver()
    contribution.refresh_from_db()
    assert contribution.state == state
    assert LedgerEntry.objects.filter(kind="charge").exists() is (state == "succeeded")


def test_a_monthly_gift_becomes_a_pledge(sandbox, pledged):
    pledge = Pledge.objects.get()
    assert pledge.contribution == pledged
    assert (pledge.status, pledge.amount_minor, pledge.currency) == ("active", 1000, "EUR")
    sums = LedgerEntry.objects.sums()["EUR"]
    assert (sums["charge"], sums["fee"]) == (1000, -40)


def test_a_renewal_is_booked_on_its_pledge(sandbox, pledged):
    first_end = Pledge.objects.get().next_charge_at
    sandbox.happen("renew", Pledge.objects.get().pk)
    sandbox.deliver()

    assert Pledge.objects.get().next_charge_at > first_end
    charges = LedgerEntry.objects.filter(kind="charge")
    assert [charge.amount_minor for charge in charges] == [1000, 1000]
    assert all(charge.payment.invoice.pledge_id == Pledge.objects.get().pk for charge in charges)


@pytest.mark.parametrize("deed", ["fail-renewal", "ask-confirmation"])
def test_a_renewal_that_failed_can_be_paid_later(sandbox, pledged, deed):
    pledge_id = Pledge.objects.get().pk
    sandbox.happen(deed, pledge_id)
    sandbox.deliver()
    assert Pledge.objects.get().status == "past_due"
    assert LedgerEntry.objects.filter(kind="charge").count() == 1

    sandbox.press(sandbox.newest("invoice")["hosted_invoice_url"], "pay")
    sandbox.deliver()
    assert Pledge.objects.get().status == "active"
    assert LedgerEntry.objects.filter(kind="charge").count() == 2


def test_a_gift_given_back_keeps_its_fee(sandbox, given):
    charge = sandbox.newest("charge")
    assert sandbox.call("POST", "/v1/refunds", {"charge": charge["id"], "amount": "400"})[0] == 200
    sandbox.deliver()
    sums = LedgerEntry.objects.sums()["EUR"]
    assert (sums["charge"], sums["refund"], sums["fee"]) == (1000, -400, -40)

    status, answer = sandbox.call("POST", "/v1/refunds", {"charge": charge["id"], "amount": "601"})
    assert (status, answer["error"]["param"]) == (400, "amount")
    assert sandbox.call("POST", "/v1/refunds", {"charge": charge["id"]})[0] == 200
    status, answer = sandbox.call("POST", "/v1/refunds", {"charge": charge["id"]})
    assert answer["error"]["code"] == "charge_already_refunded"


def test_a_refund_that_fails_gives_the_money_back_to_the_outlet(sandbox, given):
    sandbox.happen("refund", sandbox.newest("charge")["id"])
    sandbox.happen("fail-refund", sandbox.newest("refund")["id"])
    sandbox.deliver()
    assert LedgerEntry.objects.sums()["EUR"]["refund"] == 0


@pytest.mark.parametrize(("deed", "back"), [("win-dispute", 1000), ("lose-dispute", 0)])
def test_a_dispute_costs_a_fee_and_perhaps_the_gift(sandbox, given, deed, back):
    sandbox.happen("dispute", sandbox.newest("charge")["id"])
    sandbox.happen(deed, sandbox.newest("dispute")["id"])
    sandbox.deliver()

    sums = LedgerEntry.objects.sums()["EUR"]
    assert (sums["dispute"], sums["dispute_reversal"], sums["fee"]) == (-1000, back, -2040)


def test_no_log_quotes_what_stripe_says_of_a_reader(sandbox, caplog):
    with caplog.at_level("INFO", logger="root"), pytest.raises(gateway.Refused) as refusal:
        open_checkout(make_contribution(email="secret@reader"))
    assert "secret" not in f"{caplog.text} {refusal.value}"


def test_the_same_key_gives_the_same_checkout(sandbox):
    contribution = make_contribution()

    assert open_checkout(contribution)["id"] == open_checkout(contribution)["id"]
    contribution.total_minor = 2000
    with pytest.raises(gateway.Refused):
        open_checkout(contribution)


@pytest.mark.parametrize("amount_minor", [100, 101, 999, 1001, 1999, 9999])
def test_an_amount_comes_back_from_stripe_as_it_was(sandbox, amount_minor):
    assert open_checkout(make_contribution(amount_minor=amount_minor))["amount_total"] == (
        amount_minor
    )


def test_every_amount_survives_the_form_encoding_of_stripe(sandbox):
    price = {"currency": "eur", "product_data": {"name": "A gift"}}
    for amount_minor in range(100, 10_000):
        items = [{"quantity": 1, "price_data": price | {"unit_amount": amount_minor}}]
        params = {"mode": "payment", "success_url": SITE, "line_items": items}
        body = urlencode(list(_api_encode(params)))
        status, text = api.answer(
            sandbox.store, "POST", "/v1/checkout/sessions", parse_qsl(body), ""
        )
        assert (status, json.loads(text)["amount_total"]) == (200, amount_minor)


@pytest.mark.parametrize(("kind", "seconds"), [("hang", 10), ("error", 0), ("busy", 0)])
def test_a_stripe_that_does_not_answer_is_given_up_within_ten_seconds(sandbox, kind, seconds):
    sandbox.fail(kind, times=2, seconds=seconds)

    begin = time.monotonic()
    with pytest.raises(gateway.Unavailable):
        open_checkout(make_contribution())
    assert time.monotonic() - begin < 10


def test_calls_with_one_key_at_the_same_time_make_one_checkout(sandbox):
    contribution = make_contribution()
    wanted = order(contribution)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _n: gateway.create_checkout(wanted, "one"), range(8)))

    assert len({session["id"] for session in made}) == 1
    assert len(sandbox.store.objects["checkout.session"]) == 1


def test_an_answer_that_was_lost_leads_to_the_same_checkout(sandbox):
    contribution = make_contribution()
    sandbox.fail("lost", times=2)
    with pytest.raises(gateway.Unavailable):
        open_checkout(contribution)

    session = open_checkout(contribution)
    assert list(sandbox.store.objects["checkout.session"]) == [session["id"]]


def test_one_lost_answer_is_not_even_noticed(sandbox):
    sandbox.fail("lost")
    assert open_checkout(make_contribution())["status"] == "open"
    assert len(sandbox.store.objects["checkout.session"]) == 1


def test_a_page_lets_people_make_things_happen(sandbox, pledged):
    desk = f"{sandbox.url}/sandbox"
    subscription_id = Pledge.objects.get().pk
    assert subscription_id in sandbox.ask("GET", desk).read().decode()

    assert sandbox.press(f"{desk}/renew", "", id=subscription_id) == "/sandbox"
    sandbox.press(f"{desk}/dispute", "", id=sandbox.newest("charge")["id"])
    sandbox.deliver()
    sums = LedgerEntry.objects.sums()["EUR"]
    assert (sums["charge"], sums["dispute"]) == (2000, -1000)
    assert sandbox.ask("POST", f"{desk}/dispute", {"id": "ch_none"}).status == 404
    assert sandbox.ask("POST", f"{desk}/print-money", {"id": subscription_id}).status == 404
    assert sandbox.ask("POST", f"{desk}/faults", {"kind": "fire"}).status == 400


def test_faults_can_be_ordered_there(sandbox):
    sandbox.press(f"{sandbox.url}/sandbox/faults", "", kind="error", times="2")
    with pytest.raises(gateway.Unavailable):
        open_checkout(make_contribution())
    assert open_checkout(make_contribution())["status"] == "open"


def test_no_page_of_the_sandbox_loads_or_runs_anything(sandbox):
    page = sandbox.ask("GET", open_checkout(make_contribution())["url"])
    assert page.getheader("Content-Security-Policy", "").startswith("default-src 'none'")
    assert "<script" not in page.read().decode()
