"""Charges and what becomes of them: fees, refunds, disputes."""

import secrets
import time
from typing import Any

from .errors import ApiError
from .store import Object, Store

DISPUTE_FEE_MINOR = 2000
UNKNOWN_OF_CARD = (
    "checks", "display_brand", "fingerprint", "generated_from", "networks", "regulated_status",
    "three_d_secure_usage", "wallet",
)  # fmt: skip
DECLINED = {
    "code": "card_declined",
    "decline_code": "generic_decline",
    "message": "Your card was declined.",
    "type": "card_error",
}


def fee_minor(amount_minor: int) -> int:
    """What a charge costs here: 1.5 % and 25 of the smallest unit."""
    return (amount_minor * 15 + 500) // 1000 + 25


def make_intent(store: Store, amount: int, currency: str, **fields: Any) -> Object:
    """A payment that is wanted, in the smallest unit of `currency`, and not tried yet."""
    intent = store.make(
        "payment_intent",
        amount=amount,
        currency=currency,
        status="requires_payment_method",
        capture_method="automatic_async",
        confirmation_method="automatic",
        amount_received=0,
        payment_method_types=["card"],
        **fields,
    )
    store.tell("payment_intent.created", intent)
    return intent


def make_card(store: Store, customer_id: str | None) -> Object:
    """A card that is always good; it expires in three years."""
    year = time.gmtime().tm_year + 3
    card = dict.fromkeys(UNKNOWN_OF_CARD) | {"brand": "visa", "last4": "4242", "funding": "credit"}
    card |= {"exp_month": 12, "exp_year": year, "country": "US"}
    return store.make("payment_method", type="card", card=card, customer=customer_id)


def charge(store: Store, intent: Object, card: Object, outcome: str) -> Object:
    """Try to charge; `outcome` is paid, failed, or pending for what takes days."""
    status = {"paid": "succeeded"}.get(outcome, outcome)
    made = store.make(
        "charge",
        amount=intent["amount"],
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent.get("metadata") or {}),
        payment_intent=intent["id"],
        payment_method=card["id"],
        payment_method_details={"type": "card", "card": _as_charged(card["card"])},
        captured=outcome != "pending",
        status="pending",
    )
    intent |= {"latest_charge": made["id"], "payment_method": card["id"]}
    if outcome == "pending":
        intent["status"] = "processing"
        store.tell("charge.pending", made)
        store.tell("payment_intent.processing", intent)
    else:
        _conclude(store, intent, made, status)
    return made


def _as_charged(card: Object) -> Object:
    """A card as it stands in a charge, where Stripe says other things of it."""
    shown = (
        "brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4",
        "regulated_status", "wallet",
    )  # fmt: skip
    unknown = (
        "amount_authorized", "authorization_code", "installments", "mandate", "network_token",
        "network_transaction_id", "three_d_secure",
    )  # fmt: skip
    described = {name: card[name] for name in shown}
    return dict.fromkeys(unknown) | {"network": card["brand"]} | described


def conclude(store: Store, made: Object, is_paid: bool) -> None:
    """Say how a pending charge ended."""
    intent = store.get("payment_intent", made["payment_intent"])
    _conclude(store, intent, made, "succeeded" if is_paid else "failed")


def _conclude(store: Store, intent: Object, made: Object, status: str) -> None:
    made["status"] = status
    if status == "failed":
        made |= {
            "captured": False,
            "failure_code": DECLINED["code"],
            "failure_message": DECLINED["message"],
        }
        intent |= {"status": "requires_payment_method", "last_payment_error": dict(DECLINED)}
        store.tell("charge.failed", made)
        store.tell("payment_intent.payment_failed", intent)
        return
    amount = made["amount"]
    made |= {"paid": True, "captured": True, "amount_captured": amount}
    intent |= {"status": "succeeded", "amount_received": amount, "last_payment_error": None}
    store.tell("charge.succeeded", made)
    store.tell("payment_intent.succeeded", intent)


def settle(store: Store, made: Object) -> None:
    """Book a charge on the balance. Stripe says so later, so charge.succeeded has no fee yet."""
    amount, currency = made["amount"], made["currency"]
    booked = _book(store, "charge", amount, currency, made["id"], fee=fee_minor(amount))
    made["balance_transaction"] = booked["id"]
    store.tell("charge.updated", made)


def refund(store: Store, params: Object) -> Object:
    """Give a charge back, in part or whole; Stripe keeps its fee."""
    made = _charge_to_refund(store, params)
    left = made["amount_captured"] - made["amount_refunded"]
    amount = params.get("amount", left)
    if made["status"] != "succeeded":
        raise ApiError(f"Charge {made['id']} did not succeed.", param="charge")
    if made["disputed"]:
        raise ApiError(f"Charge {made['id']} has been charged back.", code="charge_disputed")
    if left == 0:
        raise ApiError(
            f"Charge {made['id']} has already been refunded.", code="charge_already_refunded"
        )
    if amount < 1:
        raise ApiError("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise ApiError("Refund amount is greater than unrefunded amount on charge.", param="amount")
    given_back = store.make(
        "refund",
        amount=amount,
        currency=made["currency"],
        charge=made["id"],
        payment_intent=made["payment_intent"],
        reason=params.get("reason"),
        metadata=params.get("metadata") or {},
        status="succeeded",
    )
    booked = _book(store, "refund", -amount, made["currency"], given_back["id"])
    given_back["balance_transaction"] = booked["id"]
    made["amount_refunded"] += amount
    made["refunded"] = made["amount_refunded"] == made["amount_captured"]
    store.tell("refund.created", given_back)
    store.tell("charge.refunded", made)
    store.tell("refund.updated", given_back)
    return given_back


def _charge_to_refund(store: Store, params: Object) -> Object:
    if ("charge" in params) == ("payment_intent" in params):
        raise ApiError(
            "One of the following params should be provided for this request:"
            " payment_intent or charge.",
            code="parameter_missing",
        )
    if "charge" in params:
        return store.get("charge", params["charge"], "charge")
    intent = store.get("payment_intent", params["payment_intent"], "payment_intent")
    if not intent["latest_charge"]:
        raise ApiError(f"PaymentIntent {intent['id']} has no charge.", param="payment_intent")
    return store.get("charge", intent["latest_charge"])


def fail_refund(store: Store, given_back: Object) -> None:
    """The bank could not pay a refund out: the money is ours again."""
    if given_back["status"] != "succeeded":
        raise ApiError(f"Refund {given_back['id']} is {given_back['status']}.")
    amount = given_back["amount"]
    booked = _book(store, "refund_failure", amount, given_back["currency"], given_back["id"])
    given_back |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": booked["id"],
    }
    made = store.get("charge", given_back["charge"])
    made["amount_refunded"] -= amount
    made["refunded"] = False
    store.tell("refund.updated", given_back)
    store.tell("refund.failed", given_back)


def dispute(store: Store, made: Object) -> Object:
    """The bank of whoever paid takes the money back, and Stripe takes a fee."""
    if made["status"] != "succeeded" or made["disputed"]:
        raise ApiError(f"Charge {made['id']} cannot be disputed.")
    opened = store.make(
        "dispute",
        amount=made["amount"],
        currency=made["currency"],
        charge=made["id"],
        payment_intent=made["payment_intent"],
        reason="fraudulent",
        status="needs_response",
    )
    made["disputed"] = True
    booked = _book(
        store,
        "adjustment",
        -made["amount"],
        made["currency"],
        opened["id"],
        fee=DISPUTE_FEE_MINOR,
    )
    store.tell("charge.dispute.created", opened)
    opened["balance_transactions"].append(dict(booked))
    store.tell("charge.dispute.funds_withdrawn", opened)
    return opened


def close_dispute(store: Store, opened: Object, is_won: bool) -> None:
    """Won, the money comes back; the fee does not."""
    if opened["status"] in {"won", "lost"}:
        raise ApiError(f"Dispute {opened['id']} is closed.")
    opened["status"] = "won" if is_won else "lost"
    if is_won:
        amount, currency = opened["amount"], opened["currency"]
        booked = _book(store, "adjustment", amount, currency, opened["id"])
        opened["balance_transactions"].append(dict(booked))
        store.tell("charge.dispute.funds_reinstated", opened)
    store.tell("charge.dispute.closed", opened)


def pay_out(store: Store) -> None:
    """Send the bank all that is on the balance, each currency by itself."""
    waiting: dict[str, list[Object]] = {}
    for booked in store.objects.get("balance_transaction", {}).values():
        if "_payout" not in booked:
            waiting.setdefault(booked["currency"], []).append(booked)
    for currency, together in waiting.items():
        payout_id = f"po_{secrets.token_hex(12)}"
        total = sum(booked["net"] for booked in together)
        together.append(_book(store, "payout", -total, currency, payout_id))
        for booked in together:
            booked["_payout"] = payout_id


def age_card(card: Object) -> None:
    """Let a card end with this month. No event tells of it."""
    today = time.gmtime()
    card["card"] |= {"exp_month": today.tm_mon, "exp_year": today.tm_year}


def _book(
    store: Store, type: str, amount: int, currency: str, source: str, *, fee: int = 0
) -> Object:
    costs: Object = {
        "amount": fee,
        "currency": currency,
        "type": "stripe_fee",
        "description": "Fees",
    }
    costs["application"] = None
    return store.make(
        "balance_transaction",
        type=type,
        reporting_category="dispute" if type == "adjustment" else type,
        amount=amount,
        fee=fee,
        net=amount - fee,
        fee_details=[costs] if fee else [],
        currency=currency,
        source=source,
        status="available",
        balance_type="payments",
        available_on=int(time.time()),
    )
