"""Finding stories: the newest thousand that fit, by date or by relevance, at a bounded cost.

The index is asked for the newest hits; ranking reads of each only the few words that tell what it
is about, and a count never goes further than what was found. So a word of every story costs little
more than a rare one, however large the archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg.errors import QueryCanceled

from . import labels
from .folding import configuration
from .typed import Typed

PAGE_SIZE = 20
MOST_COUNTED = 1_000
# A phrase is looked for in the newest stories with all its words, for each has to be read.
MOST_READ = 5_000
LONGEST_MS = 2_000

# The worth of a word in the text, among the telling words, beside the headline, in the headline.
WEIGHTS = [0.1, 0.3, 0.5, 1.0]
RECENCY = 0.25  # What a story of this minute has beside an old one.
RECENCY_HALF_LIFE_DAYS = 180


class TooSlow(Exception):
    """The database was stopped after `LONGEST_MS`."""


@dataclass(frozen=True)
class Among:
    """The stories that are searched."""

    languages: Sequence[str]
    labels: Sequence[Sequence[str]] = ()  # Of each of these, a story has at least one.
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class After:
    """The last story of the page before, in a list by date."""

    visible_from: datetime
    number: int


@dataclass(frozen=True)
class Hits:
    """The numbers of the stories of one page, and what is known of the rest."""

    numbers: list[int] = field(default_factory=list)
    count: int = 0  # One more than MOST_COUNTED stands for any more.
    has_more: bool = False
    is_partial: bool = False  # Older stories have the words, and nobody looked for the phrase.
    has_only_common_words: bool = False
    words: dict[str, str] = field(default_factory=dict)  # By language, any of them, as a tsquery.

    @property
    def is_beyond_count(self) -> bool:
        return self.count > MOST_COUNTED


@dataclass(frozen=True)
class _Queries:
    """What was typed, as tsqueries of PostgreSQL; empty when it is all stop words."""

    strict: str
    loose: str
    about: str
    words: dict[str, str]


def hits_of(
    typed: Typed,
    among: Among,
    *,
    by_date: bool = False,
    page: int = 1,
    after: After | None = None,
    size: int = PAGE_SIZE,
) -> Hits:
    """The stories that fit, `size` of them from page number `page`, or `after` a story, by date.

    Raises TooSlow. Whether readers may see them now is looked at here as well as by whoever loads
    them.
    """
    if not typed:
        return Hits()
    try:
        with transaction.atomic():
            queries = _queries(typed, among.languages)
            if not queries.strict:
                return Hits(has_only_common_words=True)
            return _hits(queries, among, by_date, (page - 1) * size, after, size, typed.has_phrase)
    except OperationalError as problem:
        if isinstance(problem.__cause__, QueryCanceled):
            raise TooSlow from None
        raise


def _queries(typed: Typed, languages: Sequence[str]) -> _Queries:
    """Also limits what the rest of the transaction may take."""
    wanted = " or ".join(word for term in typed.loosely.terms if (word := term.looked_for))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT set_config('statement_timeout', %s, true), language,
                websearch_to_tsquery(configuration, %s)::text,
                websearch_to_tsquery(configuration, %s)::text,
                websearch_to_tsquery(configuration, %s)::text
            FROM unnest(%s::text[], %s::regconfig[]) AS spoken (language, configuration)
            """,
            [
                str(LONGEST_MS),
                str(typed),
                str(typed.loosely),
                wanted,
                list(languages),
                [configuration(language) for language in languages],
            ],
        )
        rows = [row[1:] for row in cursor if row[2]]
    return _Queries(
        strict=_in_any_language([(row[0], row[1]) for row in rows]),
        loose=_in_any_language([(row[0], row[2]) for row in rows]),
        # Without labels, which no story is about: a word missing spoils the rank of the others.
        about=" | ".join(f"({row[1]})" for row in rows),
        words={row[0]: row[3] for row in rows},
    )


def _in_any_language(queries: Sequence[tuple[str, str]]) -> str:
    return " | ".join(
        f"(({query}) & '{labels.in_language(language)}')" for language, query in queries
    )


def _hits(
    queries: _Queries,
    among: Among,
    by_date: bool,
    offset: int,
    after: After | None,
    size: int,
    has_phrase: bool,
) -> Hits:
    narrowed = "".join(f" & {labels.any_of(group)}" for group in among.labels)
    strict, loose = (f"({query}){narrowed}" for query in (queries.strict, queries.loose))
    now = timezone.now()
    conditions = ["found_by @@ %(found)s::tsquery", "NOT is_withdrawn", "visible_from <= %(now)s"]
    values: dict[str, Any] = {
        "found": loose if has_phrase else strict,
        "strict": strict,
        "about": queries.about,
        "now": now,
        "read": MOST_READ if has_phrase else MOST_COUNTED + 1,
        "hits": MOST_COUNTED + 1,
        "offset": offset,
        "size": size + 1,
        "weights": WEIGHTS,
        "recency": RECENCY,
        "half_life": RECENCY_HALF_LIFE_DAYS * 86_400,
    }
    if among.since is not None:
        conditions.append("visible_from >= %(since)s")
        values["since"] = among.since
    if among.until is not None:
        conditions.append("visible_from < %(until)s")
        values["until"] = among.until
    if after is not None:
        conditions.append("(visible_from, publication_id) < (%(after)s, %(after_number)s)")
        values |= {"after": after.visible_from, "after_number": after.number}
    order = "visible_from DESC, publication_id DESC"
    score = (
        "ts_rank(%(weights)s::real[], about, %(about)s::tsquery) + %(recency)s * power(0.5,"
        " extract(epoch FROM %(now)s - visible_from) / %(half_life)s) DESC"
    )
    # The queries stand in it as constants, so that the planner knows how frequent the words are:
    # it reads the newest stories for a frequent one and the index of words for a rare one.
    statement = f"""
        WITH candidates AS MATERIALIZED (
            SELECT publication_id, visible_from, about, found_by
            FROM articles_publicationsearch
            WHERE {" AND ".join(conditions)}
            ORDER BY {order} LIMIT %(read)s
        ), hits AS MATERIALIZED (
            SELECT publication_id, visible_from, about FROM candidates
            {"WHERE found_by @@ %(strict)s::tsquery" if has_phrase else ""}
            ORDER BY {order} LIMIT %(hits)s
        )
        SELECT ARRAY(
            SELECT publication_id FROM hits
            ORDER BY {order if by_date else f"{score}, {order}"}
            OFFSET %(offset)s LIMIT %(size)s
        ), (SELECT count(*) FROM hits), (SELECT count(*) FROM candidates)
    """  # noqa: S608 Nothing of a reader stands in it but by `values`.
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        numbers, count, candidates = cursor.fetchone()
    return Hits(
        numbers=numbers[:size],
        count=count,
        # Those beyond the count are left out of a ranking; a list by date goes on.
        has_more=len(numbers) > size and (by_date or offset + size < MOST_COUNTED),
        is_partial=has_phrase and candidates == MOST_READ and count <= MOST_COUNTED,
        words=queries.words,
    )
