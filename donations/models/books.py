"""What money moved, and by which payment at Stripe it did."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from .contribution import Contribution
from .pledge import Pledge

if TYPE_CHECKING:
    from .people import Supporter


class Invoice(models.Model):
    """One charge of a pledge at Stripe; which pledge, another event may say later."""

    invoice_id = models.CharField(max_length=255, primary_key=True)
    pledge = models.ForeignKey(Pledge, models.PROTECT, null=True, related_name="invoices")

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")

    def __str__(self) -> str:
        return self.invoice_id


class PaymentQuerySet(models.QuerySet["Payment"]):
    def of_intent(self, intent_id: str) -> "Payment":
        return self.get_or_create(intent_id=intent_id)[0]


class Payment(models.Model):
    """One payment at Stripe and what it was for: a contribution, or the invoice of a pledge."""

    intent_id = models.CharField(max_length=255, primary_key=True)
    contribution = models.ForeignKey(
        Contribution, models.PROTECT, null=True, related_name="payments"
    )
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="payments")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")

    def __str__(self) -> str:
        return self.intent_id


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def of_supporter(self, supporter: "Supporter") -> Self:
        """What somebody's single gifts and pledges brought, and what of it was lost again.

        Their payments are found first: over one condition with OR the whole ledger is read.
        """
        payments = Payment.objects.values("pk").order_by()
        single = payments.filter(contribution__supporter=supporter)
        return self.filter(
            payment__in=single.union(
                payments.filter(invoice__pledge__supporter=supporter), all=True
            )
        )

    def sums(self) -> dict[str, dict[str, int]]:
        """Per currency and kind, in minor units: {"EUR": {"charge": 1000, "fee": -54, …}}."""
        kinds = LedgerEntry.Kind.values
        sums: dict[str, dict[str, int]] = {}
        rows = self.order_by().values_list("currency", "kind").annotate(models.Sum("amount_minor"))
        for currency, kind, total in sorted(rows):
            sums.setdefault(currency, dict.fromkeys(kinds, 0))[kind] = total
        return sums

    def sums_by_month(self, since: datetime) -> list[dict[str, Any]]:
        """Per month and currency, newest first: month, currency, each kind, and what is left."""
        kinds = LedgerEntry.Kind.values
        months: dict[tuple[datetime, str], dict[str, Any]] = {}
        rows = (
            self.filter(occurred_at__gte=since)
            .order_by()
            .values_list(TruncMonth("occurred_at"), "currency", "kind")
            .annotate(models.Sum("amount_minor"))
        )
        for month, currency, kind, total in rows:
            empty = {"month": month, "currency": currency, "left": 0} | dict.fromkeys(kinds, 0)
            row = months.setdefault((month, currency), empty)
            row[kind] = total
            row["left"] += total
        return sorted(months.values(), key=lambda row: (-row["month"].timestamp(), row["currency"]))


class LedgerEntry(models.Model):
    """A movement of money; entries are only ever added, a database trigger sees to it."""

    class Kind(models.TextChoices):
        CHARGE = "charge", _("Charge")
        FEE = "fee", _("Fee")
        REFUND = "refund", _("Refund")
        DISPUTE = "dispute", _("Dispute")
        DISPUTE_REVERSAL = "dispute_reversal", _("Dispute reversed")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))  # Signed: charges +, the outlet's losses −.
    stripe_id = models.CharField(_("object at Stripe"), max_length=255)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="entries")
    occurred_at = models.DateTimeField(_("moment"))
    booked_at = models.DateTimeField(_("booked"), auto_now_add=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(name="ledger_books_once", fields=["stripe_id", "kind"])
        ]
        indexes = [models.Index(name="ledger_newest", fields=["-occurred_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.stripe_id}"
