"""How long searches take in a large archive, and how many are answered in a second.

    python -m tests.benchmarks.search_speed [STORIES]

Fills an empty database with stories of made-up words, by default 100,000: as in a language a few
words are in nearly every story and most are rare. Asks for the search page through the test client
and prints the median and the slowest of twenty for each kind of search. Exit code 1 where the
slowest of twenty of all of them takes 100 milliseconds, or where as many processes as there are
processors answer fewer than 150 typical searches a second.
"""

import os
import random
import statistics
import sys
import time
from multiprocessing import get_context
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client, override_settings

from tests.benchmarks.database import empty_database
from tests.benchmarks.related_reads_speed import grow

STORIES = 100_000
ASKED = 40  # Of each kind.
LONGEST_MS = 100
FEWEST_A_SECOND = 150
SECONDS = 5
STATIC = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def searches() -> dict[str, list[str]]:
    """Addresses, by what they look for; words are common or rare as the stories use them."""
    from articles.models import Publication, Word

    chance = random.Random(1)  # The same in every run.
    words = list(Word.objects.exclude(word="").order_by("-stories").values_list("word", flat=True))
    headlines = Publication.objects.filter(pk__in=chance.sample(range(1, 900), 400))
    typed = [text.split() for text in headlines.values_list("headline", flat=True)]
    common, usual, rare = words[:20], words[100:2_000], words[2_000:15_000]

    def pick(kind: list[str]) -> str:
        return chance.choice(kind)

    def pair() -> list[str]:
        line = chance.choice(typed)
        start = chance.randrange(len(line) - 1)
        return line[start : start + 2]

    kinds = {
        "two words of a headline": lambda: {"q": " ".join(pair())},
        "a usual word": lambda: {"q": pick(usual)},
        "a rare word": lambda: {"q": pick(rare)},
        "a very common word": lambda: {"q": pick(common)},
        "three very common words": lambda: {"q": " ".join(chance.sample(common, 3))},
        "a phrase": lambda: {"q": f'"{" ".join(pair())}"'},
        "a phrase of common words": lambda: {"q": f'"{" ".join(chance.sample(common, 2))}"'},
        "one word without another": lambda: {"q": f"{pick(usual)} -{pick(common)}"},
        "one word or another": lambda: {"q": f"{pick(usual)} or {pick(rare)}"},
        "newest first": lambda: {"q": pick(usual), "sort": "date"},
        "of a section": lambda: {"q": pick(usual), "section": "world"},
        "of a kind nobody writes": lambda: {"q": pick(common), "kind": "gallery"},
        "of the past month": lambda: {"q": pick(usual), "period": "month"},
        "page ten": lambda: {"q": pick(common), "page": "10"},
        "no such word": lambda: {"q": f"{pick(usual)} nowhereatall"},
    }
    asked = {
        kind: [f"/search?{urlencode(make())}" for _n in range(ASKED)]
        for kind, make in kinds.items()
    }
    beginnings = [pick(usual)[: chance.randrange(2, 5)] for _n in range(ASKED)]
    return asked | {"completion": [f"/search/suggest?q={start}" for start in beginnings]}


def measured(client: Client, addresses: list[str]) -> list[float]:
    """What each address takes, in milliseconds."""
    durations = []
    for address in addresses:
        started = time.perf_counter()
        response = client.get(address)
        durations.append((time.perf_counter() - started) * 1_000)
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}.")
    return durations


def slowest_of_twenty(durations: list[float]) -> float:
    return statistics.quantiles(durations, n=20)[-1]


def answered(addresses: list[str]) -> int:
    """How many of these one process answers in SECONDS."""
    from django.db import connections

    client, count = Client(), 0
    client.get(addresses[0])
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        client.get(addresses[count % len(addresses)])
        count += 1
    connections.close_all()  # Else the database could not be removed yet.
    return count


def a_second(addresses: list[str]) -> float:
    """What all processors together answer in a second."""
    from django.db import connections

    connections.close_all()
    processes = os.cpu_count() or 1
    with get_context("fork").Pool(processes) as pool:
        counts = pool.map(answered, [addresses[start:] for start in range(processes)])
    return sum(counts) / SECONDS


def main(stories: int) -> int:
    with empty_database(), override_settings(STORAGES=settings.STORAGES | STATIC):
        from django.db import connection

        from articles.search.index import index_waiting

        grow(0, stories)
        started = time.perf_counter()
        while index_waiting():
            pass
        each = (time.perf_counter() - started) * 1_000 / stories
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        print(f"The search with {stories:,} stories, each indexed in {each:.1f} ms:")
        print(f"{'median':>42}  slowest of twenty")
        client, every = Client(), []
        asked = searches()
        for kind, addresses in asked.items():
            measured(client, addresses[:1])
            durations = measured(client, addresses)
            every += durations
            middle, slowest = statistics.median(durations), slowest_of_twenty(durations)
            print(f"  {kind:<30}{middle:7.1f} ms{slowest:13.1f} ms", flush=True)
        slowest = slowest_of_twenty(every)
        print(f"  {'all':<30}{statistics.median(every):7.1f} ms{slowest:13.1f} ms")
        typical = asked["two words of a headline"] + asked["a rare word"] + asked["a usual word"]
        rate = a_second(typical)
        print(f"  {rate:,.0f} typical searches a second")
    return 1 if slowest >= LONGEST_MS or rate < FEWEST_A_SECOND else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else STORIES))
