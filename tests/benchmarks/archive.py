"""An archive for benchmarks: stories as long and as well illustrated as real ones."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from tqdm import tqdm

BATCH = 500
TOPICS = 200
AUTHORS = 50
PHOTOS = 100
PARAGRAPHS, WORDS = 14, 45  # Of a text, and in each of its paragraphs.
MINUTES_BETWEEN = 10
SECTIONS = ("World", "Business", "Culture", "Science", "Sport")


def fill(start: int, end: int) -> None:
    """Publish stories number `start` to `end`, each ten minutes after the last, all of them live.

    Each has a section, two tags, an author and a photo with copies in three formats, whose files
    are not there. Which words stand in it is the same in every run.
    """
    from articles.models import (
        Article,
        Publication,
        PublicationByline,
        PublicationPhoto,
        PublicationTag,
    )
    from articles.models.word import set_telling_words
    from articles.search.index import index_waiting

    sections, tags, authors, photos = _records()
    vocabulary = _vocabulary()
    frequency = [1 / (rank + 10) for rank in range(len(vocabulary))]
    last = timezone.now() - timedelta(days=1)
    first = last - timedelta(minutes=MINUTES_BETWEEN * 200_000)
    for batch in tqdm(range(start, end, BATCH), desc="Stories", leave=False):
        numbers = range(batch, min(batch + BATCH, end))
        chance = random.Random(batch)
        articles = Article.objects.bulk_create(
            _article(number, chance, vocabulary, frequency, sections, photos) for number in numbers
        )
        publications = []
        for number, article in zip(numbers, articles, strict=True):
            publication = Publication(article=article)
            article.copy_text_to(publication)
            publication.visible_from = first + timedelta(minutes=MINUTES_BETWEEN * number)
            publication.first_published_at = publication.visible_from
            publications.append(publication)
        set_telling_words(publications)
        Publication.objects.bulk_create(publications)
        PublicationByline.objects.bulk_create(
            PublicationByline(publication=one, author=authors[number % AUTHORS])
            for number, one in zip(numbers, publications, strict=True)
        )
        PublicationTag.objects.bulk_create(
            PublicationTag(content_object=one, tag=tags[topic])
            for number, one in zip(numbers, publications, strict=True)
            for topic in {number % TOPICS, number * 7 % TOPICS}
        )
        PublicationPhoto.objects.bulk_create(
            PublicationPhoto(publication=one, photo_id=one.lead_photo_id) for one in publications
        )
        while index_waiting():
            pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _article(number, chance, vocabulary, frequency, sections, photos):
    from articles.models import Article

    topic = number % TOPICS
    own = vocabulary[topic * 20 : topic * 20 + 20]
    paragraphs = []
    for _paragraph in range(PARAGRAPHS):
        words = chance.choices(vocabulary, frequency, k=WORDS - 5) + chance.choices(own, k=5)
        paragraphs.append(f"<p>{' '.join(words).capitalize()}.</p>")
    headline = " ".join(chance.choices(own, k=3) + chance.choices(vocabulary, frequency, k=4))
    return Article(
        headline=headline.capitalize(),
        slug=f"story-{number}",
        standfirst=" ".join(chance.choices(vocabulary, frequency, k=20)).capitalize(),
        section=sections[number % len(sections)],
        lead_photo=photos[number % PHOTOS],
        body="".join(paragraphs),
    )


def _vocabulary() -> list[str]:
    """Made-up words, the frequent ones first."""
    syllables = [one + vowel for one in "bdfgklmnprstvz" for vowel in "aeiou"]
    return ["".join(random.Random(n).choices(syllables, k=4)) for n in range(20_000)]


def _records():
    """Sections, tags, authors and photos, made once."""
    from articles.models import Author, Photo, Section, Tag

    def kept(model, names: Iterator[str] | tuple[str, ...]):
        return [
            model.objects.get_or_create(name=name, defaults={"slug": name.lower()})[0]
            for name in names
        ]

    sections = kept(Section, SECTIONS)
    tags = kept(Tag, (f"Topic-{number}" for number in range(TOPICS)))
    authors = kept(Author, (f"Author-{number}" for number in range(AUTHORS)))
    if not Photo.objects.exists():
        _add_photos()
    return sections, tags, authors, list(Photo.objects.order_by("pk"))


def _add_photos() -> None:
    from articles.images import WIDTHS
    from articles.models import Photo, Rendition

    photos = Photo.objects.bulk_create(
        Photo(
            original=f"2026/01/{number}.jpg",
            width_px=3_000,
            height_px=2_000,
            content_hash=f"{number:064x}",
            caption=f"What photo {number} shows",
            alt=f"What photo {number} shows",
            creator=f"Creator {number}",
            source_url=f"https://photos.example/{number}",
            licence_id="CC BY-SA 4.0",
        )
        for number in range(PHOTOS)
    )
    Rendition.objects.bulk_create(
        Rendition(
            photo=photo,
            crop=crop,
            format=format,
            width_px=width,
            height_px=width * 2 // 3,
            file=f"{photo.pk}/{crop}-{width}-0123456789ab.{format}",
            size_bytes=20_000,
        )
        for photo in photos
        for crop, widths in WIDTHS.items()
        for width in widths
        for format in ("jpeg", "webp", "avif")
    )
