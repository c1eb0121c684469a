"""Lines of an import file as published stories, some hundreds in one transaction.

What is written is what saving a story by hand and publishing it writes, but for its history,
which holds one entry: imported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import FilteredRelation, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import (
    Article,
    ArticleByline,
    ArticlePhoto,
    ArticleTag,
    Author,
    Publication,
    PublicationByline,
    PublicationTag,
    Redirect,
    Revision,
    Section,
    Tag,
)
from articles.models.snapshot import fingerprint_of, snapshot_of
from articles.models.word import set_telling_words
from articles.search.index import index_stories
from articles.slugs import slug_of

from .line import Line
from .names import find_or_make

IMPORTING = 1_748_219_466  # The number of an advisory lock.


@dataclass
class Saved:
    """What became of the lines of a batch; each is in one of the first two lists."""

    new: list[Line] = field(default_factory=list)
    known: list[Line] = field(default_factory=list)
    changed: list[Line] = field(default_factory=list)  # Known, but their text was another.


def save(lines: Sequence[Line]) -> Saved:
    """Publish the stories that are not here yet, all of them or, where one fails, none.

    A story that is here is left as it is. Imports that run at the same time take turns, so
    that none makes a story, a tag or an author of another again.
    """
    saved = Saved()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTING])
        known = _imported_texts([line.source_id for line in lines])
        for line in lines:
            text = _plain_text(line)
            if line.source_id not in known:
                known[line.source_id] = text
                saved.new.append(line)
            else:
                before = known[line.source_id] or text
                saved.known.append(line)
                if any(before.get(name) != value for name, value in text.items()):
                    saved.changed.append(line)
        if saved.new:
            _publish(saved.new)
    return saved


def _imported_texts(source_ids: list[str]) -> dict[str, dict[str, Any] | None]:
    """By `source_id`, the fields of the stories that are here, as they were imported."""
    imported = FilteredRelation(
        "revisions", condition=Q(revisions__action=Revision.Action.IMPORTED)
    )
    rows = Article.objects.filter(source_id__in=source_ids).annotate(imported=imported)
    return {
        source_id: fields
        for source_id, fields in rows.values_list("source_id", "imported__snapshot__fields")
        if source_id
    }


def _plain_text(line: Line) -> dict[str, Any]:
    """What the line says, as the history of its story keeps it."""
    fields = snapshot_of(Article(**line.text), bylines=[], tags=[], picks=[])["fields"]
    return {name: fields[name] for name in line.text}


def _publish(lines: Sequence[Line]) -> None:
    articles = _articles(lines)
    authors = find_or_make(Author, [name for line in lines for name in line.authors])
    tags = find_or_make(Tag, [name for line in lines for name in line.tags])
    revisions, bylines, tag_links = [], [], []
    for line, article in zip(lines, articles, strict=True):
        named = [authors[name.casefold()].number for name in line.authors]
        about = list(dict.fromkeys(tags[name.casefold()] for name in line.tags))
        snapshot = snapshot_of(article, bylines=named, tags=[tag.name for tag in about], picks=[])
        article.fingerprint = article.public_fingerprint = fingerprint_of(snapshot)
        revisions.append(
            Revision(article=article, action=Revision.Action.IMPORTED, snapshot=snapshot)
        )
        bylines += [
            ArticleByline(article=article, author_id=number, position=position)
            for position, number in enumerate(named)
        ]
        tag_links += [ArticleTag(content_object=article, tag_id=tag.number) for tag in about]
    Article.objects.bulk_create(articles)
    Revision.objects.bulk_create(revisions)
    ArticleByline.objects.bulk_create(bylines)
    ArticleTag.objects.bulk_create(tag_links)
    ArticlePhoto.objects.note_new(articles)

    now = timezone.now()
    publications = [
        _readers_side(article, line.published or now)
        for line, article in zip(lines, articles, strict=True)
    ]
    set_telling_words(publications)
    Publication.objects.bulk_create(publications)
    PublicationByline.objects.bulk_create(
        PublicationByline(
            publication_id=line.article_id, author_id=line.author_id, position=line.position
        )
        for line in bylines
    )
    PublicationTag.objects.bulk_create(
        PublicationTag(content_object_id=link.content_object_id, tag_id=link.tag_id)
        for link in tag_links
    )
    index_stories([publication.pk for publication in publications])
    _redirect(lines, publications)


def _articles(lines: Sequence[Line]) -> list[Article]:
    sections = find_or_make(Section, [line.section for line in lines])
    return [
        Article(
            source_id=line.source_id,
            section_id=sections[line.section.casefold()].number,
            slug=slug_of(line.text["headline"], fallback="story"),
            **line.text,
        )
        for line in lines
    ]


def _readers_side(article: Article, moment: datetime) -> Publication:
    publication = Publication(
        article=article,
        first_published_at=moment,
        visible_from=moment,
    )
    article.copy_text_to(publication)
    return publication


def _redirect(lines: Sequence[Line], publications: Sequence[Publication]) -> None:
    """Let old addresses on this site lead to the stories, unless they lead somewhere already."""
    moved = [
        (line, publication)
        for line, publication in zip(lines, publications, strict=True)
        if line.old_path and line.old_path != publication.get_absolute_url()
    ]
    taken = set(
        Redirect.objects.filter(old_path__in=[line.old_path for line, _moved in moved]).values_list(
            "old_path", flat=True
        )
    )
    redirects = []
    for line, publication in moved:
        if line.old_path in taken:
            line.left_over["source_url"] = _("%(path)s leads elsewhere") % {"path": line.old_path}
        else:
            taken.add(line.old_path)
            redirects.append(Redirect(old_path=line.old_path, article_id=publication.pk))
    Redirect.objects.bulk_create(redirects, ignore_conflicts=True)
