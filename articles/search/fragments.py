"""What is shown of a hit: headline and the part of the text that has most of the words, marked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles.markup import plain_text

from .folding import UNSPACED, configuration, fold
from .index import beginning

if TYPE_CHECKING:
    from articles.models import Publication

READ_CHARACTERS = 60_000
FRAGMENT = 260
BEFORE = 60  # Of these, characters before the first marked word.
MOST_NEAR = 30  # Marked words that are compared.

# A word up to a sign that joins or ends it, with the marks that are part of its letters.
WORD = re.compile(rf"""{UNSPACED.pattern}|[^\W_][^\s_.,:;!?()\[\]{{}}<>/@|…–—«»“”„"'’-]*""")


_folded = lru_cache(maxsize=20_000)(fold)  # The same few words make up most of all texts.


@dataclass(frozen=True)
class Result:
    """A story that was found, as the list shows it."""

    story: Publication
    headline: SafeString
    fragment: SafeString

    @property
    def authors(self) -> str:
        return ", ".join(line.author.name for line in self.story.signed)


@dataclass(frozen=True)
class _Seen:
    """The texts of a story with the places of their words."""

    story: Publication
    headline: str
    body: str

    def words(self, letters: str) -> set[str]:
        """The folded words that begin with one of `letters`."""
        words = {word.casefold() for word in WORD.findall(f"{self.headline} {self.body}")}
        return {folded for word in words if (folded := _folded(word))[:1] in letters}


def results_of(stories: Sequence[Publication], words: Mapping[str, str]) -> list[Result]:
    """The stories with what was looked for marked in them; one query for each language.

    `words` holds by language what was looked for, any of it, as a tsquery.
    """
    seen = [_Seen(story, story.headline, _body(story)) for story in stories]
    by_language = defaultdict(list)
    for one in seen:
        by_language[one.story.language].append(one)
    marked = {}
    for language, here in by_language.items():
        query = words.get(language, "")
        letters = "".join({lexeme[0] for lexeme in re.findall(r"'([^']+)'", query)})
        candidates = set().union(*(one.words(letters) for one in here))
        marked[language] = _found(candidates, query, language)
    return [_result(one, marked[one.story.language]) for one in seen]


def _body(story: Publication) -> str:
    text = plain_text(beginning(story.body, READ_CHARACTERS))
    return " ".join(f"{story.standfirst} {text}".split())


def _found(words: set[str], query: str, language: str) -> frozenset[str]:
    """Those of `words` that the query finds."""
    if not words or not query:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM unnest(%s::text[]) AS word"
            " WHERE to_tsvector(%s::regconfig, word) @@ %s::tsquery",
            [sorted(words), configuration(language), query],
        )
        return frozenset(row[0] for row in cursor)


def _result(one: _Seen, found: frozenset[str]) -> Result:
    start, end = _best(one.body, found)
    fragment = _marked(one.body[start:end], found)
    if start > 0:
        fragment = SafeString("… ") + fragment
    if end < len(one.body):
        fragment += SafeString(" …")
    return Result(one.story, _marked(one.headline, found), fragment)


def _best(text: str, found: frozenset[str]) -> tuple[int, int]:
    """Where the part of the text begins and ends that has the most different words of `found`."""
    places = [
        (match.start(), folded)
        for match in WORD.finditer(text)
        if (folded := _folded(match[0])) in found
    ]
    start, most = 0, 0
    for index, (place, _word) in enumerate(places):
        end = place + FRAGMENT - 2 * BEFORE
        near = {word for other, word in places[index : index + MOST_NEAR] if other < end}
        if len(near) > most:
            start, most = place, len(near)
    start = max(start - BEFORE, 0)
    if start > 0:  # At a word, where there is one soon.
        space = text.find(" ", start, start + BEFORE)
        start = start if space < 0 else space + 1
    end = start + FRAGMENT
    if end >= len(text):
        return start, len(text)
    space = text.rfind(" ", end - BEFORE, end)
    return start, end if space < 0 else space


def _marked(text: str, found: frozenset[str]) -> SafeString:
    """`text` as HTML, with the words of `found` in <mark>."""
    parts, done = [], 0
    for match in WORD.finditer(text):
        if _folded(match[0]) in found:
            parts += [escape(text[done : match.start()]), "<mark>", escape(match[0]), "</mark>"]
            done = match.end()
    parts.append(escape(text[done:]))
    return mark_safe("".join(parts))  # noqa: S308 All parts but our own tags are escaped.
