"""What Stripe's subscriptions mean for pledges."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from donations import emails, gateway, tasks
from donations.models import Contribution, Frequency, Pledge

Object = dict[str, Any]
Status = Pledge.Status

STATUSES = {
    "incomplete": Status.PAST_DUE,
    "incomplete_expired": Status.CANCELLED,
    "trialing": Status.ACTIVE,
    "active": Status.ACTIVE,
    "past_due": Status.PAST_DUE,
    "unpaid": Status.PAST_DUE,
    "paused": Status.PAUSED,
    "canceled": Status.CANCELLED,
}
FREQUENCIES = {"month": Frequency.MONTHLY, "year": Frequency.ANNUAL}


def pledge_of(subscription_id: str, contribution: Contribution | None = None) -> Pledge:
    """The pledge of a subscription, locked; made now if an event tells of it before its own does.

    A contribution has one pledge: a second subscription under its word is somebody's own doing
    at Stripe, and stands alone.
    """
    Pledge.objects.bulk_create([Pledge(subscription_id=subscription_id)], ignore_conflicts=True)
    pledge = Pledge.objects.select_for_update(no_key=True).get(pk=subscription_id)
    is_new = contribution is not None and pledge.contribution_id is None
    if is_new and not Pledge.objects.filter(contribution=contribution).exists():
        pledge.contribution = contribution
        # Asked again, now that the pledge is locked: the checkout's event may just have said it.
        pledge.supporter_id = (
            Contribution.objects.filter(pk=contribution.pk)  # type: ignore[union-attr]
            .values_list("supporter", flat=True)
            .first()
        )
        pledge.save(update_fields=["contribution", "supporter"])
        if pledge.supporter is not None:
            emails.release(pledge, pledge.supporter)
    return pledge


def subscription_of_invoice(invoice: Object) -> str | None:
    """The id of the subscription an invoice is of; None for an invoice of anything else."""
    details = (invoice.get("parent") or {}).get("subscription_details") or {}
    return details.get("subscription")


def follow(subscription: Object, at: datetime) -> None:
    """Let a pledge stand as its subscription stood at `at`, unless a later event said otherwise.

    Two events of one second may come in either order, and an event may be older than what Stripe
    said when it was asked: then a task asks again.
    """
    reference = (subscription.get("metadata") or {}).get("reference")
    pledge = pledge_of(subscription["id"], Contribution.objects.by_reference(reference))
    if pledge.status == Status.CANCELLED or (pledge.as_of and at < pledge.as_of):
        return
    is_older_than_asked = pledge.asked_at is not None and at <= pledge.asked_at
    if is_older_than_asked or at == pledge.as_of:
        tasks.refresh_pledge.defer(subscription_id=pledge.pk)
    if not is_older_than_asked or subscription["status"] == "canceled":
        change(pledge, subscription, at)
    pledge.as_of = at
    pledge.save(update_fields=["as_of"])


def refresh(subscription_id: str) -> Pledge:
    """The pledge as Stripe says it stands now; kept so, unless an event changed it meanwhile.

    Where something else changed it while Stripe was asked, Stripe is asked once more: its first
    answer may be older than that. `as_of` stays, for it counts by Stripe's clock.
    Raises gateway.Unavailable, gateway.Missing; not to be called inside a transaction.
    """
    for _time in range(2):
        seen = Pledge.objects.get(pk=subscription_id)
        asked_at = timezone.now()
        fetched = gateway.retrieve_subscription(subscription_id)
        with transaction.atomic():
            pledge = Pledge.objects.select_for_update(no_key=True).get(pk=subscription_id)
            before = _standing(pledge)
            if pledge.status != Status.CANCELLED and before == _standing(seen):
                pledge.asked_at = asked_at
                change(pledge, fetched, timezone.now())
                return pledge
            apply(pledge, fetched)
            if before == _standing(pledge):
                return pledge
    return pledge


def _standing(pledge: Pledge) -> tuple[object, ...]:
    return pledge.as_of, pledge.status, *terms(pledge)


def change(pledge: Pledge, subscription: Object, at: datetime) -> None:
    """Let a locked pledge stand as `subscription` does, and confirm by mail what that changed."""
    before = None if pledge.as_of is None else terms(pledge)
    apply(pledge, subscription)
    pledge.save()
    if subscription["status"] == "canceled":
        tell("cancelled", pledge.pk, pledge, at)
    elif before is not None and before != terms(pledge):
        tell("changed", f"{pledge.pk}:{at:%Y%m%d%H%M%S}", pledge, at)


def terms(pledge: Pledge) -> tuple[object, ...]:
    """What a supporter agreed to; a mail confirms each change of it."""
    return pledge.amount_minor, pledge.currency, pledge.frequency, pledge.resumes_at


def tell(kind: str, about: str, pledge: Pledge, at: datetime) -> None:
    emails.order(
        kind,
        about,
        supporter=pledge.supporter,
        pledge=pledge,
        amount_minor=pledge.amount_minor,
        currency=pledge.currency,
        frequency=pledge.frequency,
        at=at,
        resumes_at=pledge.resumes_at,
        next_charge_at=pledge.next_charge_at,
    )


def apply(pledge: Pledge, subscription: Object) -> None:
    """Take status, amount and dates from Stripe's object; saves nothing."""
    item = subscription["items"]["data"][0]
    price, pause = item["price"], subscription.get("pause_collection")
    pledge.status = STATUSES[subscription["status"]]
    if pause and pledge.status != Status.CANCELLED:
        pledge.status = Status.PAUSED
    pledge.currency = price["currency"].upper()
    pledge.amount_minor = (price["unit_amount"] or 0) * (item.get("quantity") or 1)
    # Of a subscription made at Stripe by hand the interval may be none of ours.
    pledge.frequency = FREQUENCIES.get((price["recurring"] or {}).get("interval", ""), "")
    is_over = pledge.status == Status.CANCELLED
    is_last = is_over or subscription.get("cancel_at_period_end")
    pledge.next_charge_at = None if is_last else moment(item["current_period_end"])
    pledge.resumes_at = moment(pause.get("resumes_at")) if pause and not is_over else None


def moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
