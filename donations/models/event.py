from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What Stripe tells of a person, under whichever object; nothing here reads it.
PERSONAL = {
    "address",
    "billing_details",
    "business_name",
    "custom_fields",
    "customer_address",
    "customer_details",
    "customer_email",
    "customer_name",
    "customer_phone",
    "customer_shipping",
    "customer_tax_ids",
    "description",
    "email",
    "evidence",
    "individual_name",
    "name",
    "phone",
    "previous_attributes",
    "receipt_email",
    "shipping",
    "shipping_details",
}


class StripeEventQuerySet(models.QuerySet["StripeEvent"]):
    def locked(self, event: dict[str, Any]) -> "StripeEvent":
        """The row of this event, made if need be, locked until the transaction ends."""
        StripeEvent.objects.bulk_create(
            [StripeEvent(id=event["id"], type=event["type"], payload=without_person(event))],
            ignore_conflicts=True,
        )
        return self.select_for_update().get(pk=event["id"])

    def note_failure(self, event: dict[str, Any], failure: str) -> None:
        """Say that applying the event failed; unless another sender has applied it meanwhile."""
        payload = without_person(event)
        row, created = self.get_or_create(
            id=event["id"],
            defaults={"type": event["type"], "payload": payload, "failure": failure},
        )
        if not created:
            self.filter(pk=row.pk, applied_at=None).update(failure=failure, payload=payload)


class StripeEvent(models.Model):
    """What Stripe told us once; the payload is emptied when it has been applied.

    Until then it holds no person: one that cannot be applied would outlive a wish to be forgotten.
    """

    id = models.CharField(max_length=255, primary_key=True)
    type = models.CharField(_("type"), max_length=100)
    payload = models.JSONField(null=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied"), null=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at"]
        verbose_name = _("event of Stripe")
        verbose_name_plural = _("events of Stripe")
        indexes = [
            models.Index(name="stripe_event_newest", fields=["-received_at"]),
            models.Index(
                name="stripe_event_failed",
                fields=["received_at"],
                condition=models.Q(applied_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"

    def mark_applied(self) -> None:
        self.applied_at = timezone.now()
        self.payload = None
        self.failure = ""
        self.save(update_fields=["applied_at", "payload", "failure"])


def without_person(value: Any) -> Any:
    """The same JSON with nothing in the fields that tell of a person."""
    if isinstance(value, dict):
        return {
            name: None if name in PERSONAL else without_person(inner)
            for name, inner in value.items()
        }
    return [without_person(inner) for inner in value] if isinstance(value, list) else value
