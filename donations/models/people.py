from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from .appeal import default_language
from .books import LedgerEntry
from .contribution import Contribution
from .pledge import Pledge

LEAVING = Q(email="", scrubbed_at=None)


class SupporterQuerySet(models.QuerySet["Supporter"]):
    def of_address(self, email: str) -> "Supporter | None":
        """Whoever has this e-mail address, however it is capitalised."""
        known = self.exclude(email="")  # As the index says, which otherwise is not used.
        return known.alias(address=Lower("email")).filter(address=email.lower()).first()

    def of_contribution(self, contribution: Contribution, customer_id: str) -> "Supporter | None":
        """Whoever gave this, made known now if need be; None once the address was scrubbed.

        `customer_id` is the customer Stripe made for the gift, "" where there is none. The
        address moves from the contribution to the supporter: it is kept in one place.
        """
        if contribution.supporter is None and contribution.email:
            supporters = Supporter.objects
            contribution.supporter = (
                # Locked: whoever is let go at this moment is not this one any more.
                supporters.select_for_update(no_key=True).of_address(contribution.email)
                or supporters.get_or_create(
                    email=contribution.email.lower(),
                    defaults={"name": contribution.name, "language": contribution.language},
                )[0]
            )
            # Whoever gave without a name before may give one now.
            nameless = supporters.filter(pk=contribution.supporter.pk, name="").exclude(email="")
            nameless.update(name=contribution.name)
            contribution.email = contribution.name = ""
            contribution.save(update_fields=["supporter", "email", "name"])
            # Events come in any order: that of an earlier gift may be the last.
            later = contribution.supporter.contributions.filter(
                created_at__gt=contribution.created_at
            )
            if not later.exists():
                contribution.supporter.language = contribution.language
                contribution.supporter.save(update_fields=["language"])
        if contribution.supporter is not None and customer_id:
            StripeCustomer.objects.get_or_create(
                customer_id=customer_id, defaults={"supporter": contribution.supporter}
            )
        return contribution.supporter

    def ended(self, before: datetime) -> Self:
        """Those still known whose gifts have all ended, the last step of them `before` then."""
        pledges = Pledge.objects.filter(supporter=OuterRef("pk"))
        gifts = Contribution.objects.filter(supporter=OuterRef("pk"))
        entries = LedgerEntry.objects.filter(occurred_at__gte=before)
        return self.filter(
            ~Exists(pledges.living()),
            ~Exists(gifts.filter(changed_at__gte=before)),
            ~Exists(gifts.filter(state=Contribution.State.PROCESSING)),
            ~Exists(entries.filter(payment__contribution__supporter=OuterRef("pk"))),
            ~Exists(entries.filter(payment__invoice__pledge__supporter=OuterRef("pk"))),
            created_at__lt=before,
            scrubbed_at=None,
        ).exclude(email="")

    def leaving(self) -> Self:
        """Those who are unknown here by now, while Stripe may still know them."""
        return self.filter(LEAVING)


class Supporter(models.Model):
    """Somebody who gave; never shown publicly, scrubbed on request and by time."""

    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, default=default_language)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    forget_asked_at = models.DateTimeField(_("asked to be forgotten"), null=True, blank=True)
    scrubbed_at = models.DateTimeField(_("scrubbed"), null=True, blank=True)

    objects = SupporterQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("supporter")
        verbose_name_plural = _("supporters")
        permissions = [("forget_supporter", _("Can have supporters forgotten"))]
        indexes = [models.Index(name="supporter_leaving", fields=["id"], condition=LEAVING)]
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

    @property
    def is_reachable(self) -> bool:
        """Whether there is an address, and no wish to be forgotten."""
        return self.email != "" and self.forget_asked_at is None


class StripeCustomer(models.Model):
    """A customer at Stripe; a person may have been several, one per checkout."""

    customer_id = models.CharField(max_length=255, primary_key=True)
    supporter = models.ForeignKey(Supporter, models.CASCADE, related_name="customers")

    def __str__(self) -> str:
        return self.customer_id
