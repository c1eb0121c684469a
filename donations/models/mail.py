from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# Before that the process that hands a mail over may still be at it.
SETTLED_AFTER = timedelta(minutes=10)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def doubtful(self) -> Self:
        """Mails whose hand-over began a while ago and was not seen to end."""
        return self.filter(
            state=OutgoingMail.State.HANDING_OVER,
            handed_over_at__lt=timezone.now() - SETTLED_AFTER,
        )

    def refused(self) -> Self:
        """Mails that the mail server did not take and that are not tried again by themselves."""
        return self.filter(state=OutgoingMail.State.REFUSED)


class OutgoingMail(models.Model):
    """A mail to a supporter: ordered once, handed to the mail server once.

    One about a pledge may be ordered before it is known whose pledge it is; it waits for that.
    A process that dies between hand-over and commit leaves it `handing_over`: it may have been
    sent, is listed for the staff, and is not repeated by itself.
    """

    class Kind(models.TextChoices):
        THANKS = "thanks", _("Thanks and receipt")
        PAYMENT_FAILED = "payment_failed", _("Payment failed")
        CONFIRMATION_NEEDED = "confirmation_needed", _("Card needs confirmation")
        CANCELLED = "cancelled", _("Cancelled")
        CHANGED = "changed", _("Changed")
        CARD_EXPIRING = "card_expiring", _("Card about to expire")
        RENEWAL = "renewal", _("Yearly gift about to be renewed")
        MANAGE_LINK = "manage_link", _("Link to one's own gifts")

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        HANDING_OVER = "handing_over", _("May have been sent")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Not sent: the mail server refused it")
        NOT_WANTED = "not_wanted", _("Not wanted any more")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    about = models.CharField(_("about"), max_length=255)  # What happened; one mail for each.
    supporter = models.ForeignKey(
        "donations.Supporter", models.CASCADE, null=True, related_name="mails"
    )
    pledge = models.ForeignKey("donations.Pledge", models.CASCADE, null=True, related_name="mails")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ORDERED)
    context = models.JSONField(default=dict)  # Plain values for its template, no person in them.
    ordered_at = models.DateTimeField(_("ordered"), auto_now_add=True)
    handed_over_at = models.DateTimeField(_("handed over"), null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_at"]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.UniqueConstraint(name="mail_once", fields=["kind", "about"]),
            models.UniqueConstraint(
                name="mail_once_for_each_attempt",
                fields=["about"],
                condition=models.Q(kind__in=["payment_failed", "confirmation_needed"]),
            ),
        ]
        indexes = [
            models.Index(name="mail_newest", fields=["-ordered_at"]),
            *(
                models.Index(name=f"mail_{state}", fields=["ordered_at"], condition=Q(state=state))
                for state in ("handing_over", "refused")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
