from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        HANDING_OVER = "handing_over", _("May have been sent")
        SENT = "sent", _("Sent")
        NOT_WANTED = "not_wanted", _("No address any more")

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

    class Meta:
        ordering = ["-ordered_at"]
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [models.UniqueConstraint(name="mail_once", fields=["kind", "about"])]
        indexes = [models.Index(name="mail_newest", fields=["-ordered_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
