"""What supporters do with their own regular gifts.

Each deed is asked of Stripe, and then Stripe is asked how the gift stands: what comes back is
that, never what was wanted. All of them may be repeated. They raise gateway.Unavailable when
nobody knows whether it was done, and gateway.Missing for a gift that Stripe does not know.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from donations import gateway, subscriptions
from donations.models import Pledge
from donations.waiting import PATIENCE_SECONDS, be_in_time, place_in_line

logger = logging.getLogger(__name__)


def change_amount(pledge: Pledge, amount_minor: int) -> Pledge:
    """Give another amount from the next charge on."""

    def deed(stop_at: float) -> None:
        subscription = gateway.retrieve_subscription(pledge.pk)
        be_in_time(stop_at)
        gateway.change_amount(subscription, amount_minor)

    return _ask(pledge, deed)


def pause(pledge: Pledge, resumes_at: datetime) -> Pledge:
    """Give nothing until then, and go on by itself."""
    return _ask(pledge, lambda _stop_at: gateway.pause(pledge.pk, resumes_at))


def resume(pledge: Pledge) -> Pledge:
    """End a pause now."""
    return _ask(pledge, lambda _stop_at: gateway.resume(pledge.pk))


def cancel(pledge: Pledge) -> Pledge:
    """End the gift now."""
    return _ask(pledge, lambda _stop_at: gateway.cancel(pledge.pk))


def address_of_portal(pledge: Pledge, return_url: str) -> str:
    """Where at Stripe the card is changed; the customer is whose Stripe says the gift is.

    Raises gateway.Unavailable, gateway.Refused.
    """
    stop_at = time.monotonic() + PATIENCE_SECONDS
    with place_in_line():
        customer_id = gateway.retrieve_subscription(pledge.pk)["customer"]
        be_in_time(stop_at)
        return gateway.open_portal(customer_id, return_url)


def _ask(pledge: Pledge, deed: Callable[[float], object]) -> Pledge:
    stop_at = time.monotonic() + PATIENCE_SECONDS
    with place_in_line():
        try:
            deed(stop_at)
        except gateway.Refused as refusal:  # It may have ended at Stripe: how it stands tells.
            logger.warning("Stripe refused to change %s: %s", pledge.pk, refusal)
        be_in_time(stop_at)
        return subscriptions.refresh(pledge.pk)
