"""What a feed says of a story: its whole text as HTML that stands by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid5

from django.conf import settings
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from articles import markup
from articles.addresses import absolute
from articles.credit import Credit, credit_of
from articles.kicker import kicker_of
from articles.picture import Picture, picture_of
from articles.story import lead_of, linked_stories

if TYPE_CHECKING:
    from articles.models import (
        Author,
        Correction,
        Licence,
        Outlet,
        Photo,
        Publication,
        PublishedEntry,
        Section,
        Tag,
    )
    from articles.models.publication import PublicationQuerySet

FEED_SIZE = 30
NEWEST_COVERAGE = 10  # Entries of a live story; the rest is on its page.


@dataclass(frozen=True)
class FeedPicture:
    """A photo of a story as a feed offers it: one file, its address in full."""

    url: str
    width_px: int
    height_px: int
    alt: str
    credit: Credit


@dataclass(frozen=True)
class FeedEntry:
    id: str
    title: str
    address: str
    language: str
    kind: str
    kind_name: str
    section: Section
    authors: list[Author]
    tags: list[Tag]
    published_at: datetime
    updated_at: datetime
    summary: str
    html: SafeString
    lead: FeedPicture | None
    text_licence: Licence | None
    text_credit: str
    text_source_url: str

    @property
    def genre(self) -> list[str]:
        """What the story is when it is no plain report: "Opinion", "Explainer"; else nothing."""
        return [] if self.kind == "news" else [self.kind_name]


def newest_entries(stories: PublicationQuerySet, outlet: Outlet) -> list[FeedEntry]:
    """The newest of `stories`, in nine queries at most, however many there are.

    What an entry is called does not change with its headline, its address or the domain of the
    site, so that no program takes an old story for a new one.
    """
    found = list(stories.for_feed()[:FEED_SIZE])
    coverage = _coverage_of([story for story in found if story.kind == "live"])
    corrections = _corrections_of(found)
    bodies = [story.body for story in found]
    bodies += [row.body for rows in coverage.values() for row in rows]
    photos = _photos_in(bodies)
    linked = linked_stories(*bodies)
    return [
        _entry(
            story,
            outlet,
            photos=photos,
            linked=linked,
            corrections=corrections.get(story.pk, []),
            coverage=coverage.get(story.pk, []),
        )
        for story in found
    ]


def _entry(
    story: Publication,
    outlet: Outlet,
    *,
    photos: Mapping[int, Photo],
    linked: Mapping[int, str],
    corrections: list[Correction],
    coverage: list[PublishedEntry],
) -> FeedEntry:
    authors = [byline.author for byline in story.signed]
    kicker = kicker_of(story, authors)
    address = absolute(story.get_absolute_url())
    shown = lead_of(story)
    lead = _feed_picture(shown.photo, shown.alt, shown.credit) if shown else None
    context = {
        "story": story,
        "outlet": outlet,
        "kicker": kicker,
        "address": address,
        "lead": lead,
        "text": _text_of(story.body, photos, linked),
        "coverage": [(row, _text_of(row.body, photos, linked)) for row in coverage],
        "corrections": corrections,
    }
    moments = [story.visible_from, story.updated_at]
    moments += [correction.made_at for correction in corrections]
    moments += [row.changed_at for row in coverage]
    return FeedEntry(
        id=uuid5(outlet.namespace, f"story {story.pk}").urn,
        title=f"{story.headline} – {story.source}" if story.source else story.headline,
        address=address,
        language=story.language,
        kind=story.kind,
        kind_name=str(story.get_kind_display()),
        section=cast("Section", story.section).in_language(story.language),  # By a constraint.
        authors=authors,
        tags=sorted(story.tags.all(), key=lambda tag: tag.name.casefold()),
        published_at=story.first_published_at,
        updated_at=max(moment for moment in moments if moment is not None),
        summary=story.teaser_text,
        html=_shown("articles/_feed_text.html", context, address),
        lead=lead,
        text_licence=story.text_licence,
        text_credit=story.text_credit,
        text_source_url=story.text_source_url,
    )


def _shown(template: str, context: dict[str, Any], page: str) -> SafeString:
    """The template's HTML for other places than `page`, without the lines that stand empty."""
    lines = render_to_string(template, context).splitlines()
    html = mark_safe("\n".join(filter(str.strip, lines)))  # noqa: S308  It was safe before.
    return markup.with_absolute_addresses(html, page)


def _text_of(body: str, photos: Mapping[int, Photo], linked: Mapping[int, str]) -> SafeString:
    def figure(number: int, caption: str) -> str:
        photo = photos.get(number)
        picture = _feed_picture(photo, photo.alt, credit_of(photo, caption)) if photo else None
        if picture is None:
            return ""
        return render_to_string("articles/_feed_figure.html", {"picture": picture})

    return markup.render(body, figure=figure, stories=linked, own_address=settings.SITE_URL)


def _feed_picture(photo: Photo, alt: str, credit: Credit) -> FeedPicture | None:
    picture: Picture | None = picture_of(photo, "full")
    if picture is None:
        return None
    return FeedPicture(absolute(picture.url), picture.width_px, picture.height_px, alt, credit)


def _photos_in(bodies: Iterable[str]) -> dict[int, Photo]:
    from articles.models import Photo

    wanted = {number for body in bodies for number in markup.photo_ids(body)}
    if not wanted:
        return {}
    usable = Photo.objects.usable().with_sizes()
    return usable.in_bulk(wanted)


def _corrections_of(stories: list[Publication]) -> dict[int, list[Correction]]:
    from articles.models import Correction

    found: dict[int, list[Correction]] = {}
    numbers = [story.pk for story in stories]
    for correction in Correction.objects.standing().filter(article__in=numbers):
        found.setdefault(correction.article_id, []).append(correction)
    return found


def _coverage_of(stories: list[Publication]) -> dict[int, list[PublishedEntry]]:
    """The newest entries of each of the live `stories`."""
    from articles.models import PublishedEntry

    if not stories:
        return {}
    place = Window(
        RowNumber(),
        partition_by="publication",
        order_by=[F("happened_at").desc(), F("entry").desc()],
    )
    entries = PublishedEntry.objects.filter(publication__in=stories).annotate(place=place)
    found: dict[int, list[PublishedEntry]] = {}
    for entry in entries.filter(place__lte=NEWEST_COVERAGE):
        found.setdefault(entry.publication_id, []).append(entry)
    return found
