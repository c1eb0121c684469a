"""Being forgotten: here at once, at Stripe as soon as it answers, and for good."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import emails, forgetting, gateway, webhooks
from donations.models import (
    Contribution,
    LedgerEntry,
    ManageLink,
    OutgoingMail,
    Pledge,
    StripeCustomer,
    StripeEvent,
    Supporter,
)
from tests.donations.giving import send
from tests.donations.records import make_contribution, make_supporter
from tests.donations.stripe_events import make_event, make_session, post_event, tell
from tests.donations.traces import tables_holding
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ADDRESS = "rea.der@example.org"


def give(client, sandbox, *, is_told: bool = True, **fields):
    """A gift that is paid at the sandbox, and told of unless that is still to come."""
    values = {"email": ADDRESS, "name": "Rea Der", "message": "Good luck from Ostrel"}
    address = send(client, **values | fields)["Location"]
    sandbox.press(address, "pay")
    if is_told:
        sandbox.deliver()
    return Contribution.objects.order_by("created_at").last()


def the_supporter() -> Supporter:
    return Supporter.objects.get()


def is_gone() -> bool:
    """Whether nothing here says who it was."""
    return not any(tables_holding(word) for word in (ADDRESS, "Rea Der", "Good luck from Ostrel"))


def living_at_stripe(sandbox) -> list:
    subscriptions = sandbox.store.objects.get("subscription", {}).values()
    return [made for made in subscriptions if made["status"] != "canceled"]


def customers_at_stripe(sandbox) -> list:
    customers = sandbox.store.objects.get("customer", {}).values()
    return [made for made in customers if not made.get("deleted")]


def test_the_traces_are_found_where_there_are_any(client, sandbox):
    give(client, sandbox)
    make_contribution(email=ADDRESS.upper())

    assert tables_holding(ADDRESS) == {"donations_supporter", "donations_contribution"}
    assert tables_holding("Good luck from Ostrel") == {"donations_contribution"}


def test_nobody_is_left_here_or_at_stripe_and_the_money_stays(client, sandbox):
    give(client, sandbox)
    give(client, sandbox, frequency="once")
    give(client, sandbox, frequency="annual")
    before = LedgerEntry.objects.sums()

    assert forgetting.forget(the_supporter()) is True

    assert is_gone()
    assert the_supporter().scrubbed_at is not None
    assert living_at_stripe(sandbox) == customers_at_stripe(sandbox) == []
    assert set(Pledge.objects.values_list("status", flat=True)) == {"cancelled"}
    assert not StripeCustomer.objects.exists()
    assert LedgerEntry.objects.sums() == before


def test_that_it_ended_is_told_by_events_and_by_no_mail(client, sandbox):
    give(client, sandbox)
    forgetting.forget(the_supporter())
    sandbox.deliver()

    assert not OutgoingMail.objects.filter(kind="cancelled").exists()
    assert is_gone()
    assert Pledge.objects.get().status == "cancelled"


def test_mail_that_waits_is_not_sent_any_more(client, sandbox):
    give(client, sandbox)
    assert OutgoingMail.objects.get().state == "ordered"
    forgetting.forget(the_supporter())

    emails.hand_over(OutgoingMail.objects.get().pk)

    assert outbox.outbox == []
    assert OutgoingMail.objects.get().state == "not_wanted"


@pytest.mark.parametrize("state", ["sent", "handing_over", "refused"])
def test_no_mail_leads_to_a_page_that_names_them(client, sandbox, state):
    give(client, sandbox)
    context = {"invoice_url": "https://stripe.example/invoice"}
    OutgoingMail.objects.update(state=state, context=context)
    forgetting.forget(the_supporter())

    assert not tables_holding("stripe.example/invoice")


def test_links_open_nothing_any_more(client, sandbox):
    supporter = make_supporter(ADDRESS)
    unused = ManageLink.objects.create(supporter=supporter)
    used = ManageLink.objects.create(supporter=supporter)
    used.use()

    forgetting.forget(supporter)

    assert not ManageLink.objects.filter(pk=unused.pk).exists()
    assert not ManageLink.objects.visiting().exists()


def test_a_second_wish_changes_nothing(client, sandbox):
    give(client, sandbox)
    assert forgetting.forget(the_supporter())
    first = the_supporter()

    assert forgetting.forget(the_supporter())

    again = the_supporter()
    assert (again.forget_asked_at, again.scrubbed_at) == (first.forget_asked_at, first.scrubbed_at)


class TestUnfinishedGifts:
    def test_of_the_same_address_are_emptied_and_closed(self, client, sandbox):
        give(client, sandbox, frequency="once")
        send(client, email=ADDRESS.upper(), name="Rea Der", message="Good luck from Ostrel")

        assert forgetting.forget(the_supporter())

        assert is_gone()
        assert sandbox.newest("checkout.session")["status"] == "expired"

    def test_of_others_are_left_alone(self, client, sandbox):
        give(client, sandbox, frequency="once")
        send(client, email=f"x{ADDRESS}")

        forgetting.forget(the_supporter())

        assert sandbox.newest("checkout.session")["status"] == "open"
        assert Contribution.objects.filter(email=f"x{ADDRESS}").exists()

    def test_that_are_paid_all_the_same_are_ended_again(self, client, sandbox):
        give(client, sandbox, frequency="once")
        give(client, sandbox, is_told=False)  # Paid; the event has not come.

        forgetting.forget(the_supporter())
        assert living_at_stripe(sandbox)
        sandbox.deliver()

        assert is_gone()
        assert living_at_stripe(sandbox) == customers_at_stripe(sandbox) == []
        assert the_supporter().scrubbed_at is not None
        sandbox.deliver()  # Of what ended.
        assert Pledge.objects.get().status == "cancelled"
        assert LedgerEntry.objects.sums()["EUR"]["charge"] == 2000


class TestWhileStripeDoesNotAnswer:
    def test_the_person_is_gone_here_and_the_task_does_the_rest(self, client, sandbox):
        give(client, sandbox)
        sandbox.fail("error", times=2)

        assert forgetting.forget(the_supporter()) is False
        assert is_gone()
        assert the_supporter().scrubbed_at is None
        assert StripeCustomer.objects.exists()  # Or nobody could tell Stripe whom to forget.

        sandbox.work()
        assert the_supporter().scrubbed_at is not None
        assert living_at_stripe(sandbox) == customers_at_stripe(sandbox) == []

    @pytest.mark.parametrize("calls", [0, 1, 2, 3])
    def test_wherever_it_stops_the_task_finishes(self, client, sandbox, monkeypatch, calls):
        give(client, sandbox)
        give(client, sandbox, frequency="annual")
        counted = iter(range(100))

        def stop(method):
            def call(*args):
                if next(counted) == calls:
                    raise KeyboardInterrupt
                return method(*args)

            return call

        with monkeypatch.context() as dying:
            for name in ("cancel", "delete_customer"):
                dying.setattr(gateway, name, stop(getattr(gateway, name)))
            with pytest.raises(KeyboardInterrupt):
                forgetting.forget(the_supporter())
        assert is_gone()

        sandbox.deliver()

        assert the_supporter().scrubbed_at is not None
        assert living_at_stripe(sandbox) == customers_at_stripe(sandbox) == []

    @pytest.mark.parametrize("path", ["/v1/subscriptions", "/v1/customers"])
    def test_an_answer_that_is_lost_is_no_trouble(self, client, sandbox, path):
        give(client, sandbox)
        sandbox.fail("lost", times=1, path=path)

        done = forgetting.forget(the_supporter())
        sandbox.work()

        assert done in {True, False}
        assert the_supporter().scrubbed_at is not None
        assert customers_at_stripe(sandbox) == []

    def test_nobody_waits_for_more_than_the_first_slow_answer(self, client, sandbox, monkeypatch):
        for frequency in ("monthly", "annual"):
            give(client, sandbox, frequency=frequency)
        monkeypatch.setattr(forgetting, "PATIENCE_SECONDS", -1)
        asked = []
        monkeypatch.setattr(gateway, "cancel", asked.append)

        assert forgetting.forget(the_supporter()) is False
        assert asked == []

    def test_no_place_in_line_is_no_trouble(self, client, sandbox, monkeypatch):
        give(client, sandbox)

        def full():
            raise gateway.Unavailable("all places are taken")

        monkeypatch.setattr(forgetting, "place_in_line", full)

        assert forgetting.forget(the_supporter()) is False
        assert is_gone()

    def test_what_stripe_does_not_know_has_ended(self, client, sandbox):
        supporter = make_supporter(ADDRESS)
        Pledge.objects.create(subscription_id="sub_unknown", supporter=supporter)
        StripeCustomer.objects.create(customer_id="cus_unknown", supporter=supporter)

        assert forgetting.forget(supporter) is True
        assert Pledge.objects.get().status == "cancelled"


class TestEvents:
    def test_that_come_late_bring_nobody_back(self, client, sandbox):
        contribution = make_contribution(email=ADDRESS, name="Rea Der")
        supporter = make_supporter(ADDRESS)
        forgetting.forget(supporter)

        details = {"email": ADDRESS, "name": "Rea Der"}
        session = make_session(
            contribution.pk, customer_details=details, customer_email=ADDRESS, customer=None
        )
        tell(client, "checkout.session.completed", session)

        assert is_gone()
        assert Supporter.objects.count() == 1
        assert Contribution.objects.get().state == "succeeded"

    def test_that_name_a_customer_late_have_it_deleted(self, client, sandbox):
        give(client, sandbox, frequency="once")
        late = give(client, sandbox, is_told=False)
        forgetting.forget(the_supporter())
        assert the_supporter().scrubbed_at is not None
        tell(
            client,
            "checkout.session.completed",
            sandbox.newest("checkout.session"),
        )
        assert late.pk
        assert the_supporter().scrubbed_at is None  # Listed, should the task fail.

        sandbox.work()

        assert the_supporter().scrubbed_at is not None
        assert customers_at_stripe(sandbox) == []

    def test_that_cannot_be_applied_keep_no_person(self, client, monkeypatch):
        client.raise_request_exception = False
        monkeypatch.setitem(webhooks.HANDLERS, "checkout.session.completed", lambda *args: 1 / 0)
        details = {"email": ADDRESS, "name": "Rea Der", "address": {"city": "Ostrel"}}
        session = make_session("x", customer_details=details, customer_email=ADDRESS)
        event = make_event("checkout.session.completed", session)
        for _time in range(2):
            assert post_event(client, event).status_code == 500

        kept = StripeEvent.objects.get().payload
        assert kept["data"]["object"]["payment_intent"] == session["payment_intent"]
        assert "Ostrel" not in json.dumps(kept)
        assert is_gone()

    def test_that_begin_while_somebody_is_forgotten_find_nobody(self, client, sandbox):
        """A new gift under the same address is somebody new, who has asked for nothing."""
        give(client, sandbox)
        forgetting.forget(the_supporter())
        sandbox.deliver()

        give(client, sandbox)

        gone, new = Supporter.objects.order_by("pk")
        assert (gone.email, new.email) == ("", ADDRESS)
        assert new.forget_asked_at is None
        assert len(living_at_stripe(sandbox)) == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_of_the_same_moment_brings_nobody_back(monkeypatch):
    """Both lock in one order: neither waits for the other for ever, whoever comes first."""
    deleted = []
    monkeypatch.setattr(gateway, "delete_customer", deleted.append)
    for number in range(12):
        supporter = make_supporter(ADDRESS)
        contributions = [make_contribution(email=ADDRESS, name="Rea Der") for _n in range(3)]
        meet = threading.Barrier(4)

        def tell_of(contribution, meet=meet, number=number):
            try:
                session = make_session(contribution.pk, customer=f"cus_{number}_{contribution.pk}")
                meet.wait()
                tell(Client(), "checkout.session.completed", session)
            finally:
                connection.close()

        def let_be_forgotten(supporter=supporter, meet=meet):
            try:
                meet.wait()
                forgetting.forget(supporter)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as people:
            doing = [people.submit(tell_of, contribution) for contribution in contributions]
            doing.append(people.submit(let_be_forgotten))
            for each in doing:
                each.result()
        forgetting.finish(supporter.pk)

        assert is_gone()
        assert Supporter.objects.count() == number + 1
        supporter.refresh_from_db()
        assert supporter.scrubbed_at is not None
        assert not StripeCustomer.objects.exists()
        assert len(set(deleted)) == 3 * (number + 1)


class TestAtTheDesk:
    @pytest.fixture
    def care(self, client):
        client.force_login(make_user("care", "Supporter care"))
        return client

    def address(self, supporter) -> str:
        return reverse("admin:donations_supporter_forget", args=[supporter.pk])

    def test_a_supporters_page_leads_there(self, care):
        supporter = make_supporter(ADDRESS)
        page = reverse("admin:donations_supporter_change", args=[supporter.pk])

        assert self.address(supporter) in care.get(page).content.decode()

    def test_it_is_asked_twice_done_and_logged(self, care, sandbox):
        give(care, sandbox)
        supporter = the_supporter()
        page = care.get(self.address(supporter)).content.decode()
        assert 'name="is_sure"' in page
        again = care.post(self.address(supporter), {"other": "1"})
        assert "errorlist" in again.content.decode()
        assert the_supporter().email == ADDRESS

        done = care.post(self.address(supporter), {"is_sure": "on"}, follow=True)

        assert "Forgotten, here and at Stripe." in done.content.decode()
        assert is_gone()
        note = LogEntry.objects.get(change_message="Had them forgotten.")
        assert (note.user.username, note.object_id) == ("care", str(supporter.pk))

    def test_that_stripe_is_asked_later_is_said(self, care, sandbox):
        give(care, sandbox)
        sandbox.fail("error", times=2)
        done = care.post(self.address(the_supporter()), {"is_sure": "on"}, follow=True)

        assert "Stripe is asked again" in done.content.decode()

    @pytest.mark.parametrize("role", ["Finance", "Administrator", "Campaign editor"])
    def test_others_forget_nobody(self, client, role):
        supporter = make_supporter(ADDRESS)
        client.force_login(make_user("other", role))

        assert client.get(self.address(supporter)).status_code == 403
        assert client.post(self.address(supporter), {"is_sure": "on"}).status_code == 403
        assert the_supporter().email == ADDRESS


def test_logs_and_jobs_name_nobody(client, sandbox, caplog):
    give(client, sandbox)
    sandbox.fail("error", times=2)
    forgetting.forget(the_supporter())

    assert not re.search("rea.?der|good luck", caplog.text, re.IGNORECASE)
    jobs = ProcrastinateJob.objects.filter(task_name="donations.tasks.forget")
    assert [job.args for job in jobs] == [{"supporter_id": the_supporter().pk}]
