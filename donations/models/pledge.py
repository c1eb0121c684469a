from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from .contribution import Contribution
from .rules import Frequency


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def living(self) -> Self:
        """Those that have not ended, be they paused or overdue."""
        return self.exclude(status=Pledge.Status.CANCELLED)


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
    asked_at = models.DateTimeField(null=True)  # When Stripe was last asked how it stands.
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        indexes = [models.Index(name="pledge_newest", fields=["-created_at"])]

    def __str__(self) -> str:
        return self.subscription_id
