"""What a mail to a supporter says: text and HTML, in the supporter's language."""

import re
import textwrap
from datetime import date, datetime
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from donations import links, money, wording
from donations.models import ContributionRules, Frequency, OutgoingMail, Pledge, Supporter

Kind = OutgoingMail.Kind

WIDTH = 72  # Of plain text: what is quoted in an answer still fits into 80.
NUMBERED = re.compile(r"[0-9]\. ")


def compose(mail: OutgoingMail, supporter: Supporter) -> EmailMultiAlternatives:
    """The mail as text and as HTML, in the supporter's language and the outlet's name.

    It has the same Message-ID whenever it is made: a mailbox that was given it twice can tell.
    """
    rules = ContributionRules.load()
    host = urlsplit(settings.SITE_URL).hostname or ""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    language = _offered(supporter.language)
    with translation.override(language):
        sender = rules.words().sender_name or rules.sender_name
        outlet = " ".join((sender or name or host).split())
        context = _readable(mail) | {
            "kind": mail.kind,
            "outlet": outlet,
            "language": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "site_url": settings.SITE_URL,
            "manage_url": settings.SITE_URL + reverse("donations:manage"),
            "contribute_url": settings.SITE_URL + reverse("donations:contribute"),
        }
        template = f"donations/mail/{mail.kind}"
        title = render_to_string(f"{template}.subject.txt", context).strip()
        context["title"] = title
        context["subject"] = _("Your message") if rules.has_neutral_subjects else title
        message = EmailMultiAlternatives(
            subject=context["subject"],
            body=_wrapped(render_to_string(f"{template}.txt", context)),
            from_email=formataddr((outlet, address)),
            to=[supporter.email],
            headers={
                "Message-ID": f"<{salted_hmac('donations.mail', str(mail.pk)).hexdigest()}@{host}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message


def _offered(language: str) -> str:
    """The language, or the outlet's first where its pages are not offered in it any more."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _readable(mail: OutgoingMail) -> dict[str, Any]:
    """The stored values as a template prints them, each by what its name says it is."""
    readable: dict[str, Any] = dict(mail.context)
    for name, value in mail.context.items():
        if value is None:
            continue
        if name == "at" or name.endswith("_at"):
            readable[name] = datetime.fromisoformat(value)
        elif name.endswith("_on"):
            readable[name] = date.fromisoformat(value)
        elif name.endswith("_minor"):
            readable[name.removesuffix("_minor")] = money.printed(value, readable["currency"])
    if "amount" in readable:
        frequency = readable.get("frequency", Frequency.ONCE)
        readable["gift"] = wording.terms(readable["amount"], frequency)
    if readable.get("frequency"):
        readable["frequency_label"] = Frequency(readable["frequency"]).label
    match mail.kind:
        case Kind.MANAGE_LINK:
            readable["address"] = links.address_of(readable["link"])
        case Kind.CARD_EXPIRING:
            readable["has_expired"] = readable["expires_on"] < timezone.localdate()
        case Kind.THANKS:
            pledge = Pledge.objects.filter(contribution=readable["reference"]).first()
            readable["next_charge_at"] = pledge and pledge.next_charge_at
    return readable


def _wrapped(text: str) -> str:
    """The lines broken at words, addresses never; one empty line where templates leave several."""
    lines = [""]
    for line in text.strip().splitlines():
        wrapped = textwrap.wrap(
            line,
            WIDTH,
            subsequent_indent="   " if NUMBERED.match(line) else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        if wrapped or lines[-1]:
            lines += wrapped or [""]
    return "\n".join(lines[1:]) + "\n"
