"""Story: what an article template is given, whichever side of the article it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from articles import markup
from articles.credit import Credit, credit_of
from articles.kicker import Kicker

if TYPE_CHECKING:
    from articles.models import Article, Author, Copy, Licence, Photo, Publication, Section, Tag


@dataclass(frozen=True)
class Figure:
    """A photo as one story shows it."""

    photo: Photo
    alt: str
    credit: Credit


@dataclass(frozen=True)
class Story:
    number: int
    headline: str
    source: str
    kind: str
    kicker: Kicker | None
    section: Section | None
    standfirst: str
    teaser: str
    dateline: str
    body_html: SafeString
    lead: Figure | None
    authors: list[Author]
    tags: list[Tag]
    language: str
    published_at: datetime
    updated_at: datetime | None
    url: str
    text_licence: Licence | None
    text_credit: str
    text_source_url: str
    hide_asks: bool
    is_sensitive: bool
    related: list[Publication] = field(default_factory=list)


def story_of_publication(publication: Publication, related: list[Publication]) -> Story:
    """The story readers get."""
    return _story(
        publication,
        number=publication.pk,
        tags=list(publication.tags.all()),
        published_at=publication.first_published_at,
        updated_at=publication.updated_at,
        url=publication.get_absolute_url(),
        related=related,
    )


def story_of_article(article: Article) -> Story:
    """The story as it stands on the desk, for a preview; no related reads are chosen yet."""
    published = article.published
    return _story(
        article,
        number=article.pk,
        tags=list(article.tags.all()),
        published_at=published.first_published_at if published else timezone.now(),
        updated_at=published.updated_at if published else None,
        url="",
        related=[],
    )


def _story(
    copy: Copy,
    *,
    number: int,
    tags: list[Tag],
    published_at: datetime,
    updated_at: datetime | None,
    url: str,
    related: list[Publication],
) -> Story:
    return Story(
        number=number,
        headline=copy.headline,
        source=copy.source,
        kind=copy.kind,
        kicker=copy.kicker_line,
        section=copy.section,
        standfirst=copy.standfirst,
        teaser=copy.teaser_text,
        dateline=copy.dateline,
        body_html=_body_html(copy),
        lead=_lead(copy),
        authors=[byline.author for byline in copy.bylines.all()],
        tags=tags,
        language=copy.language,
        published_at=published_at,
        updated_at=updated_at,
        url=url,
        text_licence=copy.text_licence,
        text_credit=copy.text_credit,
        text_source_url=copy.text_source_url,
        hide_asks=copy.hide_asks,
        is_sensitive=copy.is_sensitive,
        related=related,
    )


def _lead(copy: Copy) -> Figure | None:
    photo = copy.lead_photo
    if photo is None or not photo.is_usable:
        return None
    return Figure(photo, copy.lead_alt or photo.alt, credit_of(photo, copy.lead_caption))


def _body_html(copy: Copy) -> SafeString:
    from articles.models import Photo, Publication

    wanted = markup.photo_ids(copy.body)
    photos = {}
    if wanted:
        usable = Photo.objects.usable().select_related("licence").prefetch_related("renditions")
        photos = {photo.pk: photo for photo in usable.filter(pk__in=wanted)}
    numbers = markup.story_numbers(copy.body, settings.SITE_URL)
    stories = {}
    if numbers:
        linked = Publication.objects.visible().filter(pk__in=numbers)
        stories = {story.pk: story.get_absolute_url() for story in linked}

    def figure(number: int, caption: str) -> str:
        photo = photos.get(number)
        if photo is None:
            return ""
        shown = Figure(photo, photo.alt, credit_of(photo, caption))
        return render_to_string("articles/_figure.html", {"figure": shown, "place": "body"})

    return markup.render(
        copy.body, figure=figure, stories=stories, own_address=settings.SITE_URL
    )
