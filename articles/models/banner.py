from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .copy import default_language, language_choices


class BannerQuerySet(models.QuerySet["Banner"]):
    def current(self) -> Self:
        """Those that stand now, the newest first."""
        now = timezone.now()
        return self.filter(starts_at__lte=now, ends_at__gt=now)

    def with_addresses(self) -> Self:
        """Load where each leads in the same query, without the texts of the stories."""
        return self.select_related("picked__publication").defer(
            "picked__body", "picked__publication__body", "picked__publication__words"
        )


class Banner(models.Model):
    """A line of breaking news on top of every page, until it expires."""

    text = models.CharField(_("text"), max_length=160)
    picked = models.ForeignKey(
        "articles.Article",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("story"),
        help_text=_("The line leads there once readers may see the story."),
    )
    language = models.CharField(
        _("language"), max_length=10, choices=language_choices, default=default_language
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"))

    objects = BannerQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("breaking-news banner")
        verbose_name_plural = _("breaking-news banners")
        constraints = [
            models.CheckConstraint(
                name="banner_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The banner must end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def address(self) -> str:
        """Where the line leads; "" while readers may not see the story, or where there is none."""
        publication = self.picked.published if self.picked else None
        return publication.get_absolute_url() if publication and publication.is_visible else ""
