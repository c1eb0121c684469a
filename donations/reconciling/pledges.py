"""Subscriptions and the pledges they are; the cards that pay them."""

import calendar
import copy
from contextlib import suppress
from datetime import date

from django.db import transaction
from django.utils import timezone

from donations import gateway, subscriptions
from donations.models import Contribution, Pledge

from .reading import Object, Period, in_pieces
from .report import Report

Status = Pledge.Status

TERMS = ["status", "currency", "amount_minor", "frequency", "next_charge_at", "resumes_at"]


def compare(period: Period, report: Report) -> None:
    """Let every living pledge, and every one made in a time, stand as its subscription does."""
    seen: set[str] = set()  # Ids alone, so that even many fit into memory.
    living = gateway.living_subscriptions()
    made = gateway.subscriptions_between(period.begin, period.end)
    for listed in (living, made):
        for piece in in_pieces(listed):
            fresh = [each for each in piece if each["id"] not in seen]
            seen.update(each["id"] for each in fresh)
            follow(fresh, report)
    known = Pledge.objects.living().values_list("pk", flat=True)
    for subscription_id in [pk for pk in known if pk not in seen]:
        with report.comparing("subscription", subscription_id):
            look_up(subscription_id, report)


def follow(piece: list[Object], report: Report) -> None:
    """Bring about what the events of some subscriptions say, where they did not."""
    pledges = Pledge.objects.in_bulk([each["id"] for each in piece])
    for subscription in piece:
        with report.comparing("subscription", subscription["id"]):
            pledge = pledges.get(subscription["id"])
            mend(subscription, pledge, report)
            read_card(subscription, pledge)


def mend(subscription: Object, pledge: Pledge | None, report: Report) -> None:
    """Make a pledge known, and of whom it is, and let it stand as Stripe says."""
    subscription_id = subscription["id"]
    contribution = None
    if pledge is None or pledge.contribution_id is None:
        reference = (subscription.get("metadata") or {}).get("reference")
        contribution = Contribution.objects.by_reference(reference)
    if pledge is not None and contribution is None and stands_as(pledge, subscription):
        return
    with report.mending(lambda: standing(subscription_id)), transaction.atomic():
        pledge = subscriptions.pledge_of(subscription_id, contribution)
        # While no event has told of it, what was listed is the newest that is known.
        if pledge.as_of is None and pledge.status != Status.CANCELLED:
            subscriptions.change(pledge, subscription, timezone.now())
    if not stands_as(pledge, subscription):
        look_up(subscription_id, report)


def look_up(subscription_id: str, report: Report) -> None:
    """Let a pledge stand as Stripe says when asked again, unless it has ended here."""
    try:
        with report.mending(lambda: standing(subscription_id)):
            pledge = subscriptions.refresh(subscription_id)
    except gateway.Missing:
        report.differ("subscription", subscription_id, "is known here, and not at Stripe")
        return
    kept = Pledge.objects.get(pk=subscription_id)
    if kept.status == Status.CANCELLED != pledge.status:
        how = f"is {pledge.status} at Stripe, {kept.status} here"
        report.differ("subscription", subscription_id, how)


def stands_as(pledge: Pledge, subscription: Object) -> bool:
    wanted = copy.copy(pledge)
    subscriptions.apply(wanted, subscription)
    if pledge.status == wanted.status == Status.CANCELLED:
        return True  # What it was is of no consequence any more.
    return all(getattr(pledge, name) == getattr(wanted, name) for name in TERMS)


def standing(subscription_id: str) -> tuple[object, ...] | None:
    """All that the events of a subscription may change; None where it is unknown."""
    pledges = Pledge.objects.filter(pk=subscription_id)
    return pledges.values_list("contribution", "supporter", *TERMS).first()


def read_card(subscription: Object, pledge: Pledge | None) -> None:
    """Note until when the card of a living pledge is valid, for the mail that says it ends."""
    if subscriptions.STATUSES[subscription["status"]] == Status.CANCELLED:
        return
    method = subscription.get("default_payment_method")
    if method is None:
        with suppress(gateway.Refused):  # Then nothing is known of it.
            method = gateway.retrieve_default_card(subscription["customer"])
    card = method.get("card") if isinstance(method, dict) else None
    expires_on = last_day(card["exp_year"], card["exp_month"]) if card else None
    if pledge is None or pledge.card_expires_on != expires_on:
        Pledge.objects.filter(pk=subscription["id"]).update(card_expires_on=expires_on)


def last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
