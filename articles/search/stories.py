"""The stories of a page of results, as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from articles.kicker import Kicker, kicker_for
from articles.models.publication import story_path

READ_CHARACTERS = 60_000


@dataclass(frozen=True)
class Found:
    """What a list of results says of a story, and the beginning of its text as HTML."""

    kicker: Kicker
    url: str
    headline: str
    authors: str
    language: str
    published_at: datetime
    standfirst: str
    body: str


def stories_of(numbers: Sequence[int]) -> list[Found]:
    """Those of these stories that readers may see now, in this order; one query, or none."""
    if not numbers:
        return []
    values: dict[str, Any] = {
        "numbers": list(numbers),
        "now": timezone.now(),
        "read": READ_CHARACTERS + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, values)
        found = {row[0]: _found(*row) for row in cursor}
    return [found[number] for number in numbers if number in found]


def _found(
    number: int,
    kind: str,
    label: str,
    section: str,
    authors: list[str],
    headline: str,
    language: str,
    slug: str,
    published_at: datetime,
    standfirst: str,
    body: str,
) -> Found:
    return Found(
        kicker=kicker_for(kind, label, section, authors),
        url=story_path(language, timezone.localdate(published_at), slug, number),
        headline=headline,
        authors=", ".join(authors),
        language=language,
        published_at=published_at,
        standfirst=standfirst,
        body=body,
    )


# In SQL, for Django takes longer to put the same question than PostgreSQL to answer it.
_QUESTION = """
SELECT story.article_id, story.kind, story.kicker,
    coalesce(nullif(section.in_languages -> story.language ->> 'name', ''), section.name),
    ARRAY(
        SELECT author.name FROM articles_publicationbyline byline
        JOIN articles_author author ON author.id = byline.author_id
        WHERE byline.publication_id = story.article_id ORDER BY byline.position, byline.id
    ),
    story.headline, story.language, story.slug, story.first_published_at,
    story.standfirst, left(story.body, %(read)s)
FROM articles_publication story JOIN articles_section section ON section.id = story.section_id
WHERE story.article_id = ANY(%(numbers)s)
    AND story.visible_from <= %(now)s AND story.withdrawn_at IS NULL
"""
