"""Stripe's Checkout Sessions as the giving pages meet them, kept in memory."""

import re
from typing import Any

from donations import gateway

FORM = {
    "frequency": "monthly",
    "currency": "EUR",
    "amount": "1000",
    "other_amount": "",
    "email": "reader@example.org",
    "name": "",
    "message": "",
}


class Checkouts:
    """Stands where `donations.gateway` would ask Stripe. One key gives one session."""

    def __init__(self) -> None:
        self.by_key: dict[str, dict[str, Any]] = {}
        self.orders: list[gateway.CheckoutOrder] = []
        self.failure: Exception | None = None
        self.before_answer = lambda: None

    @property
    def sessions(self) -> list[dict[str, Any]]:
        return list(self.by_key.values())

    def create(self, order: gateway.CheckoutOrder, key: str) -> dict[str, Any]:
        self._answer()
        if key not in self.by_key:
            number = len(self.by_key) + 1
            self.orders.append(order)
            self.by_key[key] = {
                "id": f"cs_test_{number}",
                "url": f"https://checkout.stripe.com/c/pay/cs_test_{number}",
                "status": "open",
                "payment_status": "unpaid",
                "amount_total": order.total_minor,
                "currency": order.currency.lower(),
                "metadata": {"reference": order.reference},
            }
        return self.by_key[key]

    def retrieve(self, session_id: str) -> dict[str, Any]:
        self._answer()
        for session in self.sessions:
            if session["id"] == session_id:
                return session
        raise gateway.Missing("resource_missing")

    def expire(self, session_id: str) -> None:
        session = self.retrieve(session_id)
        if session["status"] != "open":
            raise gateway.Refused("not open")
        session["status"] = "expired"

    def pay(self, number: int = 0) -> None:
        self.sessions[number].update(status="complete", payment_status="paid")

    def _answer(self) -> None:
        if self.failure:
            raise self.failure
        self.before_answer()


def token_in(response: Any) -> str:
    """The token of the form on a page."""
    found = re.search(r'name="form_token" value="([^"]+)"', response.content.decode())
    assert found, "no form on this page"
    return found[1]


def open_form(client: Any, query: str = "") -> str:
    return token_in(client.get(f"/contribute{query}"))


def send(client: Any, token: str | None = None, **fields: str) -> Any:
    """Send the form, one freshly opened unless `token` names another."""
    token = open_form(client) if token is None else token
    headers = fields.pop("headers", {})
    return client.post("/contribute", FORM | {"form_token": token} | fields, headers=headers)
