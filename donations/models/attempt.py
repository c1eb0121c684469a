from datetime import timedelta
from typing import Self

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

WINDOW = timedelta(minutes=1)
LOCK = 0x6E657773  # Of our own among PostgreSQL's advisory locks.


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def lock(self) -> None:
        """Let others who want to be counted wait until this transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])

    def recent(self, purpose: str) -> Self:
        return self.filter(purpose=purpose, at__gt=timezone.now() - WINDOW)

    def forget_old(self) -> None:
        self.filter(at__lte=timezone.now() - WINDOW).delete()


class Attempt(models.Model):
    """What somebody asked for in the last minute, and a hash that says who is the same sender."""

    class Purpose(models.TextChoices):
        CHECKOUT = "checkout", _("Checkout")
        LINK = "link", _("Link by mail")

    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.CHECKOUT)
    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = AttemptQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"
