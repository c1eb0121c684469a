"""Forgetting by the clock: what is kept no longer than it is needed.

Works in pieces, each its own transaction, and looks anew each time: it may be killed and repeated.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command
from django.db.models import QuerySet
from django.utils import timezone

from donations import forgetting, gateway
from donations.models import (
    Attempt,
    Contribution,
    ContributionRules,
    ManageLink,
    StripeEvent,
    Supporter,
)

logger = logging.getLogger(__name__)

PIECE = 500
UNFINISHED_KEPT = timedelta(days=2)  # Since its last step.
PAYLOAD_KEPT = timedelta(days=30)  # Stripe itself keeps events no longer; reconciling mends.


@dataclass
class Scrubbed:
    """How much of what was scrubbed."""

    contributions: int = 0
    supporters: int = 0
    left_at_stripe: int = 0  # Supporters who are unknown here, and not yet at Stripe.
    payloads: int = 0
    links: int = 0


def scrub() -> Scrubbed:
    """Forget all whose time has come; returns how many of each."""
    scrubbed = Scrubbed(
        contributions=empty_unfinished(),
        payloads=empty_payloads(),
        links=in_pieces(ManageLink.objects.over(), lambda piece: piece.delete()[0]),
        supporters=let_go_ended(),
    )
    Attempt.objects.forget_old()
    call_command("clearsessions", verbosity=0)
    finish_leaving()
    scrubbed.left_at_stripe = Supporter.objects.leaving().count()
    return scrubbed


def empty_unfinished() -> int:
    """Take address, name and message from contributions that led to nothing."""
    before = timezone.now() - UNFINISHED_KEPT
    unfinished = Contribution.objects.unfinished_with_person().filter(changed_at__lt=before)
    return in_pieces(unfinished, lambda piece: piece.update(email="", name="", message=""))


def empty_payloads() -> int:
    """Empty events that could never be applied; that they came stays known."""
    before = timezone.now() - PAYLOAD_KEPT
    stuck = StripeEvent.objects.filter(applied_at=None, received_at__lt=before)
    return in_pieces(stuck.filter(payload__isnull=False), lambda piece: piece.update(payload=None))


def let_go_ended() -> int:
    """Empty supporters who have not given for as long as the outlet wants to know them."""
    before = timezone.now() - timedelta(days=ContributionRules.load().keep_ended_days)
    ended = Supporter.objects.ended(before)
    return sum(forgetting.let_go_ended(number, before) for number in numbers(ended))


def finish_leaving() -> None:
    """Have Stripe forget whom we have; at its first silence the rest waits for the next time."""
    for number in numbers(Supporter.objects.leaving()):
        try:
            forgetting.finish(number)
        except gateway.Refused as refusal:
            logger.error("Stripe does not forget supporter %s: %s", number, refusal)
        except gateway.Unavailable as trouble:
            logger.warning("Stripe does not answer: %s", trouble)
            return


def in_pieces(rows: QuerySet, change: Callable[[QuerySet], int]) -> int:
    """Change all of `rows`, a piece at a time, until none is left that it finds; how many."""
    total = 0
    while keys := list(rows.values_list("pk", flat=True)[:PIECE]):
        total += change(rows.filter(pk__in=keys))
    return total


def numbers(supporters: QuerySet[Supporter]) -> Iterator[int]:
    """The keys of `supporters`, read in pieces, each once whatever becomes of it."""
    last = 0
    while keys := list(
        supporters.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PIECE]
    ):
        yield from keys
        last = keys[-1]
