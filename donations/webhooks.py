"""What each Stripe event changes.

Events come more than once, in any order, and some before those that explain them. So a handler
says only what its object proves, adds what is missing and takes nothing back that a later state
has said. Handlers make no network calls: mail and fees are tasks enqueued with the event.
"""

import logging
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, transaction

from donations import emails, forgetting, ledger, subscriptions
from donations.models import Contribution, Invoice, Payment, Pledge, StripeEvent, Supporter

logger = logging.getLogger(__name__)

Object = dict[str, Any]
Handler = Callable[[Object, datetime], None]
State = Contribution.State


class NotApplied(Exception):
    """An event's effects were rolled back; the class of what went wrong is its text."""


def process(event: Object) -> None:
    """Apply a Stripe event once, however often and in whatever order Stripe delivers it.

    The event's row and its effects commit together. If a handler fails, its effects roll back;
    a row saying so is written afterwards, Stripe gets 500, and its next attempt, or *Try again*
    in the admin, applies it. Unknown types are stored and done.

    Raises NotApplied. Neither it nor the log holds the message of what went wrong: a database's
    message quotes values, an e-mail address perhaps.
    """
    try:
        with transaction.atomic():
            row = StripeEvent.objects.locked(event)
            if row.applied_at is None:
                at = datetime.fromtimestamp(event["created"], UTC)
                HANDLERS.get(event["type"], ignore)(event["data"]["object"], at)
                row.mark_applied()
    except Exception as error:
        failure, place = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
        # Where the database is away, or cannot keep what the event holds, the log alone tells.
        with suppress(DatabaseError, ValueError):
            StripeEvent.objects.note_failure(event, failure)
        logger.error(
            "Event %s of type %s was not applied: %s\n%s",
            event["id"],
            event["type"],
            failure,
            place,
        )
        raise NotApplied(failure) from None


def ignore(_object: Object, _at: datetime) -> None:
    """Stored, and nothing else."""


def warn(suspect: Object, _at: datetime) -> None:
    """Something a person should look at in Stripe's dashboard; what it costs, others tell."""
    logger.warning("Stripe reports %s %s", suspect["object"], suspect["id"])


def follow_session(session: Object, _at: datetime) -> None:
    """A checkout was completed, paid later or expired."""
    contribution = contribution_of(session)
    if contribution is None:
        return
    if session["status"] == "expired":
        contribution.advance(State.EXPIRED)
    if session["status"] != "complete":
        return
    supporter = Supporter.objects.of_contribution(contribution, session.get("customer") or "")
    if session.get("subscription"):
        pledge = subscriptions.pledge_of(session["subscription"], contribution)
        if supporter is not None:
            Pledge.objects.filter(pk=pledge.pk).update(supporter=supporter)
            emails.release(pledge, supporter)
    if supporter is not None:
        forgetting.forget_again(supporter)
    if session.get("payment_intent"):
        payment = Payment.objects.of_intent(session["payment_intent"])
        Payment.objects.filter(pk=payment.pk).update(contribution=contribution)
    if session["payment_status"] == "unpaid":
        contribution.advance(State.PROCESSING)
    elif contribution.advance(State.SUCCEEDED):
        emails.order(
            "thanks",
            str(contribution.pk),
            supporter=supporter,
            amount_minor=contribution.total_minor,
            currency=contribution.currency,
            fee_cover_minor=contribution.fee_cover_minor,
            frequency=contribution.frequency,
            at=datetime.fromtimestamp(session["created"], UTC),
            reference=str(contribution.pk),
        )


def fail_session(session: Object, _at: datetime) -> None:
    """A payment that takes days did not come."""
    contribution = contribution_of(session)
    if contribution is not None:
        contribution.advance(State.FAILED)


def follow_invoice(invoice: Object, _at: datetime) -> None:
    """An invoice says which pledge it is of."""
    subscription_id = subscriptions.subscription_of_invoice(invoice)
    if subscription_id:
        pledge = subscriptions.pledge_of(subscription_id)
        Invoice.objects.update_or_create(invoice_id=invoice["id"], defaults={"pledge": pledge})


def tell_of_failed_payment(invoice: Object, at: datetime) -> None:
    """A renewal could not be charged; each attempt is told of once."""
    follow_invoice(invoice, at)
    tell_supporter("payment_failed", invoice, at)


def tell_of_needed_confirmation(invoice: Object, at: datetime) -> None:
    """A bank wants its customer to confirm a renewal."""
    follow_invoice(invoice, at)
    tell_supporter("confirmation_needed", invoice, at)


def tell_supporter(kind: str, invoice: Object, at: datetime) -> None:
    """Mail about an attempt to collect a renewal; at the first payment the reader sees it.

    That it will be tried again is said only while Stripe means to.
    """
    pledge = Pledge.objects.filter(invoices=invoice["id"]).select_related("supporter").first()
    if pledge is None or invoice.get("billing_reason") == "subscription_create":
        return
    emails.order(
        kind,
        f"{invoice['id']}:{invoice.get('attempt_count', 0)}",
        supporter=pledge.supporter,
        pledge=pledge,
        amount_minor=invoice["amount_due"],
        currency=invoice["currency"].upper(),
        at=at,
        is_tried_again=invoice.get("next_payment_attempt") is not None,
        invoice_url=invoice.get("hosted_invoice_url") or "",
    )


def tie_payment_to_invoice(invoice_payment: Object, _at: datetime) -> None:
    """The payment of a renewal says which invoice it paid."""
    intent_id = (invoice_payment.get("payment") or {}).get("payment_intent")
    if intent_id:
        invoice, _created = Invoice.objects.get_or_create(invoice_id=invoice_payment["invoice"])
        payment = Payment.objects.of_intent(intent_id)
        Payment.objects.filter(pk=payment.pk).update(invoice=invoice)


def contribution_of(stripe_object: Object) -> Contribution | None:
    """The contribution whose opaque word the object carries, locked; None for what is not ours."""
    return Contribution.objects.select_for_update(no_key=True).by_reference(
        (stripe_object.get("metadata") or {}).get("reference")
    )


HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": follow_session,
    "checkout.session.expired": follow_session,
    "checkout.session.async_payment_succeeded": follow_session,
    "checkout.session.async_payment_failed": fail_session,
    "invoice.paid": follow_invoice,
    "invoice.payment_failed": tell_of_failed_payment,
    "invoice.payment_action_required": tell_of_needed_confirmation,
    "invoice_payment.paid": tie_payment_to_invoice,
    "customer.subscription.created": subscriptions.follow,
    "customer.subscription.updated": subscriptions.follow,
    "customer.subscription.deleted": subscriptions.follow,
    "customer.subscription.paused": subscriptions.follow,
    "customer.subscription.resumed": subscriptions.follow,
    "charge.succeeded": ledger.book_charge,
    "charge.updated": ledger.book_charge,
    "charge.failed": ignore,
    "refund.created": ledger.book_refund,
    "refund.updated": ledger.book_refund,
    "refund.failed": ledger.book_refund,
    "charge.dispute.created": warn,
    "charge.dispute.funds_withdrawn": ledger.book_withdrawal,
    "charge.dispute.funds_reinstated": ledger.book_reinstatement,
    "charge.dispute.closed": ignore,
    "radar.early_fraud_warning.created": warn,
}
