"""Mail the demo sent to nobody: kept as files, shown at /demo/mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHOWN = 50


@dataclass(frozen=True)
class SentMail:
    """A mail as its reader would see it."""

    to: str
    sender: str
    subject: str
    sent_at: datetime | None
    text: str


@require_safe
@never_cache
def sent_mail(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first; unknown outside the demo."""
    if not settings.DEMO:
        raise Http404
    files = Path(settings.EMAIL_FILE_PATH).glob("*.log")
    paths = sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    mails = [mail for path in paths[:SHOWN] for mail in read(path)]
    return render(request, "newsroom/sent_mail.html", {"mails": mails})


def read(path: Path) -> Iterator[SentMail]:
    """The mails in a file of Django's file backend; it ends each with a line of dashes."""
    for content in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
        message = message_from_bytes(content.strip(b"\n"), policy=policy.default)
        part = message.get_body(("plain",))
        if part is not None and message["To"]:
            yield SentMail(
                to=message["To"],
                sender=message["From"],
                subject=message["Subject"],
                sent_at=message["Date"].datetime if message["Date"] else None,
                text=part.get_content(),
            )
