from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .appeal import default_language
from .contribution import Contribution


class SupporterQuerySet(models.QuerySet["Supporter"]):
    def of_contribution(self, contribution: Contribution, customer_id: str) -> "Supporter | None":
        """Whoever gave this, made known now if need be; None once the address was scrubbed.

        `customer_id` is the customer Stripe made for the gift, "" where there is none. The
        address moves from the contribution to the supporter: it is kept in one place.
        """
        if contribution.supporter is None and contribution.email:
            supporters = Supporter.objects
            contribution.supporter = (
                supporters.filter(email__iexact=contribution.email).first()
                or supporters.get_or_create(
                    email=contribution.email.lower(),
                    defaults={"name": contribution.name, "language": contribution.language},
                )[0]
            )
            # Whoever gave without a name before may give one now.
            nameless = supporters.filter(pk=contribution.supporter.pk, name="", scrubbed_at=None)
            nameless.update(name=contribution.name)
            contribution.email = contribution.name = ""
            contribution.save(update_fields=["supporter", "email", "name"])
        if contribution.supporter is not None and customer_id:
            StripeCustomer.objects.get_or_create(
                customer_id=customer_id, defaults={"supporter": contribution.supporter}
            )
        return contribution.supporter


class Supporter(models.Model):
    """Somebody who gave; never shown publicly, scrubbed on request and by time."""

    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default=default_language)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    scrubbed_at = models.DateTimeField(_("scrubbed"), null=True, blank=True)

    objects = SupporterQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("supporter")
        verbose_name_plural = _("supporters")
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="supporter_email_once", condition=~Q(email="")
            ),
            models.CheckConstraint(
                name="supporter_scrubbed_is_empty",
                condition=Q(scrubbed_at=None) | Q(email="", name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{_('supporter')} {self.pk}"  # Never the name: this ends up in logs.


class StripeCustomer(models.Model):
    """A customer at Stripe; a person may have been several, one per checkout."""

    customer_id = models.CharField(max_length=255, primary_key=True)
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="customers")

    def __str__(self) -> str:
        return self.customer_id
