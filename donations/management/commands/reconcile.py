from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from donations import gateway, reconciling
from donations.reconciling.reading import DAYS, NoPeriod, Period

DIFFERS, NOT_COMPARED = 1, 2


class Command(BaseCommand):
    help = (
        "Compare with Stripe what is known here, and mend what is missing. Ends with 0 if all then"
        " agrees, with 1 if something differs that a person must look at, told line by line on"
        " standard error, and with 2 if not all could be compared."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", type=int, help=f"how many days until now; {DAYS} if nothing is said"
        )
        parser.add_argument("--since", type=day, help="the first day, such as 2026-01-01")
        parser.add_argument("--until", type=day, help="the last day; until now if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            period = period_of(options["days"], options["since"], options["until"])
            report = reconciling.reconcile(period, self.stderr.write)
        except NoPeriod as mistake:
            raise CommandError(str(mistake), returncode=NOT_COMPARED) from None
        except reconciling.UnderWay:
            text = "Another reconcile is running. Wait until it has ended."
            raise CommandError(text, returncode=NOT_COMPARED) from None
        except (gateway.Unavailable, gateway.Refused) as error:
            text = (
                f"Stripe could not be asked ({error}). What was mended until then stays mended;"
                " run reconcile again when Stripe answers."
            )
            raise CommandError(text, returncode=NOT_COMPARED) from None
        self.stdout.write(report.summary())
        if report.differing:
            raise SystemExit(DIFFERS)


def day(typed: str) -> date:
    """A day as ISO 8601 writes it. Raises ValueError, as argparse expects."""
    return date.fromisoformat(typed)


def period_of(days: int | None, since: date | None, until: date | None) -> Period:
    """The time that was asked for. Raises NoPeriod with a sentence."""
    if since is None and until is not None:
        raise NoPeriod("Write --since too: --until alone says no beginning.")
    if since is not None and days is not None:
        raise NoPeriod("Write either --days or --since, not both.")
    if since is not None:
        return Period.of_dates(since, until)
    return Period.last(DAYS if days is None else days)
