"""Giving a mail to the mail server, or to a provider's interface, and what its answer means."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from anymail.exceptions import AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

ABOUT_THE_MAIL = {400, 406, 422}  # Of a provider: this mail, not its sender.


class Refused(Exception):
    """This mailbox will never take the mail."""


class NotNow(Exception):
    """This mailbox does not take it at the moment; another may."""


class NotTaken(Exception):
    """The server takes nothing at all; the text is the class of its refusal, never an address."""


class Doubtful(Exception):
    """The server fell silent: it may have taken the mail."""


@contextmanager
def connected() -> Iterator[BaseEmailBackend]:
    """A connection for mails that follow each other. Raises NotTaken where there is none."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, AnymailError) as error:
        raise NotTaken(type(error).__name__) from None
    try:
        yield connection
    finally:
        with suppress(OSError):  # How the server takes leave says nothing about the mails.
            connection.close()


def hand_over(message: EmailMultiAlternatives, connection: BaseEmailBackend) -> None:
    """Hand the mail over. Raises Refused, NotNow, NotTaken or Doubtful."""
    message.connection = connection
    try:
        message.send()
    except (AnymailRecipientsRefused, AnymailInvalidAddress):
        raise Refused from None
    except AnymailError as error:  # Before OSError: some are both.
        _answer_of_provider(error)
    except smtplib.SMTPRecipientsRefused as error:
        # https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1
        is_for_good = all(code >= 500 for code, _reason in error.recipients.values())
        raise (Refused if is_for_good else NotNow) from None
    except smtplib.SMTPResponseException as error:
        raise NotTaken(f"{type(error).__name__} {error.smtp_code}") from None
    except OSError as error:  # smtplib's other errors are among them.
        raise Doubtful(type(error).__name__) from None


def _answer_of_provider(error: AnymailError) -> NoReturn:
    status = error.status_code
    if status in ABOUT_THE_MAIL:
        raise Refused from None
    if status is not None and 400 <= status < 500:
        raise NotTaken(f"{type(error).__name__} {status}") from None
    raise Doubtful(type(error).__name__) from None
