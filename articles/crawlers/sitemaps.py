"""Sitemaps: every address that search engines may show, in parts whose cost does not grow.

A part holds the records of one kind whose numbers lie in one range, so it is found without
counting or skipping others, and old parts stay as they are while the archive grows.
Source: https://www.sitemaps.org/protocol.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone, translation

from articles.addresses import absolute

PART = 2_000  # Numbers, not addresses. An index of stories divides by it: change both.
ADDRESS = ("slug", "language", "first_published_at")  # What the address of a story is made of.
NEWS_FOR = timedelta(days=2)  # Older than that is no news, say the engines,
MOST_NEWS = 1_000  # nor is more than that.
OTHERWISE_CALLED = {"zh-hans": "zh-cn", "zh-hant": "zh-tw"}  # All others by their two letters.

# For each range of numbers that has a story readers may see, when the newest change was.
PARTS_OF_STORIES = f"""
    SELECT part, newest.changed_at
    FROM generate_series(0, (SELECT max(article_id) FROM articles_publication) / {PART}) AS part,
    LATERAL (
        SELECT GREATEST(visible_from, updated_at) AS changed_at
        FROM articles_publication
        WHERE article_id / {PART} = part AND visible_from <= %(now)s AND withdrawn_at IS NULL
        ORDER BY GREATEST(visible_from, updated_at) DESC
        LIMIT 1
    ) AS newest
    ORDER BY part
"""  # noqa: S608  A constant.
# For each range that has a theme, or an author, whose page readers may see.
# The order and the limit make the database look at each range alone: it would go through all.
PARTS_OF_A_LIST = """
    SELECT part
    FROM generate_series(0, (SELECT max(id) FROM {table}) / {size}) AS part,
    LATERAL (
        SELECT {links}.{own}
        FROM {links} JOIN articles_publication ON article_id = {links}.{story}
        WHERE {links}.{own} >= part * {size} AND {links}.{own} < (part + 1) * {size}
        AND visible_from <= %(now)s AND withdrawn_at IS NULL
        ORDER BY {links}.{own}
        LIMIT 1
    ) AS seen
    ORDER BY part
"""
LISTS = {
    "themes": PARTS_OF_A_LIST.format(
        size=PART,
        table="articles_tag",
        links="articles_publicationtag",
        own="tag_id",
        story="content_object_id",
    ),
    "authors": PARTS_OF_A_LIST.format(
        size=PART,
        table="articles_author",
        links="articles_publicationbyline",
        own="author_id",
        story="publication_id",
    ),
}


@dataclass(frozen=True)
class Part:
    """One sitemap as the index names it."""

    address: str
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """One address, with the picture that leads its page."""

    address: str
    changed_at: datetime | None = None
    picture: str = ""


@dataclass(frozen=True)
class News:
    """One story as the sitemap of the news names it."""

    address: str
    language: str
    published_at: datetime
    title: str


def parts() -> list[Part]:
    """All sitemaps but that of the news, in three queries."""
    now = timezone.now()
    found = [Part(absolute(reverse("sitemap_pages")))]
    with connection.cursor() as cursor:
        cursor.execute(PARTS_OF_STORIES, {"now": now})
        found += [Part(_address_of("stories", part), moment) for part, moment in cursor.fetchall()]
        for kind, query in LISTS.items():
            cursor.execute(query, {"now": now})
            found += [Part(_address_of(kind, part)) for (part,) in cursor.fetchall()]
    return found


def _address_of(kind: str, part: int) -> str:
    return absolute(reverse("sitemap_part", kwargs={"kind": kind, "part": part}))


def places_in(kind: str, part: int) -> list[Place]:
    """What one part holds; nothing when there is no such part.

    One query, for themes and authors one per language.
    """
    if kind == "stories":
        return list(_stories(part))
    return list(_themes_or_authors(kind, part))


def _stories(part: int) -> Iterator[Place]:
    from articles.models import Photo, Publication, Rendition

    pictures = Rendition.objects.filter(
        Exists(Photo.objects.usable().filter(pk=OuterRef("photo"))),
        photo=OuterRef("lead_photo"),
        crop=Rendition.Crop.FULL,
        format=Rendition.Format.JPEG,
    ).order_by("-width_px")
    found = Publication.objects.visible().filter(_numbers_of(part)).order_by("pk")
    found = found.annotate(picture=Subquery(pictures.values("file")[:1]))
    for story in found.only(*ADDRESS, "visible_from", "updated_at"):
        yield Place(
            absolute(story.get_absolute_url()),
            max(story.visible_from, story.updated_at or story.visible_from),
            absolute(default_storage.url(story.picture)) if story.picture else "",
        )


def _themes_or_authors(kind: str, part: int) -> Iterator[Place]:
    from articles.models import Author, Publication, Tag

    records: dict[str, tuple[QuerySet[Any], str]] = {
        "themes": (Tag.objects.all(), "tags"),
        "authors": (Author.objects.all(), "bylines__author"),
    }
    found, leads_there = records[kind]
    stories = Publication.objects.visible().filter(**{leads_there: OuterRef("pk")})
    for code, _name in settings.LANGUAGES:
        one = stories.in_language(code).order_by().values("pk")[:1]
        known = found.filter(_numbers_of(part)).annotate(seen=Subquery(one))
        yield from _places_of(known.filter(seen__isnull=False).order_by("pk").only("slug"), code)


def pages() -> list[Place]:
    """Front pages, sections and standing pages of all languages; three queries for each."""
    return [place for code, _name in settings.LANGUAGES for place in _pages_in(code)]


def _pages_in(language: str) -> Iterator[Place]:
    from articles.models import Page, Publication, Section

    stories = Publication.objects.visible().in_language(language)
    newest = stories.values_list("visible_from", flat=True)
    changed_at = newest.first()
    with translation.override(language):
        front_page = reverse("articles:front_page")
    if changed_at is not None or language == settings.LANGUAGE_CODE:
        yield Place(absolute(front_page), changed_at)
    in_section = newest.filter(section=OuterRef("pk"))
    sections = Section.objects.annotate(changed_at=Subquery(in_section[:1]))
    yield from _places_of(sections.filter(changed_at__isnull=False), language)
    yield from _places_of(Page.objects.filter(is_public=True, language=language), language)


def _places_of(records: Iterable[Any], language: str) -> Iterator[Place]:
    with translation.override(language):
        for record in records:
            address = absolute(record.get_absolute_url())
            yield Place(address, getattr(record, "changed_at", None))


def _numbers_of(part: int) -> Q:
    return Q(pk__gte=part * PART, pk__lt=(part + 1) * PART)


def news() -> list[News]:
    """The stories of the last two days, newest first; one query."""
    from articles.models import Publication

    recent = Publication.objects.visible().filter(visible_from__gt=timezone.now() - NEWS_FOR)
    stories = recent.only(*ADDRESS, "headline", "visible_from")[:MOST_NEWS]
    return [
        News(
            address=absolute(story.get_absolute_url()),
            language=_code_of(story.language),
            published_at=story.first_published_at,
            title=story.headline,
        )
        for story in stories
    ]


def _code_of(language: str) -> str:
    """The language as the engines call it."""
    return OTHERWISE_CALLED.get(language, language.partition("-")[0])
