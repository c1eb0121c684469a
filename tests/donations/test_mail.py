"""Mail to supporters: what it says, and that it is handed over once."""

import logging
import smtplib
from datetime import UTC, datetime

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from donations import emails
from donations.models import ContributionRules, OutgoingMail, Supporter
from tests.donations.records import make_contribution, make_supporter
from tests.donations.stripe_events import make_event, make_session, post_event, tell

pytestmark = pytest.mark.django_db

State = OutgoingMail.State
VALUES = {
    "amount_minor": 1250,
    "currency": "EUR",
    "frequency": "monthly",
    "at": datetime(2026, 6, 1, tzinfo=UTC),
    "resumes_at": None,
    "reference": "b7c0",
}


@pytest.fixture
def supporter():
    return make_supporter(name="O'Neil")


def ordered(supporter, kind="thanks", **values) -> OutgoingMail:
    emails.order(kind, "this", supporter=supporter, **VALUES | values)
    return OutgoingMail.objects.get()


def sent(supporter, kind="thanks", **values):
    emails.hand_over(ordered(supporter, kind, **values).pk)
    return outbox.outbox[-1]


def break_server(monkeypatch, moment: str, error: Exception) -> None:
    def fail(*args):
        raise error

    monkeypatch.setattr(EmailBackend, moment, fail)


class TestText:
    def test_of_thanks_is_a_receipt(self, supporter, settings):
        settings.DEFAULT_FROM_EMAIL = "The Barque <give@barque.example>"
        message = sent(supporter)

        assert message.to == ["reader@example.org"]
        assert message.from_email == "The Barque <give@barque.example>"
        assert message.subject == "Thank you for your gift"
        html, kind = message.alternatives[0]
        assert kind == "text/html"
        for text in (message.body, html):
            for fact in ("€12.50", "Monthly", "June 1, 2026", "b7c0", "The Barque"):
                assert fact in text
            assert "answer this mail" in text

    @pytest.mark.parametrize(("kind", "frequency"), [("thanks", "once"), ("cancelled", "monthly")])
    def test_offers_no_change_where_nothing_goes_on(self, supporter, kind, frequency):
        message = sent(supporter, kind, frequency=frequency)

        assert "pause or end" not in message.body
        assert "pause or end" not in message.alternatives[0][0]

    @pytest.mark.parametrize("is_tried_again", [True, False])
    def test_promises_another_attempt_only_where_there_is_one(self, supporter, is_tried_again):
        message = sent(supporter, "payment_failed", is_tried_again=is_tried_again)

        for text in (message.body, message.alternatives[0][0]):
            assert ("we try again" in text) is is_tried_again
            assert ("nothing more is tried" in text) is not is_tried_again
            assert "pause or end" in text

    @pytest.mark.parametrize("kind", OutgoingMail.Kind.values)
    @pytest.mark.parametrize("language", ["en", "ru"])
    def test_of_every_kind_can_be_made(self, kind, language):
        supporter = make_supporter(language=language)
        message = sent(supporter, kind, resumes_at=datetime(2026, 9, 1, tzinfo=UTC))

        html = message.alternatives[0][0]
        assert f'lang="{language}"' in html
        amount = {"en": "€12.50", "ru": "12,50\u00a0€"}[language]
        assert amount in message.body
        assert amount in html

    def test_names_the_outlet_as_its_rules_do(self, supporter):
        ContributionRules.objects.create(pk=1, sender_name="Fish & Chips Weekly")
        message = sent(supporter)

        assert message.from_email == "Fish & Chips Weekly <contributions@testserver>"
        assert "Fish & Chips Weekly" in message.body
        assert "Fish &amp; Chips Weekly" in message.alternatives[0][0]

    @pytest.mark.parametrize("kind", OutgoingMail.Kind.values)
    def test_has_a_subject_that_says_nothing_where_that_is_safer(self, supporter, kind):
        ContributionRules.objects.create(pk=1, has_neutral_subjects=True)
        message = sent(supporter, kind)

        assert message.subject == "Your message"
        assert "<title>Your message</title>" in message.alternatives[0][0]

    def test_holds_nothing_personal_before_it_is_made(self, supporter):
        assert "reader" not in str(ordered(supporter).context)


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

    def test_to_somebody_scrubbed_meanwhile_does_not_happen(self, supporter):
        mail = ordered(supporter)
        Supporter.objects.update(email="", name="")
        emails.hand_over(mail.pk)

        mail.refresh_from_db()
        assert mail.state == State.NOT_WANTED
        assert outbox.outbox == []

    def test_of_an_event_is_one_mail_to_its_supporter(self, client):
        tell(client, "checkout.session.completed", make_session(make_contribution().pk))
        emails.hand_over(OutgoingMail.objects.get().pk)

        assert outbox.outbox[0].to == ["reader@example.org"]
        assert "€10.00" in outbox.outbox[0].body
