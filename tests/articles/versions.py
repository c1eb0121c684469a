"""Stories with a history, for tests."""

from typing import Any

from django.urls import reverse

from articles.models import Article, Revision
from tests.factories import make_author, make_tag

FURNITURE = 5  # Queries round every page of readers: outlet, banner, sections, asks, pages.


def address(page: str, article: Article, *numbers: Any) -> str:
    """A page of the desk about a story and its versions."""
    return reverse(f"admin:articles_article_{page}", args=[article.pk, *numbers])


def save_again(article: Article, by: Any = None, **changes: Any) -> Revision:
    """Save a story with `changes`; `authors`, `tags` and `picks` replace those there are."""
    names = {name: changes.pop(name) for name in ("authors", "tags", "picks") if name in changes}
    for field, value in changes.items():
        setattr(article, field, value)
    article.save()
    if "authors" in names:
        article.bylines.all().delete()
        for position, name in enumerate(names["authors"]):
            article.bylines.create(author=make_author(name), position=position)
    if "tags" in names:
        article.tags.set([make_tag(name) for name in names["tags"]], clear=True)
    if "picks" in names:
        article.picks.all().delete()
        for position, picked in enumerate(names["picks"]):
            article.picks.create(picked=picked, position=position)
    return Revision.objects.get(pk=article.record(by).pk)


def first_version(article: Article) -> Revision:
    return article.revisions.last()
