from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

GONE_AFTER = timedelta(seconds=45)  # A form in a browser reports three times as often.


class PresenceQuerySet(models.QuerySet["Presence"]):
    def current(self) -> Self:
        return self.filter(seen_at__gt=timezone.now() - GONE_AFTER)

    def hear_from(self, article: Any, by: User, tab: str) -> None:
        """Note that `by` still has the story open: one query, three for a window heard first."""
        window = {"article": article, "by": by, "tab": tab}
        if self.filter(**window).update(seen_at=timezone.now()):
            return
        self.filter(article=article, seen_at__lt=timezone.now() - GONE_AFTER).delete()
        Presence.objects.bulk_create([Presence(**window)], ignore_conflicts=True)


class Presence(models.Model):
    """A window of a browser in which somebody has a story open to edit it."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="presences")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    tab = models.CharField(max_length=36)
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="presence_once", fields=["article", "by", "tab"])
        ]

    def __str__(self) -> str:
        return f"{self.by_id}: {self.article_id}"
