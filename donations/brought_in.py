"""What began on a story brought, without any person's data."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Min, Q, Sum
from django.db.models.functions import Coalesce

from donations import money
from donations.models import LedgerEntry, Payment

FEWEST_TOLD = 3  # The sum of one or two beside a story could tell what one person gave.

Kind = LedgerEntry.Kind


@dataclass
class Gifts:
    """Gifts of one currency: from how many contributions, and what of them stays given."""

    currency: str
    contributions: set[Any] = field(default_factory=set)
    amount_minor: int = 0

    def add(self, contribution: Any, amount_minor: int) -> None:
        self.contributions.add(contribution)
        self.amount_minor += amount_minor

    @property
    def count(self) -> int:
        return len(self.contributions)

    @property
    def is_told(self) -> bool:
        return self.count >= FEWEST_TOLD

    @property
    def total(self) -> str:
        """The sum in words for people: "€30.00". Raises ValueError where it must not be told."""
        if not self.is_told:
            raise ValueError("The sum of so few gifts could point to a person.")
        return money.printed(self.amount_minor, self.currency)


@dataclass(frozen=True)
class BroughtIn:
    """By currency: the first payments of what began on a story, and all later ones."""

    first: list[Gifts]
    since: list[Gifts]


def brought_in(story: int) -> BroughtIn:
    """What the contributions that began on the story of this number brought, in one query.

    Of each its first payment, and apart from that what a regular gift has brought since then.
    What was given back or taken back is taken off; what is gone altogether does not count.
    """
    first: dict[str, Gifts] = {}
    since: dict[str, Gifts] = {}
    for contribution, payments in _payments_by_contribution(story).items():
        for place, (_paid_at, currency, left) in enumerate(sorted(payments)):
            if left > 0:
                gifts = since if place else first
                gifts.setdefault(currency, Gifts(currency)).add(contribution, left)
    return BroughtIn(_in_order(first.values()), _in_order(since.values()))


def _payments_by_contribution(story: int) -> dict[Any, list[tuple[datetime, str, int]]]:
    """When each payment came in, in which currency, and what of it is left."""
    payments = Payment.objects.values("pk").order_by()
    single = payments.filter(contribution__publication=story)
    regular = payments.filter(invoice__pledge__contribution__publication=story)
    rows = (
        LedgerEntry.objects.filter(payment__in=single.union(regular))
        .exclude(kind=Kind.FEE)
        .order_by()
        .values_list(
            Coalesce("payment__contribution", "payment__invoice__pledge__contribution"),
            "payment",
            "currency",
        )
        .annotate(paid_at=Min("occurred_at", filter=Q(kind=Kind.CHARGE)), left=Sum("amount_minor"))
    )
    found = defaultdict(list)
    for contribution, _payment, currency, paid_at, left in rows:
        if paid_at is not None:  # A refund may be known before its charge.
            found[contribution].append((paid_at, currency, left))
    return found


def _in_order(gifts: Iterable[Gifts]) -> list[Gifts]:
    return sorted(gifts, key=lambda each: each.currency)
