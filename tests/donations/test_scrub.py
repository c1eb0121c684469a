"""Forgetting by the clock."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from donations import forgetting, gateway, scrubbing
from donations.models import (
    Attempt,
    Contribution,
    ContributionRules,
    LedgerEntry,
    ManageLink,
    Pledge,
    StripeCustomer,
    StripeEvent,
    Supporter,
)
from tests.donations.giving import send
from tests.donations.records import make_contribution, make_supporter
from tests.donations.stripe_events import make_charge, make_session, tell
from tests.donations.traces import tables_holding

pytestmark = pytest.mark.django_db

ADDRESS = "rea.der@example.org"
PERSON = {"email": ADDRESS, "name": "Rea Der", "message": "Good luck from Ostrel"}


def ago(**time) -> object:
    return timezone.now() - timedelta(**time)


def begun(*, hours: float, **fields) -> Contribution:
    """A contribution whose last step was so many hours ago."""
    contribution = make_contribution(**PERSON | fields)
    Contribution.objects.filter(pk=contribution.pk).update(changed_at=ago(hours=hours))
    return contribution


def supporter_of(*, days: int, **fields) -> Supporter:
    """A supporter whose one gift was paid so many days ago."""
    supporter = make_supporter(ADDRESS, name="Rea Der")
    Supporter.objects.update(created_at=ago(days=days))
    gift = make_contribution(
        supporter=supporter, state="succeeded", email="", message=PERSON["message"], **fields
    )
    Contribution.objects.filter(pk=gift.pk).update(
        created_at=ago(days=days), changed_at=ago(days=days)
    )
    return supporter


def is_gone() -> bool:
    return not any(tables_holding(word) for word in PERSON.values())


class TestUnfinishedContributions:
    @pytest.mark.parametrize("state", ["started", "checkout", "expired", "failed"])
    def test_are_emptied_two_days_after_their_last_step(self, state):
        begun(hours=49, state=state)
        step = Contribution.objects.get().changed_at

        assert scrubbing.scrub().contributions == 1

        assert is_gone()
        assert Contribution.objects.get().changed_at == step

    def test_are_kept_until_then(self):
        begun(hours=47)

        assert scrubbing.scrub().contributions == 0
        assert Contribution.objects.get().email == ADDRESS

    @pytest.mark.parametrize("state", ["processing", "succeeded"])
    def test_are_not_those_that_are_paid_or_on_their_way(self, state):
        begun(hours=100, state=state)

        assert scrubbing.scrub().contributions == 0
        assert Contribution.objects.get().message == PERSON["message"]

    def test_are_emptied_piece_by_piece_and_only_once(self, monkeypatch):
        monkeypatch.setattr(scrubbing, "PIECE", 2)
        for _number in range(5):
            begun(hours=49)

        assert scrubbing.scrub().contributions == 5
        assert scrubbing.scrub().contributions == 0


class TestEndedSupporters:
    @pytest.fixture(autouse=True)
    def _rules(self):
        ContributionRules.objects.create(pk=1, keep_ended_days=100)

    def test_are_emptied_with_the_messages_of_what_they_gave(self):
        supporter_of(days=101)

        assert scrubbing.scrub().supporters == 1

        assert is_gone()
        supporter = Supporter.objects.get()
        assert supporter.scrubbed_at is not None
        assert supporter.forget_asked_at is None

    def test_are_deleted_at_stripe(self, client, sandbox, time_machine):
        sandbox.press(send(client, **PERSON)["Location"], "pay")
        sandbox.deliver()
        pledge = Pledge.objects.get()
        assert scrubbing.scrub().supporters == 0
        gateway.cancel(pledge.pk)
        sandbox.deliver()
        sums = LedgerEntry.objects.sums()

        time_machine.move_to(timezone.now() + timedelta(days=101))
        assert scrubbing.scrub().supporters == 1

        assert is_gone()
        assert [made["id"] for made in sandbox.store.objects["customer"].values()]
        assert all(made["deleted"] for made in sandbox.store.objects["customer"].values())
        assert not StripeCustomer.objects.exists()
        assert LedgerEntry.objects.sums() == sums

    def test_are_kept_while_the_outlet_wants_to_know_them(self):
        supporter_of(days=99)

        assert scrubbing.scrub().supporters == 0

    @pytest.mark.parametrize("status", ["active", "past_due", "paused"])
    def test_are_not_those_with_a_living_pledge(self, status):
        supporter = supporter_of(days=101)
        Pledge.objects.create(subscription_id="sub_1", supporter=supporter, status=status)

        assert scrubbing.scrub().supporters == 0

    def test_are_those_whose_pledges_ended(self):
        supporter = supporter_of(days=101)
        Pledge.objects.create(subscription_id="sub_1", supporter=supporter, status="cancelled")

        assert scrubbing.scrub().supporters == 1

    def test_are_not_those_whose_payment_is_on_its_way(self):
        supporter_of(days=101)
        Contribution.objects.update(state="processing")

        assert scrubbing.scrub().supporters == 0

    def test_are_not_those_of_whom_money_moved_since(self, client):
        supporter = supporter_of(days=101)
        charge = make_charge(created=int(ago(days=50).timestamp()))
        tell(client, "charge.succeeded", charge)
        session = make_session(
            Contribution.objects.get().pk, payment_intent=charge["payment_intent"]
        )
        tell(client, "checkout.session.completed", session)
        Contribution.objects.update(changed_at=ago(days=101))

        assert scrubbing.scrub().supporters == 0
        assert supporter.pk

    def test_that_gave_again_meanwhile_stay(self):
        supporter = supporter_of(days=101)
        make_contribution(supporter=supporter)

        assert forgetting.let_go_ended(supporter.pk, ago(days=100)) is False
        assert Supporter.objects.get().email == ADDRESS

    def test_wait_for_a_stripe_that_does_not_answer(self, sandbox):
        supporter = supporter_of(days=101)
        StripeCustomer.objects.create(customer_id="cus_x", supporter=supporter)
        sandbox.fail("error", times=2)

        assert scrubbing.scrub().left_at_stripe == 1
        assert is_gone()
        assert StripeCustomer.objects.exists()

        assert scrubbing.scrub().left_at_stripe == 0
        assert not StripeCustomer.objects.exists()

    def test_one_whom_stripe_refuses_to_forget_keeps_nobody_else(self, sandbox, monkeypatch):
        for number in range(2):
            supporter = make_supporter("")
            StripeCustomer.objects.create(customer_id=f"cus_{number}", supporter=supporter)

        def refuse(customer_id):
            if customer_id == "cus_0":
                raise gateway.Refused("locked")

        monkeypatch.setattr(gateway, "delete_customer", refuse)

        assert scrubbing.scrub().left_at_stripe == 1
        assert StripeCustomer.objects.get().pk == "cus_0"


def test_events_that_never_applied_are_emptied_after_thirty_days():
    for id, days in (("evt_old", 31), ("evt_new", 29)):
        StripeEvent.objects.create(id=id, type="x", payload={"id": id})
        StripeEvent.objects.filter(pk=id).update(received_at=ago(days=days))

    assert scrubbing.scrub().payloads == 1

    assert StripeEvent.objects.get(pk="evt_old").payload is None
    assert StripeEvent.objects.get(pk="evt_new").payload == {"id": "evt_new"}
    assert scrubbing.scrub().payloads == 0


def test_links_senders_and_sessions_that_are_over_are_deleted():
    link = ManageLink.objects.create(supporter=make_supporter())
    ManageLink.objects.filter(pk=link.pk).update(created_at=ago(hours=2))
    ManageLink.objects.create(supporter=link.supporter)
    Attempt.objects.create(address_hash="x", at=ago(minutes=2))
    Session.objects.create(session_key="old", expire_date=ago(days=1))
    Session.objects.create(session_key="new", expire_date=ago(days=-1))

    assert scrubbing.scrub().links == 1

    assert ManageLink.objects.count() == 1
    assert not Attempt.objects.exists()
    assert Session.objects.get().session_key == "new"


def test_the_command_prints_counts_and_no_person(capsys):
    begun(hours=49)
    make_supporter("")
    StripeCustomer.objects.create(customer_id="cus_x", supporter=Supporter.objects.get())

    call_command("scrub")

    printed = capsys.readouterr()
    assert "Unfinished contributions emptied: 1\n" in printed.out
    assert "Supporters let go: 0\n" in printed.out
    assert "Rea" not in printed.out + printed.err
