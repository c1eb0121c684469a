"""Supporters who visit their own gifts."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from donations import emails, links
from donations.models import ManageLink, OutgoingMail, Supporter

DOOR = "/contribute/manage"


def ask(client: Client, email: str = "reader@example.org", **headers: str) -> Any:
    """Ask for a link, as the form does, and let the worker order the mail."""
    answer = client.post(DOOR, {"email": email}, headers=headers)
    order_links()
    return answer


def order_links() -> None:
    """Do the waiting jobs that order links, once."""
    name = "donations.tasks.order_manage_link"
    for job in ProcrastinateJob.objects.filter(task_name=name).order_by("pk"):
        app.tasks[name].func(**job.args)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])


def send_mails() -> None:
    """Hand over all mail that was ordered."""
    for mail in OutgoingMail.objects.filter(state=OutgoingMail.State.ORDERED):
        emails.hand_over(mail.pk)


def address_of(link: ManageLink) -> str:
    """Where the mail of a link leads, host left out."""
    parts = urlsplit(links.address_of(str(link.pk)))
    return f"{parts.path}?{parts.query}"


def word_of(link: ManageLink) -> str:
    """The word in the mail of a link."""
    return parse_qs(urlsplit(address_of(link)).query)["link"][0]


def use(client: Client, link: ManageLink, **headers: str) -> Any:
    """Press the button to which the mail leads."""
    return client.post(DOOR, {"link": word_of(link)}, headers=headers)


def visit(client: Client, supporter: Supporter) -> ManageLink:
    """Begin a visit by a link of its own."""
    link = supporter.links.create()
    answer = use(client, link)
    assert (answer.status_code, answer["Location"]) == (303, DOOR)
    return link
