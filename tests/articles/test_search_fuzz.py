"""Whatever is typed into the search, there is an answer."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.search.finding import Among, hits_of
from articles.search.suggestions import suggestions_for
from articles.search.typed import MOST_WORDS, typed_terms
from tests.factories import make_publication

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stories")]

PIECES = [
    *"\"'&|!()<>*:-+=~\\/%_.,;@#$^?`{}[]“”«»„’",
    *["<->", "<2>", "!!", ":*", "::tsquery", "'; --", "$1", "%s", "%(q)s", "{{ q }}", "</mark>"],
    *[
        "\x00",
        "\x01",
        "\r\n",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\ud800",
        "\udfff",
        "😀",
        "👩‍👩‍👧",
        "ﷺ",
    ],
    *["or", "OR", "or or", "and", "not", "-", "--", '-"', '""', "the", "и", "или", " ", "  "],
    *["dam", "dams", "вода", "été", "東京", "हिन्दी", "עִבְרִית", "مُحَمَّد", "３", "1e400", "=len", "=s1"],
    *["0x1F", "-0", "1.5", "a" * 3_000, "http://a.b/c?d=e", "a@b.example", "http://" + "x." * 300],
]
LONG = ["or " * 5_000, "dam " * 3_000, '"' * 10_000, "-" * 10_000, "(" * 10_000, "é" * 10_000]


def typed_by_chance(count):
    chance = random.Random(5)  # The same in every run.
    for _query in range(count):
        glue = chance.choice(["", " "])
        yield glue.join(chance.choices(PIECES, k=chance.randrange(1, 12)))


@pytest.fixture
def stories():
    make_publication(headline="Dam", body="<p>Water dams été 東京 3 1 5</p>", tags=["Dams"])
    make_publication(headline="Вода", language="ru")


def look(query):
    typed = typed_terms(query)
    assert sum(len(term.words.split()) for term in typed.terms) <= MOST_WORDS
    hits_of(typed, Among(["en", "ru"]))
    return typed


def test_five_thousand_queries_by_chance_raise_nothing():
    found = 0
    for query in [*typed_by_chance(5_000), *LONG]:
        typed = look(query)
        found += bool(typed)
    assert found > 2_000  # Most of them do look for something.


def test_completing_raises_nothing():
    for query in [*typed_by_chance(300), *LONG]:
        suggestions_for(query, "en")


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(st.characters(exclude_categories=[])))
def test_no_text_raises_anything(query):
    look(query)


def test_no_page_fails(client):
    names = ["section", "kind", "author", "period", "since", "until", "sort", "language", "x"]
    for number, query in enumerate([*typed_by_chance(150), *LONG]):
        query = query.encode(errors="surrogatepass").decode(errors="replace")
        address = ["/search", "/ru/search", "/search/suggest"][number % 3]
        answer = client.get(address, {"q": query, names[number % len(names)]: query})
        assert answer.status_code == 200
        assert len(answer.content) < 60_000
    for number in ("page", "before"):
        answer = client.get("/search", {"q": "dam", "sort": "date", number: "９\x00'"})
        assert answer.status_code == 404
    raw = client.get("/search?q=%ff%00%c3%28&author=%ed%a0%80&q=dam&section=%00")
    assert raw.status_code == 200
