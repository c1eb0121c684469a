"""How a regular gift stands, in the words and dates its giver reads."""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from donations import money, wording
from donations.models import Frequency, Pledge

Status = Pledge.Status

LONGEST_PAUSE_MONTHS = 3
NEARLY = timedelta(minutes=10)
MONTHS_BETWEEN: dict[str, int] = {Frequency.MONTHLY: 1, Frequency.ANNUAL: 12}


@dataclass(frozen=True)
class Standing:
    """A pledge as its giver sees it."""

    pledge: Pledge

    @property
    def terms(self) -> str:
        """ "€10.00 every month" """
        return wording.terms(self.amount, self.pledge.frequency)

    @property
    def amount(self) -> str:
        return money.printed(self.pledge.amount_minor, self.pledge.currency)

    @property
    def is_over(self) -> bool:
        return self.pledge.status == Status.CANCELLED

    @property
    def is_paused(self) -> bool:
        return self.pledge.status == Status.PAUSED

    @property
    def is_overdue(self) -> bool:
        return self.pledge.status == Status.PAST_DUE

    @property
    def has_pause(self) -> bool:
        """Whether it may be paused: a monthly gift that goes its way."""
        return self.pledge.frequency == Frequency.MONTHLY and self.pledge.status == Status.ACTIVE

    @property
    def next_charge_at(self) -> datetime | None:
        """When money is taken next, by what Stripe said last; a pause may put it off."""
        if not self.is_paused:
            return self.pledge.next_charge_at
        return first_charge(self.pledge, self.pledge.resumes_at) if self.pledge.resumes_at else None

    def promise(self, amount_minor: int | None = None) -> str:
        """ "You will give €12.00 every month.", of another amount if one is named."""
        if amount_minor is None:
            amount_minor = self.pledge.amount_minor
        total = money.printed(amount_minor, self.pledge.currency)
        return wording.promise(total, self.pledge.frequency)


def end_of_pause(pledge: Pledge, months: int) -> datetime:
    """The moment so many calendar months from now, by the outlet's clock.

    Whole minutes, and where the gift is paused until nearly then, that: a button pressed twice is
    one pause. Never earlier than asked for, or a pause begun after a charge might skip none.
    """
    now = timezone.localtime().replace(second=0, microsecond=0) + timedelta(minutes=1)
    wanted = _months_later(now, months)
    if pledge.resumes_at and abs(pledge.resumes_at - wanted) < NEARLY:
        return pledge.resumes_at
    return wanted


def first_charge(pledge: Pledge, since: datetime) -> datetime | None:
    """The first charge that falls due at `since` or later; None where that cannot be told."""
    if pledge.next_charge_at is None or not pledge.frequency:
        return None
    begin, day = pledge.next_charge_at.astimezone(UTC), _day_of_charges(pledge)
    months, due = 0, begin
    while due < since:
        months += MONTHS_BETWEEN[pledge.frequency]
        due = _months_later(begin, months, day)
    return due


def _day_of_charges(pledge: Pledge) -> int:
    """The day of the month on which Stripe charges; shorter months have it on their last."""
    begin = (pledge.next_charge_at or pledge.created_at).astimezone(UTC)
    is_last = begin.day == calendar.monthrange(begin.year, begin.month)[1]
    return max(begin.day, pledge.created_at.astimezone(UTC).day) if is_last else begin.day


def _months_later(moment: datetime, months: int, day: int | None = None) -> datetime:
    """The same time so many months later, on `day` or the month's last before it."""
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return moment.replace(year=year, month=month, day=min(day or moment.day, last))
