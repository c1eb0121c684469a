"""Mail that goes by the clock: what it is time to tell somebody about their gift."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donations import emails
from donations.models import Frequency, OutgoingMail, Pledge

Kind = OutgoingMail.Kind

# A month ahead most banks have sent the next card; earlier there is nothing to enter yet.
CARD_AHEAD = timedelta(days=30)
RENEWAL_AHEAD = timedelta(days=7)


def order_due() -> None:
    """Order what has fallen due: of a card's end once for each end, of a renewal once for its day.

    Each has a transaction of its own, and stays due until its moment has passed: whether this is
    cut short, comes twice or a few days late, everybody gets one.
    """
    for kind, due in (Kind.CARD_EXPIRING, cards_expiring()), (Kind.RENEWAL, renewals()):
        locked = due.select_for_update(no_key=True, of=("self",))
        for subscription_id in due.values_list("pk", flat=True):
            with transaction.atomic():
                # Looked at again, locked: it may have been ended since.
                pledge = locked.filter(pk=subscription_id).first()
                if pledge is not None:
                    order(kind, pledge)


def order(kind: Kind, pledge: Pledge) -> None:
    day = pledge.card_expires_on if kind == Kind.CARD_EXPIRING else pledge.next_charge_at
    emails.order(
        kind,
        f"{pledge.pk}:{day:%Y-%m-%d}",
        supporter=pledge.supporter,
        pledge=pledge,
        amount_minor=pledge.amount_minor,
        currency=pledge.currency,
        frequency=pledge.frequency,
        expires_on=pledge.card_expires_on,
        next_charge_at=pledge.next_charge_at,
    )


def cards_expiring() -> QuerySet[Pledge]:
    """Pledges whose card has ended, or does so soon, while they go on."""
    collected = [Pledge.Status.ACTIVE, Pledge.Status.PAST_DUE]
    last = timezone.localdate() + CARD_AHEAD
    return _of_somebody().filter(status__in=collected, card_expires_on__lte=last)


def renewals() -> QuerySet[Pledge]:
    """Yearly gifts that are collected within a week."""
    now = timezone.now()
    return _of_somebody().filter(
        status=Pledge.Status.ACTIVE,
        frequency=Frequency.ANNUAL,
        next_charge_at__gt=now,
        next_charge_at__lte=now + RENEWAL_AHEAD,
    )


def _of_somebody() -> QuerySet[Pledge]:
    """Pledges of people who can be written to."""
    reachable = Pledge.objects.filter(supporter__forget_asked_at=None)
    return reachable.exclude(supporter=None).exclude(supporter__email="")
