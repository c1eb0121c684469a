"""One run at a time, by hand or every night."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import DatabaseError, connection

from donations import gateway

from . import books, checkouts, invoices, pledges
from .reading import DAY, DAYS, Period, this_second
from .report import Report

logger = logging.getLogger(__name__)

LOCK = 0x7265636F  # Of our own among PostgreSQL's advisory locks.
ON_ITS_WAY = timedelta(minutes=10)  # What is younger, its event may still tell.


class UnderWay(Exception):
    """Somebody else is reconciling."""


def reconcile(period: Period, tell: Callable[[str], None]) -> Report:
    """Compare a time with Stripe and mend what is missing here; `tell` gets what differs.

    All that was mended stays so, however this ends. Raises UnderWay, gateway.Unavailable and
    gateway.Refused; not to be called inside a transaction.
    """
    report = Report(tell)
    with alone():
        checkouts.compare(period, report)  # First: they say whose the pledges are.
        pledges.compare(period, report)
        books.compare(period, report)
        invoices.compare(period, report)
    return report


def reconcile_nightly() -> None:
    """Reconcile the last days; what a person must look at is logged as an error.

    Raises gateway.Unavailable and gateway.Refused, to be tried again.
    """
    now = this_second()
    period = Period(now - DAYS * DAY, now - ON_ITS_WAY)
    try:
        report = reconcile(period, lambda line: logger.error("Reconciling: %s", line))
    except UnderWay:
        logger.info("Reconciling was under way already")
    except (gateway.Unavailable, gateway.Refused) as error:
        logger.error("Reconciling stopped, Stripe could not be asked: %s", error)
        raise
    else:
        level = logging.ERROR if report.differing else logging.INFO
        logger.log(level, "Reconciled. %s", report.summary())


@contextmanager
def alone() -> Iterator[None]:
    """Raise UnderWay where another process is here; one that dies is here no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise UnderWay
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
