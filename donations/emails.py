"""Mail to supporters: ordered with what caused it, handed over once."""

import logging
import smtplib
from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from donations import money, tasks
from donations.models import ContributionRules, Frequency, OutgoingMail, Pledge, Supporter

logger = logging.getLogger(__name__)

State = OutgoingMail.State

# The server answered, and said no: nothing was taken over.
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)


class NotHandedOver(Exception):
    """The mail server took nothing; the class of its refusal is the text, never an address."""


def order(
    kind: str,
    about: str,
    *,
    supporter: Supporter | None,
    pledge: Pledge | None = None,
    **values: object,
) -> None:
    """Have a mail sent, once for each `about`; belongs into the transaction of its cause.

    `values` are for its template: plain, and nothing personal. While it is not known whose
    `pledge` it is, the mail waits for `release`; otherwise nothing is sent where no address is
    left.
    """
    has_address = supporter is not None and supporter.email != ""
    if not has_address and (supporter is not None or pledge is None):
        return
    context = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
    mail, created = OutgoingMail.objects.get_or_create(
        kind=kind,
        about=about,
        defaults={"supporter": supporter, "pledge": pledge, "context": context},
    )
    if created and supporter is not None:
        tasks.send_mail.defer(mail_id=mail.pk)


def release(pledge: Pledge, supporter: Supporter) -> None:
    """Send what waited until it was known whose `pledge` it is."""
    waiting = OutgoingMail.objects.filter(pledge=pledge, supporter=None, state=State.ORDERED)
    for mail in waiting.select_for_update():
        mail.supporter = supporter
        mail.save(update_fields=["supporter"])
        tasks.send_mail.defer(mail_id=mail.pk)


def order_again(mail: OutgoingMail) -> None:
    """Have a mail sent that may have been sent before: somebody decided so."""
    with transaction.atomic():
        mail.state = State.ORDERED
        mail.handed_over_at = None
        mail.save(update_fields=["state", "handed_over_at"])
        tasks.send_mail.defer(mail_id=mail.pk)


def hand_over(mail_id: int) -> None:
    """Give a mail to the mail server, unless that was begun before.

    That it begins is committed first. If this process dies, or the server falls silent before it
    has answered, the mail stays “may have been sent”, for a person to decide about.

    Raises NotHandedOver if the server cannot be reached or refuses: trying again is safe.
    """
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        raise NotHandedOver(type(error).__name__) from None
    try:
        message = _begin(mail_id)
        if message is None:
            return
        message.connection = connection
        message.send()
    except REFUSALS as error:
        OutgoingMail.objects.filter(pk=mail_id).update(state=State.ORDERED, handed_over_at=None)
        raise NotHandedOver(type(error).__name__) from None
    except OSError as error:  # smtplib's other errors are among them.
        logger.error("Mail %s may have been sent: %s", mail_id, type(error).__name__)
        return
    finally:
        connection.close()
    OutgoingMail.objects.filter(pk=mail_id).update(state=State.SENT)


def _begin(mail_id: int) -> EmailMultiAlternatives | None:
    """The mail, marked as being handed over; None if it was before, or nobody is left to get it."""
    with transaction.atomic(durable=True):
        mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
        if mail.state != State.ORDERED:
            return None
        if mail.supporter is None or not mail.supporter.email:
            mail.state = State.NOT_WANTED
            mail.save(update_fields=["state"])
            return None
        message = compose(mail, mail.supporter)
        mail.state = State.HANDING_OVER
        mail.handed_over_at = timezone.now()
        mail.save(update_fields=["state", "handed_over_at"])
    return message


def compose(mail: OutgoingMail, supporter: Supporter) -> EmailMultiAlternatives:
    """The mail as text and as HTML, in the supporter's language and the outlet's name."""
    rules = ContributionRules.load()
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    with translation.override(supporter.language):
        context = _readable(mail.context) | {
            "outlet": rules.sender_name or name,
            "language": supporter.language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "site_url": settings.SITE_URL,
        }
        template = f"donations/mail/{mail.kind}"
        subject = _("Your message")
        if not rules.has_neutral_subjects:
            subject = render_to_string(f"{template}.subject.txt", context).strip()
        context["subject"] = subject
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"{template}.txt", context),
            from_email=formataddr((rules.sender_name or name, address)),
            to=[supporter.email],
        )
        message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message


def _readable(context: dict[str, Any]) -> dict[str, Any]:
    """The stored values as a template prints them: amounts with their currency, moments."""
    readable: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name in {"at", "resumes_at"} and value else value
        for name, value in context.items()
    }
    if "amount_minor" in context:
        readable["amount"] = money.printed(context["amount_minor"], context["currency"])
    if context.get("frequency"):
        readable["frequency_label"] = Frequency(context["frequency"]).label
    return readable
