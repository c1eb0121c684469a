"""How long a story takes, said on its page."""

import pytest

from articles.reading_time import reading_minutes
from tests.factories import make_publication
from tests.reading import words_of

WORDS = "word " * 1000


@pytest.mark.parametrize(
    ("text", "language", "minutes"),
    [
        ("", "en", 0),
        ("One.", "en", 1),
        (WORDS, "en", 5),
        (WORDS, "ru", 6),
        (WORDS, "en-gb", 5),
        (WORDS, "xx", 6),
        ("水" * 600, "zh-hans", 3),
    ],
)
def test_it_is_counted_in_the_words_of_the_language(text, language, minutes):
    assert reading_minutes(text, language) == minutes


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "is_said"), [("news", True), ("gallery", False), ("live", False)])
def test_it_stands_on_what_is_read_from_beginning_to_end(client, kind, is_said):
    story = make_publication(kind=kind, body=f"<p>{WORDS}</p>")

    assert ("5 min read" in words_of(client.get(story.get_absolute_url()))) is is_said
