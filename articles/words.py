"""The words that tell a story from others.

A word is a stem of PostgreSQL's text search in the story's language: the forms of a word are one,
and the emptiest words are left out. How rare a word is, `articles.models.word` knows.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.db import connection

from articles.markup import plain_text

KEPT = 24
LONGEST = 40
READ_CHARACTERS = 50_000  # What a story is about is said by then.

WORD = re.compile(r"[^\W\d_][\w’'-]+")


@dataclass(frozen=True)
class Text:
    """What is read of a story; `body` is its sanitised HTML."""

    language: str
    headline: str
    standfirst: str
    body: str

    @property
    def whole(self) -> str:
        return "\n".join([self.headline, self.standfirst, plain_text(self.body)])


def configuration_of(language: str) -> str:
    """What PostgreSQL calls text search in a language, where it knows the language."""
    info = LANG_INFO.get(language.partition("-")[0], {})
    return info.get("name", "").lower()


def stems_of(texts: Sequence[Text]) -> list[dict[str, int]]:
    """How often each text uses each of its words, in one query.

    A language unknown to PostgreSQL is read word by word, without stemming.
    """
    counts: list[dict[str, int]] = [{} for _text in texts]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT number - 1, lexeme, cardinality(positions)
            FROM unnest(%s::text[], %s::text[])
                WITH ORDINALITY AS story (configuration, text, number)
            LEFT JOIN pg_ts_config ON cfgname = configuration
                AND cfgnamespace = 'pg_catalog'::regnamespace
            CROSS JOIN LATERAL coalesce(pg_ts_config.oid, 'simple'::regconfig) AS known
            CROSS JOIN LATERAL unnest(to_tsvector(known::regconfig, text))
            """,
            [
                [configuration_of(text.language) for text in texts],
                [text.whole[:READ_CHARACTERS] for text in texts],
            ],
        )
        for number, word, count in cursor:
            if len(word) <= LONGEST and WORD.fullmatch(word):
                counts[number][word] = count
    return counts


def most_telling(counts: Mapping[str, int], users: Mapping[str, int], stories: int) -> list[str]:
    """The words a text uses often and others seldom, the most telling first.

    `users` says how many of `stories` use a word. (TF-IDF.)
    """

    def telling(word: str) -> float:
        return counts[word] * math.log((stories + 1) / max(users.get(word, 0), 1))

    return sorted(counts, key=lambda word: (-telling(word), word))[:KEPT]
