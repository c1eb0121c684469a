"""Which four stories to read next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from articles.models import Publication

HOW_MANY = 4


def telling_words(headline: str, teaser: str, body: str, language: str) -> list[str]:
    """The words that say most about a story, the most telling first."""
    return []


def related_reads(publication: Publication) -> list[Publication]:
    """Four visible stories to read after this one: the editor's picks, then the nearest."""
    from articles.models import Publication

    return list(
        Publication.objects.visible()
        .in_language(publication.language)
        .exclude(pk=publication.pk)
        .for_cards()[:HOW_MANY]
    )
