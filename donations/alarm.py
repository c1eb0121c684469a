"""What a person should look at, in plain sentences with counts and without people.

Shown on the desk's first page to those who may act on it, and logged every hour.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from procrastinate.contrib.django.models import ProcrastinateJob

from donations.models import (
    Contribution,
    ContributionRules,
    CurrencyRule,
    LedgerEntry,
    OutgoingMail,
    StripeEvent,
    Supporter,
)

logger = logging.getLogger(__name__)

COUNTED_AT_MOST = 1_000
DAY = timedelta(days=1)
OVERDUE = timedelta(hours=1)
JOBS_LOOKED_BACK = timedelta(days=7)  # Nobody repeats by hand what failed long ago.


@dataclass(frozen=True)
class Alarm:
    """What is wrong, and the list in the admin where one acts."""

    text: str
    list_name: str  # "donations_ledgerentry"
    query: str = ""

    @property
    def address(self) -> str:
        address = reverse(f"admin:{self.list_name}_changelist")
        return f"{address}?{self.query}" if self.query else address

    def is_for(self, user: User | AnonymousUser) -> bool:
        """Whether somebody may open the list."""
        app, model = self.list_name.split("_")
        return user.has_perm(f"{app}.view_{model}")


def current() -> list[Alarm]:
    """All that gives alarm now, in the language that is active."""
    rules, now = ContributionRules.load(), timezone.now()
    found = [
        quiet(rules, now),
        events_piling_up(rules, now),
        payments_piling_up(rules, now),
        doubtful_mails(),
        refused_mails(),
        failed_jobs(now),
        overdue_wishes(now),
    ]
    return [alarm for alarm in found if alarm is not None]


def sound() -> None:
    """Write the current alarms into the log."""
    for alarm in current():
        logger.error("Alarm: %s", alarm.text)


def quiet(rules: ContributionRules, now: datetime) -> Alarm | None:
    """No gift came in for longer than the outlet is used to; never where none can, or ever did."""
    if not rules.quiet_hours or not CurrencyRule.objects.exists():
        return None
    charges = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.CHARGE)
    last = charges.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
    if last is None or last > now - timedelta(hours=rules.quiet_hours):
        return None
    hours = int((now - last).total_seconds() // 3600)
    text = ngettext(
        "No gift came in for %(count)s hour.", "No gift came in for %(count)s hours.", hours
    )
    return Alarm(text % {"count": hours}, "donations_ledgerentry")


def events_piling_up(rules: ContributionRules, now: datetime) -> Alarm | None:
    """Many events of Stripe that could not be applied."""
    count = counted(StripeEvent.objects.filter(applied_at=None, received_at__gte=now - DAY))
    if not is_many(count, rules):
        return None
    text = ngettext(
        "%(count)s event of Stripe could not be applied within a day.",
        "%(count)s events of Stripe could not be applied within a day.",
        count,
    )
    return Alarm(text % {"count": at_most(count)}, "donations_stripeevent", "standing=failed")


def payments_piling_up(rules: ContributionRules, now: datetime) -> Alarm | None:
    """Many gifts that Stripe refused at checkout, or whose payment failed afterwards."""
    failed = Contribution.objects.filter(state="failed", changed_at__gte=now - DAY)
    count = counted(failed)
    if not is_many(count, rules):
        return None
    text = ngettext(
        "%(count)s gift failed or was refused by Stripe within a day.",
        "%(count)s gifts failed or were refused by Stripe within a day.",
        count,
    )
    return Alarm(text % {"count": at_most(count)}, "donations_contribution", "state__exact=failed")


def doubtful_mails() -> Alarm | None:
    count = counted(OutgoingMail.objects.doubtful())
    text = ngettext(
        "%(count)s mail may have been sent; decide whether to send it again.",
        "%(count)s mails may have been sent; decide whether to send them again.",
        count,
    )
    return mail_alarm(text, count, OutgoingMail.State.HANDING_OVER)


def refused_mails() -> Alarm | None:
    count = counted(OutgoingMail.objects.refused())
    text = ngettext(
        "%(count)s mail was not sent: the mail server refused it for good.",
        "%(count)s mails were not sent: the mail server refused them for good.",
        count,
    )
    return mail_alarm(text, count, OutgoingMail.State.REFUSED)


def mail_alarm(text: str, count: int, state: str) -> Alarm | None:
    query = urlencode({"state__exact": state})
    shown = text % {"count": at_most(count)}
    return Alarm(shown, "donations_outgoingmail", query) if count else None


def failed_jobs(now: datetime) -> Alarm | None:
    """Background jobs that were given up, of whatever queue."""
    failed = ProcrastinateJob.objects.filter(
        status="failed",
        procrastinateevent__type="failed",
        procrastinateevent__at__gte=now - JOBS_LOOKED_BACK,
    )
    count = counted(failed.values("pk").distinct())
    text = ngettext(
        "%(count)s background job failed for good within a week.",
        "%(count)s background jobs failed for good within a week.",
        count,
    )
    shown = text % {"count": at_most(count)}
    query = "status__exact=failed"
    return Alarm(shown, "procrastinate_procrastinatejob", query) if count else None


def overdue_wishes(now: datetime) -> Alarm | None:
    """People who asked to be forgotten and whom Stripe still knows."""
    count = counted(Supporter.objects.leaving().filter(forget_asked_at__lt=now - OVERDUE))
    text = ngettext(
        "%(count)s supporter asked to be forgotten more than an hour ago, and Stripe has not yet.",
        "%(count)s supporters asked to be forgotten more than an hour ago, and Stripe has not yet.",
        count,
    )
    shown = text % {"count": at_most(count)}
    return Alarm(shown, "donations_supporter", "standing=leaving") if count else None


def is_many(count: int, rules: ContributionRules) -> bool:
    return bool(rules.failures_for_alarm) and count >= rules.failures_for_alarm


def counted(rows: QuerySet[Any, Any]) -> int:
    """How many rows, as far as it matters."""
    return rows.order_by()[:COUNTED_AT_MOST].count()


def at_most(count: int) -> object:
    """The count as it is read: of very many only that there are so many."""
    return count if count < COUNTED_AT_MOST else _("%(count)s or more") % {"count": count}
