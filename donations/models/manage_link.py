import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

USABLE = timedelta(minutes=15)  # From the moment it was asked for.
VISIT = timedelta(minutes=60)  # From the moment it was used.


class ManageLinkQuerySet(models.QuerySet["ManageLink"]):
    def usable(self) -> Self:
        return self.filter(used_at=None, created_at__gt=timezone.now() - USABLE)

    def visiting(self) -> Self:
        """Links that were used, and whose holder may look at and change gifts now."""
        return self.filter(used_at__gt=timezone.now() - VISIT, left_at=None)

    def over(self) -> Self:
        """Links that nobody can do anything with any more."""
        return self.filter(created_at__lte=timezone.now() - USABLE - VISIT)


class ManageLink(models.Model):
    """A link by mail to somebody's own gifts: used once, then good for one visit.

    What the mail holds is this id, signed: whoever reads the table cannot use it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supporter = models.ForeignKey("donations.Supporter", models.CASCADE, related_name="links")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    objects = ManageLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M}"  # Never the id: it stands for a person.

    def use(self) -> bool:
        """Use the link; False where that was done before, or too late."""
        used = ManageLink.objects.usable().filter(pk=self.pk).update(used_at=timezone.now())
        return bool(used)
