"""Records about money for tests: fixed values for all that a test does not say."""

import itertools
from typing import Any

from donations.models import Contribution, Supporter

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
