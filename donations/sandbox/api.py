"""The calls of Stripe's API that the project makes, each answered once per idempotency key."""

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from . import billing, checkout, payments, spec
from .errors import ApiError, missing_object
from .store import Object, Store, listed, public

Handler = Callable[[Store, Object, str], Object]  # Store, parameters, id in the address.
CONTACT = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping")
PAGING = {"limit", "starting_after", "ending_before", "expand"}
MAXIMUM_KEY = 255


def answer(
    store: Store, method: str, path: str, pairs: list[tuple[str, str]], key: str
) -> tuple[int, str]:
    """The status and JSON of a call; the same `key` gives what it gave the first time.

    Raises ApiError for what is refused before anything is done, which no key remembers.
    """
    if len(key) > MAXIMUM_KEY:
        raise ApiError("Idempotency key too long.", kind="idempotency_error")
    call = f"{method} {path} {urlencode(sorted(pairs))}"
    fingerprint = hashlib.sha256(call.encode()).hexdigest()
    with store.lock:
        if key and method == "POST" and key in store.answers:
            first, status, text = store.answers[key]
            if first != fingerprint:
                raise ApiError(
                    "Keys for idempotent requests can only be used with the same parameters"
                    " they were first used with.",
                    kind="idempotency_error",
                )
            return status, text
        operation = spec.operation(method, path)
        params = spec.read(operation.schema, spec.nested(pairs))
        status, text = _execute(store, operation, params)
        if key and method == "POST":
            store.answers[key] = [fingerprint, status, text]
        if method != "GET":
            store.save()
    return status, text


def _execute(store: Store, operation: spec.Operation, params: Object) -> tuple[int, str]:
    try:
        made = HANDLERS[operation.name](store, params, operation.object_id)
        return 200, json.dumps(_expanded(store, public(made), params.get("expand", [])))
    except ApiError as refusal:
        return refusal.status, json.dumps(refusal.body())


def _expanded(store: Store, made: Object, paths: list[str]) -> Object:
    """The object with other objects in place of their ids, as `paths` ask for."""
    if paths:
        made = copy.deepcopy(made)
    for path in paths:
        _expand(store, made, path.split("."), path)
    return made


def _expand(store: Store, place: Any, parts: list[str], path: str) -> None:
    if isinstance(place, list):
        for inner in place:
            _expand(store, inner, parts, path)
    elif parts and place is not None:
        name, *rest = parts
        place[name] = _object_at(store, place, name, path)
        _expand(store, place[name], rest, path)


def _object_at(store: Store, place: Object, name: str, path: str) -> Any:
    value = place.get(name)
    if isinstance(value, str) and (found := store.find(value)):
        return copy.deepcopy(public(found))
    if value is None and (place.get("object"), name) == ("checkout.session", "line_items"):
        return checkout.line_items(store, store.get("checkout.session", place["id"]))
    if value is None and (place.get("object"), name) == ("invoice", "payments"):
        made = [p for p in store.newest_first("invoice_payment") if p["invoice"] == place["id"]]
        return listed(copy.deepcopy(made), "/v1/invoice_payments")
    if name not in place or isinstance(value, str | int):
        raise ApiError(f"This property cannot be expanded ({path}).", param="expand")
    return value


def _retrieve(kind: str) -> Handler:
    def handle(store: Store, params: Object, object_id: str) -> Object:
        return store.get(kind, object_id)

    return handle


def _list(kind: str, url: str) -> Handler:
    def handle(store: Store, params: Object, object_id: str) -> Object:
        wanted = {name: value for name, value in params.items() if name not in PAGING}
        found = [
            made
            for made in store.newest_first(kind)
            if not made.get("deleted") and _is_wanted(made, wanted)
        ]
        return _page(found, params, url)

    return handle


def _list_checkouts(store: Store, params: Object, object_id: str) -> Object:
    for session in store.newest_first("checkout.session"):
        checkout.current(store, session["id"])
    return _list("checkout.session", "/v1/checkout/sessions")(store, params, object_id)


def _is_wanted(made: Object, wanted: Object) -> bool:
    if made["object"] == "subscription" and "status" not in wanted:
        wanted = wanted | {"status": "not ended"}
    return all(_matches(made, name, value) for name, value in wanted.items())


def _matches(made: Object, name: str, value: Any) -> bool:
    match made["object"], name:
        case "subscription", "status":
            has_ended = made["status"] in {"canceled", "incomplete_expired"}
            kinds = {"all": True, "ended": has_ended, "not ended": not has_ended}
            return kinds.get(value, made["status"] == value)
        case "subscription", "price":
            return billing.item_of(made)["price"]["id"] == value
        case "invoice", "subscription":
            return made["parent"]["subscription_details"]["subscription"] == value
        case "event", "types":
            return made["type"] in value
        case "event", "type":
            return made["type"] == value or (
                value.endswith("*") and made["type"].startswith(value[:-1])
            )
        case "event", "delivery_success":
            return (made["pending_webhooks"] == 0) is value
        case "balance_transaction", "payout":
            return made.get("_payout") == value
    held = made.get(name)
    if name in {"created", "current_period_start", "current_period_end", "due_date"}:
        return _is_in_range(held, value)
    if isinstance(value, dict):
        return isinstance(held, dict) and all(held.get(k) == v for k, v in value.items())
    return held == value


def _is_in_range(moment: int | None, wanted: Any) -> bool:
    if moment is None or isinstance(wanted, int):
        return moment == wanted
    return (
        moment > wanted.get("gt", moment - 1)
        and moment >= wanted.get("gte", moment)
        and moment < wanted.get("lt", moment + 1)
        and moment <= wanted.get("lte", moment)
    )


def _page(found: list[Object], params: Object, url: str) -> Object:
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise ApiError("Limit must be between 1 and 100.", param="limit")
    if "starting_after" in params and "ending_before" in params:
        raise ApiError("You may only specify one of starting_after and ending_before.")
    if "ending_before" in params:
        before = found[: _position(found, params["ending_before"], "ending_before")]
        return listed(before[-limit:], url, has_more=len(before) > limit)
    start = 0
    if "starting_after" in params:
        start = _position(found, params["starting_after"], "starting_after") + 1
    return listed(found[start : start + limit], url, has_more=len(found) > start + limit)


def _position(found: list[Object], object_id: str, param: str) -> int:
    for number, made in enumerate(found):
        if made["id"] == object_id:
            return number
    raise missing_object("object", object_id, param)


def _create_customer(store: Store, params: Object, object_id: str) -> Object:
    given = {name: params[name] for name in CONTACT if name in params}
    return checkout.make_customer(store, metadata=params.get("metadata") or {}, **given)


def _update_customer(store: Store, params: Object, object_id: str) -> Object:
    customer = _living_customer(store, object_id)
    customer |= {name: params[name] or None for name in CONTACT if name in params}
    if "metadata" in params:
        customer["metadata"] = billing.merged(customer["metadata"], params["metadata"])
    if "default_payment_method" in params.get("invoice_settings", {}):
        card_id = params["invoice_settings"]["default_payment_method"]
        card = store.get("payment_method", card_id, "invoice_settings[default_payment_method]")
        customer["invoice_settings"]["default_payment_method"] = card["id"]
    store.tell("customer.updated", customer)
    return customer


def _delete_customer(store: Store, params: Object, object_id: str) -> Object:
    """Nothing of the person stays, and subscriptions end, as Stripe does it."""
    customer = _living_customer(store, object_id)
    for subscription in store.newest_first("subscription"):
        if subscription["customer"] == object_id and subscription["status"] != "canceled":
            billing.end(store, subscription, {})
    store.tell("customer.deleted", customer)
    customer.clear()
    customer |= {"id": object_id, "object": "customer", "deleted": True}
    return customer


def _living_customer(store: Store, customer_id: str, param: str = "id") -> Object:
    customer = store.get("customer", customer_id, param)
    if customer.get("deleted"):
        raise missing_object("customer", customer_id, param)
    return customer


def _list_cards(store: Store, params: Object, object_id: str) -> Object:
    customer = _living_customer(store, object_id)
    url = f"/v1/customers/{customer['id']}/payment_methods"
    return _list("payment_method", url)(store, params | {"customer": object_id}, "")


def _create_portal(store: Store, params: Object, object_id: str) -> Object:
    spec.require(params, "customer")
    customer = _living_customer(store, params["customer"], "customer")
    session = store.make(
        "billing_portal.session",
        customer=customer["id"],
        return_url=params.get("return_url"),
        locale=params.get("locale"),
        configuration="bpc_sandbox",
    )
    session["url"] = f"{store.base_url}/p/session/{session['id']}"
    return session


def _pay_invoice(store: Store, params: Object, object_id: str) -> Object:
    invoice = store.get("invoice", object_id)
    if invoice["status"] != "open":
        raise ApiError(f"Invoice is {invoice['status']}.", code="invoice_not_editable")
    billing.attempt(store, invoice, "paid")
    billing.settle(store, invoice)
    return invoice


HANDLERS: dict[str, Handler] = {
    "POST /v1/checkout/sessions": lambda store, params, _id: checkout.create(store, params),
    "GET /v1/checkout/sessions": _list_checkouts,
    "GET /v1/checkout/sessions/{session}": lambda store, _params, object_id: checkout.current(
        store, object_id
    ),
    "GET /v1/checkout/sessions/{session}/line_items": lambda store, _params, object_id: (
        checkout.line_items(store, store.get("checkout.session", object_id))
    ),
    "POST /v1/checkout/sessions/{session}/expire": lambda store, _params, object_id: (
        checkout.expire(store, object_id)
    ),
    "POST /v1/customers": _create_customer,
    "GET /v1/customers": _list("customer", "/v1/customers"),
    "GET /v1/customers/{customer}": _retrieve("customer"),
    "POST /v1/customers/{customer}": _update_customer,
    "DELETE /v1/customers/{customer}": _delete_customer,
    "GET /v1/customers/{customer}/payment_methods": _list_cards,
    "GET /v1/products/{id}": _retrieve("product"),
    "GET /v1/prices/{price}": _retrieve("price"),
    "GET /v1/payment_intents": _list("payment_intent", "/v1/payment_intents"),
    "GET /v1/payment_intents/{intent}": _retrieve("payment_intent"),
    "GET /v1/charges": _list("charge", "/v1/charges"),
    "GET /v1/charges/{charge}": _retrieve("charge"),
    "POST /v1/refunds": lambda store, params, _id: payments.refund(store, params),
    "GET /v1/refunds": _list("refund", "/v1/refunds"),
    "GET /v1/refunds/{refund}": _retrieve("refund"),
    "GET /v1/subscriptions": _list("subscription", "/v1/subscriptions"),
    "GET /v1/subscriptions/{subscription_exposed_id}": _retrieve("subscription"),
    "POST /v1/subscriptions/{subscription_exposed_id}": lambda store, params, object_id: (
        billing.update(store, store.get("subscription", object_id), params)
    ),
    "DELETE /v1/subscriptions/{subscription_exposed_id}": lambda store, params, object_id: (
        billing.end(
            store, store.get("subscription", object_id), params.get("cancellation_details", {})
        )
    ),
    "GET /v1/invoices": _list("invoice", "/v1/invoices"),
    "GET /v1/invoices/{invoice}": _retrieve("invoice"),
    "POST /v1/invoices/{invoice}/pay": _pay_invoice,
    "GET /v1/invoice_payments": _list("invoice_payment", "/v1/invoice_payments"),
    "GET /v1/invoice_payments/{invoice_payment}": _retrieve("invoice_payment"),
    "POST /v1/billing_portal/sessions": _create_portal,
    "GET /v1/events": _list("event", "/v1/events"),
    "GET /v1/events/{id}": _retrieve("event"),
    "GET /v1/balance_transactions": _list("balance_transaction", "/v1/balance_transactions"),
    "GET /v1/balance_transactions/{id}": _retrieve("balance_transaction"),
    "GET /v1/disputes": _list("dispute", "/v1/disputes"),
    "GET /v1/disputes/{dispute}": _retrieve("dispute"),
    "GET /v1/payment_methods": _list("payment_method", "/v1/payment_methods"),
    "GET /v1/payment_methods/{payment_method}": _retrieve("payment_method"),
}
