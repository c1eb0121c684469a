"""What of subscribers is kept no longer, by the clock and because somebody asks for it."""

from dataclasses import dataclass

from django.db import transaction

from articles.models import NewsletterIssue, SignUpAttempt, SignUpMail, Subscriber


@dataclass(frozen=True)
class Forgotten:
    """How much of what."""

    unconfirmed: int  # Addresses that were never confirmed.
    issues: int  # Of which nobody knows any more to whom they went.


def tidy() -> Forgotten:
    """Forget all whose time has come; harmless when repeated."""
    SignUpAttempt.objects.forget_old()
    SignUpMail.objects.forget_old()
    return Forgotten(
        unconfirmed=Subscriber.objects.forget_unconfirmed(),
        issues=NewsletterIssue.objects.forget_deliveries(),
    )


@transaction.atomic
def forget(subscriber: Subscriber) -> None:
    """Delete all that is known of a subscriber, also that they unsubscribed.

    Of issues they got, the counts stay.
    """
    Subscriber.objects.filter(pk=subscriber.pk).delete()
