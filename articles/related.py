"""Which four stories to read next."""

from collections import Counter
from itertools import chain
from math import log10, sqrt
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from articles.cards import Card, cards_of
from articles.models import Publication
from articles.words import KEPT

HOW_MANY = 4
CANDIDATES = 200  # By words; their newest.
CANDIDATES_PER_TAG = 50
SPARE = 2 * HOW_MANY  # The newest, of which the picks may already be some.
FINDING_WORD_STORIES = 1_000  # A word more stories use finds too many; it only counts.

# What a likeness is worth beside shared words, of which related stories have about 0.1.
TAG = 0.15  # One that no other candidate has; a tag of ten counts half.
SECTION = 0.05
KICKER = 0.05
RECENCY = 0.05  # The newest of those that are compared; older ones less.
RECENCY_HALF_LIFE_DAYS = 60
# What words, tags and kicker must come to. One word at the end of both lists is less, and chance.
MINIMUM = 0.025


class Candidate(NamedTuple):
    """What is compared of a story."""

    number: int
    words: list[str]
    tags: set[int]
    kicker: str
    section: int | None
    visible_from: float  # Seconds since 1970: hundreds are compared for a page.
    pick_position: int | None = None


def related_reads(publication: Publication) -> list[Card]:
    """Four visible stories to read after this one: the editor's picks, then the nearest.

    Fewer only where there are no more stories in its language. Takes three queries, however many
    stories there are, and one less with the tags of `publication` prefetched.
    """
    story = Candidate(
        number=publication.pk,
        words=publication.words,
        tags={tag.pk for tag in publication.tags.all()},
        kicker=publication.kicker,
        section=publication.section_id,
        visible_from=publication.visible_from.timestamp(),
    )
    candidates = candidates_for(publication, story.tags)
    picks = [candidate for candidate in candidates if candidate.pick_position is not None]
    picks.sort(key=lambda pick: (pick.pick_position, pick.number))
    others = [candidate for candidate in candidates if candidate.pick_position is None]
    numbers = [one.number for one in [*picks, *nearest(story, others)]][:HOW_MANY]
    return cards_of(numbers)


def nearest(story: Candidate, others: list[Candidate]) -> list[Candidate]:
    """The other stories by likeness; those with too little of it by section, newest first."""
    frequency = Counter(chain.from_iterable(other.tags for other in others))
    newest = max(one.visible_from for one in (story, *others))  # Not now: a page stays as it is.

    places = {word: index for index, word in enumerate(story.words)}

    def order(other: Candidate) -> tuple[float, bool, float, int]:
        likeness = shared_words(places, other.words)
        likeness += sum(TAG / (1 + log10(frequency[tag])) for tag in story.tags & other.tags)
        likeness += KICKER * (story.kicker != "" and story.kicker == other.kicker)
        in_section = story.section == other.section
        score = 0.0
        if likeness >= MINIMUM:
            age_days = (newest - other.visible_from) / 86_400
            score = likeness + SECTION * in_section
            score += RECENCY * 0.5 ** (age_days / RECENCY_HALF_LIFE_DAYS)
        return (score, in_section, other.visible_from, other.number)

    return sorted(others, key=order, reverse=True)


def shared_words(ours: dict[str, int], theirs: list[str]) -> float:
    """How much two lists of telling words, the most telling first, have in common: 0 to 1.

    `ours` has the places of our words. A shared word counts by its lower place of the two: it must
    tell much about both stories.
    """
    worth = 0.0
    for place, word in enumerate(theirs):
        our_place = ours.get(word)
        if our_place is not None:
            worth += WORTH[max(place, our_place)]
    return worth / MOST_SHARED


WORTH = [1 / sqrt(1 + place) for place in range(KEPT)]
MOST_SHARED = sum(WORTH)


def candidates_for(publication: Publication, tags: set[int]) -> list[Candidate]:
    """The editor's picks, what may be alike, and enough of the newest, in one query."""
    values = {
        "now": timezone.now(),
        "number": publication.pk,
        "language": publication.language,
        "section": publication.section_id,
        "words": publication.words,
        "tags": sorted(tags),
        "spare": SPARE,
        "by_words": CANDIDATES,
        "by_tag": CANDIDATES_PER_TAG,
        "finding": FINDING_WORD_STORIES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, values)
        return [Candidate(number, words, set(tags), *rest) for number, words, tags, *rest in cursor]


# In SQL, for Django takes longer to put the same question than PostgreSQL to answer it. Each part
# is the newest few by an index, so that the archive may grow; finding words are a subquery, for
# which PostgreSQL uses the index: to a list of words it prefers reading all.
_QUESTION = """
WITH visible AS NOT MATERIALIZED (
    SELECT * FROM articles_publication WHERE visible_from <= %(now)s AND withdrawn_at IS NULL
), offered AS NOT MATERIALIZED (
    SELECT article_id, visible_from, section_id, words FROM visible
    WHERE language = %(language)s AND NOT exclude_from_related AND article_id <> %(number)s
), found (number, pick_position) AS (
    (
        SELECT article_id, NULL::integer FROM offered
        ORDER BY visible_from DESC, article_id DESC LIMIT %(spare)s
    ) UNION ALL (
        SELECT article_id, NULL FROM offered WHERE section_id = %(section)s
        ORDER BY visible_from DESC, article_id DESC LIMIT %(spare)s
    ) UNION ALL (
        SELECT article_id, NULL FROM offered
        WHERE words && ARRAY(
            SELECT word FROM articles_word
            WHERE language = %(language)s AND word = ANY(%(words)s) AND stories <= %(finding)s
        )
        ORDER BY visible_from DESC, article_id DESC LIMIT %(by_words)s
    ) UNION ALL (
        SELECT tagged.article_id, NULL
        FROM unnest(%(tags)s::bigint[]) AS tag, LATERAL (
            SELECT article_id FROM offered
            JOIN articles_publicationtag link ON link.content_object_id = article_id
            WHERE link.tag_id = tag
            ORDER BY visible_from DESC, article_id DESC LIMIT %(by_tag)s
        ) tagged
    ) UNION ALL (
        SELECT article_id, pick.position FROM visible
        JOIN articles_publicationpick pick ON pick.picked_id = article_id
        WHERE pick.publication_id = %(number)s
    )
), once AS MATERIALIZED (
    SELECT number, min(pick_position) AS pick_position FROM found GROUP BY number
)
SELECT number, words,
    ARRAY(SELECT tag_id FROM articles_publicationtag WHERE content_object_id = number),
    kicker, section_id, extract(epoch FROM visible_from)::float8, pick_position
FROM once JOIN articles_publication ON article_id = number
"""
