"""Mails to supporters for tests: ordered, handed over, looked at."""

from datetime import UTC, date, datetime
from typing import Any

from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives

from donations import emails
from donations.models import ManageLink, OutgoingMail, Supporter
from tests.donations.records import make_contribution

VALUES: dict[str, Any] = {
    "amount_minor": 1250,
    "currency": "EUR",
    "fee_cover_minor": 0,
    "frequency": "monthly",
    "at": datetime(2026, 6, 1, tzinfo=UTC),
    "resumes_at": None,
    "next_charge_at": datetime(2026, 7, 1, tzinfo=UTC),
    "is_tried_again": True,
    "invoice_url": "",
    "expires_on": date(2100, 6, 30),
}


def ordered(supporter: Supporter, kind: str = "thanks", **values: Any) -> OutgoingMail:
    """A mail of `kind` about something of its own, with all that its template may ask for."""
    made = VALUES | values
    if kind == "thanks" and "reference" not in made:
        made["reference"] = str(make_contribution().pk)
    if kind == "manage_link" and "link" not in made:
        made["link"] = ManageLink.objects.create(supporter=supporter).pk
    emails.order(kind, "this", supporter=supporter, **made)
    return OutgoingMail.objects.get(kind=kind)


def sent(supporter: Supporter, kind: str = "thanks", **values: Any) -> EmailMultiAlternatives:
    emails.hand_over(ordered(supporter, kind, **values).pk)
    return outbox.outbox[-1]


def html_of(message: EmailMultiAlternatives) -> str:
    content, kind = message.alternatives[0]
    assert kind == "text/html"
    return content
