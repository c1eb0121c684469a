"""What becomes of contributions and pledges as Stripe tells of them, in whatever order."""

import itertools
from datetime import UTC, datetime

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import gateway, tasks
from donations.models import Contribution, OutgoingMail, Payment, Pledge, Supporter
from tests.donations.records import make_contribution
from tests.donations.stripe_events import (
    make_charge,
    make_invoice,
    make_invoice_payment,
    make_session,
    make_subscription,
    tell,
)

pytestmark = pytest.mark.django_db

State, Status = Contribution.State, Pledge.Status
T0 = 1_790_000_000


def state_of(contribution: Contribution) -> str:
    return Contribution.objects.get(pk=contribution.pk).state


class TestCheckout:
    def test_that_was_paid_makes_a_supporter_who_is_thanked(self, client):
        contribution = make_contribution(email="Reader@Example.org", name="R", language="ru")
        session = make_session(contribution.pk)
        tell(client, "checkout.session.completed", session)

        contribution.refresh_from_db()
        supporter = Supporter.objects.get()
        assert contribution.state == State.SUCCEEDED
        assert (supporter.email, supporter.name, supporter.language) == (
            "reader@example.org",
            "R",
            "ru",
        )
        assert contribution.email == contribution.name == ""  # Kept in one place.
        assert supporter.customers.get().pk == session["customer"]
        assert Payment.objects.get().contribution == contribution
        assert OutgoingMail.objects.get().kind == "thanks"

    def test_of_somebody_known_makes_nobody_new(self, client):
        for email in ("reader@example.org", "READER@example.org"):
            tell(
                client,
                "checkout.session.completed",
                make_session(make_contribution(email=email).pk),
            )

        assert Supporter.objects.get().contributions.count() == 2

    def test_of_somebody_known_adds_a_name_and_replaces_none(self, client):
        for name in ("", "Rea", "Somebody else"):
            contribution = make_contribution(name=name)
            tell(client, "checkout.session.completed", make_session(contribution.pk))

        assert Supporter.objects.get().name == "Rea"

    def test_that_expired_says_so(self, client):
        contribution = make_contribution()
        tell(client, "checkout.session.expired", make_session(contribution.pk, status="expired"))

        assert state_of(contribution) == State.EXPIRED
        assert not Supporter.objects.exists()

    @pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
    @pytest.mark.parametrize(
        ("type", "paid", "end", "mails"),
        [
            ("checkout.session.async_payment_succeeded", "paid", State.SUCCEEDED, 1),
            ("checkout.session.async_payment_failed", "unpaid", State.FAILED, 0),
        ],
    )
    def test_whose_payment_takes_days(self, client, order, type, paid, end, mails):
        contribution = make_contribution()
        session = make_session(contribution.pk, payment_status="unpaid")
        events = [
            ("checkout.session.completed", session),
            (type, session | {"payment_status": paid}),
        ]
        for number in order:
            tell(client, *events[number])

        assert state_of(contribution) == end
        assert OutgoingMail.objects.filter(kind="thanks").count() == mails

    def test_waits_meanwhile_without_thanks(self, client):
        contribution = make_contribution()
        session = make_session(contribution.pk, payment_status="unpaid")
        tell(client, "checkout.session.completed", session)

        assert state_of(contribution) == State.PROCESSING
        assert not OutgoingMail.objects.exists()

    @pytest.mark.parametrize("reference", [None, "", "x", "00000000-0000-0000-0000-000000000000"])
    def test_of_somebody_else_changes_nothing(self, client, reference):
        tell(client, "checkout.session.completed", make_session(reference))

        assert not Supporter.objects.exists()


class TestPledge:
    @pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
    def test_is_tied_together_in_whatever_order(self, client, order):
        contribution = make_contribution(frequency="monthly")
        subscription = make_subscription(contribution.pk)
        charge, invoice = make_charge(1000), make_invoice(subscription["id"])
        session = make_session(
            contribution.pk,
            mode="subscription",
            payment_intent=None,
            subscription=subscription["id"],
        )
        events = [
            ("charge.succeeded", charge),
            ("invoice.paid", invoice),
            ("customer.subscription.created", subscription),
            ("checkout.session.completed", session),
        ]
        payment = make_invoice_payment(invoice["id"], charge["payment_intent"])
        tell(client, "invoice_payment.paid", payment)
        for number in order:
            tell(client, *events[number])

        pledge = Payment.objects.get().invoice.pledge
        assert pledge == Pledge.objects.get()
        assert (pledge.contribution, pledge.supporter) == (contribution, Supporter.objects.get())
        assert (pledge.amount_minor, pledge.currency, pledge.frequency) == (1000, "EUR", "monthly")
        assert pledge.next_charge_at.timestamp() == 1_792_600_000

    def test_stands_as_the_latest_event_says(self, client):
        old, new = make_subscription(amount=500, id="sub_x"), make_subscription(id="sub_x")
        tell(client, "customer.subscription.updated", new, at=T0 + 9)
        tell(client, "customer.subscription.created", old, at=T0)

        assert Pledge.objects.get().amount_minor == 1000

    def test_that_ended_stays_ended(self, client):
        subscription = make_subscription(id="sub_x")
        tell(client, "customer.subscription.deleted", subscription | {"status": "canceled"}, at=T0)
        tell(client, "customer.subscription.updated", subscription, at=T0 + 1)

        pledge = Pledge.objects.get()
        assert (pledge.status, pledge.next_charge_at) == (Status.CANCELLED, None)

    def test_is_paused_while_nothing_is_collected(self, client):
        subscription = make_subscription(id="sub_x")
        pause = {"behavior": "void", "resumes_at": T0 + 5_000_000}
        tell(client, "customer.subscription.updated", subscription | {"pause_collection": pause})
        pledge = Pledge.objects.get()
        assert (pledge.status, pledge.resumes_at.timestamp()) == (Status.PAUSED, T0 + 5_000_000)

    @pytest.mark.parametrize(
        ("status", "ours"),
        [
            ("trialing", Status.ACTIVE),
            ("active", Status.ACTIVE),
            ("past_due", Status.PAST_DUE),
            ("unpaid", Status.PAST_DUE),
            ("incomplete", Status.PAST_DUE),
            ("incomplete_expired", Status.CANCELLED),
            ("paused", Status.PAUSED),
            ("canceled", Status.CANCELLED),
        ],
    )
    def test_has_a_status_of_our_own(self, client, status, ours):
        tell(client, "customer.subscription.updated", make_subscription(status=status))

        assert Pledge.objects.get().status == ours

    def test_that_ends_with_its_period_is_charged_no_more(self, client):
        tell(
            client,
            "customer.subscription.updated",
            make_subscription(cancel_at_period_end=True),
        )

        pledge = Pledge.objects.get()
        assert (pledge.status, pledge.next_charge_at) == (Status.ACTIVE, None)

    def test_of_which_two_events_tell_in_one_second_is_asked_about(self, client, monkeypatch):
        for amount in (500, 700):
            subscription = make_subscription(amount=amount, id="sub_x")
            tell(client, "customer.subscription.updated", subscription, at=T0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT task_name FROM procrastinate_jobs")
            assert cursor.fetchall() == [("donations.tasks.refresh_pledge",)]

        at_stripe = make_subscription(amount=500, id="sub_x")
        monkeypatch.setattr(gateway, "retrieve_subscription", lambda id: at_stripe)
        tasks.refresh_pledge.func(subscription_id="sub_x")
        assert Pledge.objects.get().amount_minor == 500

    def test_changed_by_an_event_while_stripe_is_asked_keeps_that(self, client, monkeypatch):
        tell(client, "customer.subscription.created", make_subscription(id="sub_x"), at=T0)

        newer = make_subscription(amount=900, id="sub_x")
        answers = [make_subscription(amount=1000, id="sub_x"), newer]

        def answer(id):
            tell(client, "customer.subscription.updated", newer, at=T0 + 1)
            return answers.pop(0)

        monkeypatch.setattr(gateway, "retrieve_subscription", answer)
        tasks.refresh_pledge.func(subscription_id="sub_x")
        assert Pledge.objects.get().amount_minor == 900
        assert not OutgoingMail.objects.filter(context__amount_minor=1000).exists()

    def test_follows_no_event_that_is_older_than_what_stripe_said_when_asked(
        self, client, monkeypatch, time_machine
    ):
        older, newer = (make_subscription(amount=amount, id="sub_x") for amount in (500, 900))
        tell(client, "customer.subscription.created", older, at=T0)
        monkeypatch.setattr(gateway, "retrieve_subscription", lambda id: newer)
        time_machine.move_to(datetime.fromtimestamp(T0 + 100, UTC), tick=False)
        tasks.refresh_pledge.func(subscription_id="sub_x")

        tell(client, "customer.subscription.updated", older, at=T0 + 50)

        assert Pledge.objects.get().amount_minor == 900
        assert ProcrastinateJob.objects.filter(task_name="donations.tasks.refresh_pledge").exists()
        tell(client, "customer.subscription.deleted", older | {"status": "canceled"}, at=T0 + 60)
        assert Pledge.objects.get().status == Status.CANCELLED

    def test_under_a_word_used_twice_stands_alone(self, client):
        contribution = make_contribution()
        for id in ("sub_1", "sub_2"):
            made = make_subscription(contribution.pk, id=id)
            tell(client, "customer.subscription.created", made)

        assert Pledge.objects.get(contribution=contribution).pk == "sub_1"
        assert Pledge.objects.count() == 2


class TestMails:
    @pytest.fixture
    def subscription(self, client):
        """A pledge whose supporter is known and was thanked."""
        contribution = make_contribution(frequency="monthly")
        made = make_subscription(contribution.pk)
        tell(client, "customer.subscription.created", made, at=T0)
        session = make_session(contribution.pk, payment_intent=None, subscription=made["id"])
        tell(client, "checkout.session.completed", session)
        OutgoingMail.objects.all().delete()
        return made

    def kinds(self) -> list[str]:
        return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))

    def test_tell_once_of_each_attempt_that_failed(self, client, subscription):
        invoice = make_invoice(subscription["id"], status="open")
        for attempt in (1, 1, 2):
            tell(client, "invoice.payment_failed", invoice | {"attempt_count": attempt})

        assert self.kinds() == ["payment_failed", "payment_failed"]

    @pytest.mark.parametrize(("next_attempt", "is_tried_again"), [(T0 + 9, True), (None, False)])
    def test_know_whether_it_is_tried_again(
        self, client, subscription, next_attempt, is_tried_again
    ):
        invoice = make_invoice(subscription["id"], next_payment_attempt=next_attempt)
        tell(client, "invoice.payment_failed", invoice)

        assert OutgoingMail.objects.get().context["is_tried_again"] is is_tried_again

    def test_ask_for_a_confirmation(self, client, subscription):
        tell(client, "invoice.payment_action_required", make_invoice(subscription["id"]))

        assert self.kinds() == ["confirmation_needed"]

    def test_are_not_sent_to_who_sits_at_the_checkout(self, client, subscription):
        first = make_invoice(subscription["id"], billing_reason="subscription_create")
        tell(client, "invoice.payment_failed", first)

        assert self.kinds() == []

    def test_confirm_another_amount_and_a_pause(self, client, subscription):
        items = make_subscription(amount=2000)["items"]
        tell(client, "customer.subscription.updated", subscription | {"items": items}, at=T0 + 1)
        pause = {"behavior": "void", "resumes_at": T0 + 5_000_000}
        paused = subscription | {"items": items, "pause_collection": pause}
        tell(client, "customer.subscription.updated", paused, at=T0 + 2)

        assert self.kinds() == ["changed", "changed"]

    def test_say_nothing_of_a_renewal(self, client, subscription):
        tell(client, "customer.subscription.updated", subscription, at=T0 + 1)

        assert self.kinds() == []

    def test_confirm_the_end(self, client, subscription):
        gone = subscription | {"status": "canceled"}
        tell(client, "customer.subscription.deleted", gone, at=T0 + 1)

        assert self.kinds() == ["cancelled"]

    def test_wait_until_it_is_known_whose_pledge_it_is(self, client):
        contribution = make_contribution(frequency="monthly")
        tell(client, "invoice.payment_failed", make_invoice("sub_x", status="open"))
        mail = OutgoingMail.objects.get()
        assert mail.supporter is None
        assert mail_tasks() == 0

        session = make_session(contribution.pk, payment_intent=None, subscription="sub_x")
        tell(client, "checkout.session.completed", session)

        mail.refresh_from_db()
        assert mail.supporter == Supporter.objects.get()
        assert mail_tasks() == 2  # The thanks too.


def mail_tasks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'mail'")
        return cursor.fetchone()[0]
