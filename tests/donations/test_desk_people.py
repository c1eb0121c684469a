"""Supporters at the desk: found by their address, each look logged."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from donations.models import Contribution, LedgerEntry, Payment, Pledge, Supporter
from tests.donations.records import make_contribution, make_supporter
from tests.donations.stripe_events import (
    make_charge,
    make_invoice,
    make_invoice_payment,
    make_refund,
    make_session,
    make_subscription,
    tell,
)
from tests.donations.traces import tables_holding
from tests.factories import JUNE_1, make_user

pytestmark = pytest.mark.django_db

SUPPORTERS = "/admin/donations/supporter/"


@pytest.fixture
def desk(client):
    client.force_login(make_user("care", "Supporter care"))
    return client


def page_of(desk, record) -> str:
    address = reverse(f"admin:donations_{record._meta.model_name}_change", args=[record.pk])
    return desk.get(address).content.decode()


def test_the_list_names_nobody(desk):
    make_supporter(name="Rea Der")
    page = desk.get(SUPPORTERS).content.decode()

    assert "supporter" in page
    assert "reader@" not in page
    assert "Rea Der" not in page


def test_an_address_leads_to_its_supporter_without_standing_in_a_url(desk):
    supporter = make_supporter()
    answer = desk.post(SUPPORTERS, {"email": " Reader@Example.org "})

    assert answer.url == f"{SUPPORTERS}{supporter.pk}/change/"


def test_an_unknown_address_is_said_to_be_unknown(desk):
    page = desk.post(SUPPORTERS, {"email": "nobody@example.org"}, follow=True)

    assert "No supporter has this address." in page.content.decode()
    assert "nobody@" not in page.content.decode()


def test_what_no_address_can_hold_is_an_unknown_address(desk):
    page = desk.post(SUPPORTERS, {"email": "no\x00body@example.org"}, follow=True)

    assert "No supporter has this address." in page.content.decode()


def test_looking_for_an_unknown_address_is_logged_without_it(desk):
    desk.post(SUPPORTERS, {"email": "nobody@example.org"})

    search = LogEntry.objects.get()
    assert (search.user.username, search.change_message) == (
        "care",
        "Looked for an unknown address.",
    )
    assert not tables_holding("nobody@example.org")


def test_supporters_whom_stripe_still_knows_are_listed(desk):
    left = make_supporter("")
    make_supporter("other@example.org")

    found = desk.get(SUPPORTERS, {"standing": "leaving"}).context["cl"].result_list
    assert list(found) == [left]


def test_who_may_not_see_supporters_finds_none_by_address(client):
    make_supporter()
    client.force_login(make_user("books", "Finance"))

    assert client.post(SUPPORTERS, {"email": "reader@example.org"}).status_code == 403


@pytest.mark.parametrize("make", [make_supporter, make_contribution])
def test_a_look_is_logged_with_who_and_when(desk, make):
    record = make()
    page_of(desk, record)

    look = LogEntry.objects.get()
    assert (look.user.username, look.object_id, look.change_message) == (
        "care",
        str(record.pk),
        "Looked at.",
    )
    assert look.action_time is not None
    assert "reader@" not in look.object_repr


def test_a_supporters_page_lists_gifts_and_pledges(desk):
    supporter = make_supporter()
    make_contribution(supporter=supporter, amount_minor=1250)
    Pledge.objects.create(subscription_id="sub_x", supporter=supporter)

    page = page_of(desk, supporter)

    assert "Once · €12.50 · At checkout" in page
    assert "Pledge · – · Active" in page


def test_a_contribution_shows_its_history(desk):
    contribution = make_contribution()
    charge = make_charge(1000)
    tell(desk, "charge.succeeded", charge)
    tell(desk, "refund.created", make_refund(charge, 400))
    session = make_session(contribution.pk, payment_intent=charge["payment_intent"])
    tell(desk, "checkout.session.completed", session)

    page = page_of(desk, contribution)

    for step in ("Charge · €10.00", "Refund · -€4.00", "Mail · Thanks and receipt"):
        assert step in page


def test_a_history_tells_of_a_charge_before_its_fee(desk):
    contribution = make_contribution()
    payment = Payment.objects.create(intent_id="pi_1", contribution=contribution)
    for kind, amount_minor in (("charge", 1000), ("fee", -54)):
        LedgerEntry.objects.create(
            kind=kind,
            stripe_id=f"{kind}_1",
            payment=payment,
            currency="EUR",
            amount_minor=amount_minor,
            occurred_at=JUNE_1,
        )

    page = page_of(desk, contribution)

    assert page.index("Charge · €10.00") < page.index("Fee · -€0.54")


def test_a_pledge_shows_its_renewals(desk):
    subscription = make_subscription()
    charge, invoice = make_charge(1000), make_invoice(subscription["id"])
    payment = make_invoice_payment(invoice["id"], charge["payment_intent"])
    tell(desk, "customer.subscription.created", subscription)
    tell(desk, "charge.succeeded", charge)
    tell(desk, "invoice.paid", invoice)
    tell(desk, "invoice_payment.paid", payment)

    assert "Charge · €10.00" in page_of(desk, Pledge.objects.get())


@pytest.mark.parametrize("searched", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_reference_finds_its_contribution_and_nonsense_none(desk, searched):
    contribution = make_contribution()
    address = reverse("admin:donations_contribution_changelist")

    assert "0 contributions" in desk.get(address, {"q": searched}).content.decode()
    found = desk.get(address, {"q": f" {contribution.pk} "}).content.decode()
    assert "1 contribution" in found


@pytest.mark.parametrize("model", [Supporter, Contribution, Pledge])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(
    desk, model, django_assert_max_num_queries
):
    make = {
        Supporter: lambda number: make_supporter(f"r{number}@example.org"),
        Contribution: lambda number: make_contribution(),
        Pledge: lambda number: Pledge.objects.create(subscription_id=f"sub_{number}"),
    }[model]
    for number in range(30):
        make(number)
    address = reverse(f"admin:donations_{model._meta.model_name}_changelist")
    desk.get(address)  # Content types are remembered.

    # Session, user, permissions of both kinds, a bounded count, a count of what is shown, rows.
    with django_assert_max_num_queries(7) as queries:
        assert desk.get(address).status_code == 200
    assert not any("COUNT(*)" in q["sql"] and "LIMIT" not in q["sql"] for q in queries)
