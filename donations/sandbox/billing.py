"""Subscriptions and their invoices: begun, renewed, failed, changed, paused, ended."""

import calendar
import time
from datetime import UTC, datetime
from typing import Any

from . import payments
from .errors import ApiError, missing_object
from .store import Object, Store, listed

RETRY_AFTER_SECONDS = 3 * 24 * 3600


def make_price(store: Store, data: Object) -> Object:
    """The price described by a `price_data`, and its product where it names a new one."""
    if "product_data" in data:
        name = data["product_data"]["name"]
        product = store.make("product", name=name, active=True, type="service")
    else:
        product = store.get("product", data["product"], "price_data[product]")
    recurring = data.get("recurring")
    if recurring:
        recurring = {"interval_count": 1, "usage_type": "licensed", "meter": None} | recurring
    return store.make(
        "price",
        currency=data["currency"],
        unit_amount=data["unit_amount"],
        unit_amount_decimal=str(data["unit_amount"]),
        product=product["id"],
        recurring=recurring,
        type="recurring" if recurring else "one_time",
        billing_scheme="per_unit",
        active=False,
        metadata={},
    )


def start(
    store: Store, customer: Object, price: Object, quantity: int, metadata: Object
) -> tuple[Object, Object]:
    """A new subscription, its first invoice paid; returns both."""
    now = int(time.time())
    card = payments.make_card(store, customer["id"])
    store.tell("payment_method.attached", card)
    subscription = store.make(
        "subscription",
        customer=customer["id"],
        currency=price["currency"],
        metadata=metadata,
        status="incomplete",
        start_date=now,
        billing_cycle_anchor=now,
        collection_method="charge_automatically",
        default_payment_method=card["id"],
        billing_mode={"type": "flexible", "flexible": None},
    )
    item = store.make(
        "subscription_item",
        subscription=subscription["id"],
        price=price,
        quantity=quantity,
        current_period_start=now,
        current_period_end=next_period(now, now, price),
    )
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    subscription["items"] = listed([item], url) | {"total_count": 1}
    invoice = make_invoice(store, subscription, "subscription_create")
    store.tell("customer.subscription.created", subscription)
    finalize(store, invoice)
    attempt(store, invoice, "paid")
    return subscription, invoice


def next_period(seconds: int, anchor: int, price: Object) -> int:
    """The end of the period that begins at `seconds`; months keep the day they began on."""
    recurring = price["recurring"]
    count = recurring["interval_count"]
    days = {"day": 1, "week": 7}.get(recurring["interval"])
    if days:
        return seconds + days * count * 24 * 3600
    begin = datetime.fromtimestamp(seconds, UTC)
    months = begin.month - 1 + count * (12 if recurring["interval"] == "year" else 1)
    year, month = begin.year + months // 12, months % 12 + 1
    wanted = datetime.fromtimestamp(anchor, UTC).day
    day = min(wanted, calendar.monthrange(year, month)[1])
    return int(begin.replace(year=year, month=month, day=day).timestamp())


def make_invoice(store: Store, subscription: Object, reason: str) -> Object:
    """A draft for the current period."""
    item = item_of(subscription)
    price, quantity = item["price"], item["quantity"]
    amount = price["unit_amount"] * quantity
    customer = store.get("customer", subscription["customer"])
    parent = {
        "type": "subscription_details",
        "quote_details": None,
        "subscription_details": {
            "subscription": subscription["id"],
            "metadata": dict(subscription["metadata"]),
        },
    }
    invoice = store.make(
        "invoice",
        customer=customer["id"],
        customer_email=customer.get("email"),
        customer_name=customer.get("name"),
        currency=price["currency"],
        **dict.fromkeys(["amount_due", "amount_remaining", "subtotal", "total"], amount),
        billing_reason=reason,
        collection_method="charge_automatically",
        auto_advance=True,
        status="draft",
        metadata={},
        period_start=item["current_period_start"],
        period_end=item["current_period_end"],
        parent=parent,
    )
    line = store.make(
        "line_item",
        invoice=invoice["id"],
        amount=amount,
        subtotal=amount,
        currency=price["currency"],
        quantity=quantity,
        description=store.get("product", price["product"])["name"],
        period={"start": item["current_period_start"], "end": item["current_period_end"]},
        pricing={
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        subscription=subscription["id"],
    )
    invoice["lines"] = listed([line], f"/v1/invoices/{invoice['id']}/lines")
    subscription["latest_invoice"] = invoice["id"]
    store.tell("invoice.created", invoice)
    return invoice


def finalize(store: Store, invoice: Object) -> None:
    """Make a draft ready for payment."""
    invoice |= {
        "status": "open",
        "number": invoice["id"][-8:].upper(),
        "hosted_invoice_url": f"{store.base_url}/i/{invoice['id']}",
    }
    invoice["status_transitions"]["finalized_at"] = int(time.time())
    intent = payments.make_intent(
        store,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        metadata={},
        description="Subscription update",
    )
    store.make(
        "invoice_payment",
        invoice=invoice["id"],
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        is_default=True,
        status="open",
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status_transitions={"canceled_at": None, "paid_at": None},
    )
    store.tell("invoice.finalized", invoice)


def attempt(store: Store, invoice: Object, outcome: str) -> None:
    """Try to collect an open invoice; `outcome` is paid, failed, or confirm (by the card's bank).

    The fee of what was paid is booked when the caller settles.
    """
    subscription = subscription_of(store, invoice)
    card = store.get("payment_method", subscription["default_payment_method"])
    payment = payment_of(store, invoice)
    intent = store.get("payment_intent", payment["payment"]["payment_intent"])
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    if outcome == "paid":
        payments.charge(store, intent, card, "paid")
        _mark_paid(store, invoice, payment)
        _set_status(store, subscription, "active")
        return
    invoice["next_payment_attempt"] = int(time.time()) + RETRY_AFTER_SECONDS
    if outcome == "confirm":
        intent["status"] = "requires_action"
        store.tell("payment_intent.requires_action", intent)
        store.tell("invoice.payment_action_required", invoice)
    else:
        payments.charge(store, intent, card, "failed")
    store.tell("invoice.payment_failed", invoice)
    _set_status(store, subscription, "past_due")


def _mark_paid(store: Store, invoice: Object, payment: Object) -> None:
    now = int(time.time())
    paid = invoice["amount_due"]
    invoice |= {"status": "paid", "amount_paid": paid, "amount_remaining": 0}
    invoice["next_payment_attempt"] = None
    invoice["status_transitions"]["paid_at"] = now
    payment |= {"status": "paid", "amount_paid": paid}
    payment["status_transitions"]["paid_at"] = now
    store.tell("invoice.paid", invoice)
    store.tell("invoice.payment_succeeded", invoice)
    store.tell("invoice_payment.paid", payment)


def settle(store: Store, invoice: Object) -> None:
    """Book the charge of a paid invoice on the balance."""
    intent_id = payment_of(store, invoice)["payment"]["payment_intent"]
    charge_id = store.get("payment_intent", intent_id)["latest_charge"]
    payments.settle(store, store.get("charge", charge_id))


def _set_status(store: Store, subscription: Object, status: str) -> None:
    if subscription["status"] != status:
        subscription["status"] = status
        store.tell("customer.subscription.updated", subscription)


def renew(store: Store, subscription: Object, outcome: str) -> None:
    """Let the next charge fall due now, or try again the one that failed."""
    if subscription["status"] == "canceled":
        raise ApiError(f"Subscription {subscription['id']} has ended.")
    invoice = store.get("invoice", subscription["latest_invoice"])
    if invoice["status"] != "open":
        if subscription["cancel_at_period_end"]:
            end(store, subscription, {})
            return
        invoice = _next_invoice(store, subscription)
    if invoice["status"] == "void":
        return
    attempt(store, invoice, outcome)
    if outcome == "paid":
        settle(store, invoice)


def _next_invoice(store: Store, subscription: Object) -> Object:
    item, pause = item_of(subscription), subscription["pause_collection"]
    if pause and (pause["resumes_at"] or float("inf")) <= item["current_period_end"]:
        subscription["pause_collection"] = None
    began = item["current_period_start"] = item["current_period_end"]
    anchor = subscription["billing_cycle_anchor"]
    item["current_period_end"] = next_period(began, anchor, item["price"])
    store.tell("customer.subscription.updated", subscription)
    invoice = make_invoice(store, subscription, "subscription_cycle")
    if subscription["pause_collection"]:
        invoice["status"] = "void"
        invoice["status_transitions"]["voided_at"] = int(time.time())
        store.tell("invoice.voided", invoice)
    else:
        finalize(store, invoice)
    return invoice


def update(store: Store, subscription: Object, params: Object) -> Object:
    """Change amount, pause, metadata or end of a subscription."""
    if subscription["status"] == "canceled":
        raise ApiError(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    changes: Object = {}
    if "metadata" in params:
        changes["metadata"] = merged(subscription["metadata"], params["metadata"])
    if "pause_collection" in params:
        changes["pause_collection"] = _pause(params["pause_collection"])
    if "default_payment_method" in params:
        card = store.get("payment_method", params["default_payment_method"])
        changes["default_payment_method"] = card["id"]
    if "cancel_at_period_end" in params:
        is_ending = params["cancel_at_period_end"]
        end_at = item_of(subscription)["current_period_end"]
        changes |= {
            "cancel_at_period_end": is_ending,
            "cancel_at": end_at if is_ending else None,
            "canceled_at": int(time.time()) if is_ending else None,
        }
    is_changed = any(subscription[name] != value for name, value in changes.items())
    for number, wanted in enumerate(params.get("items", [])):
        is_changed |= _change_item(store, subscription, wanted, params, f"items[{number}]")
    subscription |= changes
    if is_changed:
        store.tell("customer.subscription.updated", subscription)
    return subscription


def _pause(wanted: Any) -> Object | None:
    if not wanted:
        return None
    if wanted.get("resumes_at") is not None and wanted["resumes_at"] <= time.time():
        raise ApiError("The timestamp must be in the future.", param="pause_collection[resumes_at]")
    return {"resumes_at": None} | wanted


def _change_item(
    store: Store, subscription: Object, wanted: Object, params: Object, name: str
) -> bool:
    """Give the one item another price or number; whether that changed it."""
    item = item_of(subscription)
    if wanted.get("id") != item["id"]:
        raise missing_object("subscription_item", wanted.get("id", ""), f"{name}[id]")
    price, quantity = item["price"], wanted.get("quantity", item["quantity"])
    if "price_data" in wanted:
        data = wanted["price_data"]
        if "unit_amount" not in data:
            raise ApiError("Missing required param: unit_amount.", code="parameter_missing")
        if data["currency"] != subscription["currency"]:
            raise ApiError("All prices of a subscription have its currency.", param=name)
        price = make_price(store, data)
    elif "price" in wanted:
        price = store.get("price", wanted["price"], f"{name}[price]")
    if price["recurring"]["interval"] != item["price"]["recurring"]["interval"]:
        raise ApiError("This stand-in changes no interval.", param=name)
    if (price["unit_amount"], quantity) == (item["price"]["unit_amount"], item["quantity"]):
        return False
    if params.get("proration_behavior") != "none":
        raise ApiError("This stand-in does not prorate.", param="proration_behavior")
    item |= {"price": price, "quantity": quantity}
    return True


def end(store: Store, subscription: Object, details: Object) -> Object:
    """Cancel now. Raises ApiError where it has ended, as Stripe does."""
    if subscription["status"] == "canceled":
        raise missing_object("subscription", subscription["id"])
    now = int(time.time())
    subscription |= {"status": "canceled", "ended_at": now}
    subscription["canceled_at"] = subscription["canceled_at"] or now
    reason = {"reason": "cancellation_requested", "comment": None, "feedback": None}
    subscription["cancellation_details"] = reason | details
    store.tell("customer.subscription.deleted", subscription)
    return subscription


def merged(metadata: Object, wanted: Any) -> Object:
    """Metadata after an update: "" removes a key, or all of them."""
    both = {**metadata, **wanted} if wanted else {}
    return {key: value for key, value in both.items() if value != ""}


def item_of(subscription: Object) -> Object:
    return subscription["items"]["data"][0]


def subscription_of(store: Store, invoice: Object) -> Object:
    return store.get("subscription", invoice["parent"]["subscription_details"]["subscription"])


def payment_of(store: Store, invoice: Object) -> Object:
    made = store.objects["invoice_payment"].values()
    return next(payment for payment in made if payment["invoice"] == invoice["id"])
