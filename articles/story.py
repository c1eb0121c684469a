"""Story: what an article template is given, whichever side of the article it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from articles import markup
from articles.credit import Credit, credit_of
from articles.kicker import Kicker, kicker_of
from articles.versions import read_back

if TYPE_CHECKING:
    from articles.models import (
        Article,
        Author,
        Copy,
        Correction,
        Licence,
        Photo,
        Publication,
        Revision,
        Section,
        Tag,
    )


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
    corrections: list[Correction] = field(default_factory=list)


def story_of_publication(publication: Publication, related: list[Publication]) -> Story:
    """The story readers get, with the cards of `related`.

    At most five queries: photos of the text, stories it links to, corrections, and for story
    and cards together bylines and pictures.
    """
    from articles.models import Correction
    from articles.models.publication import load_pictures_and_bylines

    photos = _photos_in(publication.body)
    load_pictures_and_bylines([publication, *related], photos.values())
    return _story(
        publication,
        photos=photos,
        number=publication.pk,
        authors=[byline.author for byline in publication.bylines.all()],
        tags=_by_name(publication.tags.all()),
        published_at=publication.first_published_at,
        updated_at=publication.updated_at,
        url=publication.get_absolute_url(),
        related=related,
        corrections=list(Correction.objects.standing().filter(article=publication.pk)),
    )


def story_of_article(article: Article) -> Story:
    """The story as it stands on the desk, for a preview."""
    return story_of_snapshot(article.snapshot(), article)


def story_of_revision(revision: Revision, *, photos_at: str = "") -> Story:
    """The story as it stood at one moment of its history.

    `photos_at` is where its photos are found by who may not see them at their own address.
    """
    return story_of_snapshot(revision.snapshot, revision.article, photos_at=photos_at)


def story_of_snapshot(snapshot: dict[str, Any], article: Article, *, photos_at: str = "") -> Story:
    """A text of `article` that need not be saved; what it names and is there no longer is left out.

    Of the related reads it has those of the editor's picks that readers can see; the rest is
    chosen for readers. At most fourteen queries, however many photos and related reads.
    """
    from articles.models import Article, Correction, Publication

    version = read_back(snapshot, article)
    copy = Article(pk=article.pk)
    version.put_into(copy)
    prefetch_related_objects(list(version.photos.values()), "renditions")
    for photo in version.photos.values():
        photo.copies_at = photos_at
    published = article.published
    visible = Publication.objects.visible().for_cards().in_bulk(version.picks)
    corrections = Correction.objects.standing().filter(article=article) if published else []
    with translation.override(copy.language):
        return _story(
            copy,
            photos={pk: photo for pk, photo in version.photos.items() if photo.is_usable},
            number=article.pk,
            authors=version.authors,
            tags=_by_name(version.tags),
            published_at=published.first_published_at if published else timezone.now(),
            updated_at=published.updated_at if published else None,
            url="",
            related=[visible[number] for number in version.picks if number in visible],
            corrections=list(corrections),
        )


def _story(
    copy: Copy,
    *,
    photos: Mapping[int, Photo],
    number: int,
    authors: list[Author],
    tags: list[Tag],
    published_at: datetime,
    updated_at: datetime | None,
    url: str,
    related: list[Publication],
    corrections: list[Correction],
) -> Story:
    return Story(
        number=number,
        headline=copy.headline,
        source=copy.source,
        kind=copy.kind,
        kicker=kicker_of(copy, authors),
        section=copy.section,
        standfirst=copy.standfirst,
        teaser=copy.teaser_text,
        dateline=copy.dateline,
        body_html=body_html(copy.body, photos),
        lead=lead_of(copy),
        authors=authors,
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
        corrections=corrections,
    )


def _by_name(tags: Iterable[Tag]) -> list[Tag]:
    return sorted(tags, key=lambda tag: tag.name.casefold())


def lead_of(copy: Copy) -> Figure | None:
    """The lead photo with alt text and credit; None without one, or once its rights have ended."""
    photo = copy.lead_photo
    if photo is None or not photo.is_usable:
        return None
    return Figure(photo, copy.lead_alt or photo.alt, credit_of(photo, copy.lead_caption))


def portrait_of(author: Author) -> Figure | None:
    """The author's photo; None without one, or once its rights have ended."""
    photo = author.photo
    if photo is None or not photo.is_usable:
        return None
    return Figure(photo, photo.alt or author.name, credit_of(photo))


def _photos_in(body: str) -> dict[int, Photo]:
    from articles.models import Photo

    wanted = markup.photo_ids(body)
    if not wanted:
        return {}
    return Photo.objects.usable().select_related("licence").in_bulk(wanted)


def linked_stories(*bodies: str) -> dict[int, str]:
    """The addresses of the visible stories of ours that sanitised texts link to, by number.

    One query, if they link to any.
    """
    from articles.models import Publication

    numbers = {
        number for body in bodies for number in markup.story_numbers(body, settings.SITE_URL)
    }
    if not numbers:
        return {}
    linked = Publication.objects.visible().filter(pk__in=numbers)
    return {story.pk: story.get_absolute_url() for story in linked}


def body_html(
    body: str, photos: Mapping[int, Photo], stories: Mapping[int, str] | None = None
) -> SafeString:
    """A sanitised text with figures of `photos`; links to stories of ours that are not visible go.

    `stories` holds its `linked_stories` where those of several texts were asked for at once.
    """
    if stories is None:
        stories = linked_stories(body)

    def figure(number: int, caption: str) -> str:
        photo = photos.get(number)
        if photo is None:
            return ""
        shown = Figure(photo, photo.alt, credit_of(photo, caption))
        return render_to_string("articles/_figure.html", {"figure": shown, "place": "text"})

    return markup.render(body, figure=figure, stories=stories, own_address=settings.SITE_URL)
