from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Prefetch, Q, prefetch_related_objects
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from articles.crawlers.sitemaps import PART
from articles.words import LONGEST

from .author import Author
from .copy import BylineBase, Copy, Kind, PickBase, TagLinkBase
from .photo import Photo
from .section import Section
from .tag import Tag


class PublicationQuerySet(models.QuerySet["Publication"]):
    def visible(self) -> Self:
        """What a reader may see now: published, not in the future, not withdrawn."""
        return self.filter(visible_from__lte=timezone.now(), withdrawn_at=None)

    def in_language(self, code: str) -> Self:
        return self.filter(language=code)

    def in_section(self, section: Section) -> Self:
        return self.filter(section=section)

    def about(self, tag: Tag) -> Self:
        return self.filter(tags=tag)

    def by_author(self, author: Author) -> Self:
        return self.filter(bylines__author=author)

    def between(self, start: datetime, end: datetime) -> Self:
        """What became visible from `start` on and before `end`."""
        return self.filter(visible_from__gte=start, visible_from__lt=end)

    def after(self, publication: "Publication") -> Self:
        """What follows `publication` in a list, newest first, ties by number."""
        return self.filter(
            Q(visible_from__lt=publication.visible_from)
            | Q(visible_from=publication.visible_from, pk__lt=publication.pk)
        )

    def joined(self) -> Self:
        """Load section, lead photo and licences in the same query."""
        return self.select_related("section", "lead_photo__licence", "text_licence")

    def with_bylines(self) -> Self:
        """As `joined()`, and the bylines, in two queries."""
        return self.joined().prefetch_related(with_authors())

    def for_feed(self) -> Self:
        """Load what an entry of a feed says by itself, in four queries."""
        return self.joined().prefetch_related(with_authors(), "tags", "lead_photo__sizes")

    def for_page(self) -> Self:
        """Load what a page needs before its related reads are known, in two queries."""
        return self.joined().prefetch_related("tags")


def with_authors(joined: str = "author") -> Prefetch:
    """Bylines with their authors, in one query."""
    bylines = PublicationByline.objects.select_related(joined)
    return Prefetch("bylines", queryset=bylines, to_attr="signed")


def load_pictures_and_bylines(story: "Publication", photos: Iterable[Photo]) -> None:
    """Load for the page of `story` its bylines and what it shows of its lead and other `photos`.

    Two queries. The portraits of its authors are among the pictures if it is an opinion.
    """
    is_opinion = story.kind == Kind.OPINION
    prefetch_related_objects(
        [story], with_authors("author__photo__licence" if is_opinion else "author")
    )
    authors = [byline.author for byline in story.signed] if is_opinion else []
    shown = [story.lead_photo, *(author.photo for author in authors), *photos]
    prefetch_related_objects([photo for photo in shown if photo is not None], "sizes")


@lru_cache(maxsize=10_000)  # A page names up to fifty.
def story_path(language: str, day: date, slug: str, number: int) -> str:
    """The path of a story of this language, whatever language is spoken now."""
    with translation.override(language):
        return reverse("articles:detail", args=[day, slug, number])


class Publication(Copy):
    """The readers' side of an article; only `Article` and imports write it."""

    article = models.OneToOneField(
        "articles.Article", models.PROTECT, primary_key=True, related_name="publication"
    )
    first_published_at = models.DateTimeField(_("first published"))
    visible_from = models.DateTimeField(_("visible from"))
    updated_at = models.DateTimeField(_("updated"), null=True)  # Only when the editor says so.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_reason = models.TextField(_("reason"), blank=True)
    words = ArrayField(models.CharField(max_length=LONGEST), default=list)  # The most telling ones.
    tags = TaggableManager(through="articles.PublicationTag", blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-visible_from", "-pk"]
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        indexes = [
            models.Index(
                name="publication_newest",
                fields=["language", "-visible_from", "-article"],
                condition=Q(withdrawn_at=None),
            ),
            models.Index(
                name="publication_section_newest",
                fields=["section", "language", "-visible_from", "-article"],
                condition=Q(withdrawn_at=None),
            ),
            models.Index(
                name="publication_opinion_newest",
                fields=["language", "-visible_from", "-article"],
                condition=Q(withdrawn_at=None, kind="opinion"),
            ),
            models.Index(name="publication_moment", fields=["visible_from"]),
            # The newest change in each part of the sitemap.
            models.Index(
                F("article") / PART,
                Greatest("visible_from", "updated_at").desc(),
                name="publication_sitemap",
                condition=Q(withdrawn_at=None),
            ),
            models.Index(
                name="publication_withdrawn",
                fields=["-withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False),
            ),
            # Without a list of entries still to be sorted in: it would be read by every search.
            GinIndex(name="publication_words", fields=["words"], fastupdate=False),
        ]
        constraints = [
            models.CheckConstraint(
                name="publication_has_headline_slug_and_section",
                condition=~Q(headline="") & ~Q(slug="") & Q(section__isnull=False),
                violation_error_message=_("A published story has a headline and a section."),
            ),
            models.CheckConstraint(
                name="publication_withdrawn_has_reason",
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                violation_error_message=_("Say why the story is withdrawn."),
            ),
        ]

    def get_absolute_url(self) -> str:
        day = timezone.localdate(self.first_published_at)
        return story_path(self.language, day, self.slug, self.pk)

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_visible(self) -> bool:
        return not self.is_withdrawn and self.visible_from <= timezone.now()

    @property
    def is_scheduled(self) -> bool:
        return not self.is_withdrawn and self.visible_from > timezone.now()


class PublicationByline(BylineBase):
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="bylines")

    class Meta(BylineBase.Meta):
        constraints = [
            models.UniqueConstraint(
                name="publication_author_once", fields=["publication", "author"]
            )
        ]


class PublicationPick(PickBase):
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="picks")

    class Meta(PickBase.Meta):
        constraints = [
            models.UniqueConstraint(name="publication_pick_once", fields=["publication", "picked"])
        ]


class PublicationTag(TagLinkBase):
    content_object = models.ForeignKey(Publication, models.CASCADE, related_name="tag_links")

    class Meta(TagLinkBase.Meta):
        constraints = [
            models.UniqueConstraint(name="publication_tag_once", fields=["content_object", "tag"])
        ]


class PublicationPhoto(models.Model):
    """A photo that a published story shows, or showed to readers before a change."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="photo_uses")
    photo = models.ForeignKey("articles.Photo", models.PROTECT, related_name="publication_uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="publication_photo_once", fields=["publication", "photo"])
        ]

    def __str__(self) -> str:
        return f"{self.publication_id}: {self.photo_id}"
