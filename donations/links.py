"""The word in a mail that lets somebody see and change their own gifts.

It is the id of a `ManageLink`, signed: the table alone opens nothing, nor does a guess.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode

from donations.models import ManageLink

SALT = "donations.manage"


def address_of(link_id: str) -> str:
    """Where the link of this id leads, host included; in the language that is active."""
    word = signing.Signer(salt=SALT).sign(link_id)
    return f"{settings.SITE_URL}{reverse('donations:manage')}?{urlencode({'link': word})}"


def link_of(word: str) -> ManageLink | None:
    """The link that `word` stands for, used or not; None for a word that is not ours."""
    try:
        return ManageLink.objects.filter(pk=signing.Signer(salt=SALT).unsign(word)).first()
    except signing.BadSignature:
        return None
