from copy import copy
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.lookups import Exact
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from .publication import Publication

TARGETS = ("article", "tag", "section", "author")


def addresses_of(target: Any, slug: str) -> list[str]:
    """The addresses of a tag, a section or an author called `slug`, one per language."""
    addressed = copy(target)
    addressed.slug = slug
    addresses = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses.append(addressed.get_absolute_url())
    return addresses


class RedirectQuerySet(models.QuerySet["Redirect"]):
    def target_of(self, *paths: str) -> str | None:
        """Where the first known of `paths` leads, if readers may know that address now."""
        rows = {
            row.old_path: row
            for row in self.filter(old_path__in=paths).select_related("tag", "section", "author")
        }
        for path in paths:
            if path in rows:
                return rows[path].visible_target()
        return None

    def keep(self, target: models.Model, slug: str) -> None:
        """Let the addresses that `target` had under `slug` lead to it from now on."""
        field = type(target).__name__.lower()
        for path in addresses_of(target, slug):
            self.update_or_create(
                old_path=path,
                defaults=dict.fromkeys(TARGETS) | {field: target},
            )


class Redirect(models.Model):
    """An address that used to be right, and what now stands for it."""

    old_path = models.CharField(
        _("old address"),
        max_length=500,
        unique=True,
        help_text=_("Path and query on this site: /2015/news.php?id=7"),
    )
    article = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, blank=True, verbose_name=_("story")
    )
    tag = models.ForeignKey(
        "articles.Tag", models.CASCADE, null=True, blank=True, verbose_name=_("tag")
    )
    section = models.ForeignKey(
        "articles.Section", models.CASCADE, null=True, blank=True, verbose_name=_("section")
    )
    author = models.ForeignKey(
        "articles.Author", models.CASCADE, null=True, blank=True, verbose_name=_("author")
    )

    objects = RedirectQuerySet.as_manager()

    class Meta:
        ordering = ["old_path"]
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        constraints = [
            models.CheckConstraint(
                name="redirect_path_starts_with_slash",
                condition=models.Q(old_path__startswith="/"),
                violation_error_message=_("Write the old address as a path that begins with “/”."),
            ),
            models.CheckConstraint(
                name="redirect_has_one_target",
                condition=Exact(
                    models.Func(
                        *TARGETS, function="num_nonnulls", output_field=models.IntegerField()
                    ),
                    1,
                ),
                violation_error_message=_(
                    "Choose exactly one target: a story, a tag, a section or an author."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.old_path

    def visible_target(self) -> str | None:
        """The address that is right now; None while no visible story stands behind it."""
        visible = Publication.objects.visible()
        if self.article_id is not None:
            publication = visible.filter(pk=self.article_id).first()
            return publication.get_absolute_url() if publication else None
        if self.tag is not None and visible.about(self.tag).exists():
            return self.tag.get_absolute_url()
        if self.section is not None and visible.in_section(self.section).exists():
            return self.section.get_absolute_url()
        if self.author is not None and visible.by_author(self.author).exists():
            return self.author.get_absolute_url()
        return None
