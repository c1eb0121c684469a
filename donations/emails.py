"""Mail to supporters: ordered with what caused it, handed over once."""

import logging
import smtplib
from contextlib import suppress
from datetime import date
from uuid import UUID

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import BigIntegerField, Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.types import TimeDeltaParams

from donations import letters, tasks
from donations.models import ManageLink, OutgoingMail, Pledge, Supporter

logger = logging.getLogger(__name__)

Kind = OutgoingMail.Kind
State = OutgoingMail.State

# The server answered, and said no: nothing was taken over.
REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)

# Of one attempt to collect a gift Stripe may tell both; whoever gives is told of it once.
OF_ONE_ATTEMPT = {Kind.PAYMENT_FAILED, Kind.CONFIRMATION_NEEDED}
PATIENCE: TimeDeltaParams = {"minutes": 2}  # Until the other is known, if there is one.


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
    left, or where somebody asked to be forgotten.

    One that asks for a confirmation takes the place of one that only says that the same attempt
    failed, as long as that has not gone.
    """
    has_reader = supporter.is_reachable if supporter is not None else pledge is not None
    if not has_reader:
        return
    context = {name: _plain(value) for name, value in values.items()}
    mail, created = OutgoingMail.objects.get_or_create(
        kind__in=OF_ONE_ATTEMPT if kind in OF_ONE_ATTEMPT else {kind},
        about=about,
        defaults={"kind": kind, "supporter": supporter, "pledge": pledge, "context": context},
    )
    if created and supporter is not None:
        _enqueue(mail)
    if not created and kind == Kind.CONFIRMATION_NEEDED:
        unsent = OutgoingMail.objects.filter(pk=mail.pk, state=State.ORDERED)
        unsent.update(kind=kind, context=context)


def _plain(value: object) -> object:
    """The value as JSON can hold it."""
    if isinstance(value, date):  # Moments are dates too.
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _enqueue(mail: OutgoingMail) -> None:
    waits = PATIENCE if mail.kind == Kind.PAYMENT_FAILED else None
    tasks.send_mail.configure(schedule_in=waits).defer(mail_id=mail.pk)


def release(pledge: Pledge, supporter: Supporter) -> None:
    """Send what waited until it was known whose `pledge` it is."""
    waiting = OutgoingMail.objects.filter(pledge=pledge, supporter=None, state=State.ORDERED)
    for mail in waiting.select_for_update():
        mail.supporter = supporter
        mail.save(update_fields=["supporter"])
        _enqueue(mail)


def order_again(mail: OutgoingMail) -> None:
    """Have a mail sent that was refused, or may have been sent before: somebody decided so.

    Nothing happens where it went on in the meantime: two who decide at once send it once.
    """
    with transaction.atomic():
        unchanged = OutgoingMail.objects.filter(
            pk=mail.pk,
            state__in=[State.HANDING_OVER, State.REFUSED],
            handed_over_at=mail.handed_over_at,
        )
        if unchanged.update(state=State.ORDERED, handed_over_at=None):
            tasks.send_mail.defer(mail_id=mail.pk)
    mail.refresh_from_db()


def give_up(mail_id: int) -> None:
    """Note that a mail is not tried any more; staff may have it sent again."""
    ordered = OutgoingMail.objects.filter(pk=mail_id, state=State.ORDERED)
    if ordered.update(state=State.REFUSED):
        logger.error("Mail %s was not sent: it was refused for good", mail_id)


def give_up_lost() -> None:
    """Note which mails nobody tries any more, though no attempt was the last.

    Their jobs were called off, or were under way when one worker after another died.
    """
    jobs = ProcrastinateJob.objects.alias(
        mail_id=Cast(KeyTextTransform("mail_id", "args"), BigIntegerField())
    ).filter(task_name=tasks.send_mail.name, status__in=["todo", "doing"], mail_id=OuterRef("pk"))
    lost = OutgoingMail.objects.filter(~Exists(jobs), state=State.ORDERED, supporter__isnull=False)
    for mail_id in lost.values_list("pk", flat=True):
        give_up(mail_id)


def hand_over(mail_id: int) -> None:
    """Give a mail to the mail server, unless that was begun before.

    That it begins is committed first. If this process dies, or the server falls silent before it
    has answered, the mail stays “may have been sent”, for a person to decide about. A recipient
    whom the server will never take is not tried again.

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
        if _is_for_good(error):
            give_up(mail_id)
            return
        raise NotHandedOver(type(error).__name__) from None
    except OSError as error:  # smtplib's other errors are among them.
        logger.error("Mail %s may have been sent: %s", mail_id, type(error).__name__)
    else:
        OutgoingMail.objects.filter(pk=mail_id).update(state=State.SENT)
    finally:
        with suppress(OSError):  # How the server takes leave says nothing about the mail.
            connection.close()


def _is_for_good(error: Exception) -> bool:
    """Whether the server will never take a mail to this address.

    Source: https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
    """
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code >= 500 for code, _reason in error.recipients.values())


def _begin(mail_id: int) -> EmailMultiAlternatives | None:
    """The mail, marked as being handed over; None if it was before, or nobody wants it now."""
    with transaction.atomic(durable=True):
        mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
        if mail.state != State.ORDERED:
            return None
        if mail.supporter is None or not _is_wanted(mail, mail.supporter):
            mail.state, mail.context = State.NOT_WANTED, {}
            mail.save(update_fields=["state", "context"])
            return None
        message = letters.compose(mail, mail.supporter)
        mail.state = State.HANDING_OVER
        mail.handed_over_at = timezone.now()
        mail.save(update_fields=["state", "handed_over_at"])
    return message


def _is_wanted(mail: OutgoingMail, supporter: Supporter) -> bool:
    """Whether there is somebody to write to, and the link they asked for still opens."""
    if not supporter.is_reachable:
        return False
    if mail.kind != Kind.MANAGE_LINK:
        return True
    return ManageLink.objects.usable().filter(pk=mail.context["link"]).exists()
