"""What differs from Stripe, or is known here alone, is told to a person and left as it is."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from donations import gateway
from donations.models import Contribution, LedgerEntry, Payment, Pledge
from tests.donations.reconciled import DAY, give, kept, mended, pledge, reconcile
from tests.donations.records import make_contribution

pytestmark = pytest.mark.django_db


@pytest.fixture
def charge(sandbox) -> dict:
    """The charge of a gift of ten euros of which no event has come."""
    give(sandbox)
    return sandbox.newest("charge")


def book(kind: str, stripe_id: str, amount_minor: int, **fields) -> LedgerEntry:
    values = {"currency": "EUR", "occurred_at": timezone.now()} | fields
    return LedgerEntry.objects.create(
        kind=kind, stripe_id=stripe_id, amount_minor=amount_minor, **values
    )


def test_another_amount(sandbox, charge):
    book("charge", charge["id"], 1200)

    code, printed, told = reconcile()

    assert code == 1
    assert told == (f"charge {charge['id']} moved 10.00 EUR at Stripe, 12.00 EUR here (charge)\n")
    assert "1 differs." in printed
    assert LedgerEntry.objects.get(kind="charge").amount_minor == 1200


@pytest.mark.parametrize(
    ("amount_minor", "currency", "printed"), [(1000, "USD", "10.00 USD"), (-1000, "EUR", "-10.00")]
)
def test_another_currency_or_sign(sandbox, charge, amount_minor, currency, printed):
    book("charge", charge["id"], amount_minor, currency=currency)

    code, _printed, told = reconcile()

    assert code == 1
    assert f"charge {charge['id']} moved 10.00 EUR at Stripe, {printed}" in told


def test_another_fee(sandbox, charge):
    fee = sandbox.newest("balance_transaction")
    book("fee", fee["id"], -41)

    code, _printed, told = reconcile()

    assert code == 1
    assert told == (
        f"balance transaction {fee['id']} moved -0.40 EUR at Stripe, -0.41 EUR here (fee)\n"
    )


def test_another_refund(sandbox, charge):
    gateway.create_refund(charge["payment_intent"], 400, "key")
    refund = sandbox.newest("refund")
    book("refund", refund["id"], -300)

    assert f"refund {refund['id']} moved -4.00 EUR at Stripe, -3.00 EUR here" in reconcile()[2]


@pytest.mark.parametrize(
    ("kind", "stripe_id", "name"),
    [
        ("charge", "ch_nowhere", "charge"),
        ("refund", "re_nowhere", "refund"),
        ("dispute", "du_nowhere", "dispute"),
        ("dispute_reversal", "du_nowhere", "dispute"),
        ("fee", "txn_nowhere", "balance transaction"),
    ],
)
def test_an_entry_that_stripe_does_not_know(sandbox, kind, stripe_id, name):
    book(kind, stripe_id, 500)
    left = kept()

    code, printed, told = reconcile()

    assert code == 1
    assert told == f"{name} {stripe_id} is in the books as {kind}, and unknown at Stripe\n"
    assert mended(printed) == 0
    assert kept() == left


def test_an_entry_of_another_time_is_of_no_concern(sandbox):
    book("charge", "ch_nowhere", 500, occurred_at=timezone.now() - 8 * DAY)

    assert reconcile()[0] == 0
    assert reconcile("--days", "9")[0] == 1


def test_a_refund_that_did_not_fail_at_stripe(sandbox, charge):
    gateway.create_refund(charge["payment_intent"], 400, "key")
    refund = sandbox.newest("refund")
    reconcile()
    book("refund", f"{refund['id']}:failed", 400)

    code, _printed, told = reconcile()

    assert code == 1
    assert told == f"refund {refund['id']} is in the books as refund, and moved nothing at Stripe\n"


def test_a_dispute_that_was_not_won_at_stripe(sandbox, charge):
    sandbox.happen("dispute", charge["id"])
    dispute = sandbox.newest("dispute")
    reconcile()
    book("dispute_reversal", dispute["id"], 1000)

    assert f"dispute {dispute['id']} is in the books as dispute_reversal" in reconcile()[2]


def test_a_checkout_of_another_amount(sandbox):
    session = give(sandbox)
    session["amount_total"] = 1100

    code, _printed, told = reconcile()

    assert code == 1
    assert told == f"checkout {session['id']} is of 11.00 EUR at Stripe, of 10.00 EUR here\n"


def test_a_checkout_that_stripe_does_not_know(sandbox):
    make_contribution(session_id="cs_test_nowhere")

    code, _printed, told = reconcile()

    assert code == 1
    assert told == "checkout cs_test_nowhere is known here, and not at Stripe\n"


def test_a_gift_that_is_not_known_here_any_more(sandbox):
    session = give(sandbox)
    Contribution.objects.all().delete()

    code, _printed, told = reconcile()

    assert code == 1
    assert told == f"checkout {session['id']} was completed, for a gift unknown here\n"
    assert LedgerEntry.objects.sums()["EUR"]["charge"] == 1000


def test_what_others_sell_through_the_same_account_is_let_be(sandbox):
    session = give(sandbox)
    session["metadata"] = {}
    Contribution.objects.all().delete()

    assert reconcile()[0] == 0


def test_a_gift_that_stripe_says_was_not_paid(sandbox):
    session = give(sandbox, "decline")
    Contribution.objects.update(state="succeeded")

    code, _printed, told = reconcile()

    assert code == 1
    assert told == f"checkout {session['id']} is open and unpaid at Stripe, succeeded here\n"
    assert Contribution.objects.get().state == "succeeded"


def test_a_pledge_that_stripe_does_not_know(sandbox):
    Pledge.objects.create(subscription_id="sub_nowhere")

    code, _printed, told = reconcile()

    assert code == 1
    assert told == "subscription sub_nowhere is known here, and not at Stripe\n"


def test_a_pledge_that_ended_here_alone(sandbox):
    subscription = pledge(sandbox)
    sandbox.deliver()
    Pledge.objects.update(status="cancelled")

    code, _printed, told = reconcile()

    assert code == 1
    assert told == f"subscription {subscription['id']} is active at Stripe, cancelled here\n"
    assert Pledge.objects.get().status == "cancelled"


def test_what_cannot_be_understood_keeps_nobody_from_the_rest(sandbox):
    give(sandbox)
    odd = sandbox.newest("charge")
    odd.pop("amount_captured")
    give(sandbox, email="other@example.org")

    code, _printed, told = reconcile()

    assert code == 1
    assert f"charge {odd['id']} could not be compared (KeyError)" in told
    charge = LedgerEntry.objects.get(kind="charge")
    assert charge.stripe_id == sandbox.newest("charge")["id"]


def test_each_object_is_told_of_once(sandbox, charge):
    book("charge", charge["id"], 1200)

    assert reconcile()[2].count(charge["id"]) == 1


def test_amounts_in_another_currency_than_the_balance_are_no_difference(sandbox, charge):
    moved = sandbox.newest("balance_transaction")
    moved |= {"currency": "usd", "amount": 1085, "fee": 43, "net": 1042, "exchange_rate": 1.085}

    assert reconcile()[0] == 0
    sums = LedgerEntry.objects.sums()
    assert sums["EUR"]["charge"] == 1000
    assert sums["USD"]["fee"] == -43


def test_nobody_is_named(sandbox, caplog):
    give(sandbox, email="secret@example.org", name="Ada Secret", message="Secret words")
    pledge(sandbox, email="secret@example.org", name="Ada Secret")
    charge = sandbox.newest("charge")
    book("charge", charge["id"], 1)
    book("charge", "ch_nowhere", 1)

    _code, printed, told = reconcile()

    assert told.count("\n") == 2
    for text in (printed, told, caplog.text):
        assert "ecret" not in text
        assert "Ada" not in text
        assert str(Contribution.objects.first().pk) not in text


def test_payouts_and_bills_of_stripe_are_summed(sandbox, charge):
    sandbox.happen("pay-out", "")

    code, printed, _told = reconcile()

    assert code == 0
    assert printed.endswith("Not of gifts, so not in the books: payout -9.60 EUR.\n")
    assert "1 payout" in printed


def set_back(made: dict, days: int) -> None:
    made["created"] -= days * 24 * 3600


def test_what_a_payout_holds_from_before_is_booked_too(sandbox, charge):
    for made in (charge, sandbox.newest("balance_transaction")):
        set_back(made, 30)
    reconcile()
    assert not LedgerEntry.objects.exists()

    sandbox.happen("pay-out", "")
    code, _printed, _told = reconcile()

    assert code == 0
    sums = LedgerEntry.objects.sums()["EUR"]
    assert (sums["charge"], sums["fee"]) == (1000, -40)
    assert mended(reconcile()[1]) == 0


def test_a_refund_of_long_ago_that_failed_now_is_booked(sandbox, charge):
    gateway.create_refund(charge["payment_intent"], 400, "key")
    sandbox.deliver()
    refund = sandbox.newest("refund")
    set_back(refund, 30)
    sandbox.happen("fail-refund", refund["id"])

    reconcile()

    assert LedgerEntry.objects.sums()["EUR"]["refund"] == 0


def test_a_dispute_of_long_ago_that_was_won_now_is_booked(sandbox, charge):
    sandbox.happen("dispute", charge["id"])
    sandbox.deliver()
    dispute = sandbox.newest("dispute")
    set_back(dispute, 60)
    sandbox.happen("win-dispute", dispute["id"])

    reconcile()

    assert LedgerEntry.objects.sums()["EUR"]["dispute_reversal"] == 1000


def test_a_renewal_is_tied_to_its_pledge_however_old_its_invoice_is(sandbox):
    subscription = pledge(sandbox)
    sandbox.deliver()
    sandbox.happen("fail-renewal", subscription["id"])
    for kind in ("invoice", "invoice_payment"):
        set_back(sandbox.newest(kind), 12)
    sandbox.happen("renew", subscription["id"])

    reconcile()

    payments = Payment.objects.filter(invoice__pledge=subscription["id"])
    assert payments.count() == 2
    assert Payment.objects.count() == 2


def test_a_checkout_that_waited_long_is_followed(sandbox):
    session = give(sandbox, "later")
    reconcile()
    set_back(session, 10)
    Contribution.objects.update(created_at=timezone.now() - 10 * DAY)
    sandbox.happen("arrive", session["id"])

    reconcile()

    assert Contribution.objects.get().state == "succeeded"


def test_one_that_stripe_has_forgotten_is_let_be(sandbox):
    make_contribution(session_id="cs_test_nowhere")
    Contribution.objects.update(created_at=timezone.now() - 10 * DAY)

    assert reconcile()[0] == 0


class TestCard:
    def card(self, sandbox) -> dict:
        return sandbox.newest("payment_method")["card"]

    def test_of_a_living_pledge_is_read(self, sandbox):
        pledge(sandbox)
        self.card(sandbox).update(exp_month=2, exp_year=2028)

        reconcile()

        assert str(Pledge.objects.get().card_expires_on) == "2028-02-29"

    def test_that_replaced_another_is_read(self, sandbox):
        subscription = pledge(sandbox)
        reconcile()
        sandbox.happen("age-card", subscription["id"])

        assert mended(reconcile()[1]) == 0
        today = timezone.now().astimezone(UTC).date()
        valid_until = Pledge.objects.get().card_expires_on
        assert (valid_until.year, valid_until.month) == (today.year, today.month)

    def test_of_the_customer_pays_where_the_subscription_names_none(self, sandbox):
        subscription = pledge(sandbox)
        card = sandbox.newest("payment_method")
        card["card"] |= {"exp_month": 11, "exp_year": 2029}
        subscription["default_payment_method"] = None
        form = {"invoice_settings[default_payment_method]": card["id"]}
        assert sandbox.call("POST", f"/v1/customers/{subscription['customer']}", form)[0] == 200

        reconcile()

        assert str(Pledge.objects.get().card_expires_on) == "2029-11-30"

    def test_of_none_that_is_known_is_none(self, sandbox):
        pledge(sandbox)["default_payment_method"] = None

        assert reconcile()[0] == 0
        assert Pledge.objects.get().card_expires_on is None


def test_when_the_next_charge_is_due_is_kept_right(sandbox):
    subscription = pledge(sandbox)
    sandbox.deliver()
    item = subscription["items"]["data"][0]
    item["current_period_end"] += 3600

    assert mended(reconcile()[1]) == 1
    due_at = datetime.fromtimestamp(item["current_period_end"], UTC)
    assert Pledge.objects.get().next_charge_at == due_at
