"""How often the form may be sent in a minute, by one sender and by all.

A sender is known only as the hash that `request.sender_hash` holds, for as long as it counts.
How many mails one address gets, whoever asks for them, is decided in `signing_up`.
"""

from django.db import transaction

from articles.models import SignUpAttempt

PER_SENDER = 10  # Many readers may come through one VPN.
OVERALL = 120


class TooMany(Exception):
    """As many as are allowed signed up in the last minute."""


@transaction.atomic
def admit(sender_hash: str) -> None:
    """Count one more. Raises TooMany, and counts nothing, for too many."""
    SignUpAttempt.objects.lock()
    recent = SignUpAttempt.objects.recent()
    if recent.count() >= OVERALL or recent.filter(sender_hash=sender_hash).count() >= PER_SENDER:
        raise TooMany
    SignUpAttempt.objects.forget_old()
    SignUpAttempt.objects.create(sender_hash=sender_hash)
