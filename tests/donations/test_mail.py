"""Mail to supporters: ordered once for each cause, handed over once."""

import logging
import smtplib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import emails, letters, tasks
from donations.models import OutgoingMail, Pledge, Supporter
from tests.donations.letters import ordered
from tests.donations.records import make_contribution, make_supporter
from tests.donations.stripe_events import (
    make_event,
    make_invoice,
    make_session,
    post_event,
    tell,
)

pytestmark = pytest.mark.django_db

State = OutgoingMail.State


@pytest.fixture
def supporter():
    return make_supporter(name="O'Neil")


def break_server(monkeypatch, moment: str, error: Exception) -> None:
    def fail(*args):
        raise error

    monkeypatch.setattr(EmailBackend, moment, fail)


class TestOrder:
    def test_for_one_cause_is_taken_once(self, supporter):
        for _time in range(3):
            ordered(supporter)

        with connection.cursor() as cursor:
            cursor.execute("SELECT args->>'mail_id' FROM procrastinate_jobs")
            assert cursor.fetchall() == [(str(OutgoingMail.objects.get().pk),)]

    def test_without_an_address_is_nothing(self):
        emails.order("thanks", "this", supporter=None)
        emails.order("thanks", "this", supporter=make_supporter(""))
        emails.order("thanks", "this", supporter=make_supporter(forget_asked_at=timezone.now()))

        assert not OutgoingMail.objects.exists()

    def test_goes_with_what_caused_it(self, client, monkeypatch):
        client.raise_request_exception = False
        monkeypatch.setattr(OutgoingMail, "pk", property(lambda mail: 1 / 0))
        session = make_session(make_contribution().pk)
        answer = post_event(client, make_event("checkout.session.completed", session))

        assert answer.status_code == 500
        assert not OutgoingMail.objects.exists()
        assert not Supporter.objects.exists()


class TestHandOver:
    def test_happens_once(self, supporter):
        mail = ordered(supporter)
        for _time in range(3):
            emails.hand_over(mail.pk)

        mail.refresh_from_db()
        assert len(outbox.outbox) == 1
        assert mail.state == State.SENT
        assert mail.handed_over_at is not None

    @pytest.mark.django_db(transaction=True)
    def test_is_noted_and_committed_before_it_begins(self, supporter, monkeypatch):
        seen = []

        def look(backend, messages):
            seen.append((OutgoingMail.objects.get().state, connection.in_atomic_block))

        monkeypatch.setattr(EmailBackend, "send_messages", look)
        emails.hand_over(ordered(supporter).pk)

        assert seen == [(State.HANDING_OVER, False)]

    @pytest.mark.django_db(transaction=True)
    def test_does_not_begin_inside_a_transaction(self, supporter):
        mail = ordered(supporter)
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            emails.hand_over(mail.pk)

        assert outbox.outbox == []

    def test_cut_short_is_not_repeated(self, supporter, monkeypatch):
        mail = ordered(supporter)
        break_server(monkeypatch, "send_messages", SystemExit())  # As if the process died.
        with pytest.raises(SystemExit):
            emails.hand_over(mail.pk)
        monkeypatch.undo()

        emails.hand_over(mail.pk)

        mail.refresh_from_db()
        assert mail.state == State.HANDING_OVER
        assert outbox.outbox == []

    @pytest.mark.parametrize(
        "error", [TimeoutError(), smtplib.SMTPServerDisconnected("reader@example.org")]
    )
    def test_to_a_server_that_falls_silent_may_have_worked(
        self, supporter, monkeypatch, caplog, error
    ):
        mail = ordered(supporter)
        break_server(monkeypatch, "send_messages", error)
        with caplog.at_level(logging.ERROR):
            emails.hand_over(mail.pk)

        mail.refresh_from_db()
        assert mail.state == State.HANDING_OVER
        assert "may have been sent" in caplog.text
        assert "reader" not in caplog.text

    def test_ends_before_the_server_takes_leave(self, supporter, monkeypatch):
        mail = ordered(supporter)
        break_server(monkeypatch, "close", smtplib.SMTPServerDisconnected())
        emails.hand_over(mail.pk)

        mail.refresh_from_db()
        assert mail.state == State.SENT

    @pytest.mark.parametrize(
        ("moment", "error"),
        [
            ("open", ConnectionRefusedError("reader@example.org")),
            ("open", smtplib.SMTPAuthenticationError(535, b"reader@example.org")),
            ("send_messages", smtplib.SMTPRecipientsRefused({"reader@example.org": (450, b"")})),
            ("send_messages", smtplib.SMTPDataError(451, b"reader@example.org")),
        ],
    )
    def test_that_was_refused_is_tried_again(self, supporter, monkeypatch, moment, error):
        mail = ordered(supporter)
        break_server(monkeypatch, moment, error)
        with pytest.raises(emails.NotHandedOver) as refusal:
            emails.hand_over(mail.pk)
        assert "reader" not in str(refusal.value)
        monkeypatch.undo()

        emails.hand_over(mail.pk)

        assert len(outbox.outbox) == 1

    @pytest.mark.parametrize(
        "gone", [{"email": "", "name": ""}, {"forget_asked_at": timezone.now()}]
    )
    def test_to_somebody_who_left_meanwhile_does_not_happen(self, supporter, gone):
        mail = ordered(supporter)
        Supporter.objects.update(**gone)
        emails.hand_over(mail.pk)

        mail.refresh_from_db()
        assert mail.state == State.NOT_WANTED
        assert outbox.outbox == []

    def test_of_an_event_is_one_mail_to_its_supporter(self, client):
        tell(client, "checkout.session.completed", make_session(make_contribution().pk))
        emails.hand_over(OutgoingMail.objects.get().pk)

        assert outbox.outbox[0].to == ["reader@example.org"]
        assert "€10.00" in outbox.outbox[0].body


class TestRefusedForGood:
    RECIPIENT = {"reader@example.org": (550, b"reader@example.org unknown")}

    def refused(self, supporter) -> OutgoingMail:
        mail = ordered(supporter)
        emails.give_up(mail.pk)
        mail.refresh_from_db()
        return mail

    @pytest.mark.parametrize("moment", ["open", "send_messages"])
    def test_is_known_after_the_last_of_twelve_attempts(self, supporter, monkeypatch, moment):
        mail = ordered(supporter)
        break_server(monkeypatch, moment, smtplib.SMTPResponseException(451, b""))
        states = []
        for attempt in range(12):
            job = SimpleNamespace(attempts=attempt)
            with pytest.raises(emails.NotHandedOver) as failure:
                tasks.send_mail.func(SimpleNamespace(job=job), mail_id=mail.pk)
            decision = tasks.send_mail.retry_strategy.get_retry_decision(
                exception=failure.value, job=job
            )
            mail.refresh_from_db()
            states.append((mail.state, decision is not None))

        assert states == [(State.ORDERED, True)] * 11 + [(State.REFUSED, False)]

    def test_is_a_mail_that_cannot_be_made(self, supporter, monkeypatch):
        mail = ordered(supporter)
        monkeypatch.setattr(letters, "compose", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tasks.send_mail.func(SimpleNamespace(job=SimpleNamespace(attempts=11)), mail.pk)

        mail.refresh_from_db()
        assert mail.state == State.REFUSED

    def test_is_a_recipient_at_once(self, supporter, monkeypatch, caplog):
        mail = ordered(supporter)
        error = smtplib.SMTPRecipientsRefused(self.RECIPIENT)
        break_server(monkeypatch, "send_messages", error)
        with caplog.at_level(logging.ERROR):
            emails.hand_over(mail.pk)

        mail.refresh_from_db()
        assert mail.state == State.REFUSED
        assert f"Mail {mail.pk} was not sent" in caplog.text
        assert "reader" not in caplog.text

    def test_is_not_what_may_have_been_sent(self, supporter):
        mail = ordered(supporter)
        OutgoingMail.objects.update(state=State.HANDING_OVER)
        emails.give_up(mail.pk)

        mail.refresh_from_db()
        assert mail.state == State.HANDING_OVER

    def test_can_be_sent_again(self, supporter):
        mail = self.refused(supporter)
        emails.order_again(mail)
        emails.hand_over(mail.pk)

        assert ProcrastinateJob.objects.filter(queue_name="mail").count() == 2
        assert len(outbox.outbox) == 1

    def test_is_sent_again_once_though_two_decide_it(self, supporter):
        mail = self.refused(supporter)
        same = OutgoingMail.objects.get()
        emails.order_again(mail)
        emails.hand_over(mail.pk)
        emails.order_again(same)
        emails.hand_over(mail.pk)

        assert len(outbox.outbox) == 1
        assert same.state == State.SENT

    def test_may_have_been_sent_and_begun_again_is_left_to_who_began(self, supporter):
        mail = ordered(supporter)
        began = timezone.now()
        OutgoingMail.objects.update(state=State.HANDING_OVER, handed_over_at=began)
        mail.refresh_from_db()
        OutgoingMail.objects.update(handed_over_at=began + timedelta(hours=1))
        emails.order_again(mail)

        assert mail.state == State.HANDING_OVER

    @pytest.mark.parametrize(
        ("status", "is_lost"),
        [("todo", False), ("doing", False), ("failed", True), ("cancelled", True)],
    )
    def test_is_a_mail_nobody_tries_any_more(self, supporter, status, is_lost):
        mail = ordered(supporter)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = %s", [status])
        tasks.give_up_lost_mails.func(timestamp=0)

        mail.refresh_from_db()
        assert (mail.state == State.REFUSED) is is_lost

    def test_is_not_a_mail_that_waits_for_whose_it_is(self):
        pledge = Pledge.objects.create(subscription_id="sub_1")
        emails.order("changed", "this", supporter=None, pledge=pledge)
        emails.give_up_lost()

        assert OutgoingMail.objects.get().state == State.ORDERED


class TestOneAttemptToldTwice:
    """Stripe tells of an attempt that needs a confirmation as of one that failed, too."""

    FAILED = "payment_failed"
    ASKED = "confirmation_needed"

    def order(self, kind: str, supporter: Supporter) -> None:
        with transaction.atomic():
            emails.order(
                kind,
                "in_1:1",
                supporter=supporter,
                amount_minor=1000,
                currency="EUR",
                at=timezone.now(),
                is_tried_again=True,
                invoice_url=kind,
            )

    @pytest.mark.parametrize(
        "kinds",
        [
            [FAILED, ASKED],
            [ASKED, FAILED],
            [FAILED, FAILED, ASKED, FAILED],
            [ASKED, FAILED, ASKED],
        ],
    )
    def test_is_one_mail_that_asks_for_it(self, supporter, kinds):
        for kind in kinds:
            self.order(kind, supporter)

        mail = OutgoingMail.objects.get()
        assert (mail.kind, mail.context["invoice_url"]) == (self.ASKED, self.ASKED)
        assert ProcrastinateJob.objects.count() == 1
        emails.hand_over(mail.pk)
        assert outbox.outbox[0].subject == "Your bank asks you to confirm your gift"

    def test_too_late_changes_nothing(self, supporter):
        self.order(self.FAILED, supporter)
        emails.hand_over(OutgoingMail.objects.get().pk)
        self.order(self.ASKED, supporter)

        assert OutgoingMail.objects.get().kind == self.FAILED
        assert ProcrastinateJob.objects.count() == 1

    def test_leaves_time_to_learn_of_the_other(self, supporter):
        self.order(self.FAILED, supporter)
        job = ProcrastinateJob.objects.get()

        assert job.scheduled_at > timezone.now() + timedelta(minutes=1)

    @pytest.mark.django_db(transaction=True)
    def test_by_eight_at_once_is_one_mail(self, supporter):
        def tell_of(kind: str) -> None:
            self.order(kind, supporter)
            connections.close_all()

        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(tell_of, kind) for kind in [self.FAILED, self.ASKED] * 8]:
                done.result()

        assert OutgoingMail.objects.get().kind == self.ASKED
        assert ProcrastinateJob.objects.count() == 1

    def test_cannot_be_two_mails(self, supporter):
        self.order(self.FAILED, supporter)
        with pytest.raises(IntegrityError, match="once_for_each_attempt"):
            OutgoingMail.objects.create(kind=self.ASKED, about="in_1:1", supporter=supporter)

    def test_by_events_is_one_mail_in_either_order(self, client, supporter):
        Pledge.objects.create(subscription_id="sub_1", supporter=supporter)
        names = ["invoice.payment_failed", "invoice.payment_action_required"]
        for order in (names, names[::-1]):
            page = "https://stripe.example/i"
            invoice = make_invoice("sub_1", status="open", hosted_invoice_url=page)
            for name in [*order, *order]:
                tell(client, name, invoice)

        mails = OutgoingMail.objects.all()
        assert [mail.kind for mail in mails] == [self.ASKED, self.ASKED]
        assert {mail.context["invoice_url"] for mail in mails} == {page}

    def test_of_another_attempt_is_another_mail(self, client, supporter):
        Pledge.objects.create(subscription_id="sub_1", supporter=supporter)
        invoice = make_invoice("sub_1", status="open")
        for count in (1, 2):
            tell(client, "invoice.payment_failed", invoice | {"attempt_count": count})

        assert OutgoingMail.objects.count() == 2


class TestLanguage:
    def give(self, language: str, days_ago: int) -> Supporter:
        contribution = make_contribution(language=language)
        contribution.created_at = timezone.now() - timedelta(days=days_ago)
        contribution.save()
        supporter = Supporter.objects.of_contribution(contribution, "")
        supporter.refresh_from_db()
        return supporter

    def test_is_that_of_the_newest_gift(self):
        assert self.give("en", days_ago=9).language == "en"
        assert self.give("ru", days_ago=2).language == "ru"

    def test_is_not_that_of_an_earlier_gift_told_of_late(self):
        self.give("ru", days_ago=2)

        assert self.give("en", days_ago=9).language == "ru"
