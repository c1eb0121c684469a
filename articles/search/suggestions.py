"""What may help somebody on: themes and stories whose names begin so, themes of these days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Length
from django.utils import timezone

from articles.finding import NAME_WORDS

from .folding import fold

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from articles.models import Publication, Tag

FEWEST_LETTERS = 2
MOST_LETTERS = 60
MOST_WORDS = 8
TAGS, STORIES = 4, 6
CANDIDATES = 100
ALIKE_LETTERS = 4  # Names that begin with as many may be what was meant.
THEMES = 12
THEMES_OF_NEWEST = 200


@dataclass(frozen=True)
class Suggestion:
    """Where somebody may go who has typed the beginning of its name."""

    text: str
    address: str
    is_theme: bool


def suggestions_for(text: str, language: str) -> list[Suggestion]:
    """Themes, and stories by their headlines, in which each typed word begins one; two queries."""
    words = fold(text[:MOST_LETTERS]).split()[:MOST_WORDS]
    if sum(map(len, words)) < FEWEST_LETTERS:
        return []
    query = " & ".join(f"'{word}':*" for word in words)
    themes = [
        Suggestion(tag.name, tag.get_absolute_url(), True)
        for tag in tags_named(query, language)[:TAGS]
    ]
    stories = [
        Suggestion(story.headline, story.get_absolute_url(), False)
        for story in _stories_named(query, language)
    ]
    return themes + stories


def tags_named(query: str, language: str) -> QuerySet[Tag]:
    """The tags of visible stories whose names have the words of a tsquery, short names first."""
    from articles.models import PublicationTag, Tag

    named = (
        Tag.objects.alias(words=NAME_WORDS)
        .filter(words=SearchQuery(query, search_type="raw", config="simple"))
        .order_by(Length("name"), "pk")
        .values("pk")[:CANDIDATES]
    )
    uses = PublicationTag.objects.filter(
        tag=OuterRef("pk"),
        content_object__language=language,
        content_object__withdrawn_at=None,
        content_object__visible_from__lte=timezone.now(),
    )
    return Tag.objects.filter(Exists(uses), pk__in=named).order_by(Length("name"), "pk")


def tags_alike(words: list[str], language: str) -> QuerySet[Tag]:
    """Themes with a name that begins as one of these folded words, which may be mistyped."""
    beginnings = {word[:ALIKE_LETTERS] for word in words if len(word) >= ALIKE_LETTERS}
    if not beginnings:
        from articles.models import Tag

        return Tag.objects.none()
    query = " | ".join(f"'{beginning}':*" for beginning in sorted(beginnings))
    return tags_named(query, language)[:THEMES]


def themes_of_these_days(language: str) -> QuerySet[Tag]:
    """The tags that the newest stories have most often."""
    from articles.models import Publication, Tag

    newest = Publication.objects.visible().in_language(language).values("pk")[:THEMES_OF_NEWEST]
    used = Tag.objects.filter(publicationtags__content_object__in=newest)
    return used.annotate(stories=Count("pk")).order_by("-stories", "name")[:THEMES]


def _stories_named(query: str, language: str) -> QuerySet[Publication]:
    from articles.models import Publication

    return (
        Publication.objects.visible()
        .in_language(language)
        .filter(
            search__headline_words=SearchQuery(query, search_type="raw", config="simple"),
            search__is_withdrawn=False,  # For the index that holds the newest.
            search__visible_from__lte=timezone.now(),
        )
        .only("slug", "language", "headline", "first_published_at")
        .order_by("-search__visible_from", "-search__publication_id")[:STORIES]
    )
