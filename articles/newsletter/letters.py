"""What mails of the newsletter say: text and HTML, in the reader's language, nothing remote.

There are no pictures in them: a mailbox that fetches one would tell us who reads, and when.
Addresses lead straight to the stories and say nothing about who follows them.
"""

import re
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.html import escape

from articles.models import NewsletterIssue, Outlet, Subscriber

from . import links

# Stands in a letter made once for all, where each reader has an address of their own.
LEAVE_PLACE = "https://leave.invalid/"
EMPTY_LINES = re.compile(r"\n\s*\n\s*\n+")


@dataclass(frozen=True)
class Teased:
    """A story as a letter shows it."""

    headline: str
    source: str
    kicker: str
    teaser: str
    address: str
    language: str


@dataclass(frozen=True)
class Letter:
    """An issue as it stands at one moment, the same for all its readers but for one address."""

    issue: NewsletterIssue
    outlet: Outlet
    text: str
    html: str

    def for_reader(self, subscriber: Subscriber) -> EmailMultiAlternatives:
        """The mail to a subscriber; made twice, it has the same Message-ID, as mailboxes expect."""
        address = links.to_leave(subscriber.pk, subscriber.language)
        message = self._mail(subscriber.email, address)
        message.extra_headers |= {
            "Message-ID": _message_id("issue", f"{self.issue.pk}:{subscriber.pk}"),
            # https://www.rfc-editor.org/rfc/rfc8058
            "List-Unsubscribe": f"<{address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        return message

    def for_trial(self, email: str) -> EmailMultiAlternatives:
        """The mail to a colleague, who is not subscribed: its link leads to the page for that."""
        return self._mail(email, settings.SITE_URL + reverse("articles:newsletter"))

    def shown(self) -> tuple[str, str]:
        """Text and HTML for a preview."""
        address = settings.SITE_URL + reverse("articles:newsletter")
        return self.text.replace(LEAVE_PLACE, address), self.html.replace(LEAVE_PLACE, address)

    def _mail(self, email: str, leave: str) -> EmailMultiAlternatives:
        message = _mail(
            self.outlet,
            to=email,
            subject=self.issue.subject,
            text=self.text.replace(LEAVE_PLACE, leave),
            html=self.html.replace(LEAVE_PLACE, escape(leave)),
        )
        message.extra_headers |= {"List-Id": list_id(self.outlet), "Precedence": "bulk"}
        return message


def letter_of(issue: NewsletterIssue) -> Letter:
    """The issue with those of its stories that readers can see now; at most four queries."""
    with translation.override(links.offered(issue.language)):
        outlet = Outlet.load().in_language()
        stories = []
        for pick, story in issue.visible_stories():
            kicker = story.kicker_line
            stories.append(
                Teased(
                    headline=story.headline,
                    source=story.source,
                    kicker=_kicker_text(kicker.text, kicker.author) if kicker else "",
                    teaser=pick.teaser or story.teaser_text,
                    address=settings.SITE_URL + story.get_absolute_url(),
                    language=story.language,
                )
            )
        context = {
            "issue": issue,
            "preheader": issue.preheader or " ".join(issue.intro.split())[:150],
            "stories": stories,
            "leave_url": LEAVE_PLACE,
        }
        text, html = _rendered("issue", context, outlet, issue.subject)
    return Letter(issue, outlet, text, html)


def to_confirm(subscriber: Subscriber) -> EmailMultiAlternatives:
    """The mail that asks whether the newsletter is wanted."""
    return _about_signing_up("confirm", subscriber, confirm_url=links.to_confirm(subscriber))


def already_subscribed(subscriber: Subscriber) -> EmailMultiAlternatives:
    """The mail for who signed up and was subscribed before."""
    leave = links.to_leave(subscriber.pk, subscriber.language)
    return _about_signing_up("already", subscriber, leave_url=leave)


def _about_signing_up(
    name: str, subscriber: Subscriber, **context: object
) -> EmailMultiAlternatives:
    with translation.override(links.offered(subscriber.language)):
        outlet = Outlet.load().in_language()
        template = f"articles/mail/{name}.subject.txt"
        subject = " ".join(render_to_string(template, {"outlet": outlet}).split())
        text, html = _rendered(name, context, outlet, subject)
    message = _mail(outlet, to=subscriber.email, subject=subject, text=text, html=html)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    return message


def _rendered(name: str, context: dict[str, Any], outlet: Outlet, title: str) -> tuple[str, str]:
    """Text and HTML of a mail, in the language that is active."""
    context = context | {
        "outlet": outlet,
        "title": title,
        "language": translation.get_language(),
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "site_url": settings.SITE_URL + reverse("articles:front_page"),
    }
    text = render_to_string(f"articles/mail/{name}.txt", context)
    html = render_to_string(f"articles/mail/{name}.html", context)
    return EMPTY_LINES.sub("\n\n", text).strip() + "\n", html


def _mail(outlet: Outlet, *, to: str, subject: str, text: str, html: str) -> EmailMultiAlternatives:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMultiAlternatives(
        subject=_one_line(subject),
        body=text,
        from_email=formataddr((_one_line(outlet.name), outlet.newsletter_email or address)),
        to=[to],
        reply_to=[outlet.email] if outlet.email else None,
    )
    message.attach_alternative(html, "text/html")
    return message


def list_id(outlet: Outlet) -> str:
    """What mail programs sort by. Source: https://www.rfc-editor.org/rfc/rfc2919"""
    return formataddr((_one_line(outlet.name), f"newsletter.{_host()}"))


def _message_id(purpose: str, key: str) -> str:
    return f"<{salted_hmac(f'articles.newsletter.{purpose}', key).hexdigest()}@{_host()}>"


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _kicker_text(text: str, author: str) -> str:
    return f"{text} · {author}" if author else text
