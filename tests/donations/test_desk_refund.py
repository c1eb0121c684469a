"""Giving money back at the desk: asked twice, logged, done once."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from donations import gateway
from donations.models import Contribution
from tests.donations.giving import send
from tests.donations.records import make_contribution
from tests.donations.stripe_events import (
    make_charge,
    make_dispute,
    make_invoice,
    make_invoice_payment,
    make_refund,
    make_session,
    make_subscription,
    tell,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_user("care", "Supporter care"))
    return client


@pytest.fixture
def asked(monkeypatch):
    """What Stripe was asked to give back."""
    refunds = []

    def create(intent_id, amount_minor, key):
        refunds.append((intent_id, amount_minor, key))
        return {"id": "re_1"}

    monkeypatch.setattr(gateway, "create_refund", create)
    return refunds


@pytest.fixture
def paid(desk):
    """A gift of ten euros and its charge."""
    contribution, charge = make_contribution(), make_charge(1000)
    tell(desk, "charge.succeeded", charge)
    session = make_session(contribution.pk, payment_intent=charge["payment_intent"])
    tell(desk, "checkout.session.completed", session)
    return contribution, charge


def address_of(contribution) -> str:
    return reverse("admin:donations_contribution_refund", args=[contribution.pk])


def choose(desk, paid, amount: str):
    contribution, charge = paid
    values = {"payment": charge["payment_intent"], "amount": amount}
    return desk.post(address_of(contribution), values)


def confirm(desk, paid, page):
    """Press the button of the page that asks once more."""
    hidden = dict(re.findall(r'name="(payment|amount|key)" value="([^"]*)"', page.content.decode()))
    return desk.post(address_of(paid[0]), hidden, follow=True)


@pytest.mark.parametrize(("typed", "minor", "printed"), [("4,50", 450, "€4.50"), ("", 1000, "€10")])
def test_is_asked_once_more_and_then_done(desk, paid, asked, typed, minor, printed):
    page = choose(desk, paid, typed)
    assert printed in page.content.decode()
    assert asked == []

    done = confirm(desk, paid, page)

    assert "Stripe gives it back." in done.content.decode()
    assert asked[0][:2] == (paid[1]["payment_intent"], minor)
    note = LogEntry.objects.get(change_message__startswith="Asked")
    assert (note.user.username, note.object_id) == ("care", str(paid[0].pk))
    assert printed in note.change_message


def test_a_second_press_sends_the_same_key(desk, paid, asked):
    page = choose(desk, paid, "1")
    for _time in range(2):
        confirm(desk, paid, page)

    assert asked[0] == asked[1]


@pytest.mark.parametrize("typed", ["", "10"])
def test_where_less_is_left_than_was_shown_it_is_asked_about_anew(desk, paid, asked, typed):
    page = choose(desk, paid, typed)
    tell(desk, "refund.created", make_refund(paid[1], 400))

    again = confirm(desk, paid, page)
    assert "€6.00 is left" in again.content.decode()
    assert 'name="key"' not in again.content.decode()  # Or the next press would ask nothing more.
    assert asked == []


@pytest.mark.parametrize("typed", ["0", "10.01", "-1", "1,000", "ten"])
def test_other_amounts_are_refused(desk, paid, asked, typed):
    page = choose(desk, paid, typed)

    assert 'class="errorlist"' in page.content.decode()
    assert asked == []


def test_only_what_is_left_is_offered(desk, paid):
    tell(desk, "refund.created", make_refund(paid[1], 400))
    assert "€6.00" in desk.get(address_of(paid[0])).content.decode()

    tell(desk, "refund.created", make_refund(paid[1], 600))
    assert "Nothing is left" in desk.get(address_of(paid[0])).content.decode()


def test_what_a_bank_took_back_is_not_given_back_again(desk, paid):
    tell(desk, "charge.dispute.funds_withdrawn", make_dispute(paid[1]))

    assert "Nothing is left" in desk.get(address_of(paid[0])).content.decode()


def test_renewals_of_a_pledge_are_offered(desk):
    contribution = make_contribution(frequency="monthly")
    subscription = make_subscription(contribution.pk)
    charge, invoice = make_charge(1000), make_invoice(subscription["id"])
    payment = make_invoice_payment(invoice["id"], charge["payment_intent"])
    tell(desk, "customer.subscription.created", subscription)
    tell(desk, "charge.succeeded", charge)
    tell(desk, "invoice.paid", invoice)
    tell(desk, "invoice_payment.paid", payment)

    assert charge["payment_intent"] in desk.get(address_of(contribution)).content.decode()


def test_what_stripe_refuses_is_said(desk, paid, monkeypatch):
    def refuse(*args, **kwargs):
        raise gateway.Refused("charge_already_refunded")

    monkeypatch.setattr(gateway, "create_refund", refuse)
    done = confirm(desk, paid, choose(desk, paid, "1"))

    assert "does not give this back: charge_already_refunded" in done.content.decode()


def test_what_stripe_refuses_without_a_word_for_it_is_said_too(desk, sandbox):
    sandbox.press(send(desk, frequency="once")["Location"], "pay")
    sandbox.deliver()
    intent = sandbox.newest("payment_intent")
    # Here more seems to be left than Stripe has.
    tell(desk, "charge.succeeded", make_charge(5000, payment_intent=intent["id"]))
    contribution = Contribution.objects.get(session_id=sandbox.newest("checkout.session")["id"])

    page = desk.post(address_of(contribution), {"payment": intent["id"], "amount": "50"})
    done = confirm(desk, (contribution, None), page).content.decode()

    assert "Stripe does not give this back, and names no reason." in done
    assert "None" not in done


def test_waits_for_stripe_in_line_with_readers(desk, paid, asked, monkeypatch):
    def full():
        raise gateway.Unavailable("all places are taken")

    monkeypatch.setattr("donations.admin.refund.place_in_line", full)
    again = confirm(desk, paid, choose(desk, paid, "1"))

    assert "You can safely try again here." in again.content.decode()
    assert asked == []


def test_when_stripe_does_not_answer_it_can_be_tried_again_under_the_same_key(
    desk, paid, asked, monkeypatch
):
    def be_silent(*args, **kwargs):
        raise gateway.Unavailable("Timeout")

    page = choose(desk, paid, "1")
    with monkeypatch.context() as silent:
        silent.setattr(gateway, "create_refund", be_silent)
        again = confirm(desk, paid, page)
    assert "You can safely try again here." in again.content.decode()

    confirm(desk, paid, again)
    assert asked[0][2] in page.content.decode()


def test_a_contributions_page_leads_there(desk, paid):
    address = reverse("admin:donations_contribution_change", args=[paid[0].pk])

    assert address_of(paid[0]) in desk.get(address).content.decode()


@pytest.mark.parametrize("role", ["Finance", "Campaign editor", "Administrator"])
def test_others_give_nothing_back(desk, paid, asked, role):
    desk.force_login(make_user("other", role))

    assert desk.get(address_of(paid[0])).status_code == 403
    assert choose(desk, paid, "1").status_code == 403
