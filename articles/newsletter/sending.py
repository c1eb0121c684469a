"""Sending an issue: batch after batch, to each reader once, whoever is killed meanwhile.

A batch takes seconds and orders the next one. Before a mail is handed over, that this begins is
committed; so a process that dies leaves at most one delivery of which nobody knows, which counts
as “may have been sent” and is not repeated. The letter is made anew for each batch: a story that
is withdrawn while an issue is being sent is not in the mails that follow.
"""

import logging
import math
import time
from contextlib import suppress
from datetime import timedelta

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from articles import tasks
from articles.models import Delivery, MailState, NewsletterIssue, Outlet, Subscriber

from . import handing_over
from .letters import Letter, letter_of

logger = logging.getLogger(__name__)

BATCH_SECONDS = 5  # A worker that is asked to stop has to wait for it.
ROUND_SECONDS = 10  # From one batch to the next.
STUMBLES_AT_MOST = 8  # Waits of half an hour in all.
REFUSED_IN_A_ROW = 20  # Then it is not the mailboxes.


class Pause(Exception):
    """The issue should wait for a person; the text says why."""


class Stumble(Exception):
    """The server failed: wait a little, then go on."""


def order_batch(issue_id: int, *, seconds: float = 0) -> None:
    """Have the next batch sent, unless it is ordered already."""
    job = tasks.send_newsletter.configure(
        lock=f"newsletter-{issue_id}",
        queueing_lock=f"newsletter-{issue_id}",
        schedule_in={"seconds": math.ceil(seconds)} if seconds else None,
    )
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(issue_id=issue_id)


def go_on_with_lost() -> None:
    """Order a batch of each issue that is being sent though no job sends it."""
    jobs = ProcrastinateJob.objects.filter(
        task_name=tasks.send_newsletter.name, status__in=["todo", "doing"]
    )
    ordered = {job.args["issue_id"] for job in jobs}
    for number in NewsletterIssue.objects.sending().values_list("pk", flat=True):
        if number not in ordered:
            order_batch(number)


def send_batch(issue_id: int) -> None:
    """Send as many as a round allows, then order the next batch or call the issue sent."""
    issue = NewsletterIssue.objects.sending().filter(pk=issue_id).first()
    if issue is None:
        return
    begun = time.monotonic()
    most = _allowance()
    try:
        taken_up = _send_some(issue, most=most, until=begun + BATCH_SECONDS)
    except Pause as reason:
        _pause(issue, str(reason))
    except Stumble as trouble:
        _note_stumble(issue, str(trouble))
    else:
        NewsletterIssue.objects.filter(pk=issue_id).update(stumbles=0)
        if issue.finish():
            return
        took_seconds = time.monotonic() - begun
        _order_next(issue, ROUND_SECONDS - took_seconds if taken_up == most else 0)


def _allowance() -> int:
    per_minute = Outlet.load().newsletter_per_minute
    return max(per_minute * ROUND_SECONDS // 60, 1)


def _order_next(issue: NewsletterIssue, pause: float) -> None:
    """The next batch: after this many seconds, or when the first mailbox may be tried again."""
    waiting = Delivery.objects.filter(issue=issue, state=MailState.WAITING)
    pause = max(pause, 0)
    if not waiting.due().exists():
        first = waiting.aggregate(first=Min("not_before"))["first"]
        if first is not None:
            pause = max((first - timezone.now()) / timedelta(seconds=1), pause)
    order_batch(issue.pk, seconds=pause)


def _send_some(issue: NewsletterIssue, *, most: int, until: float) -> int:
    """Hand over up to `most` mails; how many were begun. Raises Pause and Stumble."""
    letter = letter_of(issue)
    refused_in_a_row = 0
    try:
        with handing_over.connected() as connection:
            for number in range(most):
                begun = _begin(issue) if time.monotonic() < until else None
                if begun is None:
                    return number
                is_refused = _hand_over(*begun, letter, connection) == MailState.REFUSED
                refused_in_a_row = refused_in_a_row + 1 if is_refused else 0
                if refused_in_a_row >= REFUSED_IN_A_ROW:
                    raise Pause("Refused")
    except handing_over.NotTaken as trouble:
        raise Stumble(str(trouble)) from None
    return most


def _begin(issue: NewsletterIssue) -> tuple[Delivery, Subscriber] | None:
    """The next delivery, marked as being handed over; None where none is due or sending ended."""
    while True:
        with transaction.atomic(durable=True):
            # Locked, so that “Pause” is answered when no mail goes any more.
            sending = NewsletterIssue.objects.sending().select_for_update(no_key=True)
            if not sending.filter(pk=issue.pk).exists():
                return None
            due = Delivery.objects.due().filter(issue=issue).order_by("pk")
            locked = due.select_related("subscriber").select_for_update(
                skip_locked=True, of=["self"]
            )
            delivery = locked.first()
            if delivery is None:
                return None
            reader = delivery.subscriber
            if reader is not None and reader.is_confirmed:
                delivery.stand(MailState.HANDING_OVER, handed_over_at=timezone.now())
                return delivery, reader
            delivery.stand(MailState.NOT_WANTED)


def _hand_over(
    delivery: Delivery, reader: Subscriber, letter: Letter, connection: BaseEmailBackend
) -> str:
    """The state in which the delivery is left. Raises Stumble and NotTaken."""
    try:
        handing_over.hand_over(letter.for_reader(reader), connection)
    except handing_over.Refused:
        delivery.stand(MailState.REFUSED)
        return MailState.REFUSED
    except handing_over.NotNow:
        delivery.put_off(minutes=5)
        return MailState.WAITING
    except handing_over.NotTaken:
        delivery.stand(MailState.WAITING, handed_over_at=None)
        raise
    except handing_over.Doubtful as trouble:
        logger.error("Delivery %s may have been sent: %s", delivery.pk, trouble)
        raise Stumble(str(trouble)) from None
    delivery.stand(MailState.SENT)
    return MailState.SENT


def _note_stumble(issue: NewsletterIssue, trouble: str) -> None:
    issue.stumbles += 1
    NewsletterIssue.objects.filter(pk=issue.pk).update(stumbles=issue.stumbles)
    if issue.stumbles >= STUMBLES_AT_MOST:
        _pause(issue, trouble)
        return
    logger.warning("Newsletter issue %s waits for the mail server: %s", issue.pk, trouble)
    order_batch(issue.pk, seconds=min(15 * 2**issue.stumbles, 600))


def _pause(issue: NewsletterIssue, trouble: str) -> None:
    if issue.pause(trouble):
        logger.error("Newsletter issue %s is paused: %s", issue.pk, trouble)
