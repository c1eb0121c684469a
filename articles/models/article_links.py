"""What a story on the desk refers to: its authors, related reads and tags."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .copy import BylineBase, PickBase, TagLinkBase


class ArticleByline(BylineBase):
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="bylines")

    class Meta(BylineBase.Meta):
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        constraints = [
            models.UniqueConstraint(
                name="article_author_once",
                fields=["article", "author"],
                deferrable=models.Deferrable.DEFERRED,  # Two rows of a form may change places.
                violation_error_message=_("This author stands in the byline already."),
            )
        ]


class ArticlePick(PickBase):
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="picks")

    class Meta(PickBase.Meta):
        verbose_name = _("related read")
        verbose_name_plural = _("related reads")
        constraints = [
            models.UniqueConstraint(
                name="article_pick_once",
                fields=["article", "picked"],
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This story is picked already."),
            ),
            models.CheckConstraint(
                name="article_pick_is_another",
                condition=~models.Q(article=models.F("picked")),
                violation_error_message=_("A story cannot be its own related read."),
            ),
        ]


class ArticleTag(TagLinkBase):
    content_object = models.ForeignKey("articles.Article", models.CASCADE, related_name="tag_links")

    class Meta(TagLinkBase.Meta):
        constraints = [
            models.UniqueConstraint(name="article_tag_once", fields=["content_object", "tag"])
        ]
