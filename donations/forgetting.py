"""Letting go of people: because they ask for it, or because the outlet's time for it has come.

First the person is emptied here, in one transaction, which ends all mail. Then Stripe is asked to
end and to delete; the ids of its customers stay here until it has. So whoever is killed leaves
nothing but a supporter who is `leaving`, and anybody may finish that: the task, the nightly scrub.

What moved money stays in the ledger, without a person. Of single gifts Stripe makes no customer:
what it keeps of such a payment it keeps by law, and for a time of its own.
"""

import logging
import math
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from donations import gateway, subscriptions, tasks
from donations.models import Contribution, OutgoingMail, Pledge, StripeCustomer, Supporter
from donations.waiting import PATIENCE_SECONDS, be_in_time, place_in_line

logger = logging.getLogger(__name__)

Object = dict[str, Any]

OPEN_FOR = timedelta(days=1)  # Stripe closes a checkout by itself after that.
HEAD_START_SECONDS = 20  # Before the task, for the one who asks.


def forget(supporter: Supporter) -> bool:
    """Forget somebody who asked for it; True when that is done, False where a task will end it.

    Keeps a reader for at most ten seconds; raises nothing for what Stripe does. Not to be called
    inside a transaction.
    """
    with transaction.atomic():
        let_go(supporter.pk, asked_at=timezone.now())
        later = tasks.forget.configure(schedule_in={"seconds": HEAD_START_SECONDS})
        later.defer(supporter_id=supporter.pk)
    try:
        with place_in_line():
            return finish(supporter.pk, stop_at=time.monotonic() + PATIENCE_SECONDS)
    except (gateway.Unavailable, gateway.Refused) as trouble:
        logger.warning("Supporter %s is forgotten later: %s", supporter.pk, trouble)
        return False


def let_go_ended(supporter_id: int, before: datetime) -> bool:
    """Empty a supporter whose gifts ended `before` then; False where that is not so any more."""
    with transaction.atomic():
        lock(supporter_id, Q(supporter=supporter_id))
        if not Supporter.objects.ended(before).filter(pk=supporter_id).exists():
            return False
        let_go(supporter_id)
    return True


def let_go(supporter_id: int, asked_at: datetime | None = None) -> None:
    """Empty all that says who a supporter is; belongs into a transaction.

    With the moment in which they asked for it, what they began and did not finish under the same
    address is theirs too: should it be paid all the same, it is known whom to forget.
    """
    whose = Q(supporter=supporter_id)
    if asked_at:
        email = Supporter.objects.values_list("email", flat=True).get(pk=supporter_id)
        if email:
            whose |= Q(supporter=None, email__iexact=email)
    lock(supporter_id, whose)
    # Anew, for what was locked may just have been given its supporter.
    Contribution.objects.filter(whose).update(supporter=supporter_id, email="", name="", message="")
    Supporter.objects.filter(pk=supporter_id).update(
        email="", name="", forget_asked_at=Coalesce("forget_asked_at", asked_at)
    )
    supporter = Supporter.objects.get(pk=supporter_id)
    supporter.links.filter(used_at=None).delete()
    supporter.links.filter(left_at=None).update(left_at=timezone.now())
    waiting = [OutgoingMail.State.ORDERED, OutgoingMail.State.REFUSED]
    supporter.mails.filter(state__in=waiting).update(state=OutgoingMail.State.NOT_WANTED)
    supporter.mails.update(context={})  # The page of an invoice at Stripe names its reader.


def lock(supporter_id: int, whose: Q) -> None:
    """Lock contributions, then their supporter: the order in which events do it."""
    list(Contribution.objects.filter(whose).select_for_update(no_key=True).values_list("pk"))
    Supporter.objects.select_for_update(no_key=True).get(pk=supporter_id)


def forget_again(supporter: Supporter) -> None:
    """Forget once more, where something of a supporter came who had been let go.

    Belongs into the transaction of the event that brought it.
    """
    # Read anew: they may have been let go since the event was begun.
    if Supporter.objects.filter(pk=supporter.pk, email="").update(scrubbed_at=None):
        tasks.forget.defer(supporter_id=supporter.pk)


def finish(supporter_id: int, stop_at: float = math.inf) -> bool:
    """Have Stripe end and delete what is left of somebody who was let go; whether all is gone now.

    No call begins after `stop_at`. Raises gateway.Unavailable, and gateway.Refused for what only a
    person can settle. Not to be called inside a transaction.
    """
    supporter = Supporter.objects.get(pk=supporter_id)
    if supporter.email:
        return False  # Nobody let go of them.
    for pledge in supporter.pledges.living():
        be_in_time(stop_at)
        end_pledge(pledge.pk, supporter)
    for contribution in open_checkouts(supporter):
        be_in_time(stop_at)
        close_checkout(contribution)
    for customer in supporter.customers.all():
        be_in_time(stop_at)
        with suppress(gateway.Missing):  # It was deleted, and its answer lost.
            gateway.delete_customer(customer.pk)
        customer.delete()
    return close(supporter_id)


def open_checkouts(supporter: Supporter) -> list[Contribution]:
    """What could still be paid at Stripe; nobody should be charged who wants to be gone."""
    states = [Contribution.State.STARTED, Contribution.State.CHECKOUT]
    recent = Contribution.objects.filter(
        supporter=supporter, state__in=states, created_at__gt=timezone.now() - OPEN_FOR
    )
    return list(recent.exclude(session_id=None))


def end_pledge(subscription_id: str, supporter: Supporter) -> None:
    """End a pledge at Stripe and here; no mail tells of it."""
    ended = ended_subscription(subscription_id)
    with transaction.atomic():
        pledge = Pledge.objects.select_for_update(no_key=True).get(pk=subscription_id)
        if ended is None:
            pledge.status, pledge.next_charge_at = Pledge.Status.CANCELLED, None
        else:
            subscriptions.apply(pledge, ended)
            # The event that names its customer may not have come.
            StripeCustomer.objects.get_or_create(
                customer_id=ended["customer"], defaults={"supporter": supporter}
            )
        pledge.save()


def ended_subscription(subscription_id: str) -> Object | None:
    """The subscription, ended now or before; None for one that Stripe does not know."""
    try:
        return gateway.cancel(subscription_id)
    except gateway.Missing:
        with suppress(gateway.Missing):
            return gateway.retrieve_subscription(subscription_id)
    return None


def close_checkout(contribution: Contribution) -> None:
    """Close a checkout; where it was paid at this moment, an event comes, and `forget_again`."""
    with suppress(gateway.Refused):
        gateway.expire_checkout(contribution.session_id or "")
        contribution.advance(Contribution.State.EXPIRED)


def close(supporter_id: int) -> bool:
    """Call a supporter scrubbed, unless something came meanwhile that Stripe still has."""
    with transaction.atomic():
        # Fully locked: no event adds a customer between these lines.
        supporter = Supporter.objects.select_for_update().get(pk=supporter_id)
        if supporter.email or supporter.customers.exists() or supporter.pledges.living().exists():
            return False
        supporter.scrubbed_at = supporter.scrubbed_at or timezone.now()
        supporter.save(update_fields=["scrubbed_at"])
    return True
