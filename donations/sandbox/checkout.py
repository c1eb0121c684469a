"""Checkout Sessions: what may be ordered, and what paying, declining and waiting do."""

import re
import time
from typing import Any

from . import billing, payments
from .errors import ApiError
from .spec import require
from .store import Object, Store, listed

HOUR = 3600
ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split()  # noqa: SIM905
)
# Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
MINIMUM_MINOR = {
    "aed": 200, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "usd": 50,
}  # fmt: skip
MAXIMUM_MINOR = 99_999_999
CURRENCIES = set(MINIMUM_MINOR) | ZERO_DECIMAL | {"amd", "gel", "kzt", "mdl", "rub", "try", "uah"}


def create(store: Store, params: Object) -> Object:
    """An open session, or ApiError for what Stripe would not take."""
    _check(store, params)
    ordered = params["line_items"][0]
    price = _price(store, ordered, params["mode"])
    total = price["unit_amount"] * ordered["quantity"]
    currency = price["currency"]
    _check_amount(total, currency)
    now = int(time.time())
    session = store.make(
        "checkout.session",
        mode=params["mode"],
        ui_mode=params.get("ui_mode", "hosted_page"),
        status="open",
        payment_status="unpaid",
        amount_subtotal=total,
        amount_total=total,
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        currency=currency,
        customer=params.get("customer"),
        customer_creation=params.get("customer_creation", "if_required"),
        metadata=params.get("metadata", {}),
        payment_method_types=["card"],
        payment_method_collection="always",
        expires_at=params.get("expires_at", now + 24 * HOUR),
        **{
            name: params.get(name)
            for name in (
                "cancel_url", "client_reference_id", "customer_email", "locale", "submit_type",
                "success_url",
            )
        },
    )  # fmt: skip
    session["url"] = f"{store.base_url}/c/pay/{session['id']}"
    session["_price"], session["_quantity"] = price["id"], ordered["quantity"]
    data = params.get("payment_intent_data") or params.get("subscription_data") or {}
    session["_metadata"] = data.get("metadata", {})
    session["_description"] = data.get("description")
    return session


def _check(store: Store, params: Object) -> None:
    for name in ("mode", "line_items"):
        require(params, name)
    if params.get("ui_mode", "hosted_page") != "hosted_page" or params["mode"] == "setup":
        raise ApiError("This stand-in has hosted pages for payment and subscription.")
    require(params, "success_url")
    for name in ("success_url", "cancel_url"):
        if not re.match("https?://[^/]+", params.get(name, "http://absent")):
            raise ApiError("Not a valid URL", code="url_invalid", param=name)
    email = params.get("customer_email", "nobody@example.org")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise ApiError(  # Stripe too quotes what was typed.
            f"Invalid email address: {email}", code="email_invalid", param="customer_email"
        )
    if "customer" in params:
        if "customer_email" in params:
            raise ApiError("You may only specify one of these parameters: customer, customer_email")
        customer = store.get("customer", params["customer"], "customer")
        if customer.get("deleted"):
            raise ApiError(f"No such customer: '{customer['id']}'", code="resource_missing")
    _check_mode(params)
    expires_at = params.get("expires_at", time.time() + HOUR)
    if not time.time() + HOUR / 2 - 60 <= expires_at <= time.time() + 24 * HOUR + 60:
        raise ApiError(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    if len(params["line_items"]) != 1:
        raise ApiError("This stand-in sells one thing at a time.", param="line_items")


def _check_mode(params: Object) -> None:
    foreign = {
        "payment": ["subscription_data"],
        "subscription": ["payment_intent_data", "customer_creation", "invoice_creation"],
    }
    for name in foreign[params["mode"]]:
        if name in params:
            raise ApiError(f"You can not pass `{name}` in `{params['mode']}` mode.", param=name)


def _price(store: Store, ordered: Object, mode: str) -> Object:
    name = "line_items[0]"
    require(ordered, "quantity", name)
    if ordered["quantity"] < 1:
        raise ApiError("Invalid positive integer", param=f"{name}[quantity]")
    if "price" in ordered:
        price = store.get("price", ordered["price"], f"{name}[price]")
        is_recurring = price["recurring"] is not None
    else:
        require(ordered, "price_data", name)
        data, inner = ordered["price_data"], f"{name}[price_data]"
        require(data, "unit_amount", inner)
        if "product" not in data:
            require(data, "product_data", inner)
        if data["currency"] not in CURRENCIES:
            raise ApiError(f"Invalid currency: {data['currency']}", param=f"{inner}[currency]")
        is_recurring = "recurring" in data
    if is_recurring and mode == "payment":
        raise ApiError("You specified `payment` mode but passed a recurring price.", param="mode")
    if not is_recurring and mode == "subscription":
        raise ApiError(
            "You must provide at least one recurring price in `subscription` mode.", param="mode"
        )
    return price if "price" in ordered else billing.make_price(store, ordered["price_data"])


def _check_amount(total: int, currency: str) -> None:
    if total < MINIMUM_MINOR.get(currency, 50):
        raise ApiError(
            "The Checkout Session's total amount due is below the minimum of its currency.",
            code="amount_too_small",
        )
    if total > MAXIMUM_MINOR:
        raise ApiError("The amount is above the maximum.", code="amount_too_large")


def current(store: Store, session_id: str) -> Object:
    """The session, expired by now if its time has passed."""
    session = store.get("checkout.session", session_id)
    if session["status"] == "open" and session["expires_at"] <= time.time():
        _close(store, session)
    return session


def expire(store: Store, session_id: str) -> Object:
    """The session, closed. Raises ApiError if it was not open."""
    session = current(store, session_id)
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout'
            f" Session has a status of `{session['status']}`."
        )
    _close(store, session)
    return session


def _close(store: Store, session: Object) -> None:
    session |= {"status": "expired", "url": None}
    store.tell("checkout.session.expired", session)


def line_items(store: Store, session: Object) -> Object:
    """What a session sells, as a list of Stripe's."""
    price = store.get("price", session["_price"])
    product = store.get("product", price["product"])
    total = session["amount_total"]
    item = store.make("item", description=product["name"], quantity=session["_quantity"])
    item |= {"price": price, "currency": session["currency"]}
    item |= {"amount_subtotal": total, "amount_total": total}
    return listed([item], f"/v1/checkout/sessions/{session['id']}/line_items")


def pay(store: Store, session: Object, outcome: str) -> None:
    """What the buttons of the page do; `outcome` is paid, failed, or pending for days.

    Raises ApiError if the session is not open, so that nobody pays twice.
    """
    if session["status"] != "open":
        raise ApiError("This Checkout Session is not open any more.")
    if session["mode"] == "subscription" and outcome == "paid":
        _subscribe(store, session)
        return
    card = payments.make_card(store, session["customer"])
    charge = payments.charge(store, _intent(store, session), card, outcome)
    if outcome == "failed":
        return
    if outcome == "paid" and session["mode"] == "payment":
        session["payment_status"] = "paid"
    _complete(store, session)
    if outcome == "paid":
        payments.settle(store, charge)


def _intent(store: Store, session: Object) -> Object:
    if session["payment_intent"]:
        return store.get("payment_intent", session["payment_intent"])
    if session["customer_creation"] == "always" and not session["customer"]:
        session["customer"] = _customer(store, session)["id"]
    intent = payments.make_intent(
        store,
        session["amount_total"],
        session["currency"],
        customer=session["customer"],
        metadata=dict(session["_metadata"]),
        description=session["_description"],
    )
    if session["mode"] == "payment":
        session["payment_intent"] = intent["id"]
    return intent


def _customer(store: Store, session: Object) -> Object:
    if session["customer"]:
        return store.get("customer", session["customer"])
    return make_customer(store, email=session["customer_email"], metadata={})


def make_customer(store: Store, **fields: Any) -> Object:
    """A new customer, whose invoices are paid as each subscription says."""
    names = ("custom_fields", "default_payment_method", "footer", "rendering_options")
    customer = store.make("customer", invoice_settings=dict.fromkeys(names), **fields)
    store.tell("customer.created", customer)
    return customer


def _subscribe(store: Store, session: Object) -> None:
    customer = _customer(store, session)
    price = store.get("price", session["_price"])
    subscription, invoice = billing.start(
        store, customer, price, session["_quantity"], dict(session["_metadata"])
    )
    session |= {
        "customer": customer["id"],
        "subscription": subscription["id"],
        "invoice": invoice["id"],
        "payment_status": "paid",
    }
    _complete(store, session)
    billing.settle(store, invoice)


def _complete(store: Store, session: Object) -> None:
    email = session["customer_email"]
    if not email and session["customer"]:
        email = store.get("customer", session["customer"])["email"]
    details = dict.fromkeys(["address", "business_name", "name", "phone", "individual_name"])
    session |= {
        "status": "complete",
        "url": None,
        "customer_details": details | {"email": email, "tax_exempt": "none", "tax_ids": []},
    }
    store.tell("checkout.session.completed", session)


def conclude(store: Store, session: Object, is_paid: bool) -> None:
    """Say how a payment ended that took days."""
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        raise ApiError("This Checkout Session waits for no payment.")
    intent = store.get("payment_intent", session["payment_intent"])
    charge = store.get("charge", intent["latest_charge"])
    if charge["status"] != "pending":
        raise ApiError("This payment has ended.")
    payments.conclude(store, charge, is_paid)
    if is_paid:
        session["payment_status"] = "paid"
    word = "succeeded" if is_paid else "failed"
    store.tell(f"checkout.session.async_payment_{word}", session)
    if is_paid:
        payments.settle(store, charge)
