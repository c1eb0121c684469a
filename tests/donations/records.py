"""Records about money for tests: fixed values for all that a test does not say."""

import itertools
from datetime import datetime
from typing import Any

from donations.models import Contribution, Invoice, LedgerEntry, Payment, Pledge, Supporter

_numbers = itertools.count(1)


def make_contribution(*, amount_minor: int = 1000, **fields: Any) -> Contribution:
    """One that went to checkout, once, in euros."""
    values: dict[str, Any] = {
        "form_token": f"token-{next(_numbers)}",
        "state": Contribution.State.CHECKOUT,
        "frequency": "once",
        "currency": "EUR",
        "email": "reader@example.org",
        "total_minor": amount_minor + fields.get("fee_cover_minor", 0),
    }
    return Contribution.objects.create(amount_minor=amount_minor, **values | fields)


def make_supporter(email: str = "reader@example.org", **fields: Any) -> Supporter:
    return Supporter.objects.create(email=email, **fields)


def make_pledge(supporter: Supporter, **fields: Any) -> Pledge:
    """A monthly gift of ten euros."""
    values = {"frequency": "monthly", "currency": "EUR", "amount_minor": 1000}
    id = f"sub_{next(_numbers)}"
    return Pledge.objects.create(subscription_id=id, supporter=supporter, **values | fields)


def make_payment(
    giver: Supporter | Pledge, at: datetime, amount_minor: int = 1000, currency: str = "EUR"
) -> Payment:
    """A single gift of somebody, or one payment of a pledge, booked with its fee."""
    payment = Payment(intent_id=f"pi_{next(_numbers)}")
    if isinstance(giver, Pledge):
        payment.invoice = Invoice.objects.create(invoice_id=f"in_{next(_numbers)}", pledge=giver)
    else:
        payment.contribution = make_contribution(
            amount_minor=amount_minor, currency=currency, supporter=giver, email=""
        )
    payment.save()
    make_entry(payment, "charge", amount_minor, at, currency)
    make_entry(payment, "fee", -50, at, currency)
    return payment


def make_entry(
    payment: Payment, kind: str, amount_minor: int, at: datetime, currency: str = "EUR"
) -> LedgerEntry:
    return LedgerEntry.objects.create(
        payment=payment,
        kind=kind,
        amount_minor=amount_minor,
        currency=currency,
        occurred_at=at,
        stripe_id=f"{kind}_{next(_numbers)}",
    )
