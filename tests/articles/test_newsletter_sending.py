"""Sending an issue: to each reader once, whatever the mail server does."""

import logging
import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import Delivery, NewsletterIssue, Outlet, Subscriber
from articles.newsletter import sending
from tests.articles.newsletters import (
    make_issue,
    make_subscriber,
    work,
    work_until_nothing_waits,
)
from tests.factories import make_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers():
    return [make_subscriber(f"reader{number}@example.org") for number in range(5)]


@pytest.fixture
def issue(readers):
    issue = make_issue()
    issue.start(by=None)
    return issue


def send(issue):
    sending.order_batch(issue.pk)
    work_until_nothing_waits("newsletter")
    issue.refresh_from_db()


def states(issue):
    return {state: count for state, count in issue.counted().items() if count}


def server_says(monkeypatch, *answers):
    """Let the next mails get these answers, None for one that is taken; then all are taken."""
    answers = list(answers)
    take = EmailBackend.send_messages

    def answer(backend, messages):
        error = answers.pop(0) if answers else None
        if error is not None:
            raise error
        return take(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", answer)


def refused(code):
    return smtplib.SMTPRecipientsRefused({"reader@example.org": (code, b"no: reader@example.org")})


class TestAnIssue:
    def test_goes_to_each_reader_of_its_language_once(self, issue, mailoutbox, readers):
        make_subscriber("late@example.org")
        send(issue)
        sending.send_batch(issue.pk)

        assert sorted(mail.to[0] for mail in mailoutbox) == [reader.email for reader in readers]
        assert issue.state == "sent"
        assert states(issue) == {"sent": 5}

    def test_leaves_out_who_did_not_confirm_or_reads_another_language(self, mailoutbox):
        make_subscriber("ru@example.org", language="ru")
        make_subscriber("waits@example.org", state="pending", confirmed_at=None)
        make_subscriber("left@example.org").unsubscribe()
        Subscriber.objects.suppress(["bounced@example.org"])
        issue = make_issue()

        with pytest.raises(ValidationError, match="Nobody is subscribed"):
            issue.start(by=None)
        assert issue.is_draft

    def test_needs_something_to_say(self, readers):
        at = timezone.now() + timedelta(days=1)
        issue = make_issue(make_publication(at=at), intro=" ")

        with pytest.raises(ValidationError, match="Readers can see none"):
            issue.start(by=None)

    def test_is_sent_once(self, issue):
        with pytest.raises(ValidationError, match="sent before"):
            issue.start(by=None)

    def test_does_not_reach_who_left_meanwhile(self, issue, readers, mailoutbox):
        readers[0].unsubscribe()
        readers[1].delete()
        send(issue)

        assert len(mailoutbox) == 3
        assert states(issue) == {"sent": 3, "not_wanted": 2}

    def test_goes_no_faster_than_the_outlet_wants(self, issue, mailoutbox):
        Outlet.objects.create(pk=1, name="The Tide", newsletter_per_minute=12)
        sending.send_batch(issue.pk)

        assert len(mailoutbox) == 2
        job = ProcrastinateJob.objects.get(queue_name="newsletter")
        seconds = (job.scheduled_at - timezone.now()).total_seconds()
        assert sending.ROUND_SECONDS - 3 < seconds <= sending.ROUND_SECONDS

    def test_is_without_a_story_that_was_withdrawn_on_the_way(self, readers, mailoutbox):
        story = make_publication(headline="Withdrawn")
        issue = make_issue(story)
        issue.start(by=None)
        Outlet.objects.create(pk=1, name="The Tide", newsletter_per_minute=6)
        sending.send_batch(issue.pk)
        story.article.withdraw("An error.", by=None)
        sending.send_batch(issue.pk)

        assert ["Withdrawn" in mail.body for mail in mailoutbox] == [True, False]

    def test_can_be_paused_resumed_and_stopped(self, issue, mailoutbox):
        Outlet.objects.create(pk=1, name="The Tide", newsletter_per_minute=6)
        sending.send_batch(issue.pk)
        assert issue.pause()
        sending.send_batch(issue.pk)
        assert len(mailoutbox) == 1
        assert issue.resume()
        sending.send_batch(issue.pk)
        assert len(mailoutbox) == 2
        assert issue.stop()
        assert not issue.resume()
        sending.send_batch(issue.pk)
        assert len(mailoutbox) == 2

    def test_ends_between_two_mails_when_it_is_paused(self, issue, mailoutbox, monkeypatch):
        take = EmailBackend.send_messages

        def take_and_pause(backend, messages):
            NewsletterIssue.objects.get(pk=issue.pk).pause()
            return take(backend, messages)

        monkeypatch.setattr(EmailBackend, "send_messages", take_and_pause)
        sending.send_batch(issue.pk)

        assert len(mailoutbox) == 1
        assert states(issue) == {"sent": 1, "waiting": 4}


class TestTheMailServer:
    def test_that_refuses_a_mailbox_for_good_is_believed(self, issue, monkeypatch, mailoutbox):
        server_says(monkeypatch, None, refused(550))
        send(issue)

        assert states(issue) == {"sent": 4, "refused": 1}
        assert issue.state == "sent"

    def test_that_says_not_now_is_asked_again_later(self, issue, monkeypatch, mailoutbox):
        server_says(monkeypatch, refused(450))
        sending.send_batch(issue.pk)
        assert states(issue) == {"sent": 4, "waiting": 1}
        sending.send_batch(issue.pk)
        assert len(mailoutbox) == 4

        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            sending.send_batch(issue.pk)
        issue.refresh_from_db()
        assert len(mailoutbox) == 5
        assert issue.state == "sent"

    def test_that_says_not_now_for_ever_is_let_go(self, issue, monkeypatch, mailoutbox):
        Delivery.objects.exclude(pk=issue.deliveries.first().pk).delete()
        server_says(monkeypatch, *[refused(450)] * 9)
        moment = timezone.now()
        for _time in range(6):
            with time_machine.travel(moment):
                sending.send_batch(issue.pk)
            moment += timedelta(days=1)

        issue.refresh_from_db()
        assert states(issue) == {"refused": 1}
        assert issue.state == "sent"

    def test_that_falls_silent_gets_no_mail_twice(self, issue, monkeypatch, mailoutbox, caplog):
        server_says(monkeypatch, None, smtplib.SMTPServerDisconnected("silent: reader@example.org"))
        send(issue)

        assert states(issue) == {"sent": 4, "handing_over": 1}
        assert len({mail.to[0] for mail in mailoutbox}) == len(mailoutbox) == 4
        assert "may have been sent: SMTPServerDisconnected" in caplog.text
        assert "@example.org" not in caplog.text

    def test_that_refuses_its_sender_is_tried_again(self, issue, monkeypatch, mailoutbox):
        server_says(monkeypatch, *[smtplib.SMTPSenderRefused(451, b"later", "us@example.org")] * 3)
        send(issue)

        assert states(issue) == {"sent": 5}
        assert issue.stumbles == 0

    def test_that_takes_nothing_for_long_pauses_the_issue(self, issue, monkeypatch, caplog):
        def fail(backend):
            raise ConnectionRefusedError

        monkeypatch.setattr(EmailBackend, "open", fail)
        with caplog.at_level(logging.ERROR):
            send(issue)

        assert issue.is_paused
        assert issue.trouble == "ConnectionRefusedError"
        assert states(issue) == {"waiting": 5}
        assert "is paused" in caplog.text

    def test_that_refuses_everybody_pauses_the_issue(self, monkeypatch):
        for number in range(sending.REFUSED_IN_A_ROW + 5):
            make_subscriber(f"reader{number}@example.org")
        issue = make_issue()
        issue.start(by=None)
        server_says(monkeypatch, *[refused(550)] * 99)
        send(issue)

        assert issue.is_paused
        assert states(issue)["waiting"] == 5


class TestAWorkerThatDies:
    def test_leaves_one_mail_that_may_have_been_sent(self, issue, monkeypatch, mailoutbox):
        server_says(monkeypatch, None, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            sending.send_batch(issue.pk)
        assert states(issue) == {"sent": 1, "handing_over": 1, "waiting": 3}
        assert Delivery.objects.doubtful().count() == 0
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            assert Delivery.objects.doubtful().count() == 1

        sending.go_on_with_lost()
        work_until_nothing_waits("newsletter")

        issue.refresh_from_db()
        assert states(issue) == {"sent": 4, "handing_over": 1}
        assert issue.state == "sent"

    def test_is_followed_by_one_batch_at_a_time(self, issue):
        for _time in range(3):
            sending.order_batch(issue.pk)
            sending.go_on_with_lost()

        [job] = ProcrastinateJob.objects.filter(queue_name="newsletter")
        assert job.lock == f"newsletter-{issue.pk}"

    def test_of_no_issue_that_ended_is_anything_ordered(self, issue):
        issue.stop()
        sending.go_on_with_lost()
        work("newsletter")

        assert not ProcrastinateJob.objects.filter(queue_name="newsletter").exists()


def test_a_mail_costs_the_same_number_of_queries_however_many_wait(
    issue, mailoutbox, django_assert_max_num_queries
):
    for number in range(100):
        reader = make_subscriber(f"more{number}@example.org")
        Delivery.objects.create(issue=issue, subscriber=reader)
    Outlet.objects.create(pk=1, name="The Tide", newsletter_per_minute=30)

    # Each of five mails: is it still being sent, next, reader, begin, end, and two savepoints.
    with django_assert_max_num_queries(20 + 5 * 7):
        sending.send_batch(issue.pk)
    assert len(mailoutbox) == 5
