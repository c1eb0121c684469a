"""Cards: as much of a story as stands in a list, on the front page and below another story."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.utils import timezone

from articles.kicker import Kicker, kicker_for
from articles.markup import excerpt
from articles.models.publication import story_path
from articles.models.rendition import Size
from articles.picture import Picture, picture_of_sizes


@dataclass(frozen=True)
class Card:
    """What readers see of a story before they open it."""

    number: int
    kind: str
    kicker: Kicker
    url: str
    headline: str
    teaser: str
    published_at: datetime
    lead_photo: int | None
    picture: Picture | None  # None while the photo may not be shown.
    portrait: Picture | None  # Of whoever signs an opinion first.


def cards_of(numbers: Iterable[int]) -> list[Card]:
    """The cards of those of these stories that readers may see now, in this order.

    One query; none for no numbers.
    """
    order = list(numbers)
    if not order:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, {"numbers": order, "now": timezone.now()})
        cards = {row[0]: _card(*row) for row in cursor}
    return [cards[number] for number in order if number in cards]


def _card(
    number: int,
    kind: str,
    label: str,
    section: str,
    authors: list[str] | None,
    headline: str,
    teaser: str,
    body: str,
    language: str,
    slug: str,
    published_at: datetime,
    lead_photo: int | None,
    sizes: str | None,
    portrait_sizes: str | None,
) -> Card:
    return Card(
        number=number,
        kind=kind,
        kicker=kicker_for(kind, label, section, authors or []),
        url=story_path(language, timezone.localdate(published_at), slug, number),
        headline=headline,
        teaser=teaser or excerpt(body),
        published_at=published_at,
        lead_photo=lead_photo,
        picture=_picture(sizes) if sizes else None,
        portrait=_picture(portrait_sizes) if portrait_sizes else None,
    )


@lru_cache(maxsize=2_000)  # The same photos stand on many pages.
def _picture(sizes: str) -> Picture | None:
    return picture_of_sizes(tuple(Size(*size) for size in json.loads(sizes)))


# In SQL, for Django takes longer to put the same question than PostgreSQL to answer it, and pages
# show dozens of cards. Only opinions name their authors, and only where a teaser is wanting is
# the text asked for.
_QUESTION = """
WITH usable AS NOT MATERIALIZED (
    SELECT id FROM articles_photo
    WHERE (usable_from IS NULL OR usable_from <= %(now)s)
    AND (usable_until IS NULL OR usable_until > %(now)s)
)
SELECT story.article_id, story.kind, story.kicker,
    coalesce(nullif(section.in_languages -> story.language ->> 'name', ''), section.name),
    CASE WHEN story.kind = 'opinion' THEN ARRAY(
        SELECT author.name FROM articles_publicationbyline byline
        JOIN articles_author author ON author.id = byline.author_id
        WHERE byline.publication_id = story.article_id ORDER BY byline.position, byline.id
    ) END,
    story.headline,
    coalesce(nullif(story.teaser, ''), story.standfirst),
    CASE WHEN story.teaser = '' AND story.standfirst = '' THEN story.body ELSE '' END,
    story.language, story.slug, story.first_published_at,
    story.lead_photo_id,
    (
        SELECT json_agg(json_build_array(crop, format, width_px, height_px, file))::text
        FROM articles_rendition JOIN usable ON usable.id = photo_id
        WHERE photo_id = story.lead_photo_id AND crop = 'card'
    ),
    CASE WHEN story.kind = 'opinion' THEN (
        SELECT json_agg(json_build_array(crop, format, width_px, height_px, file))::text
        FROM articles_rendition JOIN usable ON usable.id = photo_id
        WHERE crop = 'square' AND photo_id = (
            SELECT author.photo_id FROM articles_publicationbyline byline
            JOIN articles_author author ON author.id = byline.author_id
            WHERE byline.publication_id = story.article_id
            ORDER BY byline.position, byline.id LIMIT 1
        )
    ) END
FROM articles_publication story JOIN articles_section section ON section.id = story.section_id
WHERE story.article_id = ANY(%(numbers)s)
    AND story.visible_from <= %(now)s AND story.withdrawn_at IS NULL
"""
