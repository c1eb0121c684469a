"""Invoices: which pledge a payment belongs to, and whom a failed one has to be told of."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from donations import emails, gateway, subscriptions, webhooks
from donations.models import Invoice, LedgerEntry, OutgoingMail, Payment

from .reading import Object, Period, in_pieces
from .report import Report


def compare(period: Period, report: Report) -> None:
    """Follow the invoices of a time, and their payments; those of charges booked before."""
    for piece in in_pieces(gateway.invoices_between(period.begin, period.end)):
        follow_invoices(piece, report)
    for piece in in_pieces(gateway.invoice_payments_between(period.begin, period.end)):
        follow_payments(piece, report)
    tie_payments(period, report)


def follow_invoices(piece: list[Object], report: Report) -> None:
    invoices = Invoice.objects.filter(pk__in=[each["id"] for each in piece])
    known = set(invoices.exclude(pledge=None).values_list("pk", flat=True))
    for invoice in piece:
        with report.comparing("invoice", invoice["id"]):
            if invoice["id"] not in known and (invoice["status"] == "paid" or has_failed(invoice)):
                follow_invoice(invoice, report)
            if has_failed(invoice):
                tell_supporter(invoice, report)


def follow_invoice(invoice: Object, report: Report) -> None:
    """Bring about what the event of an invoice says, where it did not."""
    known = Invoice.objects.filter(pk=invoice["id"])
    with report.mending(lambda: known.values_list("pledge").first()), transaction.atomic():
        webhooks.follow_invoice(invoice, timezone.now())


def has_failed(invoice: Object) -> bool:
    """Whether an attempt to collect it failed, and nobody has paid it since."""
    return invoice["status"] == "open" and invoice["attempt_count"] > 0


def tell_supporter(invoice: Object, report: Report) -> None:
    """Order the mail that the last failed attempt should have brought, if it is not.

    An attempt that another has followed, or whose invoice was paid since, is not told of late.
    """
    if subscriptions.subscription_of_invoice(invoice) is None:
        return
    about = f"{invoice['id']}:{invoice['attempt_count']}"
    mails = OutgoingMail.objects.filter(kind__in=emails.OF_ONE_ATTEMPT, about=about)
    if mails.exists():
        return
    tell = webhooks.tell_of_failed_payment
    if waits_for_confirmation(invoice):
        tell = webhooks.tell_of_needed_confirmation
    with report.mending(mails.count), transaction.atomic():
        tell(invoice, timezone.now())


def waits_for_confirmation(invoice: Object) -> bool:
    payments = [each["payment"] for each in gateway.invoice_payments_for(invoice["id"])]
    intents = [each["payment_intent"] for each in payments if each.get("payment_intent")]
    return any(gateway.retrieve_intent(each)["status"] == "requires_action" for each in intents)


def follow_payments(piece: list[Object], report: Report) -> None:
    intents = [each["payment"].get("payment_intent") for each in piece]
    payments = Payment.objects.filter(pk__in=[each for each in intents if each])
    known = set(payments.values_list("pk", "invoice"))
    for paid in piece:
        with report.comparing("invoice payment", paid["id"]):
            intent_id = paid["payment"].get("payment_intent")
            if intent_id and (intent_id, paid["invoice"]) not in known:
                follow_payment(paid, intent_id, report)


def follow_payment(paid: Object, intent_id: str, report: Report) -> None:
    payments = Payment.objects.filter(pk=intent_id)
    with report.mending(lambda: payments.values_list("invoice").first()), transaction.atomic():
        webhooks.tie_payment_to_invoice(paid, timezone.now())


def tie_payments(period: Period, report: Report) -> None:
    """Ask what the charges booked of a time were for, where that is still unknown.

    A charge that was tried again and again may belong to an invoice of long ago.
    """
    untied = Payment.objects.filter(
        Q(invoice=None) | Q(invoice__pledge=None),
        contribution=None,
        entries__kind=LedgerEntry.Kind.CHARGE,
        entries__occurred_at__gte=period.begin,
        entries__occurred_at__lt=period.end,
    )
    for intent_id in list(untied.values_list("pk", flat=True)):
        with report.comparing("payment", intent_id):
            for paid in gateway.invoice_payments_by(intent_id):
                follow_payment(paid, intent_id, report)
                follow_invoice(gateway.retrieve_invoice(paid["invoice"]), report)
