"""IndexNow: telling search engines at once which addresses have changed.

Only addresses of published stories are told, nothing about who wrote or who reads them.
Source: https://www.indexnow.org/documentation
"""

import ipaddress
import logging
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from articles.addresses import absolute

TIMEOUT_SECONDS = (5, 10)  # To connect, to answer.
MOST_AT_ONCE = 1_000  # They take ten times as many.
TAKEN = {200, 202}

logger = logging.getLogger(__name__)


class Engine(models.TextChoices):
    ALL = "indexnow", _("IndexNow itself, for all engines that take part")
    BING = "bing", _("Bing (Microsoft, USA)")
    YANDEX = "yandex", _("Yandex (Russia)")
    SEZNAM = "seznam", _("Seznam (Czech Republic)")
    NAVER = "naver", _("Naver (South Korea)")


DOORS = {
    Engine.ALL: "https://api.indexnow.org/indexnow",
    Engine.BING: "https://www.bing.com/indexnow",
    Engine.YANDEX: "https://yandex.com/indexnow",
    Engine.SEZNAM: "https://search.seznam.cz/indexnow",
    Engine.NAVER: "https://searchadvisor.naver.com/indexnow",
}


class NotTaken(Exception):
    """The engine could not take it now; later it may."""


def key() -> str:
    """What proves, at /<key>.txt, that this site sent a message; not a secret."""
    return salted_hmac("articles.indexnow", settings.SITE_URL, algorithm="sha256").hexdigest()[:32]


def announce_due() -> None:
    """Order that the chosen engines be told what has changed since the last time.

    That the changes are done with and that the messages are ordered commits together.
    """
    from articles.models import Announcement, Outlet
    from articles.tasks import tell_search_engine

    with transaction.atomic():
        due = list(Announcement.objects.due().select_for_update(of=("self",))[:MOST_AT_ONCE])
        if not due:
            return
        Announcement.objects.filter(pk__in=[each.pk for each in due]).delete()
        if not _is_on_the_internet():
            return
        addresses = [absolute(each.publication.get_absolute_url()) for each in due]
        for engine in Outlet.load().indexnow_engines:
            tell_search_engine.defer(engine=engine, addresses=addresses)


def tell(engine: str, addresses: list[str]) -> None:
    """Send one message, unless the engine is chosen no longer.

    Raises NotTaken, or what `requests` raises, when it should be tried again.
    """
    from articles.models import Outlet

    if engine not in Outlet.load().indexnow_engines:
        return
    message = {
        "host": urlsplit(settings.SITE_URL).netloc,
        "key": key(),
        "keyLocation": absolute(f"/{key()}.txt"),
        "urlList": addresses,
    }
    answer = requests.post(
        DOORS[Engine(engine)],
        json=message,
        headers={"User-Agent": "Newsroom"},
        timeout=TIMEOUT_SECONDS,
        allow_redirects=False,
    )
    if answer.status_code == 429 or answer.status_code >= 500:
        raise NotTaken(f"{engine} answered {answer.status_code}")
    if answer.status_code not in TAKEN:
        logger.warning(
            "%s refused to be told of changes: it answered %s. Can it read %s?",
            engine,
            answer.status_code,
            message["keyLocation"],
        )


def _is_on_the_internet() -> bool:
    """Whether an engine could reach this site; it could not reach a demo on somebody's desk."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return host != "localhost"
