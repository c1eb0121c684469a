from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .outlet import Outlet
from .publication import Publication


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def order(self, publication: Publication) -> None:
        """Have search engines told of a change, if the outlet wants that, once readers see it.

        To be called in the transaction of the change.
        """
        if Outlet.objects.exclude(indexnow_engines=[]).exists():
            due_at = max(publication.visible_from, timezone.now())
            self.update_or_create(publication=publication, defaults={"due_at": due_at})

    def due(self) -> Self:
        """Those of changes that readers see by now, the oldest first."""
        now = timezone.now()
        due = self.filter(due_at__lte=now, publication__visible_from__lte=now)
        return due.select_related("publication").order_by("due_at", "pk")


class Announcement(models.Model):
    """A story of which search engines are still to be told that it has changed."""

    publication = models.OneToOneField(
        Publication, models.CASCADE, primary_key=True, related_name="announcement"
    )
    due_at = models.DateTimeField()

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        indexes = [models.Index(name="announcement_due", fields=["due_at"])]

    def __str__(self) -> str:
        return str(self.publication_id)
