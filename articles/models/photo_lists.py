"""Photos, many at once: which may be used, where they are used, how they are found."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from .photo import Photo  # noqa: F401

SOON = timedelta(days=14)
SEARCHED = SearchVector("searched", config="simple")
NO_CREDIT = models.Q(creator="", agency="")


def words_of(text: str) -> list[str]:
    """The words of `text` as photos are searched by them: small letters without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.findall(r"[^\W_]+", plain)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def usable(self) -> Self:
        """Photos whose rights are in force now."""
        now = timezone.now()
        return self.filter(
            models.Q(usable_from=None) | models.Q(usable_from__lte=now),
            models.Q(usable_until=None) | models.Q(usable_until__gt=now),
        )

    def with_sizes(self) -> Self:
        """Load what a page prints with a photo: its licence, and its copies in one more query."""
        return self.select_related("licence").prefetch_related("sizes")

    def rights_end_soon(self) -> Self:
        """Photos whose rights end within two weeks."""
        now = timezone.now()
        return self.filter(usable_until__gt=now, usable_until__lte=now + SOON)

    def without_credit(self) -> Self:
        """Photos of which nobody has said whose they are."""
        return self.filter(NO_CREDIT)

    def without_sharing_rendition(self) -> Self:
        """Photos taken in before there was a copy for links elsewhere."""
        # Imported here: the photo's model needs this list first.
        from .rendition import Rendition

        copies = Rendition.objects.filter(crop=Rendition.Crop.SHARE, photo=models.OuterRef("pk"))
        return self.filter(~models.Exists(copies))

    def with_content(self, content_hash: str) -> Self:
        """Photos made from the same file, oldest first."""
        return self.filter(content_hash=content_hash).order_by("pk")

    def found_by(self, text: str) -> Self:
        """Photos in whose words every word of `text` stands, or begins one that stands there."""
        words = words_of(text)[:12]
        if not words:
            return self
        query = " & ".join(f"'{word[:60]}':*" for word in words)
        return self.alias(found=SEARCHED).filter(
            found=SearchQuery(query, search_type="raw", config="simple")
        )

    def in_use(self) -> Self:
        """Photos that a story was published with, that a text on the desk shows, or an author."""
        return self.filter(self._uses())

    def not_in_use(self) -> Self:
        return self.exclude(self._uses())

    @staticmethod
    def _uses() -> models.Q:
        from .article import Article
        from .author import Author
        from .photo_use import ArticlePhoto, LiveEntryPhoto
        from .publication import PublicationPhoto

        this = models.OuterRef("pk")
        uses = [
            PublicationPhoto.objects.filter(photo=this),
            Article.objects.filter(lead_photo=this),
            ArticlePhoto.objects.filter(photo=this),
            LiveEntryPhoto.objects.filter(photo=this),
            Author.objects.filter(photo=this),
        ]
        return models.Q(*map(models.Exists, uses), _connector=models.Q.OR)

    def public(self) -> Self:
        """Photos a reader may see now: in use, with rights in force, in a visible story.

        Photos of authors count while a visible story bears the author's name.
        """
        from .publication import Publication, PublicationByline, PublicationPhoto

        visible = Publication.objects.visible().values("pk")
        uses = PublicationPhoto.objects.filter(publication__in=visible)
        bylines = PublicationByline.objects.filter(publication__in=visible)
        return self.usable().filter(
            models.Q(pk__in=uses.values("photo")) | models.Q(pk__in=bylines.values("author__photo"))
        )
