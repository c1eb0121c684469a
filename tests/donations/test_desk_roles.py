"""Three roles about money, and what each of them sees."""

import pytest
from django.urls import reverse

from donations.models import Contribution, LedgerEntry, OutgoingMail, Pledge, Supporter
from tests.donations.records import make_contribution
from tests.donations.stripe_events import make_charge, make_session, make_subscription, tell
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LISTS = {
    "supporter": {"Supporter care"},
    "contribution": {"Supporter care"},
    "pledge": {"Supporter care"},
    "outgoingmail": {"Supporter care"},
    "ledgerentry": {"Finance"},
    "stripeevent": {"Finance"},
    "appeal": {"Campaign editor", "Administrator"},
    "contributionrules": {"Administrator"},
    "currencyrule": {"Administrator"},
}
ROLES = ["Supporter care", "Finance", "Campaign editor", "Administrator", "Editor", "Reporter"]


@pytest.fixture
def told(client):
    """One supporter with a paid gift and a pledge."""
    contribution = make_contribution(name="Rea Der", message="Good luck")
    charge = make_charge(1000)
    subscription = make_subscription(contribution.pk)
    tell(client, "charge.succeeded", charge)
    tell(client, "customer.subscription.created", subscription)
    session = make_session(
        contribution.pk, payment_intent=charge["payment_intent"], subscription=subscription["id"]
    )
    tell(client, "checkout.session.completed", session)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_lists_and_no_other(client, told, role):
    client.force_login(make_user("someone", role))
    for model, roles in LISTS.items():
        answer = client.get(reverse(f"admin:donations_{model}_changelist"), follow=True)
        assert answer.status_code == (200 if role in roles else 403), model


def test_finance_sees_no_person(client, told):
    client.force_login(make_user("books", "Finance"))
    entry = LedgerEntry.objects.first()
    for address in (
        reverse("admin:donations_ledgerentry_changelist"),
        reverse("admin:donations_ledgerentry_change", args=[entry.pk]),
        reverse("admin:donations_stripeevent_changelist"),
    ):
        page = client.get(address)
        assert page.status_code == 200
        assert not any(
            word in page.content.decode() for word in ("reader@", "Rea Der", "Good luck")
        )


@pytest.mark.parametrize("model", [Supporter, Contribution, Pledge, OutgoingMail])
def test_supporter_care_reads_and_changes_nothing_by_hand(client, told, model):
    client.force_login(make_user("care", "Supporter care"))
    name = f"admin:donations_{model._meta.model_name}"
    address = reverse(f"{name}_change", args=[model.objects.first().pk])

    assert 'name="_save"' not in client.get(address).content.decode()
    assert client.post(address, {}).status_code == 403
    assert client.get(reverse(f"{name}_add")).status_code == 403


def test_nobody_writes_into_the_books_by_hand(admin_client, told):
    address = reverse("admin:donations_ledgerentry_change", args=[LedgerEntry.objects.first().pk])

    assert admin_client.post(address, {"amount_minor": 1}).status_code == 403
    assert admin_client.get(reverse("admin:donations_ledgerentry_add")).status_code == 403
    assert admin_client.post(address.replace("change", "delete")).status_code == 403


def test_an_administrator_changes_amounts_of_a_currency(client):
    client.force_login(make_user("boss", "Administrator"))
    page = client.get(reverse("admin:donations_currencyrule_change", args=["EUR"]))

    assert page.status_code == 200
    assert page.content.decode().count("amount_minor") > 12  # The suggested amounts.
    rules = client.get(reverse("admin:donations_contributionrules_changelist"), follow=True)
    assert "sender_name" in rules.content.decode()
