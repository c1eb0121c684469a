"""What the worker does about money: calls to Stripe and mail that nobody has to wait for."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

URGENT = 10  # Before sized copies of pictures.
PATIENT = RetryStrategy(max_attempts=12, exponential_wait=3)


@app.task(queue="money", retry=PATIENT, priority=URGENT)
def fetch_fee(balance_transaction_id: str, intent_id: str | None) -> None:
    """Book what Stripe kept of a payment; harmless when repeated."""
    from donations import gateway, ledger
    from donations.models import Payment

    fetched = gateway.retrieve_balance_transaction(balance_transaction_id)
    ledger.book_fee(fetched, Payment.objects.filter(pk=intent_id).first())


@app.task(queue="money", retry=PATIENT, priority=URGENT)
def refresh_pledge(subscription_id: str) -> None:
    """Let a pledge stand as Stripe says it stands now, unless an event changes it meanwhile.

    `as_of` stays: it counts by Stripe's clock, and what ours says could hide a later event.
    """
    from django.db import transaction

    from donations import gateway, subscriptions
    from donations.models import Pledge

    seen = Pledge.objects.get(pk=subscription_id)
    fetched = gateway.retrieve_subscription(subscription_id)
    with transaction.atomic():
        pledge = Pledge.objects.select_for_update(no_key=True).get(pk=subscription_id)
        if pledge.as_of == seen.as_of and pledge.status != Pledge.Status.CANCELLED:
            subscriptions.apply(pledge, fetched)
            pledge.save()


@app.task(queue="mail", retry=PATIENT, priority=URGENT)
def send_mail(mail_id: int) -> None:
    """Hand a mail to the mail server, unless that was begun before."""
    from donations import emails

    emails.hand_over(mail_id)
