from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def language_choices() -> list[tuple[str, str]]:
    return list(settings.LANGUAGES)


def default_language() -> str:
    return settings.LANGUAGE_CODE


class AppealQuerySet(models.QuerySet["Appeal"]):
    def current(self) -> Self:
        """Appeals that may be shown now."""
        now = timezone.now()
        return self.filter(
            Q(starts_at=None) | Q(starts_at__lte=now),
            Q(ends_at=None) | Q(ends_at__gt=now),
            is_active=True,
        )

    def in_language(self, code: str) -> Self:
        return self.filter(language=code)


class Appeal(models.Model):
    """What readers are asked, in which words and where on the page."""

    class Placement(models.TextChoices):
        STRIP = "strip", _("Strip on every page")
        TOP = "top", _("Above the headline")
        ARTICLE_END = "article_end", _("After the text of a story")
        FRONT_PAGE = "front_page", _("On the front page")

    placement = models.CharField(_("placement"), max_length=12, choices=Placement)
    headline = models.CharField(_("headline"), max_length=200)
    text = models.TextField(
        _("text"), max_length=2000, blank=True, help_text=_("An empty line begins a paragraph.")
    )
    button = models.CharField(_("button"), max_length=60, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=language_choices, default=default_language
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        # The newest is shown where several could be.
        ordering = ["placement", F("starts_at").desc(nulls_last=True), "-pk"]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                name="appeal_starts_before_it_ends",
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                violation_error_message=_("The appeal must start before it ends."),
            )
        ]

    def __str__(self) -> str:
        return self.headline

    def address(self, publication_id: int | None) -> str:
        """Where its button leads: the form, told which appeal and story sent the reader."""
        story = f"&article={publication_id}" if publication_id else ""
        return f"{reverse('donations:contribute')}?appeal={self.pk}{story}"
