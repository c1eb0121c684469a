"""How long the sitemaps of a large archive take, and how much memory.

    python -m tests.benchmarks.sitemaps [STORIES]

Fills an empty database, by default with 1,000,000 published stories, asks for the index and for
every part it names as a search engine does, and prints the times and the peak of memory: after
the first tenth of the parts and after all. Exit code 1 when a story is missing or stands twice,
or when the memory grew with the parts.
"""

import resource
import statistics
import sys
import time
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.benchmarks.database import empty_database

STORIES = 1_000_000
BATCH = 50_000
GROWTH = 1.1  # Of memory: what is noise.


def add_stories(count: int) -> None:
    """Stories of a hundred themes and authors, one every five minutes until now.

    Copies of one story, made by the database itself: a million through Django take an hour.
    """
    from django.db import connection

    from articles.models import Article, Publication, PublicationByline, PublicationTag
    from tests.factories import make_author, make_publication, make_tag

    first = timezone.now() - timedelta(minutes=5 * count)
    story = make_publication(at=first, authors=["A 0"], tags=["T 0"])
    author, tag = story.bylines.get().author_id, story.tags.get().pk
    for number in range(1, 100):
        make_author(f"A {number}", pk=author + number)
        make_tag(f"T {number}", pk=tag + number)
    number = f"{story.pk} + n"
    moment = "visible_from + n * interval '5 minutes'"
    copied = {
        Article: {"id": number, "source_id": "NULL"},
        Publication: {
            "article_id": number,
            "visible_from": moment,
            "first_published_at": moment,
        },
        PublicationByline: {"publication_id": number, "author_id": f"{author} + mod(n, 100)"},
        PublicationTag: {"content_object_id": number, "tag_id": f"{tag} + mod(n, 100)"},
    }
    with connection.cursor() as cursor:
        for model, changed in copied.items():
            fields = [field.column for field in model._meta.concrete_fields]
            if "id" not in changed:
                fields = [field for field in fields if field != "id"]
            values = ", ".join(changed.get(field, f'"{field}"') for field in fields)
            names = ", ".join(f'"{field}"' for field in fields)
            for start in range(1, count, BATCH):
                cursor.execute(
                    f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM"
                    f" (SELECT * FROM {model._meta.db_table} ORDER BY 1 LIMIT 1) AS story,"
                    f" generate_series(%s, %s) AS n",
                    [start, min(start + BATCH, count) - 1],
                )


def peak_mb() -> float:
    """The most memory this process has had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def addresses_in(client: Client, address: str) -> list[str]:
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return [part.partition("</loc>")[0] for part in response.content.decode().split("<loc>")[1:]]


def main(count: int) -> int:
    with empty_database():
        from django.conf import settings
        from django.db import connection
        from django.test import override_settings

        add_stories(count)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        with override_settings(PAGES_ARE_STORED=False):
            client = Client()
            addresses_in(client, "/sitemap.xml")  # The first time does not count.
            started = time.perf_counter()
            parts = addresses_in(client, "/sitemap.xml")
            index_ms = (time.perf_counter() - started) * 1_000
            durations: list[float] = []
            stories, largest, early_mb = 0, 0, 0.0
            for done, part in enumerate(parts):
                started = time.perf_counter()
                places = addresses_in(client, part.removeprefix(settings.SITE_URL))
                durations.append((time.perf_counter() - started) * 1_000)
                largest = max(largest, len(places))
                stories += len(places) if "-stories-" in part else 0
                if done == len(parts) // 10:
                    early_mb = peak_mb()
    print(f"The sitemaps of {count:,} stories")
    print(f"  index of {len(parts)} parts {index_ms:30.1f} ms")
    print(f"  a part, median {statistics.median(durations):32.1f} ms")
    print(f"  a part, slowest {max(durations):31.1f} ms, at most {largest:,} addresses")
    print(f"  all parts {sum(durations) / 1_000:37.1f} s")
    print(f"  peak of memory {early_mb:.0f} MB after a tenth, {peak_mb():.0f} MB after all")
    is_whole = stories == count
    is_constant = peak_mb() <= early_mb * GROWTH
    if not is_whole:
        print(f"\n{stories:,} stories in the sitemaps, not {count:,}.")
    if not is_constant:
        print("\nThe memory grows with the archive.")
    return 0 if is_whole and is_constant else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else STORIES))
