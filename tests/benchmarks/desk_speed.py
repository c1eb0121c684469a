"""How long the pages of the desk take in a large archive.

    python -m tests.benchmarks.desk_speed [STORIES [PHOTOS]]

Fills an empty database, by default with 100,000 stories and 50,000 photos, and prints for each
page an editor opens all day how many queries it makes and its median time, through the test
client: what the network and the browser add is not in it. Exit code 1 where a page takes longer
than 300 milliseconds.
"""

import statistics
import sys
import time
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.benchmarks.database import empty_database

STORIES, PHOTOS = 100_000, 50_000
BATCH = 2_000
TIMES = 15
LONGEST_MS = 300

WORDS = ["dyke", "flood", "harbour", "council", "water", "budget"]
WORDS += ["school", "border", "court", "election", "harvest", "power"]
PLACES = [f"Place{number}" for number in range(1_000)]
STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def headline(number: int) -> str:
    """Each word stands in one of twelve headlines, each place in one of a thousand."""
    words = [WORDS[number % 12], WORDS[number // 12 % 12], "in", PLACES[number % 1_000]]
    return f"{' '.join(words)} {number}"


def batches(numbers: Iterable[int]) -> Iterable[list[int]]:
    rest = iter(numbers)
    while batch := list(islice(rest, BATCH)):
        yield batch


def add_photos(count: int) -> list[int]:
    """Photos with their credit and two thumbnails each; the files themselves are not there."""
    from articles.models import Photo, Rendition

    numbers = []
    for batch in batches(range(count)):
        photos = Photo.objects.bulk_create(
            Photo(
                original=f"2026/01/{number}.jpg",
                width_px=3_000,
                height_px=2_000,
                content_hash=f"{number:064x}",
                caption=headline(number),
                alt=f"What photo {number} shows",
                creator=f"Creator {number % 500}",
                agency=f"Agency {number % 20}" if number % 3 else "",
                source_url=f"https://photos.example/{number}",
                licence_id="CC BY-SA 4.0",
                searched=f"{headline(number)} creator {number % 500}".lower(),
                usable_until=timezone.now() + timedelta(days=number) if number % 50 == 0 else None,
            )
            for number in batch
        )
        Rendition.objects.bulk_create(
            Rendition(
                photo=photo,
                crop=crop,
                format="jpeg",
                width_px=320,
                height_px=213,
                file=f"{photo.pk}/{crop}-320.jpg",
                size_bytes=20_000,
            )
            for photo in photos
            for crop in (Rendition.Crop.CARD, Rendition.Crop.SQUARE)
        )
        numbers += [photo.pk for photo in photos]
    return numbers


def add_stories(count: int, photos: list[int], by: Any) -> None:
    """Stories with byline, tags, photos and history: one in fifty is a draft, the rest is live."""
    from articles.models import (
        Article,
        ArticleByline,
        ArticlePhoto,
        ArticleTag,
        Author,
        Publication,
        PublicationByline,
        PublicationTag,
        Revision,
        Section,
        Stage,
        Tag,
    )
    from articles.models.snapshot import fingerprint_of, snapshot_of

    sections = [Section.objects.create(name=name, slug=name.lower()) for name in PLACES[:8]]
    authors = [Author.objects.create(name=name, slug=name.lower()) for name in PLACES[:100]]
    tags = [Tag.objects.create(name=name) for name in PLACES]
    text = f"<p>{' '.join(WORDS * 20)}</p>"
    first = timezone.now() - timedelta(minutes=20 * count)
    for batch in batches(range(count)):
        stories = []
        for number in batch:
            is_draft = number % 50 == 0
            photo = photos[number % len(photos)]
            story = Article(
                headline=headline(number),
                slug=f"story-{number}",
                section=sections[number % 8],
                lead_photo_id=photo,
                body=f'{text}<figure data-photo="{photo}"></figure>',
                created_by=by if number % 10 == 0 else None,
                assigned_to=by if is_draft and number % 100 == 0 else None,
                stage=list(Stage)[number // 50 % 4] if is_draft else Stage.DRAFT,
            )
            author, tag = authors[number % 100], tags[number % 1_000]
            snapshot = snapshot_of(story, bylines=[author.pk], tags=[tag.name], picks=[])
            story.fingerprint = fingerprint_of(snapshot)
            has_news = number % 500 == 1
            if not is_draft:
                story.public_fingerprint = "before" if has_news else story.fingerprint
            stories.append((number, story, author, tag, snapshot))
        Article.objects.bulk_create(story for _number, story, *_rest in stories)
        ArticlePhoto.objects.note_new([story for _number, story, *_rest in stories])
        ArticleByline.objects.bulk_create(
            ArticleByline(article=story, author=author) for _n, story, author, *_rest in stories
        )
        ArticleTag.objects.bulk_create(
            ArticleTag(content_object=story, tag=tag) for _n, story, _author, tag, _s in stories
        )
        Revision.objects.bulk_create(
            Revision(article=story, by=by, action=Revision.Action.SAVED, snapshot=snapshot)
            for _n, story, _author, _tag, snapshot in stories
        )
        live = []
        for number, story, author, tag, _snapshot in stories:
            if number % 50 == 0:
                continue
            publication = Publication(article=story)
            story.copy_text_to(publication)
            is_scheduled = number % 1_000 == 7
            late = timedelta(minutes=20 * count) if is_scheduled else timedelta()
            publication.visible_from = first + timedelta(minutes=20 * number) + late
            publication.first_published_at = publication.visible_from
            live.append((publication, author, tag))
        Publication.objects.bulk_create(publication for publication, _author, _tag in live)
        PublicationByline.objects.bulk_create(
            PublicationByline(publication=publication, author=author)
            for publication, author, _tag in live
        )
        PublicationTag.objects.bulk_create(
            PublicationTag(content_object=publication, tag=tag) for publication, _a, tag in live
        )


def pages() -> list[tuple[str, str, dict[str, Any]]]:
    """What is measured: its name, its address, and what is sent there, if anything."""
    from articles.models import Article, Photo

    numbers = Article.objects.order_by("-pk").values_list("pk", flat=True)
    live, draft = numbers.exclude(publication=None)[200], numbers.filter(publication=None)[20]
    photo = Photo.objects.order_by("-pk").values_list("pk", flat=True)[200]
    stories, photos = "/admin/articles/article/", "/admin/articles/photo/"
    front, chooser = "/admin/articles/frontpageslot/", f"{photos}?_to_field=id&_popup=1"
    return [
        ("First page", "/admin/", {}),
        ("Story list", stories, {}),
        ("Story list, a frequent word", f"{stories}?q=dyke", {}),
        ("Story list, a rare word", f"{stories}?q=Place77", {}),
        ("Story list, no such word", f"{stories}?q=nowhere", {}),
        ("Story list, in review", f"{stories}?standing=in_review", {}),
        ("Story list, live", f"{stories}?standing=live", {}),
        ("Story list, scheduled", f"{stories}?standing=scheduled", {}),
        ("Story list, mine", f"{stories}?assigned=mine", {}),
        ("Story list, of one section", f"{stories}?section__id__exact=1", {}),
        ("Story form, live", f"{stories}{live}/change/", {}),
        ("Story form, draft", f"{stories}{draft}/change/", {}),
        ("Photo list", photos, {}),
        ("Photo list, in use", f"{photos}?use=used", {}),
        ("Photo form", f"{photos}{photo}/change/", {}),
        ("Photo chooser", chooser, {}),
        ("Photo chooser, a frequent word", f"{chooser}&q=dyke", {}),
        ("Photo chooser, no such word", f"{chooser}&q=nowhere", {}),
        ("Front page desk", front, {}),
        ("Front page desk, a rare word", front, {"_find": "1", "words": "Place77"}),
        ("Tags offered", f"{stories}tags/?term=place7", {}),
    ]


def measured(client: Client, address: str, sent: dict[str, Any]) -> tuple[int, float]:
    """How many queries a page makes, and its median time; the first time does not count."""
    from django.db import connection

    def ask() -> None:
        response = client.post(address, sent) if sent else client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}.")

    ask()
    with CaptureQueriesContext(connection) as queries:
        ask()
    count = len(queries)  # Read now: the next request empties the log.
    durations = []
    for _time in range(TIMES):
        started = time.perf_counter()
        ask()
        durations.append((time.perf_counter() - started) * 1_000)
    return count, statistics.median(durations)


def main(story_count: int, photo_count: int) -> int:
    with empty_database(), override_settings(STORAGES=settings.STORAGES | STATIC):
        from django.db import connection

        from articles.models import Outlet
        from tests.factories import make_editor

        Outlet.objects.create(pk=1, name="Bench", needs_second_factor=False)
        editor = make_editor()
        add_stories(story_count, add_photos(photo_count), by=editor)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        client = Client()
        client.force_login(editor)
        slow = []
        print(f"The desk with {story_count:,} stories and {photo_count:,} photos: median time")
        for name, address, sent in pages():
            queries, duration = measured(client, address, sent)
            print(f"  {name:<32}{queries:>3} queries {duration:7.1f} ms", flush=True)
            if duration >= LONGEST_MS:
                slow.append(name)
    if slow:
        print(f"\nOver {LONGEST_MS} ms: {', '.join(slow)}.")
    return 1 if slow else 0


if __name__ == "__main__":
    given = [int(number) for number in sys.argv[1:3]]
    sys.exit(main(*(given + [STORIES, PHOTOS][len(given) :])))
