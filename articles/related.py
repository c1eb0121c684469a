"""Which four stories to read next."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from math import log10, sqrt

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import IntegerField, OuterRef, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils import timezone

from articles.models import Publication, PublicationPick, PublicationTag, Word
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
RECENCY = 0.05  # A story of this minute; older ones less.
RECENCY_HALF_LIFE_DAYS = 60
# What words, tags and kicker must come to. One word at the end of both lists is less, and chance.
MINIMUM = 0.025


@dataclass(frozen=True)
class Candidate:
    """What is compared of a story."""

    number: int
    words: list[str]
    tags: set[int]
    kicker: str
    section: int | None
    visible_from: datetime
    pick_position: int | None = None


def related_reads(publication: Publication) -> list[Publication]:
    """Four visible stories to read after this one: the editor's picks, then the nearest.

    Fewer only where there are no more stories in its language. Takes three queries, however many
    stories there are, and one less with the tags of `publication` prefetched; bylines and pictures
    of the four are left to whoever shows them.
    """
    story = Candidate(
        number=publication.pk,
        words=publication.words,
        tags={tag.pk for tag in publication.tags.all()},
        kicker=publication.kicker,
        section=publication.section_id,
        visible_from=publication.visible_from,
    )
    candidates = _candidates(publication, story.tags)
    picks = [candidate for candidate in candidates if candidate.pick_position is not None]
    picks.sort(key=lambda pick: (pick.pick_position, pick.number))
    others = [candidate for candidate in candidates if candidate.pick_position is None]
    numbers = [one.number for one in [*picks, *nearest(story, others)]][:HOW_MANY]
    cards = Publication.objects.visible().joined().in_bulk(numbers)
    return [cards[number] for number in numbers if number in cards]


def nearest(story: Candidate, others: list[Candidate]) -> list[Candidate]:
    """The other stories by likeness; those with too little of it by section, newest first."""
    frequency = Counter(chain.from_iterable(other.tags for other in others))
    now = timezone.now()

    def order(other: Candidate) -> tuple[float, bool, datetime, int]:
        likeness = shared_words(story.words, other.words)
        likeness += sum(TAG / (1 + log10(frequency[tag])) for tag in story.tags & other.tags)
        likeness += KICKER * (story.kicker != "" and story.kicker == other.kicker)
        in_section = story.section == other.section
        score = 0.0
        if likeness >= MINIMUM:
            age_days = (now - other.visible_from).total_seconds() / 86_400
            score = likeness + SECTION * in_section
            score += RECENCY * 0.5 ** (age_days / RECENCY_HALF_LIFE_DAYS)
        return (score, in_section, other.visible_from, other.number)

    return sorted(others, key=order, reverse=True)


def shared_words(ours: list[str], theirs: list[str]) -> float:
    """How much two lists of telling words, the most telling first, have in common: 0 to 1.

    A shared word counts by its lower place of the two: it must tell much about both stories.
    """
    place = {word: index for index, word in enumerate(theirs)}
    common = (max(index, place[word]) for index, word in enumerate(ours) if word in place)
    return sum(1 / sqrt(1 + index) for index in common) / MOST_SHARED


MOST_SHARED = sum(1 / sqrt(1 + index) for index in range(KEPT))


def _candidates(publication: Publication, tags: set[int]) -> list[Candidate]:
    """The editor's picks, what may be alike, and enough of the newest, in one query.

    Each part is the newest few by an index, so that the archive may grow.
    """
    picks = PublicationPick.objects.filter(publication=publication)
    columns: list[str | Combinable] = [
        "pk",
        "words",
        ArraySubquery(PublicationTag.objects.filter(content_object=OuterRef("pk")).values("tag")),
        "kicker",
        "section",
        "visible_from",
    ]
    position = Subquery(picks.filter(picked=OuterRef("pk")).values("position")[:1])
    visible = Publication.objects.visible()
    newest = (
        visible.in_language(publication.language)
        .filter(exclude_from_related=False)
        .exclude(pk=publication.pk)
        .order_by("-visible_from", "-pk")
        .values_list(*columns, Cast(Value(None), IntegerField()))
    )
    # As a subquery, for which PostgreSQL uses the index; to a list of words it prefers reading all.
    finding_words = ArraySubquery(
        Word.objects.filter(
            language=publication.language,
            word__in=publication.words,
            stories__lte=FINDING_WORD_STORIES,
        ).values("word")
    )
    rows = newest[:SPARE].union(
        newest.filter(section=publication.section_id)[:SPARE],
        newest.filter(words__overlap=finding_words)[:CANDIDATES],
        *(newest.filter(tag_links__tag=tag)[:CANDIDATES_PER_TAG] for tag in sorted(tags)),
        # Last, so that of a story found twice the row with its position stays.
        visible.filter(pk__in=picks.order_by().values("picked"))
        .order_by()
        .values_list(*columns, position),
        all=True,
    )
    return list({row[0]: Candidate(row[0], row[1], set(row[2]), *row[3:]) for row in rows}.values())
