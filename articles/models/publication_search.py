"""What the search knows of each published story, beside the story, so that lists stay lean."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from .publication import Publication


class PublicationSearch(models.Model):
    """The index entry of a published story; made and kept by triggers and `articles.search.index`.

    Triggers make it with its story and copy when the story may be seen, so that no code path can
    forget it. The words are written in the transaction that publishes, or soon by the worker.
    Labels such as `=s7`, which no text can contain, stand for language, section, kind and authors.
    """

    publication = models.OneToOneField(
        Publication, models.CASCADE, primary_key=True, related_name="search"
    )
    visible_from = models.DateTimeField()
    is_withdrawn = models.BooleanField(default=False)
    found_by = SearchVectorField(default="")  # All words, and the labels; large, rarely read.
    about = SearchVectorField(default="")  # The words that tell what it is about, for ranking.
    headline_words = SearchVectorField(default="")  # As written, for completing beginnings.

    class Meta:
        indexes = [
            models.Index(
                name="search_newest",
                fields=["-visible_from", "-publication"],
                condition=Q(is_withdrawn=False),
            ),
            # Without a list of entries still to be sorted in: it would be read by every search.
            GinIndex(name="search_found_by", fields=["found_by"], fastupdate=False),
            GinIndex(name="search_headline", fields=["headline_words"], fastupdate=False),
        ]

    def __str__(self) -> str:
        return str(self.publication_id)


class StoryToIndex(models.Model):
    """A story whose words, tags, authors or labels changed; written by triggers.

    It is only added to, and a story may stand here more than once: transactions that touch the
    same stories never wait for each other. Without a foreign key: the story may be gone.
    """

    number = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return str(self.number)
