"""What is copied from the desk's side of a story to the readers'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from articles.markup import photo_ids
from articles.search.index import index_stories

from .publication import (
    Publication,
    PublicationByline,
    PublicationPhoto,
    PublicationPick,
    PublicationTag,
)
from .word import set_telling_words

if TYPE_CHECKING:
    from .article import Article


def copy_for_readers(article: Article, publication: Publication, *, keep_photos: bool) -> None:
    """Give readers the text, bylines, picks, tags and photos of the desk.

    `keep_photos` keeps those of the text until now open to readers who still have it.
    """
    article.copy_text_to(publication)
    set_telling_words([publication])
    publication.save()

    publication.bylines.all().delete()
    PublicationByline.objects.bulk_create(
        PublicationByline(publication=publication, author_id=line.author_id, position=line.position)
        for line in article.bylines.all()
    )
    publication.picks.all().delete()
    PublicationPick.objects.bulk_create(
        PublicationPick(publication=publication, picked_id=pick.picked_id, position=pick.position)
        for pick in article.picks.all()
    )
    publication.tag_links.all().delete()
    PublicationTag.objects.bulk_create(
        PublicationTag(content_object=publication, tag_id=link.tag_id)
        for link in article.tag_links.all()
    )
    shown = article.photo_ids()
    if not keep_photos:
        publication.photo_uses.all().delete()
        for entry_text in publication.live_entries.values_list("body", flat=True):
            shown += photo_ids(entry_text)
    PublicationPhoto.objects.bulk_create(
        (PublicationPhoto(publication=publication, photo_id=photo_id) for photo_id in shown),
        ignore_conflicts=True,
    )
    index_stories([publication.pk])
