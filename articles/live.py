"""Live coverage as readers get it: the newest entries of a story, and what came before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, QuerySet
from django.utils.safestring import SafeString

from articles import embeds, markup
from articles.pagination import NUMBER
from articles.story import body_html, linked_stories

if TYPE_CHECKING:
    from articles.models import Article, LiveEntry, Publication, PublishedEntry

PAGE_SIZE = 30


@dataclass(frozen=True)
class Entry:
    """An entry as its template prints it."""

    number: int
    happened_at: datetime
    headline: str
    body_html: SafeString
    correction: str
    changed_at: datetime


@dataclass(frozen=True)
class Coverage:
    """Some entries of a story, newest first, and where the rest begins."""

    entries: list[Entry]
    next_before: int | None
    is_first: bool
    frame_origins: frozenset[str]


@dataclass(frozen=True)
class Line:
    """An entry in one line: its headline, or how it begins."""

    number: int
    happened_at: datetime
    text: str


def newest_lines(story: int, count: int) -> list[Line]:
    """The newest entries of the story of this number, in one query."""
    from articles.models import PublishedEntry

    entries = PublishedEntry.objects.filter(publication=story)[:count]
    return [
        Line(entry.pk, entry.happened_at, entry.headline or markup.excerpt(entry.body))
        for entry in entries
    ]


def coverage_of(publication: Publication, before: str | None = None) -> Coverage:
    """The newest entries, or those that follow entry number `before`.

    Four queries at most: entries, photos with their pictures, stories they link to. A `before`
    that is not an entry of the story gives no entries.
    """
    entries: QuerySet[PublishedEntry] = publication.live_entries.all()
    rows = entries if before is None else _after(entries, before)
    return _coverage(list(rows[: PAGE_SIZE + 1]), is_first=before is None)


def coverage_at_desk(article: Article) -> Coverage:
    """The newest entries as they stand at the desk, published or not, for a preview."""
    return _coverage(list(article.live_entries.all()[: PAGE_SIZE + 1]), is_first=True)


def _coverage(found: Sequence[PublishedEntry | LiveEntry], *, is_first: bool) -> Coverage:
    from articles.models import Photo

    shown = found[:PAGE_SIZE]
    wanted = {number for row in shown for number in markup.photo_ids(row.body)}
    photos = {}
    if wanted:
        usable = Photo.objects.usable().with_sizes()
        photos = usable.in_bulk(wanted)
    stories = linked_stories(*(row.body for row in shown))
    return Coverage(
        entries=[
            Entry(
                number=row.pk,
                happened_at=row.happened_at,
                headline=row.headline,
                body_html=body_html(row.body, photos, stories, card=embeds.card),
                correction=row.correction,
                changed_at=getattr(row, "changed_at", row.happened_at),
            )
            for row in shown
        ],
        next_before=shown[-1].pk if len(found) > PAGE_SIZE else None,
        is_first=is_first,
        frame_origins=frozenset(embeds.frame_origins(*(row.body for row in shown))),
    )


def _after(entries: QuerySet[PublishedEntry], before: str) -> QuerySet[PublishedEntry]:
    last = entries.filter(pk=int(before)).first() if NUMBER.fullmatch(before) else None
    if last is None:
        return entries.none()
    return entries.filter(
        Q(happened_at__lt=last.happened_at) | Q(happened_at=last.happened_at, pk__lt=last.pk)
    )


def version_of(publication: Publication) -> str:
    """A word that changes with every entry published, changed or taken down; one query."""
    told = publication.live_entries.aggregate(Max("changed_at"), Max("pk"), Count("pk"))
    return "-".join(str(value) for value in told.values())
