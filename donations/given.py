"""What somebody gave, as the ledger tells it: lists, receipts, statements of a year.

Fees are the outlet's, and no part of it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from donations import money
from donations.models import Contribution, LedgerEntry, Pledge, Supporter

Kind = LedgerEntry.Kind

PURPOSES = {
    "once": _("Single gift"),
    "monthly": _("Monthly gift"),
    "annual": _("Yearly gift"),
    "": _("Regular gift"),
}
LOSSES = {
    Kind.REFUND: _("Given back"),
    Kind.DISPUTE: _("Taken back by the bank"),
    Kind.DISPUTE_REVERSAL: _("Returned by the bank"),
}
LOADED = ("payment__contribution", "payment__invoice__pledge__contribution")


@dataclass(frozen=True)
class Movement:
    """One line: a payment, or what became of it; signed as in the ledger."""

    entry: LedgerEntry

    @property
    def at(self) -> datetime:
        return self.entry.occurred_at

    @property
    def amount(self) -> str:
        return money.printed(self.entry.amount_minor, self.entry.currency)

    @property
    def is_gift(self) -> bool:
        return self.entry.kind == Kind.CHARGE

    @property
    def payment_id(self) -> str | None:
        return self.entry.payment_id

    @cached_property
    def pledge(self) -> Pledge | None:
        """The regular gift it is a part of."""
        payment = self.entry.payment
        return payment.invoice.pledge if payment and payment.invoice else None

    @cached_property
    def contribution(self) -> Contribution | None:
        """The way through checkout with which it began."""
        if self.pledge is not None:
            return self.pledge.contribution
        return self.entry.payment.contribution if self.entry.payment else None

    @property
    def words(self) -> str:
        """What it is: "Monthly gift", "Given back"."""
        if self.is_gift:
            source = self.pledge or self.contribution
            return str(PURPOSES[source.frequency if source else ""])
        if self.entry.kind == Kind.REFUND and self.entry.amount_minor > 0:
            return str(_("Could not be given back"))
        return str(LOSSES[Kind(self.entry.kind)])


@dataclass
class Given:
    """A payment, and what became of it."""

    gift: Movement
    losses: list[Movement] = field(default_factory=list)

    @property
    def left(self) -> str:
        """What of it stays given."""
        left = sum(each.entry.amount_minor for each in [self.gift, *self.losses])
        return money.printed(left, self.gift.entry.currency)


@dataclass(frozen=True)
class Account:
    """The movements of one currency, and their sum."""

    currency: str
    movements: list[Movement]

    @property
    def total(self) -> str:
        total = sum(each.entry.amount_minor for each in self.movements)
        return money.printed(total, self.currency)


def newest(supporter: Supporter, number: int) -> list[Given]:
    """The latest payments, newest first, in two queries."""
    charges = _movements(supporter).filter(kind=Kind.CHARGE).select_related(*LOADED)
    given = {charge.payment_id: Given(Movement(charge)) for charge in charges[:number]}
    losses = LedgerEntry.objects.filter(payment__in=given, kind__in=LOSSES)
    for loss in losses.select_related("payment").order_by("occurred_at", "pk"):
        given[loss.payment_id].losses.append(Movement(loss))
    return list(given.values())


def receipt(supporter: Supporter, intent_id: str) -> Given | None:
    """One payment of theirs; None where there is none of this id."""
    entries = _movements(supporter).filter(payment=intent_id).select_related(*LOADED)
    movements = [Movement(entry) for entry in entries.order_by("occurred_at", "pk")]
    gift = next((each for each in movements if each.is_gift), None)
    if gift is None:
        return None
    return Given(gift, [each for each in movements if each is not gift])


def years(supporter: Supporter) -> list[int]:
    """The years in which money moved, by the outlet's clock, newest first."""
    return [
        moment.year for moment in _movements(supporter).datetimes("occurred_at", "year", "DESC")
    ]


def accounts_of_year(supporter: Supporter, year: int) -> list[Account]:
    """All movements of a year by the outlet's clock, oldest first; an account per currency."""
    entries = _movements(supporter).filter(occurred_at__year=year).select_related(*LOADED)
    return [
        Account(currency, [Movement(entry) for entry in moved])
        for currency, moved in groupby(
            entries.order_by("currency", "occurred_at", "pk"), key=lambda entry: entry.currency
        )
    ]


def total_of(pledge: Pledge) -> str:
    """What a regular gift brought so far, in words for people: "€30.00"; "" for nothing yet."""
    entries = LedgerEntry.objects.filter(payment__invoice__pledge=pledge).exclude(kind=Kind.FEE)
    sums = entries.order_by("currency").values_list("currency").annotate(Sum("amount_minor"))
    return " + ".join(money.printed(total, currency) for currency, total in sums if total)


def _movements(supporter: Supporter) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.of_supporter(supporter).exclude(kind=Kind.FEE)
