"""Story: what an article template is given, whichever side of the article it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from articles import embeds, markup
from articles.cards import Card, cards_of
from articles.credit import Credit, credit_of
from articles.kicker import Kicker, kicker_of
from articles.reading_time import reading_minutes
from articles.sharing import ShareLink, share_links
from articles.variants import Part, with_parts, with_questions
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
class Translation:
    """The same story in another language: its code, what the language calls itself, the path."""

    language: str
    name: str
    url: str


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
    related: list[Card] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    translations: list[Translation] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)  # Of the text.
    portraits: list[Figure] = field(default_factory=list)  # Of the authors of an opinion.
    parts: list[Part] = field(default_factory=list)  # The contents of an explainer.
    reading_minutes: int = 0  # 0 where nobody could say.
    frame_origins: frozenset[str] = frozenset()  # What its embeds may be shown from.

    @property
    def changed_at(self) -> datetime:
        """When readers were last told something else."""
        return self.updated_at or self.published_at

    @property
    def plain_text_url(self) -> str:
        return f"{self.url}.txt"

    @property
    def share_links(self) -> list[ShareLink]:
        return share_links(self.headline, f"{settings.SITE_URL}{self.url}")


def story_of_publication(publication: Publication, related: list[Card]) -> Story:
    """The story readers get, with the cards of `related`.

    At most six queries: photos of the text, stories it links to, corrections, translations,
    bylines and pictures.
    """
    from articles.models import Correction
    from articles.models.publication import load_pictures_and_bylines

    photos = _photos_in(publication.body)
    load_pictures_and_bylines(publication, photos.values())
    authors = [byline.author for byline in publication.signed]
    return _story(
        publication,
        photos=photos,
        number=publication.pk,
        authors=authors,
        tags=_by_name(publication.tags.all()),
        published_at=publication.first_published_at,
        updated_at=publication.updated_at,
        url=publication.get_absolute_url(),
        related=related,
        corrections=list(Correction.objects.standing().filter(article=publication.pk)),
        translations=translations_of(publication, publication.pk),
        portraits=_portraits(publication, authors),
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
    chosen for readers. At most fifteen queries, however many photos and related reads.
    """
    from articles.models import Article, Correction

    version = read_back(snapshot, article)
    copy = Article(pk=article.pk)
    version.put_into(copy)
    # Who was given a link may not see the photos of others than this version.
    portraits = [] if photos_at else _portraits(copy, version.authors)
    shown = [*version.photos.values(), *(portrait.photo for portrait in portraits)]
    prefetch_related_objects(shown, "sizes")
    for photo in version.photos.values():
        photo.copies_at = photos_at
    published = article.published
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
            related=cards_of(version.picks),
            corrections=list(corrections),
            translations=translations_of(copy, article.pk),
            portraits=portraits,
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
    related: list[Card],
    corrections: list[Correction],
    translations: list[Translation],
    portraits: list[Figure],
) -> Story:
    shown, parts = _text_of(copy, photos)
    return Story(
        number=number,
        headline=copy.headline,
        source=copy.source,
        kind=copy.kind,
        kicker=kicker_of(copy, authors),
        section=copy.section and copy.section.in_language(copy.language),
        standfirst=copy.standfirst,
        teaser=copy.teaser_text,
        dateline=copy.dateline,
        body_html=shown,
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
        translations=translations,
        figures=_figures_in(copy.body, photos),
        portraits=portraits,
        parts=parts,
        reading_minutes=_reading_minutes(copy),
        frame_origins=frozenset(embeds.frame_origins(copy.body)),
    )


def _text_of(copy: Copy, photos: Mapping[int, Photo]) -> tuple[SafeString, list[Part]]:
    """The text as stories of its kind show it, and its contents where they are printed."""
    place = "gallery" if copy.kind == "gallery" else "text"
    shown = body_html(copy.body, photos, place=place, card=embeds.card)
    if copy.kind == "interview":
        return with_questions(shown), []
    if copy.kind == "explainer":
        return with_parts(shown)
    return shown, []


def _figures_in(body: str, photos: Mapping[int, Photo]) -> list[Figure]:
    return [
        Figure(photos[number], photos[number].alt, credit_of(photos[number], caption))
        for number, caption in markup.figures(body)
        if number in photos
    ]


def _reading_minutes(copy: Copy) -> int:
    """0 for what is looked at or goes on, and so not read from beginning to end."""
    if copy.kind in {"gallery", "live"}:
        return 0
    return reading_minutes(markup.plain_text(copy.body), copy.language)


def translations_of(copy: Copy, number: int | None) -> list[Translation]:
    """The visible stories with the translation key of `copy`, in the order of the languages.

    `number` is that of the story itself. One query; none on a site of one language.
    """
    from articles.models import Publication

    names = dict(settings.LANGUAGES)
    if len(names) == 1:
        return []
    others = Publication.objects.visible().filter(translation_key=copy.translation_key)
    others = others.exclude(pk=number).exclude(language=copy.language)
    shown = others.only("language", "slug", "first_published_at").order_by("visible_from", "pk")
    newest = {other.language: other for other in shown}
    return [
        Translation(code, str(name), newest[code].get_absolute_url())
        for code, name in names.items()
        if code in newest
    ]


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


def _portraits(copy: Copy, authors: list[Author]) -> list[Figure]:
    """The faces beside the names of those whose opinion this is."""
    if copy.kind != "opinion":
        return []
    portraits = (portrait_of(author) for author in authors)
    return [portrait for portrait in portraits if portrait]


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
    body: str,
    photos: Mapping[int, Photo],
    stories: Mapping[int, str] | None = None,
    *,
    place: str = "text",
    card: Callable[[str, str], str] | None = None,
) -> SafeString:
    """A sanitised text with figures of `photos`; links to stories of ours that are not visible go.

    `stories` holds its `linked_stories` where those of several texts were asked for at once;
    `place` says how large the figures stand; `card` shows link cards, which else stay links.
    """
    if stories is None:
        stories = linked_stories(body)

    def figure(number: int, caption: str) -> str:
        photo = photos.get(number)
        if photo is None:
            return ""
        shown = Figure(photo, photo.alt, credit_of(photo, caption))
        return render_to_string("articles/_figure.html", {"figure": shown, "place": place})

    return markup.render(
        body, figure=figure, stories=stories, own_address=settings.SITE_URL, card=card
    )
