"""Stories that are translations of each other: of one key, each in its language."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from articles.models.article_lists import ArticleQuerySet

# What a translation has from the beginning; its words are its translator's.
TAKEN_OVER = ["section", "kind", "lead_photo", "hide_asks", "is_sensitive", "translation_key"]


def versions_at_the_desk(article: Article) -> ArticleQuerySet:
    """The other stories of the key, whatever their stage."""
    return Article.objects.filter(translation_key=article.translation_key).exclude(pk=article.pk)


@transaction.atomic
def begin_translation(article: Article, language: str, by: User) -> Article:
    """The story in another language: the one there is, or a draft with photo, authors and tags."""
    Article.objects.select_for_update().get(pk=article.pk)  # Two who press at once begin one.
    there = versions_at_the_desk(article).filter(language=language).first()
    if there is not None:
        return there
    draft = Article(
        language=language,
        desk_label=article.headline[:60],
        created_by=by,
        **{name: getattr(article, name) for name in TAKEN_OVER},
    )
    draft.save()
    for byline in article.bylines.all():
        draft.bylines.create(author=byline.author, position=byline.position)
    draft.tags.set(article.tags.all())
    draft.record(by=by)
    return draft


@transaction.atomic
def join(article: Article, other: Article, by: User) -> None:
    """Note that `article` says in its language what `other` says in another.

    Readers of a published story are told once its changes are published.
    """
    article = Article.objects.select_for_update().get(pk=article.pk)
    if other.language == article.language:
        raise ValidationError(_("That story is in the same language. Choose one in another."))
    if versions_at_the_desk(other).filter(language=article.language).exclude(pk=article.pk):
        raise ValidationError(_("That story has a translation into this language already."))
    article.translation_key = other.translation_key
    article.save(update_fields=["translation_key"])
    article.record_if_changed(by)
