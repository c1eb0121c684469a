"""How long related reads take as the archive grows.

    python -m tests.benchmarks.related_reads_speed [STORIES ...]

Fills an empty database with stories of made-up words, by default up to 1,000 and then 10,000, and
prints the median time of `related_reads()` at each size, and how many times the first it is.
Half the stories share a tag, a tenth another, and some words are on every desk, as in real life.
"""

import random
import statistics
import sys
import time
from datetime import timedelta

from django.utils import timezone

from tests.benchmarks.database import empty_database

SIZES = [1_000, 10_000]
BATCH = 1_000
TOPICS = 500
ASKED = 60


def grow(start: int, end: int) -> None:
    """Publish stories number `start` to `end`, each a quarter of an hour after the last."""
    from django.db import connection

    from articles.models import Article, Publication, PublicationTag, Section, Tag
    from articles.models.word import set_telling_words

    chance = random.Random(start)  # The same in every run.
    syllables = [one + vowel for one in "bdfgklmnprstvz" for vowel in "aeiou"]
    vocabulary = ["".join(random.Random(n).choices(syllables, k=4)) for n in range(20_000)]
    frequency = [1 / (rank + 10) for rank in range(len(vocabulary))]
    sections = [
        Section.objects.get_or_create(name=name, defaults={"slug": name.lower()})[0]
        for name in ("World", "Business", "Culture", "Science", "Sport")
    ]
    names = ["half", *(f"tenth {n}" for n in range(10)), *(f"topic {n}" for n in range(TOPICS))]
    tags = [Tag.objects.get_or_create(name=name)[0] for name in names]
    everybody, tenths, topics = tags[0], tags[1:11], tags[11:]
    first = timezone.now() - timedelta(minutes=15 * 200_000)

    for batch in range(start, end, BATCH):
        articles, links = [], []
        for number in range(batch, min(batch + BATCH, end)):
            topic = chance.randrange(TOPICS)
            text = chance.choices(vocabulary, frequency, k=150)
            text += chance.choices(vocabulary[topic * 40 : topic * 40 + 40], k=50)
            articles.append(
                Article(
                    headline=" ".join(text[-6:]),
                    slug=f"story-{number}",
                    section=sections[topic % len(sections)],
                    body=f"<p>{' '.join(text)}</p>",
                )
            )
            tagged = [tenths[topic % 10], topics[topic], *([everybody] if number % 2 else [])]
            links.append(tagged)
        Article.objects.bulk_create(articles)
        publications = []
        for number, article in enumerate(articles, start=batch):
            publication = Publication(article=article)
            article.copy_text_to(publication)
            moment = first + timedelta(minutes=15 * number)
            publication.visible_from = publication.first_published_at = moment
            publications.append(publication)
        set_telling_words(publications)
        Publication.objects.bulk_create(publications)
        PublicationTag.objects.bulk_create(
            PublicationTag(content_object=publication, tag=tag)
            for publication, tagged in zip(publications, links, strict=True)
            for tag in tagged
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def median_ms() -> float:
    """Of stories spread over the archive, each asked once before."""
    from articles.models import Publication
    from articles.related import related_reads

    numbers = list(Publication.objects.order_by("pk").values_list("pk", flat=True))
    asked = Publication.objects.for_page().filter(pk__in=numbers[:: len(numbers) // ASKED])
    durations = []
    for publication in asked:
        related_reads(publication)
        started = time.perf_counter()
        related_reads(publication)
        durations.append((time.perf_counter() - started) * 1_000)
    return statistics.median(durations)


def main(sizes: list[int]) -> None:
    print("Related reads: median time")
    with empty_database():
        stories, first = 0, 0.0
        for size in sizes:
            grow(stories, size)
            stories, duration = size, median_ms()
            first = first or duration
            print(
                f"  {size:>9,} stories {duration:6.1f} ms, {duration / first:.2f} times the first"
            )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
