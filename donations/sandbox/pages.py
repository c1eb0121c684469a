"""What a browser sees of the sandbox: pages to pay on, a portal, and one to make things happen."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.template.loader import render_to_string

from . import billing, checkout, payments
from .errors import ApiError, missing_object
from .faults import KINDS, Fault, Faults
from .store import Object, Store

OUTCOMES = {"pay": "paid", "decline": "failed", "later": "pending"}
SHOWN_ON_DESK = 50


@dataclass(frozen=True)
class Page:
    status: int = 200
    html: str = ""
    location: str = ""  # Where to go, with a status of 303.


def show(store: Store, path: str, query: dict[str, str]) -> Page:
    """The page at `path`. Raises ApiError (404) where there is none."""
    match path.strip("/").split("/"):
        case ["c", "pay", session_id]:
            return _checkout_page(store, checkout.current(store, session_id), query)
        case ["i", invoice_id]:
            invoice = store.get("invoice", invoice_id)
            return _page("invoice", invoice=invoice, money=_money(invoice["amount_due"], invoice))
        case ["p", "session", session_id]:
            return _portal_page(store, store.get("billing_portal.session", session_id))
        case ["sandbox"]:
            return _desk_page(store)
    raise missing_object("page", path)


def press(store: Store, faults: Faults, path: str, form: dict[str, str]) -> Page:
    """What a button at `path` does. Raises ApiError where it cannot."""
    match path.strip("/").split("/"):
        case ["c", "pay", session_id]:
            return _press_checkout(store, checkout.current(store, session_id), form)
        case ["i", invoice_id]:
            _pay_invoice(store, store.get("invoice", invoice_id))
            return Page(303, location=path)
        case ["p", "session", session_id]:
            _press_portal(store, store.get("billing_portal.session", session_id), form)
            return Page(303, location=path)
        case ["sandbox", "faults"]:
            faults.order(
                Fault(
                    form.get("kind", ""),
                    _number(form.get("times", "1")),
                    form.get("path", "/v1/"),
                    _number(form.get("seconds", "30")),
                )
            )
            return Page(303, location="/sandbox")
        case ["sandbox", deed]:
            make_happen(store, deed, form.get("id", ""))
            return Page(303, location="/sandbox")
    raise missing_object("page", path)


def make_happen(store: Store, deed: str, object_id: str) -> None:
    """What at Stripe only time, a bank or its own staff could do. Raises ApiError."""
    match deed:
        case "renew" | "fail-renewal" | "ask-confirmation":
            outcome = {"renew": "paid", "fail-renewal": "failed"}.get(deed, "confirm")
            billing.renew(store, store.get("subscription", object_id), outcome)
        case "end":
            billing.end(store, store.get("subscription", object_id), {})
        case "arrive" | "fail-to-arrive":
            session = store.get("checkout.session", object_id)
            checkout.conclude(store, session, is_paid=deed == "arrive")
        case "expire":
            checkout.expire(store, object_id)
        case "refund":
            payments.refund(store, {"charge": object_id})
        case "fail-refund":
            payments.fail_refund(store, store.get("refund", object_id))
        case "dispute":
            payments.dispute(store, store.get("charge", object_id))
        case "age-card":
            subscription = store.get("subscription", object_id)
            payments.age_card(store.get("payment_method", subscription["default_payment_method"]))
        case "pay-out":
            payments.pay_out(store)
        case "win-dispute" | "lose-dispute":
            opened = store.get("dispute", object_id)
            payments.close_dispute(store, opened, is_won=deed == "win-dispute")
        case _:
            raise missing_object("deed", deed)


def refused(refusal: ApiError) -> Page:
    return _page("refused", refusal.status, message=str(refusal))


def _page(name: str, status: int = 200, **context: Any) -> Page:
    return Page(status, render_to_string(f"donations/sandbox/{name}.html", context))


def _checkout_page(store: Store, session: Object, query: dict[str, str]) -> Page:
    price = store.get("price", session["_price"])
    return _page(
        "checkout",
        session=session,
        product=store.get("product", price["product"])["name"],
        money=_money(session["amount_total"], session),
        interval=(price["recurring"] or {}).get("interval"),
        is_declined="declined" in query,
    )


def _press_checkout(store: Store, session: Object, form: dict[str, str]) -> Page:
    outcome = OUTCOMES.get(form.get("action", ""))
    if outcome is None or (outcome == "pending" and session["mode"] != "payment"):
        raise ApiError("There is no such button.")
    if session["status"] == "open":
        checkout.pay(store, session, outcome)
    if session["status"] == "complete":  # By an earlier press perhaps: nobody pays twice.
        target = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        return Page(303, location=target)
    declined = "?declined" if outcome == "failed" else ""
    return Page(303, location=f"/c/pay/{quote(session['id'])}{declined}")


def _pay_invoice(store: Store, invoice: Object) -> None:
    if invoice["status"] == "open":
        billing.attempt(store, invoice, "paid")
        billing.settle(store, invoice)


def _portal_page(store: Store, portal: Object) -> Page:
    subscriptions = _subscriptions(store, portal["customer"])
    cards = store.objects.get("payment_method", {})
    card = next((cards[s["default_payment_method"]] for s in subscriptions), None)
    return _page("portal", portal=portal, subscriptions=subscriptions, card=card)


def _press_portal(store: Store, portal: Object, form: dict[str, str]) -> None:
    if form.get("action") == "card":
        card = payments.make_card(store, portal["customer"])
        card["card"] |= {"brand": "mastercard", "last4": "4444"}
        store.tell("payment_method.attached", card)
        for subscription in _subscriptions(store, portal["customer"]):
            billing.update(store, subscription, {"default_payment_method": card["id"]})
    elif form.get("action") == "cancel":
        subscription = store.get("subscription", form.get("id", ""))
        if subscription["customer"] != portal["customer"]:
            raise missing_object("subscription", subscription["id"])
        billing.end(store, subscription, {})
    else:
        raise ApiError("There is no such button.")


def _subscriptions(store: Store, customer_id: str) -> list[Object]:
    return [
        subscription
        for subscription in store.newest_first("subscription")
        if subscription["customer"] == customer_id and subscription["status"] != "canceled"
    ]


def _desk_page(store: Store) -> Page:
    kinds = ("checkout.session", "subscription", "charge", "refund", "dispute", "event")
    newest = {kind.replace(".", "_"): store.newest_first(kind)[:SHOWN_ON_DESK] for kind in kinds}
    return _page("desk", fault_kinds=KINDS, waiting=set(store.undelivered), newest=newest)


def _money(amount: int, priced: Object) -> str:
    currency = priced["currency"]
    digits = 0 if currency in checkout.ZERO_DECIMAL else 2
    return f"{amount / 10**digits:.{digits}f} {currency.upper()}"


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ApiError(f"{text} is no number.")
    return int(text)
