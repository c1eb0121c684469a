"""What Stripe's objects mean in the books. Every entry is booked once, whatever is repeated."""

from datetime import UTC, datetime
from typing import Any

from donations import tasks
from donations.models import LedgerEntry, Payment

Object = dict[str, Any]
Kind = LedgerEntry.Kind


def book(entries: list[LedgerEntry], payment: Payment | None) -> None:
    """Add entries of a payment, except where their object at Stripe has one of their kind."""
    for each in entries:
        each.payment = payment
    LedgerEntry.objects.bulk_create(entries, ignore_conflicts=True)


def entry(
    kind: Kind, amount_minor: int, currency: str, *, stripe_id: str, at: datetime
) -> LedgerEntry:
    """What an object at Stripe means in the books, unsaved."""
    return LedgerEntry(
        kind=kind,
        amount_minor=amount_minor,
        currency=currency.upper(),
        stripe_id=stripe_id,
        occurred_at=at,
    )


def of_charge(charge: Object) -> list[LedgerEntry]:
    """What a charge brought; nothing until the money came in."""
    if charge["status"] != "succeeded" or not charge.get("captured", True):
        return []
    amount, currency, at = charge["amount_captured"], charge["currency"], moment(charge)
    return [entry(Kind.CHARGE, amount, currency, stripe_id=charge["id"], at=at)]


def of_refund(refund: Object) -> list[LedgerEntry]:
    """What a refund took; where it failed, that it came back again, whichever event comes first.

    A refund that waits for somebody has moved no money: it has no balance transaction yet.
    """
    is_failed = refund["status"] in {"failed", "canceled"}
    if not is_failed and refund["status"] != "succeeded" and not refund["balance_transaction"]:
        return []
    amount, currency, at = refund["amount"], refund["currency"], moment(refund)
    entries = [entry(Kind.REFUND, -amount, currency, stripe_id=refund["id"], at=at)]
    if is_failed:
        undone = f"{refund['id']}:failed"
        entries.append(entry(Kind.REFUND, amount, currency, stripe_id=undone, at=at))
    return entries


def of_dispute(dispute: Object) -> list[LedgerEntry]:
    """What a bank took back and what it gave back again, as its balance transactions say."""
    amount, currency, id = dispute["amount"], dispute["currency"], dispute["id"]
    return [
        entry(Kind.DISPUTE, -amount, currency, stripe_id=id, at=moment(each))
        if each["amount"] < 0
        else entry(Kind.DISPUTE_REVERSAL, amount, currency, stripe_id=id, at=moment(each))
        for each in dispute["balance_transactions"]
    ]


def of_balance_transaction(balance_transaction: Object) -> list[LedgerEntry]:
    """What Stripe kept, in the currency it kept it in."""
    fee, currency = balance_transaction["fee"], balance_transaction["currency"]
    if not fee:
        return []
    at = moment(balance_transaction)
    return [entry(Kind.FEE, -fee, currency, stripe_id=balance_transaction["id"], at=at)]


def book_charge(charge: Object, _at: datetime) -> None:
    """Money came in. Its fee is known by the balance transaction, which may follow later."""
    if entries := of_charge(charge):
        payment = payment_of(charge)
        book(entries, payment)
        order_fee(charge, payment)


def book_refund(refund: Object, _at: datetime) -> None:
    """Money went back, or came back because that failed."""
    if entries := of_refund(refund):
        payment = payment_of(refund)
        book(entries, payment)
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
    currency, stripe_id = dispute["currency"], dispute["id"]
    book([entry(kind, amount_minor, currency, stripe_id=stripe_id, at=at)], payment)
    for balance_transaction in dispute["balance_transactions"]:
        book_fee(balance_transaction, payment)


def book_fee(balance_transaction: Object, payment: Payment | None) -> None:
    """Stripe kept something."""
    book(of_balance_transaction(balance_transaction), payment)


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
