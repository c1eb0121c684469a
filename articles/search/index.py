"""Writing the search's index: what is found of a story, and what it is about.

A story is read as the search reads: `fold`ed words, stemmed by PostgreSQL in the story's language.
The headline weighs most; then standfirst, tags, authors and the like; then the telling words of
the text; then the text.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from articles.markup import plain_text

from . import labels
from .folding import configuration, fold

# Of the text; with everything else the index of a story then stays far below the megabyte at
# which PostgreSQL refuses it.
READ_CHARACTERS = 100_000
READ_HTML_CHARACTERS = 3 * READ_CHARACTERS
READ_NAMES_CHARACTERS = 20_000
BATCH = 200


@dataclass
class _Text:
    """What is read of one story."""

    number: int
    language: str
    headline: str
    beside: list[str]  # What stands beside the headline: standfirst, names, tags.
    telling: list[str]
    body: list[str]
    labels: list[str] = field(default_factory=list)

    def row(self) -> tuple[int, str, str, str, str, str, str]:
        body = "\n".join(plain_text(beginning(html, READ_HTML_CHARACTERS)) for html in self.body)
        return (
            self.number,
            configuration(self.language),
            fold(self.headline),
            fold("\n".join(self.beside)[:READ_NAMES_CHARACTERS]),
            fold(" ".join(self.telling)),
            fold(body[:READ_CHARACTERS]),
            " ".join(self.labels),
        )


def beginning(html: str, characters: int) -> str:
    """The first part of a sanitised text, cut before a tag."""
    return html if len(html) <= characters else html[:characters].rpartition("<")[0]


def index_stories(numbers: Iterable[int]) -> None:
    """Write the index of these publications as they are now; those that are gone are left out.

    Call it after everything that is printed with a story is saved, in the same transaction.
    """
    from articles.models import PublicationSearch, StoryToIndex

    numbers = sorted(set(numbers))
    with transaction.atomic():
        # Whoever comes second waits here, and then reads what the first has changed.
        entries = PublicationSearch.objects.filter(pk__in=numbers).order_by("pk")
        list(entries.select_for_update().values_list("pk"))
        waiting = StoryToIndex.objects.filter(number__in=numbers)
        # What is added after this may be about a change that is not read below.
        done = list(waiting.values_list("pk", flat=True))
        _write([text.row() for text in _texts(numbers)])
        StoryToIndex.objects.filter(pk__in=done).delete()


def index_waiting() -> int:
    """Index some of the stories that changed since they were indexed; how many, 0 at the end."""
    from articles.models import StoryToIndex

    waiting = StoryToIndex.objects.order_by("pk").values_list("number", flat=True)
    numbers = set(waiting[:BATCH])
    if numbers:
        index_stories(numbers)
    return len(numbers)


def _texts(numbers: Sequence[int]) -> list[_Text]:
    from articles.models import (
        Publication,
        PublicationByline,
        PublicationTag,
        PublishedEntry,
        TagAlias,
    )

    # By columns, so that a migration may call this while other columns are still to come.
    columns = ["pk", "language", "section_id", "kind", "headline", "words", "body", "lead_caption"]
    beside = ["standfirst", "kicker", "source", "dateline"]
    stories = Publication.objects.filter(pk__in=numbers).order_by("pk")
    texts = {}
    for (
        number,
        language,
        section,
        kind,
        headline,
        words,
        body,
        caption,
        *rest,
    ) in stories.values_list(*columns, *beside).iterator():
        texts[number] = _Text(number, language, headline, rest, words, [caption, body])
        texts[number].labels += [
            labels.in_language(language),
            labels.in_section(section),
            labels.of_kind(kind),
        ]
    links = PublicationTag.objects.filter(content_object__in=texts).order_by("pk")
    about = defaultdict(list)
    for number, tag, name in links.values_list("content_object_id", "tag_id", "tag__name"):
        texts[number].beside.append(name)
        about[tag].append(number)
    for tag, name in TagAlias.objects.filter(tag__in=about).values_list("tag_id", "name"):
        for number in about[tag]:
            texts[number].beside.append(name)
    bylines = PublicationByline.objects.filter(publication__in=texts).order_by("position", "pk")
    for number, author, name in bylines.values_list("publication_id", "author_id", "author__name"):
        texts[number].beside.append(name)
        texts[number].labels.append(labels.by_author(author))
    entries = PublishedEntry.objects.filter(publication__in=texts).order_by("-happened_at")
    for number, headline, body in entries.values_list("publication_id", "headline", "body"):
        texts[number].body += [headline, body]
    return list(texts.values())


def _write(rows: Sequence[tuple[int, str, str, str, str, str, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE articles_publicationsearch
            SET found_by = head || setweight(to_tsvector(configuration, body), 'D') || marks,
                about = head || setweight(to_tsvector('simple', telling), 'C'),
                headline_words = to_tsvector('simple', headline)
            FROM unnest(
                %s::bigint[], %s::regconfig[], %s::text[], %s::text[], %s::text[], %s::text[],
                %s::text[]
            ) AS story (number, configuration, headline, beside, telling, body, labels)
            CROSS JOIN LATERAL (
                SELECT setweight(to_tsvector(configuration, headline), 'A')
                    || setweight(to_tsvector(configuration, beside), 'B') AS head,
                array_to_tsvector(string_to_array(labels, ' ')) AS marks
            ) AS read
            WHERE publication_id = number
            """,
            [list(column) for column in zip(*rows, strict=True)] or [[]] * 7,
        )
