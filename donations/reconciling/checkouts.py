"""Checkout sessions and the contributions they are of."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from donations import gateway, webhooks
from donations.models import Contribution

from .reading import Object, Period, in_pieces
from .report import Report, printed

State = Contribution.State

LONGEST_WAIT = timedelta(days=30)  # For a payment that takes days.


def compare(period: Period, report: Report) -> None:
    """Follow the sessions of a time, and those that were not finished when it began."""
    for day in period.days():
        seen = set()
        for piece in in_pieces(gateway.checkouts_between(day.begin, day.end)):
            for session in piece:
                seen.add(session["id"])
                with report.comparing("checkout", session["id"]):
                    follow(session, report)
        begun = Contribution.objects.filter(created_at__gte=day.begin, created_at__lt=day.end)
        look_up(begun, seen, report, is_long_ago=False)
    unfinished = Contribution.objects.filter(
        state__in=[State.CHECKOUT, State.PROCESSING],
        created_at__gte=period.begin - LONGEST_WAIT,
        created_at__lt=period.begin,
    )
    look_up(unfinished, set(), report, is_long_ago=True)


def look_up(
    contributions: QuerySet[Contribution], seen: set[str], report: Report, *, is_long_ago: bool
) -> None:
    """Ask Stripe for sessions that it did not list; of long ago it may have forgotten them."""
    known = contributions.exclude(session_id=None).values_list("session_id", flat=True)
    for session_id in [each for each in known if each and each not in seen]:
        with report.comparing("checkout", session_id):
            try:
                session = gateway.retrieve_checkout(session_id)
            except gateway.Missing:
                if not is_long_ago:
                    report.differ("checkout", session_id, "is known here, and not at Stripe")
            else:
                follow(session, report)


def follow(session: Object, report: Report) -> None:
    """Bring about what the events of a session say, where they did not."""
    reference = (session.get("metadata") or {}).get("reference")
    contribution = Contribution.objects.by_reference(reference)
    if contribution is None:
        if reference and session["status"] == "complete":
            report.differ("checkout", session["id"], "was completed, for a gift unknown here")
        return
    wanted = contribution.total_minor, contribution.currency
    ordered = session["amount_total"], session["currency"].upper()
    if ordered != wanted:
        how = f"is of {printed(*ordered)} at Stripe, of {printed(*wanted)} here"
        report.differ("checkout", session["id"], how)
    if not is_followed(session, contribution):
        with report.mending(lambda: state_of(contribution)), transaction.atomic():
            webhooks.follow_session(session, timezone.now())
    if is_unpaid_for_good(session, contribution):
        with report.mending(lambda: state_of(contribution)), transaction.atomic():
            webhooks.fail_session(session, timezone.now())
    contribution.refresh_from_db()
    if is_contradicted(session, contribution):
        again = gateway.retrieve_checkout(session["id"])
        contribution.refresh_from_db()
        if is_contradicted(again, contribution):
            how = f"is {again['status']} and {again['payment_status']} at Stripe"
            report.differ("checkout", session["id"], f"{how}, {contribution.state} here")


def is_followed(session: Object, contribution: Contribution) -> bool:
    """Whether its events have nothing more to say; all that one says is kept together."""
    if session["status"] == "complete":
        has_come = session["payment_status"] != "unpaid"
        followed = {State.SUCCEEDED} if has_come else {State.PROCESSING, State.FAILED}
        return contribution.state in followed
    return session["status"] == "open" or contribution.state not in {State.STARTED, State.CHECKOUT}


def is_unpaid_for_good(session: Object, contribution: Contribution) -> bool:
    """Whether a payment that takes days did not come: the session itself does not say so."""
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        return False
    if contribution.state in {State.SUCCEEDED, State.FAILED} or not session["payment_intent"]:
        return False
    intent = gateway.retrieve_intent(session["payment_intent"])
    return intent["status"] in {"requires_payment_method", "canceled"}


def is_contradicted(session: Object, contribution: Contribution) -> bool:
    """Whether money is known here that Stripe says did not come."""
    is_complete = session["status"] == "complete"
    if contribution.state == State.SUCCEEDED:
        return not is_complete or session["payment_status"] == "unpaid"
    return contribution.state == State.PROCESSING and not is_complete


def state_of(contribution: Contribution) -> str:
    """As the database has it by now."""
    return Contribution.objects.values_list("state", flat=True).get(pk=contribution.pk)
