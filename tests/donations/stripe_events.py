"""Events as Stripe sends them, of version 2026-10-28.endive, signed and posted like its own."""

import itertools
import json
import time
from typing import Any

import stripe
from django.conf import settings
from django.test import Client

_numbers = itertools.count(1)


def make_event(type: str, made: dict[str, Any], *, at: int | None = None) -> dict[str, Any]:
    return {
        "id": f"evt_{next(_numbers)}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": at or int(time.time()),
        "livemode": False,
        "type": type,
        "data": {"object": made},
    }


def signed(body: str, *, secret: str = "", at: int | None = None) -> str:
    """The header with which Stripe proves `body`."""
    return stripe.WebhookSignature.generate_signature_header(
        body, secret or settings.STRIPE_WEBHOOK_SECRETS[0], timestamp=at
    )


def post_event(client: Client, event: dict[str, Any]) -> Any:
    """Deliver `event` through the real view, signed as Stripe signs."""
    body = json.dumps(event)
    return post_body(client, body, signed(body))


def post_body(client: Client, body: str | bytes, signature: str) -> Any:
    return client.post(
        "/stripe/webhook",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )


def tell(client: Client, type: str, made: dict[str, Any], *, at: int | None = None) -> None:
    """Deliver an event and see that it was taken."""
    assert post_event(client, make_event(type, made, at=at)).status_code == 200


def make_charge(amount: int = 1000, currency: str = "eur", **fields: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "id": f"ch_{number}",
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "balance_transaction": f"txn_{number}",
        "captured": True,
        "created": 1_790_000_000,
        "currency": currency,
        "payment_intent": f"pi_{number}",
        "status": "succeeded",
    } | fields


def make_refund(charge: dict[str, Any], amount: int | None = None, **fields: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "id": f"re_{number}",
        "object": "refund",
        "amount": amount or charge["amount"],
        "balance_transaction": f"txn_{number}",
        "charge": charge["id"],
        "created": 1_790_000_100,
        "currency": charge["currency"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": None,
        "status": "succeeded",
    } | fields


def make_dispute(charge: dict[str, Any], *, fee: int = 1500, **fields: Any) -> dict[str, Any]:
    """A dispute whose money was withdrawn, with its fee."""
    number = next(_numbers)
    withdrawal = make_balance_transaction(f"txn_{number}", -charge["amount"], fee=fee)
    return {
        "id": f"du_{number}",
        "object": "dispute",
        "amount": charge["amount"],
        "balance_transactions": [withdrawal],
        "charge": charge["id"],
        "created": 1_790_000_200,
        "currency": charge["currency"],
        "livemode": False,
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    } | fields


def make_balance_transaction(
    id: str, amount: int, *, fee: int, currency: str = "eur"
) -> dict[str, Any]:
    return {
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "created": 1_790_000_000,
        "currency": currency,
        "fee": fee,
        "fee_details": [],
        "net": amount - fee,
        "status": "pending",
        "type": "adjustment" if amount < 0 else "charge",
    }


def make_session(reference: object, **fields: Any) -> dict[str, Any]:
    """A completed, paid Checkout Session of a contribution."""
    number = next(_numbers)
    return {
        "id": f"cs_test_{number}",
        "object": "checkout.session",
        "client_reference_id": str(reference),
        "created": 1_790_000_000,
        "customer": f"cus_{number}",
        "invoice": None,
        "livemode": False,
        "metadata": {"reference": str(reference)},
        "mode": "payment",
        "payment_intent": f"pi_{number}",
        "payment_status": "paid",
        "status": "complete",
        "subscription": None,
        "ui_mode": "hosted_page",
    } | fields


def make_subscription(
    reference: object = None, amount: int = 1000, currency: str = "eur", **fields: Any
) -> dict[str, Any]:
    number = next(_numbers)
    id = fields.pop("id", f"sub_{number}")
    price = {
        "id": f"price_{number}",
        "object": "price",
        "currency": currency,
        "recurring": {"interval": "month", "interval_count": 1},
        "unit_amount": amount,
    }
    item = {
        "id": f"si_{number}",
        "object": "subscription_item",
        "current_period_end": 1_792_600_000,
        "current_period_start": 1_790_000_000,
        "price": price,
        "quantity": 1,
        "subscription": id,
    }
    return {
        "id": id,
        "object": "subscription",
        "cancel_at_period_end": False,
        "created": 1_790_000_000,
        "currency": currency,
        "customer": f"cus_{number}",
        "items": {"object": "list", "data": [item], "has_more": False},
        "livemode": False,
        "metadata": {"reference": str(reference)} if reference else {},
        "pause_collection": None,
        "status": "active",
    } | fields


def make_invoice(subscription_id: str, amount: int = 1000, **fields: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "id": f"in_{number}",
        "object": "invoice",
        "amount_due": amount,
        "amount_paid": amount,
        "attempt_count": 1,
        "billing_reason": "subscription_cycle",
        "created": 1_790_000_000,
        "currency": "eur",
        "livemode": False,
        "metadata": {},
        "parent": {
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {"metadata": {}, "subscription": subscription_id},
        },
        "status": "paid",
        "total": amount,
    } | fields


def make_invoice_payment(invoice_id: str, intent_id: str, amount: int = 1000) -> dict[str, Any]:
    return {
        "id": f"inpay_{next(_numbers)}",
        "object": "invoice_payment",
        "amount_paid": amount,
        "amount_requested": amount,
        "created": 1_790_000_000,
        "currency": "eur",
        "invoice": invoice_id,
        "is_default": True,
        "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": intent_id},
        "status": "paid",
    }
