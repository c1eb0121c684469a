from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from django.db import connection, models

from articles.words import LONGEST, Text, most_telling, stems_of

if TYPE_CHECKING:
    from .publication import Publication

EVERY_STORY = ""  # The word all stories have in common: its row counts the stories.
COUNTING = 1_748_219_465  # The number of an advisory lock; imports have another.


class WordManager(models.Manager["Word"]):
    def count_stories(self, language: str, texts: Iterable[Mapping[str, int]]) -> None:
        """Add to each word the number of texts that use it.

        When another transaction is counting, these texts stay uncounted: rarity bears a gap,
        and two desks publishing at once must neither wait for each other nor deadlock.
        """
        users = Counter(word for text in texts for word in (EVERY_STORY, *text))
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO articles_word AS known (language, word, stories)
                SELECT %s, word, stories FROM unnest(%s::text[], %s::int[]) AS new (word, stories)
                WHERE (SELECT pg_try_advisory_xact_lock(%s))
                ON CONFLICT (language, word) DO UPDATE
                    SET stories = known.stories + excluded.stories
                """,
                [language, list(users), list(users.values()), COUNTING],
            )

    def users_of(self, language: str, words: Iterable[str]) -> dict[str, int]:
        """How many stories use each of these words; unknown ones are left out."""
        known = self.filter(language=language, word__in=list(words))
        return dict(known.values_list("word", "stories"))


class Word(models.Model):
    """How many published stories of a language use a word: what makes it rare, and telling."""

    language = models.CharField(max_length=10)
    word = models.CharField(max_length=LONGEST, blank=True)
    stories = models.PositiveIntegerField()

    objects: ClassVar[WordManager] = WordManager()

    class Meta:
        constraints = [models.UniqueConstraint(name="word_once", fields=["language", "word"])]

    def __str__(self) -> str:
        return self.word


def set_telling_words(publications: Sequence[Publication]) -> None:
    """Set `words` of each publication to its most telling words, the most telling first.

    Takes one story as well as a batch of a thousand, with one query for all and two for each
    language among them; reads headline, standfirst, body and language. Publications that are
    not in the database yet are counted first, so that a batch knows its own common words.
    Saves nothing but the counts: call it before `save()` or `bulk_create()`, in the same
    transaction.
    """
    texts = [Text(one.language, one.headline, one.standfirst, one.body) for one in publications]
    stems = list(zip(publications, stems_of(texts), strict=True))
    for language in {publication.language for publication in publications}:
        here = [pair for pair in stems if pair[0].language == language]
        new = [counts for publication, counts in here if publication._state.adding]
        if new:
            Word.objects.count_stories(language, new)
        words = {EVERY_STORY}.union(*(counts for _publication, counts in here))
        users = Word.objects.users_of(language, words)
        for publication, counts in here:
            publication.words = most_telling(counts, users, users.get(EVERY_STORY, 0))
