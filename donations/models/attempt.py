from datetime import timedelta
from typing import Self

from django.db import connection, models
from django.utils import timezone

WINDOW = timedelta(minutes=1)
LOCK = 0x6E657773  # Of our own among PostgreSQL's advisory locks.


class CheckoutAttemptQuerySet(models.QuerySet["CheckoutAttempt"]):
    def lock(self) -> None:
        """Let others who want to begin a checkout wait until this transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])

    def recent(self) -> Self:
        return self.filter(at__gt=timezone.now() - WINDOW)

    def forget_old(self) -> None:
        self.filter(at__lte=timezone.now() - WINDOW).delete()


class CheckoutAttempt(models.Model):
    """A checkout that was begun in the last minute, and a hash that says by the same sender."""

    address_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = CheckoutAttemptQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S}"
