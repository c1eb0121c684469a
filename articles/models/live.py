"""Live coverage: timed entries of a story of kind live, on the desk's side and the readers'."""

from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.markup import photo_ids, sanitise
from articles.publishing import problems_of_photos

from .copy import body_field
from .photo_use import LiveEntryPhoto
from .publication import Publication, PublicationPhoto
from .revision import Revision

TEXT_FIELDS = ("happened_at", "headline", "body", "correction")


class EntryText(models.Model):
    """What both sides of an entry have in common."""

    happened_at = models.DateTimeField(_("time"), default=timezone.now)
    headline = models.CharField(_("headline"), max_length=200, blank=True)
    body = body_field(figures=True)
    correction = models.TextField(
        _("correction"), max_length=600, blank=True, help_text=_("Printed under the entry.")
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body = sanitise(self.body, figures=True)
        super().save(*args, **kwargs)


class LiveEntry(EntryText):
    """The desk's side of an entry; nothing here is public until `publish()` copies it."""

    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="live_entries", verbose_name=_("story")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved"), auto_now=True)

    class Meta:
        ordering = ["-happened_at", "-pk"]
        verbose_name = _("live entry")
        verbose_name_plural = _("live coverage")

    def __str__(self) -> str:
        return self.headline or f"{timezone.localtime(self.happened_at):%H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            changed = kwargs.get("update_fields")
            if changed is None or "body" in changed:
                LiveEntryPhoto.objects.note(self)

    def clean(self) -> None:
        if not self.body.strip() and not self.headline.strip():
            raise ValidationError({"body": _("Write what happened.")})

    @property
    def public(self) -> "PublishedEntry | None":
        """The readers' side of this entry, if there is one."""
        try:
            return self.published
        except PublishedEntry.DoesNotExist:
            return None

    @property
    def has_changes_waiting(self) -> bool:
        public = self.public
        return public is not None and any(
            getattr(self, name) != getattr(public, name) for name in TEXT_FIELDS
        )

    def publish(self, by: User | None) -> "PublishedEntry":
        """Give readers the entry as it stands; they see it as soon as they see its story.

        Raises ValidationError for a story that is not published, for an entry that says nothing
        and for photos that may not be printed.
        """
        with transaction.atomic():
            article = type(self.article).objects.select_for_update().get(pk=self.article_id)
            entry = LiveEntry.objects.select_for_update(of=("self",)).get(pk=self.pk)
            publication = article.published
            if publication is None or publication.is_withdrawn:
                raise ValidationError(_("Publish the story first; its entries appear under it."))
            entry.clean()
            problems = problems_of_photos(entry.body)
            if problems:
                raise ValidationError({"body": problems})
            now = timezone.now()
            values = {name: getattr(entry, name) for name in TEXT_FIELDS}
            public, is_new = PublishedEntry.objects.update_or_create(
                entry=entry,
                defaults=values | {"publication": publication, "changed_at": now},
                create_defaults=values
                | {"publication": publication, "changed_at": now, "published_at": now},
            )
            PublicationPhoto.objects.bulk_create(
                [
                    PublicationPhoto(publication=publication, photo_id=photo_id)
                    for photo_id in photo_ids(entry.body)
                ],
                ignore_conflicts=True,
            )
            action = Revision.Action.ENTRY_PUBLISHED if is_new else Revision.Action.ENTRY_CHANGED
            article.record(by, action, note=str(entry))
        return public

    def take_down(self, by: User | None) -> None:
        """Show the entry to readers no longer; the desk keeps it."""
        with transaction.atomic():
            article = type(self.article).objects.select_for_update().get(pk=self.article_id)
            gone, _rows = PublishedEntry.objects.filter(entry=self.pk).delete()
            if gone:
                article.record(by, Revision.Action.ENTRY_TAKEN_DOWN, note=str(self))


class PublishedEntryQuerySet(models.QuerySet["PublishedEntry"]):
    def visible(self) -> Self:
        return self.filter(publication__in=Publication.objects.visible().values("pk"))


class PublishedEntry(EntryText):
    """The readers' side of an entry; only `LiveEntry` writes it."""

    entry = models.OneToOneField(
        LiveEntry, models.CASCADE, primary_key=True, related_name="published"
    )
    publication = models.ForeignKey(
        "articles.Publication", models.CASCADE, related_name="live_entries"
    )
    published_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # What a page with older entries asks for.

    objects = PublishedEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-entry"]
        indexes = [
            models.Index(name="live_newest", fields=["publication", "-happened_at", "-entry"])
        ]

    def __str__(self) -> str:
        return self.headline or f"{timezone.localtime(self.happened_at):%H:%M}"
