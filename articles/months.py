"""When a month of the archive begins and ends by the outlet's clock."""

from datetime import date, datetime

from django.utils import timezone


def bounds_of(month: date) -> tuple[datetime, datetime]:
    """The first moment of the month that begins on this day, and the first of the next."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    start, end = (
        timezone.make_aware(datetime(day.year, day.month, 1)) for day in (month, following)
    )
    return start, end
