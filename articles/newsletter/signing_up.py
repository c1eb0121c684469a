"""From the form to a confirmed subscriber: what is noted, and which mail answers.

Known or not, an address gets the same page, and the same is done for it before that page: the
worker decides later what its mail says, and whether it gets one.
"""

import logging
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from articles import tasks
from articles.models import MailState, Outlet, SignUpMail, Subscriber, SubscriberState

from . import consent, handing_over, letters

logger = logging.getLogger(__name__)

CONFIRMATIONS_IN_A_DAY = 3  # So that nobody's mailbox is filled by a stranger.
REMINDERS_IN_A_DAY = 1


class TryAgain(Exception):
    """The mail server took nothing: trying again is safe."""


@transaction.atomic
def ask(email: str, language: str) -> None:
    """Note that the newsletter was asked for at this address, and order the mail about it."""
    subscriber = Subscriber.objects.ask(
        email, language=language, wording=consent.wording(Outlet.load().in_language(language))
    )
    mail = SignUpMail.objects.create(subscriber=subscriber)
    tasks.send_sign_up_mail.defer(mail_id=mail.pk)


def hand_over(mail_id: int) -> None:
    """Give the mail to the mail server, unless that was begun before.

    That it begins is committed first: if this process dies, it is not sent a second time, and
    whoever waits for it asks again. Raises TryAgain.
    """
    with transaction.atomic(durable=True):
        mail = SignUpMail.objects.select_for_update().filter(pk=mail_id).first()
        if mail is None or mail.state != MailState.WAITING:
            return
        subscriber = Subscriber.objects.get(pk=mail.subscriber_id)
        mail.is_reminder = subscriber.is_confirmed
        mail.state = MailState.HANDING_OVER if _is_due(mail, subscriber) else MailState.NOT_WANTED
        mail.handed_over_at = timezone.now()
        mail.save()
        if mail.state == MailState.NOT_WANTED:
            return
        compose = letters.already_subscribed if mail.is_reminder else letters.to_confirm
        message = compose(subscriber)
    _send(mail, message)


def _send(mail: SignUpMail, message: EmailMultiAlternatives) -> None:
    this = SignUpMail.objects.filter(pk=mail.pk)
    try:
        with handing_over.connected() as connection:
            handing_over.hand_over(message, connection)
    except handing_over.Refused:
        this.update(state=MailState.REFUSED)
    except (handing_over.NotNow, handing_over.NotTaken) as error:
        this.update(state=MailState.WAITING)
        raise TryAgain(type(error).__name__) from None
    except handing_over.Doubtful as error:
        logger.warning("The sign-up mail %s may have been sent: %s", mail.pk, error)
    else:
        this.update(state=MailState.SENT)


def _is_due(mail: SignUpMail, subscriber: Subscriber) -> bool:
    """Whether the address wants this mail, and has not had enough like it today."""
    if subscriber.state not in (SubscriberState.PENDING, SubscriberState.CONFIRMED):
        return False
    went = [MailState.HANDING_OVER, MailState.SENT]
    today = timezone.now() - timedelta(days=1)
    alike = subscriber.sign_up_mails.filter(is_reminder=mail.is_reminder, state__in=went)
    most = REMINDERS_IN_A_DAY if mail.is_reminder else CONFIRMATIONS_IN_A_DAY
    return alike.filter(handed_over_at__gt=today).count() < most
