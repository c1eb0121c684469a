"""What is shown of a hit: headline and the part of the text that has most of the words, marked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from articles.markup import plain_text

from .folding import ACCENTS, UNSPACED, configuration, fold
from .index import beginning
from .stories import READ_CHARACTERS, Found

FRAGMENT = 260
BEFORE = 60  # Of these, characters before the first marked word.
MOST_NEAR = 30  # Marked words that are compared.

# What follows the first letter of a word, with the marks that are part of its letters, up to a
# sign that joins or ends it.
REST = r"""[^\s_.,:;!?()\[\]{}<>/@|…–—«»“”„"'’-]*"""
# Not after a letter or its mark, unless that letter is a word of itself.
AT_START = rf"(?:(?<![^\W_].)(?<!{ACCENTS.pattern}.)|(?<={UNSPACED.pattern}.))"
# Between them stand scripts whose letters are read as themselves.
READ_AS_OTHERS = (range(0x3400), range(0xF900, 0x10000))

_folded = lru_cache(maxsize=20_000)(fold)  # The same few words make up most of all texts.


@dataclass(frozen=True)
class Result:
    """A story that was found, as the list shows it."""

    story: Found
    headline: SafeString
    fragment: SafeString


class Word(NamedTuple):
    """A word of a text that may be one of those looked for."""

    start: int
    text: str


@dataclass(frozen=True)
class _Seen:
    """The texts of a story, and the words in them that may be marked."""

    story: Found
    body: str
    in_headline: list[Word]
    in_body: list[Word]

    @classmethod
    def of(cls, story: Found, letters: str) -> _Seen:
        text = plain_text(beginning(story.body, READ_CHARACTERS))
        body = " ".join(f"{story.standfirst} {text}".split())
        return cls(story, body, _words(story.headline, letters), _words(body, letters))


def results_of(stories: Sequence[Found], words: Mapping[str, str]) -> list[Result]:
    """The stories with what was looked for marked in them; one query for each language.

    `words` holds by language what was looked for, any of it, as a tsquery.
    """
    results: dict[int, Result] = {}
    by_language = defaultdict(list)
    for place, story in enumerate(stories):
        by_language[story.language].append((place, story))
    for language, here in by_language.items():
        query = words.get(language, "")
        letters = "".join(sorted({lexeme[0] for lexeme in re.findall(r"'([^']+)'", query)}))
        seen = [(place, _Seen.of(story, letters)) for place, story in here]
        texts = {word.text for _place, one in seen for word in one.in_headline + one.in_body}
        found = _found({_folded(text) for text in texts}, query, language)
        results |= {place: _result(one, found) for place, one in seen}
    return [results[place] for place in range(len(stories))]


def _words(text: str, letters: str) -> list[Word]:
    """The words of `text` whose first letter is read as one of `letters`."""
    if not letters:
        return []
    return [Word(word.start(), word[0]) for word in _beginning_with(letters).finditer(text)]


@lru_cache(maxsize=500)
def _beginning_with(letters: str) -> re.Pattern[str]:
    signs = "".join(_signs().get(letter, letter) for letter in letters)
    alone = "".join(sign for sign in signs if UNSPACED.fullmatch(sign))
    others = "".join(sign for sign in signs if sign not in alone)
    patterns = [f"[{re.escape(alone)}]"] if alone else []
    if others:
        # The sign first, for at most places there is another one.
        patterns.append(f"[{re.escape(others)}]{AT_START}{REST}")
    return re.compile("|".join(patterns), re.DOTALL)


@cache
def _signs() -> dict[str, str]:
    """By letter the signs that are read as it, or as it and more."""
    signs: dict[str, list[str]] = defaultdict(list)
    for sign in map(chr, chain(*READ_AS_OTHERS)):
        if sign.isalnum():
            signs[fold(sign)[:1]].append(sign)
    return {letter: "".join(those) for letter, those in signs.items()}


def _found(words: set[str], query: str, language: str) -> frozenset[str]:
    """Those of the folded `words` that the query finds."""
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
    marked = [word for word in one.in_body if _folded(word.text) in found]
    start, end = _best(one.body, marked)
    fragment = _with_marks(one.body, marked, start, end)
    if start > 0:
        fragment = SafeString("… ") + fragment
    if end < len(one.body):
        fragment += SafeString(" …")
    headline = one.story.headline
    in_headline = [word for word in one.in_headline if _folded(word.text) in found]
    return Result(one.story, _with_marks(headline, in_headline, 0, len(headline)), fragment)


def _best(text: str, marked: Sequence[Word]) -> tuple[int, int]:
    """Where the part of the text begins and ends that has the most different marked words."""
    places = [(word.start, _folded(word.text)) for word in marked]
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


def _with_marks(text: str, marked: Sequence[Word], start: int, end: int) -> SafeString:
    """This part of `text` as HTML, with the marked words in <mark>."""
    parts, done = [], start
    for word in marked:
        stop = word.start + len(word.text)
        if start <= word.start and stop <= end:
            parts += [escape(text[done : word.start]), "<mark>", escape(word.text), "</mark>"]
            done = stop
    parts.append(escape(text[done:end]))
    return mark_safe("".join(parts))  # noqa: S308 All parts but our own tags are escaped.
