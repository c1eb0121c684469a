"""Which photos the texts on the desk show; what readers get is noted by `PublicationPhoto`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from articles.markup import photo_ids

if TYPE_CHECKING:
    from .article import Article
    from .live import LiveEntry


class TextPhotoManager(models.Manager[Any]):
    """Notes what a text shows, each time the text is saved."""

    def note(self, text: Article | LiveEntry) -> None:
        """Let the rows of one saved text be the photos of its body; one query when they are."""
        mine = self.filter(**{self._side: text.pk})
        there = set(mine.values_list("photo_id", flat=True))
        wanted = set(photo_ids(text.body))
        if there - wanted:
            mine.exclude(photo__in=wanted).delete()
        if wanted - there:
            self._add([(text.pk, number) for number in sorted(wanted - there)])

    def note_new(self, texts: Iterable[Article | LiveEntry]) -> None:
        """Write the rows of texts that have none yet; no query when they show no photo."""
        rows = [(text.pk, number) for text in texts for number in photo_ids(text.body)]
        if rows:
            self._add(rows)

    @property
    def _side(self) -> str:
        return str(self.model.text_field)

    def _add(self, rows: list[tuple[int, int]]) -> None:
        """A number that is no photo of the library is left out: a draft may say anything."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO {self.model._meta.db_table} ({self._side}_id, photo_id)
                SELECT wanted.text, photo.id
                FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (text, photo)
                JOIN articles_photo AS photo ON photo.id = wanted.photo
                FOR KEY SHARE OF photo
                ON CONFLICT DO NOTHING
                """,  # noqa: S608  Names of our own models.
                [[text for text, _photo in rows], [photo for _text, photo in rows]],
            )


class ArticlePhoto(models.Model):
    """A photo in the text of a story on the desk; lead photos are fields of the story."""

    text_field = "article"

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="photos_of_text")
    photo = models.ForeignKey("articles.Photo", models.PROTECT, related_name="article_uses")

    objects: ClassVar[TextPhotoManager] = TextPhotoManager()

    class Meta:
        verbose_name = _("text of a story")
        verbose_name_plural = _("texts of stories")
        constraints = [
            models.UniqueConstraint(name="article_photo_once", fields=["article", "photo"])
        ]

    def __str__(self) -> str:
        return str(self.article)


class LiveEntryPhoto(models.Model):
    """A photo in an entry of live coverage on the desk."""

    text_field = "entry"

    entry = models.ForeignKey("articles.LiveEntry", models.CASCADE, related_name="photos_of_text")
    photo = models.ForeignKey("articles.Photo", models.PROTECT, related_name="entry_uses")

    objects: ClassVar[TextPhotoManager] = TextPhotoManager()

    class Meta:
        verbose_name = _("live entry")
        verbose_name_plural = _("live coverage")
        constraints = [
            models.UniqueConstraint(name="live_entry_photo_once", fields=["entry", "photo"])
        ]

    def __str__(self) -> str:
        return str(self.entry)
