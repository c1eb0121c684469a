"""Stripe, as plain values: the only module that imports `stripe`; it knows no models.

Every call times out after 4 seconds and is tried once more under the same idempotency key. No
caller waits longer than both may take: by the socket alone, an address that swallows packets is
waited for once for each number its name stands for, and an answer in drops for ever.

What comes back are dicts of Stripe's own shape.

Source: https://docs.stripe.com/api, version 2026-10-28.endive
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings

TIMEOUT_SECONDS = 4
LONGEST_WAIT_SECONDS = 2 * TIMEOUT_SECONDS + 0.5
TOLERANCE_SECONDS = 300
CARD = ["data.default_payment_method"]  # Of listed subscriptions: the card, not its id alone.

Object = dict[str, Any]

_callers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="stripe")


class InvalidEvent(Exception):
    """Not an event Stripe sent us now: forged, replayed, damaged or of the other mode."""


class Unavailable(Exception):
    """Stripe did not answer, or not as it should; trying again later may help."""


class Refused(Exception):
    """Stripe does not do this; trying again will not help."""


class Missing(Refused):
    """Stripe knows no such object."""


@dataclass(frozen=True)
class CheckoutOrder:
    """What a checkout is to be for; amounts in the smallest unit of `currency`."""

    reference: str  # The one opaque word that Stripe gets as metadata.
    currency: str
    total_minor: int
    interval: str | None  # "month", "year", or None for a single gift.
    product_name: str
    email: str
    language: str
    success_url: str
    cancel_url: str


@lru_cache(maxsize=1)
def _client(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        base_addresses={"api": base} if base else None,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
        max_network_retries=1,
    )


def _stripe() -> stripe.StripeClient:
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


def _plain(value: stripe.StripeObject) -> Object:
    return json.loads(str(value))


def _call(method: Any, *args: Any, **kwargs: Any) -> Object:
    call = _callers.submit(method, *args, **kwargs)
    try:
        return _plain(call.result(LONGEST_WAIT_SECONDS))
    except TimeoutError:
        call.cancel()
        raise Unavailable("slow") from None
    except stripe.InvalidRequestError as error:
        is_missing = error.code == "resource_missing" or error.http_status == 404
        raise (Missing if is_missing else Refused)(error.code) from None
    except (stripe.CardError, stripe.IdempotencyError) as error:
        raise Refused(error.code) from None
    except stripe.StripeError as error:
        # The message may hold what the reader typed; the class says enough to act on.
        raise Unavailable(type(error).__name__) from None


def create_checkout(order: CheckoutOrder, key: str) -> Object:
    """A hosted Checkout Session; the same `key` gives the same one."""
    price: Object = {
        "currency": order.currency.lower(),
        "unit_amount": order.total_minor,
        "product_data": {"name": order.product_name},
    }
    metadata = {"reference": order.reference}
    params: Object = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "customer_email": order.email,
        "locale": order.language,
        "client_reference_id": order.reference,
        "metadata": metadata,
        "line_items": [{"quantity": 1, "price_data": price}],
    }
    if order.interval:
        price["recurring"] = {"interval": order.interval}
        params |= {"mode": "subscription", "subscription_data": {"metadata": metadata}}
    else:
        params |= {"submit_type": "donate", "payment_intent_data": {"metadata": metadata}}
    return _call(_stripe().v1.checkout.sessions.create, params, {"idempotency_key": key})


def retrieve_checkout(session_id: str) -> Object:
    return _call(_stripe().v1.checkout.sessions.retrieve, session_id)


def expire_checkout(session_id: str) -> None:
    """Close an open Checkout Session. Raises Refused if it is not open any more."""
    _call(_stripe().v1.checkout.sessions.expire, session_id)


def retrieve_subscription(subscription_id: str) -> Object:
    return _call(_stripe().v1.subscriptions.retrieve, subscription_id)


def retrieve_balance_transaction(transaction_id: str) -> Object:
    return _call(_stripe().v1.balance_transactions.retrieve, transaction_id)


def retrieve_intent(intent_id: str) -> Object:
    return _call(_stripe().v1.payment_intents.retrieve, intent_id)


def retrieve_charge(charge_id: str) -> Object:
    return _call(_stripe().v1.charges.retrieve, charge_id)


def retrieve_refund(refund_id: str) -> Object:
    return _call(_stripe().v1.refunds.retrieve, refund_id)


def retrieve_dispute(dispute_id: str) -> Object:
    return _call(_stripe().v1.disputes.retrieve, dispute_id)


def retrieve_invoice(invoice_id: str) -> Object:
    return _call(_stripe().v1.invoices.retrieve, invoice_id)


def retrieve_default_card(customer_id: str) -> Object | None:
    """What a customer pays with where a subscription does not say; None where nothing is set."""
    params = {"expand": ["invoice_settings.default_payment_method"]}
    customer = _call(_stripe().v1.customers.retrieve, customer_id, params)
    return (customer.get("invoice_settings") or {}).get("default_payment_method")


def create_refund(intent_id: str, amount_minor: int, key: str) -> Object:
    """Give back part or all of a payment; the same `key` gives back once.

    Raises Refused where Stripe does not do it, such as for more than is left.
    """
    params: Object = {"payment_intent": intent_id, "amount": amount_minor}
    return _call(_stripe().v1.refunds.create, params, {"idempotency_key": key})


def change_amount(subscription: Object, amount_minor: int) -> Object:
    """The subscription, which costs `amount_minor` from its next charge on."""
    item = subscription["items"]["data"][0]
    price = item["price"]
    wanted = {
        "id": item["id"],
        "price_data": {
            "currency": price["currency"],
            "product": price["product"],
            "recurring": {
                "interval": price["recurring"]["interval"],
                "interval_count": price["recurring"]["interval_count"],
            },
            "unit_amount": amount_minor,
        },
        "quantity": 1,
    }
    params = {"items": [wanted], "proration_behavior": "none"}
    return _call(_stripe().v1.subscriptions.update, subscription["id"], params)


def pause(subscription_id: str, resumes_at: datetime) -> Object:
    """The subscription, which charges nothing until `resumes_at` and makes nothing up later."""
    behaviour = {"behavior": "void", "resumes_at": int(resumes_at.timestamp())}
    params = {"pause_collection": behaviour}
    return _call(_stripe().v1.subscriptions.update, subscription_id, params)


def resume(subscription_id: str) -> Object:
    return _call(_stripe().v1.subscriptions.update, subscription_id, {"pause_collection": ""})


def cancel(subscription_id: str) -> Object:
    """The subscription, ended now. Raises Missing if it had ended."""
    return _call(_stripe().v1.subscriptions.cancel, subscription_id)


def delete_customer(customer_id: str) -> None:
    """Have Stripe forget a customer; subscriptions end. Raises Missing if that was done before."""
    _call(_stripe().v1.customers.delete, customer_id)


def open_portal(customer_id: str, return_url: str) -> str:
    """The address of a page at Stripe where a customer changes the card."""
    params = {
        "customer": customer_id,
        "return_url": return_url,
        "flow_data": {"type": "payment_method_update"},
    }
    return _call(_stripe().v1.billing_portal.sessions.create, params)["url"]


def checkouts_between(begin: datetime, end: datetime) -> Iterator[Object]:
    return _between(_stripe().v1.checkout.sessions.list, begin, end)


def charges_between(begin: datetime, end: datetime) -> Iterator[Object]:
    return _between(_stripe().v1.charges.list, begin, end)


def refunds_between(begin: datetime, end: datetime) -> Iterator[Object]:
    return _between(_stripe().v1.refunds.list, begin, end)


def disputes_between(begin: datetime, end: datetime) -> Iterator[Object]:
    return _between(_stripe().v1.disputes.list, begin, end)


def balance_transactions_between(begin: datetime, end: datetime) -> Iterator[Object]:
    return _between(_stripe().v1.balance_transactions.list, begin, end)


def balance_transactions_of(payout_id: str) -> Iterator[Object]:
    """What was paid out together. Raises Refused for a payout that a person made by hand."""
    return _pages(_stripe().v1.balance_transactions.list, {"payout": payout_id})


def invoices_between(begin: datetime, end: datetime) -> Iterator[Object]:
    return _between(_stripe().v1.invoices.list, begin, end)


def invoice_payments_between(begin: datetime, end: datetime) -> Iterator[Object]:
    """Payments of invoices that came; those still to come are left out."""
    return _between(_stripe().v1.invoice_payments.list, begin, end, status="paid")


def invoice_payments_by(intent_id: str) -> Iterator[Object]:
    """What a payment paid; nothing where that was no invoice."""
    payment = {"type": "payment_intent", "payment_intent": intent_id}
    return _pages(_stripe().v1.invoice_payments.list, {"payment": payment})


def invoice_payments_for(invoice_id: str) -> Iterator[Object]:
    return _pages(_stripe().v1.invoice_payments.list, {"invoice": invoice_id})


def living_subscriptions() -> Iterator[Object]:
    """Every subscription that has not ended, with the card it is charged to."""
    return _pages(_stripe().v1.subscriptions.list, {"expand": CARD})


def subscriptions_between(begin: datetime, end: datetime) -> Iterator[Object]:
    """Those made in a time, ended ones too, with their cards."""
    return _between(_stripe().v1.subscriptions.list, begin, end, status="all", expand=CARD)


def verified_event(body: bytes, signature: str) -> Object:
    """The event in a webhook's body, proven to be Stripe's, of now and of our mode.

    Raises InvalidEvent. Either of two secrets proves it, so that they can be rolled. Nothing is
    parsed before that: what anybody may send is only hashed.

    Source: https://docs.stripe.com/webhooks#verify-manually
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise InvalidEvent("not UTF-8") from None
    if not any(_is_signed(text, signature, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS):
        raise InvalidEvent("signature")
    try:
        event = json.loads(text)
        is_event = (
            isinstance(event["id"], str)
            and isinstance(event["type"], str)
            and isinstance(event["created"], int)
            and isinstance(event["data"]["object"], dict)
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        is_event = False
    if not is_event:
        raise InvalidEvent("not an event")
    if event.get("livemode") is not settings.STRIPE_LIVE:
        raise InvalidEvent("mode")
    return event


def _is_signed(text: str, signature: str, secret: str) -> bool:
    """Stripe's client checks only the past side of the timestamp, and trips over odd letters."""
    try:
        stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
        stamp = int(next(part[2:] for part in signature.split(",") if part.startswith("t=")))
    except (stripe.SignatureVerificationError, TypeError, ValueError):
        return False
    return stamp <= time.time() + TOLERANCE_SECONDS


def _between(
    method: Any, begin: datetime, end: datetime, **params: str | list[str]
) -> Iterator[Object]:
    """What was made from `begin` until just before `end`, newest first."""
    created = {"gte": int(begin.timestamp()), "lt": int(end.timestamp())}
    return _pages(method, {"created": created, **params})


def _pages(method: Any, params: Object) -> Iterator[Object]:
    page = _call(method, params | {"limit": 100})
    while True:
        yield from page["data"]
        if not page["has_more"]:
            return
        page = _call(method, params | {"limit": 100, "starting_after": page["data"][-1]["id"]})
