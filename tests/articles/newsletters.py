"""Subscribers and issues for tests."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import IssueStory, NewsletterIssue, Publication, Subscriber
from articles.models.subscriber import hashes_of
from tests.factories import make_publication

HERE = {"Origin": "http://testserver"}


def make_subscriber(email: str = "ida@example.org", **fields: Any) -> Subscriber:
    """Somebody who confirmed an hour ago."""
    now = timezone.now()
    values: dict[str, Any] = {
        "email": email,
        "address_hash": hashes_of(email)[0],
        "language": "en",
        "state": "confirmed",
        "wording": "Yes.",
        "asked_at": now - timedelta(hours=2),
        "confirmed_at": now - timedelta(hours=1),
    }
    return Subscriber.objects.create(**values | fields)


def make_issue(*stories: Publication, **fields: Any) -> NewsletterIssue:
    """A draft with these stories, or one of its own."""
    values: dict[str, Any] = {"subject": "The week", "intro": "Good morning.", "language": "en"}
    issue = NewsletterIssue.objects.create(**values | fields)
    for position, story in enumerate(stories or [make_publication()]):
        IssueStory.objects.create(issue=issue, picked=story.article, position=position)
    return issue


def work(*queues: str) -> None:
    """Do the jobs that are waiting in these queues, here and now, each once."""
    for job in ProcrastinateJob.objects.filter(queue_name__in=queues, status="todo").order_by("pk"):
        ProcrastinateJob.objects.filter(pk=job.pk).update(status="succeeded")
        app.tasks[job.task_name].func(**job.args)


def work_until_nothing_waits(*queues: str) -> None:
    while ProcrastinateJob.objects.filter(queue_name__in=queues, status="todo").exists():
        work(*queues)
