"""The words in mails with which a subscription is confirmed and ended.

Each is the id of a `Subscriber`, signed for one purpose: the table alone opens nothing. The one
that confirms is good for as long as a subscriber waits; the one that ends is good for ever.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from articles.models import Subscriber
from articles.models.subscriber import PENDING_KEPT

CONFIRM = "articles.newsletter.confirm"
LEAVE = "articles.newsletter.leave"


class NotOurs(Exception):
    """The word is not one of ours, was not copied whole, or is too old."""


def to_confirm(subscriber: Subscriber) -> str:
    """Where the mail after signing up leads, host included."""
    word = _confirming().sign(str(subscriber.pk))
    return _address("articles:newsletter_confirm", subscriber.language, word)


def to_leave(subscriber_id: object, language: str) -> str:
    """Where a reader unsubscribes, host included."""
    word = _leaving().sign(str(subscriber_id))
    return _address("articles:newsletter_unsubscribe", language, word)


def who_confirms(word: str) -> Subscriber | None:
    """Whose the word is; None where they are gone. Raises NotOurs."""
    try:
        number = _confirming().unsign(word, max_age=PENDING_KEPT)
    except signing.BadSignature:
        raise NotOurs from None
    return Subscriber.objects.filter(pk=number).first()


def who_leaves(word: str) -> Subscriber | None:
    """Whose the word is; None where they were forgotten. Raises NotOurs."""
    try:
        number = _leaving().unsign(word)
    except signing.BadSignature:
        raise NotOurs from None
    return Subscriber.objects.filter(pk=number).first()


def offered(language: str) -> str:
    """The language, or the outlet's first where its pages are not offered in it any more."""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _confirming() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=CONFIRM, sep=".")


def _leaving() -> signing.Signer:
    return signing.Signer(salt=LEAVE, sep=".")


def _address(name: str, language: str, word: str) -> str:
    with translation.override(offered(language)):
        return f"{settings.SITE_URL}{reverse(name)}?{urlencode({'key': word})}"
