"""What Stripe's objects mean in the books. Every entry is booked once, whatever is repeated."""

from datetime import UTC, datetime
from typing import Any

from donations import tasks
from donations.models import LedgerEntry, Payment

Object = dict[str, Any]
Kind = LedgerEntry.Kind


def book(
    kind: Kind,
    amount_minor: int,
    currency: str,
    *,
    stripe_id: str,
    payment: Payment | None,
    at: datetime,
) -> None:
    """Add an entry, unless this object at Stripe has one of this kind."""
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                kind=kind,
                amount_minor=amount_minor,
                currency=currency.upper(),
                stripe_id=stripe_id,
                payment=payment,
                occurred_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def book_charge(charge: Object, _at: datetime) -> None:
    """Money came in. Its fee is known by the balance transaction, which may follow later."""
    if charge["status"] != "succeeded" or not charge.get("captured", True):
        return
    payment = payment_of(charge)
    book(
        Kind.CHARGE,
        charge["amount_captured"],
        charge["currency"],
        stripe_id=charge["id"],
        payment=payment,
        at=moment(charge),
    )
    order_fee(charge, payment)


def book_refund(refund: Object, _at: datetime) -> None:
    """Money went back; where that failed, it came back again, whichever event comes first.

    A refund that waits for somebody has moved no money: it has no balance transaction yet.
    """
    is_failed = refund["status"] in {"failed", "canceled"}
    if not is_failed and refund["status"] != "succeeded" and not refund["balance_transaction"]:
        return
    payment = payment_of(refund)
    amount, currency, at = refund["amount"], refund["currency"], moment(refund)
    book(Kind.REFUND, -amount, currency, stripe_id=refund["id"], payment=payment, at=at)
    if is_failed:
        undone = f"{refund['id']}:failed"
        book(Kind.REFUND, amount, currency, stripe_id=undone, payment=payment, at=at)
    order_fee(refund, payment)
    order_fee(refund, payment, "failure_balance_transaction")


def book_withdrawal(dispute: Object, at: datetime) -> None:
    """A bank took the money back."""
    _book_dispute(Kind.DISPUTE, -dispute["amount"], dispute, at)


def book_reinstatement(dispute: Object, at: datetime) -> None:
    """The bank gave it back to us."""
    _book_dispute(Kind.DISPUTE_REVERSAL, dispute["amount"], dispute, at)


def _book_dispute(kind: Kind, amount_minor: int, dispute: Object, at: datetime) -> None:
    payment = payment_of(dispute)
    currency = dispute["currency"]
    book(kind, amount_minor, currency, stripe_id=dispute["id"], payment=payment, at=at)
    for balance_transaction in dispute["balance_transactions"]:
        book_fee(balance_transaction, payment)


def book_fee(balance_transaction: Object, payment: Payment | None) -> None:
    """What Stripe kept, in the currency it kept it in."""
    if balance_transaction["fee"]:
        book(
            Kind.FEE,
            -balance_transaction["fee"],
            balance_transaction["currency"],
            stripe_id=balance_transaction["id"],
            payment=payment,
            at=moment(balance_transaction),
        )


def order_fee(
    stripe_object: Object, payment: Payment | None, field: str = "balance_transaction"
) -> None:
    """Have the fee fetched; the event carries only the id of the balance transaction."""
    if stripe_object.get(field):
        tasks.fetch_fee.defer(
            balance_transaction_id=stripe_object[field],
            intent_id=payment.pk if payment else None,
        )


def payment_of(stripe_object: Object) -> Payment | None:
    """The payment an object belongs to, made known now if need be."""
    intent_id = stripe_object.get("payment_intent")
    return Payment.objects.of_intent(intent_id) if intent_id else None


def moment(stripe_object: Object) -> datetime:
    return datetime.fromtimestamp(stripe_object["created"], UTC)
