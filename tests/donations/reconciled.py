"""Events that are lost, reconciling, and what is left here afterwards."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import transaction

from donations.models import (
    Contribution,
    Invoice,
    LedgerEntry,
    OutgoingMail,
    Payment,
    Pledge,
    StripeCustomer,
    Supporter,
)
from tests.donations.records import make_contribution
from tests.donations.test_sandbox import open_checkout

DAY = timedelta(days=1)
PLEDGE = [
    "subscription_id", "contribution", "supporter__email", "status", "frequency", "currency",
    "amount_minor", "next_charge_at", "resumes_at",
]  # fmt: skip


def reconcile(*words: str) -> tuple[int, str, str]:
    """The exit code, what was printed, and what was told on standard error."""
    printed, told = StringIO(), StringIO()
    code = 0
    try:
        call_command("reconcile", *words, stdout=printed, stderr=told)
    except CommandError as error:
        code = error.returncode
        told.write(str(error))
    except SystemExit as end:
        code = end.code
    return code, printed.getvalue(), told.getvalue()


def mended(printed: str) -> int:
    return int(re.search(r"; mended (\d+);", printed)[1])


def kept() -> dict[str, list]:
    """All that events leave here, whoever brought it about, except the moment a mail speaks of."""
    mails = OutgoingMail.objects.order_by("kind", "about")
    entries = LedgerEntry.objects.values_list(
        "kind", "stripe_id", "amount_minor", "currency", "payment"
    )
    return {
        "contributions": rows(Contribution, "pk", "state", "email", "supporter__email"),
        "supporters": rows(Supporter, "email", "name", "language"),
        "customers": rows(StripeCustomer, "pk", "supporter__email"),
        "pledges": rows(Pledge, *PLEDGE),
        "invoices": rows(Invoice, "pk", "pledge"),
        "payments": rows(Payment, "pk", "contribution", "invoice"),
        "entries": sorted(entries, key=str),
        "mails": [
            (each.kind, each.about, each.supporter.email, drop_moment(each.context))
            for each in mails.exclude(kind="changed").select_related("supporter")
        ],
    }


def rows(model, *fields: str) -> list[tuple]:
    return sorted(model.objects.values_list(*fields), key=str)


def drop_moment(context: dict) -> dict:
    return {name: value for name, value in context.items() if name != "at"}


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is as if it had not been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def told_by_events(sandbox) -> dict[str, list]:
    """What is kept once every event has come; then it is as if none had."""
    waiting = list(sandbox.store.undelivered)
    with undone():
        sandbox.deliver()
        expected = kept()
    sandbox.store.undelivered = waiting
    return expected


def go_through_checkout(sandbox, action: str, interval: str | None = None, **fields) -> dict:
    """Press a button of the page at Stripe; the session that it is of."""
    contribution = make_contribution(**fields)
    session = open_checkout(contribution, interval)
    Contribution.objects.filter(pk=contribution.pk).update(session_id=session["id"])
    sandbox.press(session["url"], action)
    return sandbox.store.get("checkout.session", session["id"])


def give(sandbox, action: str = "pay", **fields) -> dict:
    """A single gift; its session."""
    return go_through_checkout(sandbox, action, **fields)


def pledge(sandbox, **fields) -> dict:
    """A monthly gift, paid once; its subscription."""
    go_through_checkout(sandbox, "pay", "month", frequency="monthly", **fields)
    return sandbox.newest("subscription")
