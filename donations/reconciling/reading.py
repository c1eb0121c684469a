"""A time to compare, and Stripe's lists of it in pieces that fit into memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Self

from django.utils import timezone

Object = dict[str, Any]

DAY = timedelta(days=1)
FIRST_YEAR = 2011
DAYS = 7  # Compared if nothing else is said: Stripe gives an event up after three.
MOST_DAYS = 3660
PIECE = 100
CLOCKS_DIFFER = timedelta(minutes=1)


class NoPeriod(Exception):
    """These are not beginning and end of a time; the text says why."""


@dataclass(frozen=True)
class Period:
    """From `begin` until just before `end`."""

    begin: datetime
    end: datetime

    @classmethod
    def last(cls, days: int) -> Self:
        """The days until now, to the last second. Raises NoPeriod."""
        if not 1 <= days <= MOST_DAYS:
            raise NoPeriod(f"Write how many days to compare, from 1 to {MOST_DAYS}.")
        now = this_second()
        return cls(now - days * DAY, now + CLOCKS_DIFFER)

    @classmethod
    def of_dates(cls, since: date, until: date | None) -> Self:
        """Whole days here, the last one included; until now if none is named. Raises NoPeriod."""
        now = this_second()
        if until is not None and until < since:
            raise NoPeriod(f"{until} comes before {since}: write the earlier day after --since.")
        if since.year < FIRST_YEAR:
            raise NoPeriod(f"Stripe knows of nothing before {FIRST_YEAR}.")
        begin = _midnight(since)
        if begin > now:
            raise NoPeriod(f"{since} is still to come: begin with a day that has begun.")
        if until is None or until >= timezone.localdate(now):
            return cls(begin, now + CLOCKS_DIFFER)
        return cls(begin, _midnight(until + DAY))

    def days(self) -> "Iterator[Period]":
        """The period in pieces of a day at most, newest first."""
        end = self.end
        while end > self.begin:
            begin = max(end - DAY, self.begin)
            yield Period(begin, end)
            end = begin


def in_pieces(made: Iterable[Object]) -> Iterator[list[Object]]:
    """The same objects, about as many at a time as Stripe sends in one page."""
    iterator = iter(made)
    while piece := list(islice(iterator, PIECE)):
        yield piece


def this_second() -> datetime:
    """Now, as coarse as Stripe counts."""
    return timezone.now().replace(microsecond=0)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
