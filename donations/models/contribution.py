import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .appeal import default_language
from .rules import Frequency

if TYPE_CHECKING:
    from .people import Supporter


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def by_reference(self, reference: object) -> "Contribution | None":
        """The contribution Stripe calls `reference`; None for anything else, nonsense included."""
        try:
            return self.filter(pk=uuid.UUID(str(reference))).first()
        except ValueError:
            return None

    def of_form(self, form_id: str | None) -> "Contribution | None":
        """What the form of this id leads to, as it was sent last."""
        return self.filter(form_token=form_id).first() if form_id else None

    def of_session(self, session_id: str) -> "Contribution | None":
        """What a checkout at Stripe is for; None for anything else, nonsense included."""
        if not session_id or "\x00" in session_id:
            return None
        return self.filter(session_id=session_id).select_related("publication").first()

    def unfinished_with_person(self) -> Self:
        """Those that led to no payment, nor to one on its way, and still say whose they are."""
        return self.filter(UNFINISHED_WITH_PERSON)


# The names of states as they are kept: the class that lists them follows.
UNFINISHED_WITH_PERSON = Q(state__in=["started", "checkout", "expired", "failed"]) & ~Q(
    email="", name="", message=""
)


class Contribution(models.Model):
    """One way through checkout, from the form to paid, failed or expired."""

    class State(models.TextChoices):
        STARTED = "started", _("Started")
        CHECKOUT = "checkout", _("At checkout")
        PROCESSING = "processing", _("Processing")
        EXPIRED = "expired", _("Expired")
        FAILED = "failed", _("Failed")
        SUCCEEDED = "succeeded", _("Paid")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None once another contribution of the same form has replaced this one.
    form_token = models.CharField(max_length=64, null=True, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STARTED)
    frequency = models.CharField(_("frequency"), max_length=7, choices=Frequency)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.PositiveIntegerField(_("gift"))
    fee_cover_minor = models.PositiveIntegerField(_("for the fee"), default=0)
    total_minor = models.PositiveIntegerField(_("total"))
    publication = models.ForeignKey(
        "articles.Publication",
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("story it began on"),
    )
    appeal = models.ForeignKey(
        "donations.Appeal", models.SET_NULL, null=True, related_name="+", verbose_name=_("appeal")
    )
    language = models.CharField(_("language"), max_length=10, default=default_language)
    supporter = models.ForeignKey(
        "donations.Supporter", models.SET_NULL, null=True, related_name="contributions"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    session_id = models.CharField(max_length=255, null=True, unique=True, editable=False)
    checkout_url = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last step"), auto_now=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        permissions = [("refund_contribution", _("Can give contributions back"))]
        constraints = [
            models.CheckConstraint(
                name="contribution_total_is_gift_and_fee",
                condition=Q(total_minor=F("amount_minor") + F("fee_cover_minor")),
            ),
            models.CheckConstraint(
                name="contribution_is_not_nothing", condition=Q(amount_minor__gt=0)
            ),
        ]
        indexes = [
            models.Index(name="contribution_newest", fields=["-created_at"]),
            models.Index(
                name="contribution_unfinished",
                fields=["changed_at"],
                condition=UNFINISHED_WITH_PERSON,
            ),
            models.Index(
                name="contribution_failed", fields=["changed_at"], condition=Q(state="failed")
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def advance(self, state: State) -> bool:
        """Go to `state` unless a later one is reached already; whether this changed anything.

        Events come in any order, so a payment that succeeded stays succeeded.
        """
        earlier = STEPS[: STEPS.index(state)]
        changed = Contribution.objects.filter(pk=self.pk, state__in=earlier).update(
            state=state, changed_at=timezone.now()
        )
        if changed:
            self.state = state
        return bool(changed)


STEPS = list(Contribution.State)  # In the order in which they can follow each other.


class Pledge(models.Model):
    """A recurring gift, as Stripe's subscription stands; known perhaps before its details are."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAST_DUE = "past_due", _("Payment overdue")
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Cancelled")

    subscription_id = models.CharField(max_length=255, primary_key=True)
    contribution = models.OneToOneField(
        Contribution, models.PROTECT, null=True, related_name="pledge"
    )
    supporter = models.ForeignKey(
        "donations.Supporter", models.SET_NULL, null=True, related_name="pledges"
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.ACTIVE)
    frequency = models.CharField(_("frequency"), max_length=7, choices=Frequency, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    amount_minor = models.PositiveIntegerField(_("amount"), default=0)
    next_charge_at = models.DateTimeField(_("next charge"), null=True)
    resumes_at = models.DateTimeField(_("paused until"), null=True)
    card_expires_on = models.DateField(_("card valid until"), null=True)  # As reconciling read it.
    as_of = models.DateTimeField(_("as of"), null=True)  # Older events change nothing.
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        indexes = [models.Index(name="pledge_newest", fields=["-created_at"])]

    def __str__(self) -> str:
        return self.subscription_id


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
